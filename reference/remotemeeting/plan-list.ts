/** The plans there are, and what somebody has of them. The prices are made up. */

export const PLANS = [
  { id: "lite", name: "Lite", won: 11_000 },
  { id: "plus", name: "Plus", won: 33_000 },
] as const;
export type Plan = (typeof PLANS)[number];

export interface Paid {
  readonly says: string;
  /** Last day it is kept; null while its period has not begun. */
  readonly keptUntil: string | null;
}

export interface HeldPlan {
  /** The contract in words, while it runs. */
  readonly plan: string | null;
  readonly paid: readonly Paid[];
}
