/** Checks run daily; a verdict older than a day and an hour of slack is no verdict. */
const STALE_AFTER_MS = 25 * 3_600_000;

/** Is a look at `at` too old at `now`, or from the future (a clock that went back)? Both in ms. */
export function isStale(at: number, now: number): boolean {
  return now - at > STALE_AFTER_MS || at > now;
}
