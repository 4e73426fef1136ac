/** Was the wish to leave confirmed, and is it said by whom and how it came (P2.6)? */
import { STAFF_HANDLE } from "../staff/staff-handle.ts";
import { CONFIRMERS, WITHDRAWAL_CHANNELS } from "./withdrawal-row.ts";

/** What is said about a wish; from outside, so it may be anything. */
export interface SaidOfWish {
  readonly confirmedBy?: string;
  readonly channel?: string;
  readonly by?: string;
}

/**
 * A member confirms for themselves; for anybody else a member of staff has checked who it is, and
 * is named by their handle.
 */
export function isConfirmed({ confirmedBy, channel, by }: SaidOfWish): boolean {
  const known =
    CONFIRMERS.some((each) => each === confirmedBy) &&
    WITHDRAWAL_CHANNELS.some((each) => each === channel);
  return known && (by === undefined ? confirmedBy === "member" : STAFF_HANDLE.test(by));
}
