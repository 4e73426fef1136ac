/**
 * What a look found. `words_only`: nothing carries the sentence out or checks it yet; said plainly.
 */
export const STATUSES = ["kept", "broken", "unknown", "not_applicable", "words_only"] as const;
export type Status = (typeof STATUSES)[number];

export interface Verdict {
  readonly promise: string;
  readonly key: string;
  readonly status: Status;
  /** Milliseconds since the epoch since when every look found this status; null: never looked. */
  readonly since: number | null;
  /** Milliseconds since the epoch when the check ran; null when it never did. */
  readonly at: number | null;
  /** Rows, pages or settings examined. A check that examined nothing cannot say kept. */
  readonly examined: number;
  readonly violations: number;
  /** What was looked at and what was found, by code with counts; never a personal value. */
  readonly evidence: readonly {
    readonly code: string;
    readonly facts: Readonly<Record<string, string | number>>;
  }[];
}
