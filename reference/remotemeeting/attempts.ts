/**
 * How often a log-in may fail. After a few misses each further one waits twice as long; the wait
 * holds for names that do not exist just the same, so it tells nobody which names do.
 */
import { createHmac } from "node:crypto";
import type { Clock, Random } from "jikim";

const FREE = 5; // misses before any wait
const LONGEST = 15 * 60_000;
const FORGET = 60 * 60_000;
const MOST = 10_000; // names and addresses remembered at once

interface Misses {
  readonly count: number;
  readonly last: number;
}

export interface Attempts {
  /** Milliseconds to wait before any of these may try again; 0: now. */
  wait(keys: readonly string[]): number;
  missed(keys: readonly string[]): void;
  /** A log-in that worked forgets the name's misses. */
  worked(key: string): void;
}

/** Counts misses in memory, by a keyed hash of the name, so that no name stays readable. */
export function createAttempts(clock: Clock, random: Random): Attempts {
  const secret = random.bytes(32);
  const known = new Map<string, Misses>();
  const hashed = (key: string): string => createHmac("sha256", secret).update(key).digest("base64");
  const waitOf = (key: string): number => {
    const misses = known.get(hashed(key));
    if (misses === undefined || misses.count < FREE) return 0;
    const pause = Math.min(LONGEST, 1000 * 2 ** (misses.count - FREE));
    return Math.max(0, misses.last + pause - clock.now());
  };
  const remember = (key: string): void => {
    const name = hashed(key);
    const now = clock.now();
    const before = known.get(name);
    const fresh = before !== undefined && now - before.last < FORGET;
    known.delete(name); // so that the oldest is first in the map's order
    known.set(name, { count: fresh ? before.count + 1 : 1, last: now });
    const [oldest] = known.keys();
    if (known.size > MOST && oldest !== undefined) known.delete(oldest);
  };
  return Object.freeze({
    wait: (keys: readonly string[]) => Math.max(0, ...keys.map(waitOf)),
    missed: (keys: readonly string[]) => keys.forEach(remember),
    worked: (key: string) => void known.delete(hashed(key)),
  });
}
