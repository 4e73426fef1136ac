/**
 * The time machine of the demonstration: a clock that can be moved ahead, never back, because
 * what a day has ended cannot be brought back. How far it stands ahead is kept in the data folder,
 * so that a restart does not turn time back.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "jikim";
import { addDays, dayOf, eligibleAt, lastDay } from "jikim";

/** Steps that can be taken. */
export const STEPS = ["P1D", "P1M", "P1Y"] as const;
export type Step = (typeof STEPS)[number];

const FILE = "time-machine.json";
const FARTHEST = 100 * 366 * 86_400_000; // a century: further ahead is a mistake, not a demonstration

export interface TimeMachine {
  /** The moved clock; everything of the service reads this one. */
  readonly clock: Clock;
  /** Where a step would lead, in milliseconds since the epoch. */
  target(step: Step): number;
  /** Moves the clock ahead to a moment; never back. Returns false when that is too far. */
  moveTo(at: number): boolean;
}

/** @param folder Where the offset is kept; null: only in memory. */
export function openTimeMachine(real: Clock, timeZone: string, folder: string | null): TimeMachine {
  let offset = folder === null ? 0 : readOffset(folder);
  const clock: Clock = Object.freeze({ now: () => real.now() + offset });
  return Object.freeze({
    clock,
    target: (step: Step) => sameTimeOn(clock.now(), step, timeZone),
    moveTo: (at: number) => {
      const next = offset + Math.max(0, at - clock.now());
      if (next > FARTHEST) return false;
      // Written before it counts: a crash in between must not leave a day half lived.
      if (folder !== null) writeOffset(folder, next);
      offset = next;
      return true;
    },
  });
}

/** The same time of day, a calendar step later. */
function sameTimeOn(now: number, step: Step, timeZone: string): number {
  const midnight = (day: string): number => eligibleAt(addDays(day, -1), timeZone);
  const today = dayOf(now, timeZone);
  return now - midnight(today) + midnight(lastDay(today, step));
}

/** The steps' name as sent by a form, or null. */
export function stepOf(text: unknown): Step | null {
  return STEPS.find((step) => step === text) ?? null;
}

function readOffset(folder: string): number {
  let text: string;
  try {
    text = readFileSync(join(folder, FILE), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
  const value: unknown = JSON.parse(text);
  const ahead =
    typeof value === "object" && value !== null && "ahead_ms" in value ? value.ahead_ms : null;
  if (typeof ahead !== "number" || !Number.isSafeInteger(ahead) || ahead < 0 || ahead > FARTHEST) {
    throw new Error(`${FILE} does not say how far the clock stands ahead`);
  }
  return ahead;
}

function writeOffset(folder: string, offset: number): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE);
  writeFileSync(`${path}.new`, `${JSON.stringify({ ahead_ms: offset })}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
