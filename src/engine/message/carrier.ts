/**
 * What carries messages to people. Today nothing leaves the house: the local carrier takes a
 * message and forgets it, and the console shows the words, made anew of the facts. A mail carrier
 * stands behind the same type.
 */
import type { Lang } from "../../policy/model.ts";

/** One message as it leaves. */
export interface MessageLetter {
  /** 32 hex digits; a carrier that sees one twice sends it once. */
  readonly id: string;
  readonly to: string;
  readonly lang: Lang;
  readonly title: string;
  /** Paragraphs. */
  readonly lines: readonly string[];
}

export interface MessageCarrier {
  /** For the ledger: `local`, `mail`. */
  readonly name: string;
  /** Takes one message. What it throws counts as not sent, and is written down nowhere. */
  send(letter: MessageLetter): Promise<void>;
}

/** Takes every message and keeps nothing of it. */
export const localCarrier: MessageCarrier = Object.freeze({
  name: "local",
  send: () => Promise.resolve(),
});
