/**
 * How often a log-in may fail. After a few misses each further one waits twice as long; the wait
 * holds for names that do not exist just the same, so it tells nobody which names do.
 */
import { createHmac } from "node:crypto";
import type { Clock, Random } from "../base/clock.ts";

const FREE = 5; // tries of a name before any wait
const FREE_OF_ADDRESS = 50; // a whole company may stand behind one address
const LONGEST = 15 * 60_000;
const FORGET = 60 * 60_000;
const MOST = 10_000; // names and addresses remembered at once

interface Misses {
  readonly count: number;
  readonly last: number;
}

/** What is counted: the name that was typed, and the address it came from, where it is known. */
export interface Try {
  readonly name: string;
  readonly address: string | null;
}

export interface Attempts {
  /** Milliseconds to wait before trying again; 0: now. */
  wait(attempt: Try): number;
  /** Counts a try before its password is compared, so that many at once do not slip through. */
  began(attempt: Try): void;
  /** A log-in that worked takes its try back and forgets the name's misses. */
  worked(attempt: Try): void;
}

/** Counts tries in memory, by a keyed hash, so that no name or address stays readable. */
export function createAttempts(clock: Clock, random: Random): Attempts {
  const secret = random.bytes(32);
  const known = new Map<string, Misses>();
  const keyOf = (text: string): string =>
    createHmac("sha256", secret).update(text).digest("base64");
  const keysOf = ({ name, address }: Try): readonly (readonly [key: string, free: number])[] => [
    [keyOf(`name ${name}`), FREE],
    ...(address === null ? [] : [[keyOf(`address ${address}`), FREE_OF_ADDRESS] as const]),
  ];
  const waitOf = (key: string, free: number): number => {
    const misses = known.get(key);
    if (misses === undefined || misses.count < free) return 0;
    const pause = Math.min(LONGEST, 1000 * 2 ** (misses.count - free));
    return Math.max(0, misses.last + pause - clock.now());
  };
  const remember = (key: string): void => {
    const now = clock.now();
    const before = known.get(key);
    const fresh = before !== undefined && now - before.last < FORGET;
    known.delete(key); // so that the oldest is first in the map's order
    known.set(key, { count: fresh ? before.count + 1 : 1, last: now });
    const [oldest] = known.keys();
    if (known.size > MOST && oldest !== undefined) known.delete(oldest);
  };
  return Object.freeze({
    wait: (attempt: Try) => Math.max(...keysOf(attempt).map(([key, free]) => waitOf(key, free))),
    began: (attempt: Try) => keysOf(attempt).forEach(([key]) => remember(key)),
    worked: ({ name, address }: Try) => {
      known.delete(keyOf(`name ${name}`));
      const key = keyOf(`address ${address}`);
      const before = known.get(key);
      if (before !== undefined) known.set(key, { ...before, count: before.count - 1 });
    },
  });
}
