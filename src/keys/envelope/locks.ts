/**
 * Which locks a value is sealed under, as its head says. The slots stand in the sealed value
 * itself: opening needs no map, and a value that was sealed again under a fresh lock is not
 * mistaken for one that was not.
 *
 *   version u8 = 2 | rule u8 | own u8 | slots u48 × n | (any-of: wrapped key 60 × 2)
 *
 * rule 0: the subject's lock alone (its end is not known)        slots: subject
 * rule 1: subject and class-day                                  slots: subject, day
 * rule 2, 3: all of two subjects, without and with a day         slots: subject, other(, day)
 * rule 4, 5: any of two subjects, without and with a day         slots: subject, other(, day)
 * own = 1: one more lock for this record or file alone           slots: …, own
 */
import { JikimError } from "../../base/errors.ts";

export const VERSION = 2;
const SLOT_BYTES = 6;
const FIXED_BYTES = 3;
/** A data key wrapped under one branch: nonce, 32 bytes, tag. */
export const WRAP_BYTES = 12 + 32 + 16;

/** How two subjects' locks work together: dies with the first of them, or with the last. */
export type TogetherRule = "all-of" | "any-of";

export interface LockSet {
  readonly subject: number;
  readonly together: { readonly rule: TogetherRule; readonly other: number } | null;
  readonly day: number | null;
  readonly own: number | null;
}

function ruleByte(locks: LockSet): number {
  const day = locks.day === null ? 0 : 1;
  if (locks.together === null) return day;
  return (locks.together.rule === "all-of" ? 2 : 4) + day;
}

/** All slots of a lock set, in the order of the head. */
export function slotsOf(locks: LockSet): readonly number[] {
  return [locks.subject, locks.together?.other, locks.day, locks.own].filter(
    (slot): slot is number => slot !== null && slot !== undefined,
  );
}

/** The head's bytes; `any-of` wraps follow them. */
export function lockHead(locks: LockSet): Buffer {
  const slots = slotsOf(locks);
  const head = Buffer.allocUnsafeSlow(FIXED_BYTES + slots.length * SLOT_BYTES);
  head[0] = VERSION;
  head[1] = ruleByte(locks);
  head[2] = locks.own === null ? 0 : 1;
  for (const [i, slot] of slots.entries()) head.writeUIntBE(slot, FIXED_BYTES + i * SLOT_BYTES, 6);
  return head;
}

export interface ReadHead {
  readonly locks: LockSet;
  /** Bytes of head and wraps. */
  readonly length: number;
  /** Bytes of the head without wraps. */
  readonly fixed: number;
}

/** Reads a head. Throws ERR_SEALED_VALUE_DAMAGED. */
export function readHead(sealed: Uint8Array): ReadHead {
  const [version, rule = 255, own = 255] = sealed;
  if (version !== VERSION || rule > 5 || own > 1) throw damaged();
  const hasDay = rule % 2 === 1;
  const count = 1 + (rule >= 2 ? 1 : 0) + (hasDay ? 1 : 0) + own;
  const fixed = FIXED_BYTES + count * SLOT_BYTES;
  const length = fixed + (rule >= 4 ? 2 * WRAP_BYTES : 0);
  if (sealed.length < length) throw damaged();
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, fixed);
  let at = FIXED_BYTES;
  const next = (): number => {
    at += SLOT_BYTES;
    return bytes.readUIntBE(at - SLOT_BYTES, SLOT_BYTES);
  };
  const subject = next();
  const together =
    rule >= 2
      ? { rule: rule >= 4 ? ("any-of" as const) : ("all-of" as const), other: next() }
      : null;
  const day = hasDay ? next() : null;
  return { locks: { subject, together, day, own: own === 1 ? next() : null }, length, fixed };
}

export function damaged(): JikimError {
  return new JikimError(
    "ERR_SEALED_VALUE_DAMAGED",
    "a sealed value does not open at its place: it was changed, moved or sealed by other keys",
  );
}
