/** The machine's own time and randomness: the one place they come from, as default arguments. */
import { randomBytes } from "node:crypto";
import type { Clock, Random } from "../base/clock.ts";

export const systemClock: Clock = Object.freeze({ now: () => Date.now() });

export const systemRandom: Random = Object.freeze({
  bytes: (size: number) => new Uint8Array(randomBytes(size)),
});
