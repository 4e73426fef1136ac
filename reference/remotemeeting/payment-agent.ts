/**
 * Whoever takes the money. What comes back is a token and the last digits, never a card number:
 * the policy holds nothing else, and the gate would refuse it.
 */
import type { Random } from "jikim";

/** A card as the agent shows it. */
export interface ShownCard {
  readonly id: string;
  /** `•••• 4242` */
  readonly says: string;
}

export interface PaymentAgent {
  /** The agent only plays: nobody pays. The page says so. */
  readonly demonstration: boolean;
  /** Cards to choose from. A real agent shows its own page instead and leads back with a token. */
  readonly cards: readonly ShownCard[];
  /** Charges a card. @param amount in won. Null: the agent does not know the card. */
  charge(card: string, amount: number): Promise<{ readonly token: string } | null>;
}

const TOKEN_BYTES = 12;
const CARDS = [
  { id: "blue", digits: "4242" },
  { id: "green", digits: "0005" },
] as const;

/** An agent that plays: it makes tokens of nothing. */
export function demoAgent(random: Random): PaymentAgent {
  return Object.freeze<PaymentAgent>({
    demonstration: true,
    cards: CARDS.map(({ id, digits }) => ({ id, says: `•••• ${digits}` })),
    async charge(card, amount) {
      const known = CARDS.find(({ id }) => id === card);
      if (known === undefined || amount <= 0) return null;
      const secret = Buffer.from(random.bytes(TOKEN_BYTES)).toString("base64url");
      return { token: `tok_${secret}_${known.digits}` };
    },
  });
}
