/**
 * The daily run: once at the start, then at each 00:00 of the policy's time zone. What is promised
 * by the calendar day ends at midnight there, not so many hours after a service was started.
 */
import type { Clock } from "jikim";
import { dayOf, eligibleAt } from "jikim";

// A timer stands still while a machine sleeps, and knows nothing of the time machine. So it wakes
// at least this often and looks at the calendar.
const LONGEST_WAIT = 60 * 60_000;

/** Wakes once after some milliseconds; the answer takes that back. */
export type SetTimer = (ms: number, wake: () => void) => () => void;

export interface DailyRunOptions {
  readonly clock: Clock;
  readonly timeZone: string;
  readonly setTimer: SetTimer;
  run(): Promise<unknown>;
  /** Receives what a run failed with; it is tried again at the next waking. */
  log(error: unknown): void;
}

export interface DailyRun {
  /** No run begins any more; waits for one that is under way. */
  stop(): Promise<void>;
}

/**
 * Starts the daily run.
 * @example const daily = startDailyRun({ clock, timeZone, setTimer, run: service.daily, log });
 */
export function startDailyRun(options: DailyRunOptions): DailyRun {
  const { clock, timeZone, setTimer } = options;
  let done: string | null = null; // the day that has had its run
  let stopped = false;
  let cancel = (): void => undefined;

  const wake = async (): Promise<void> => {
    const today = dayOf(clock.now(), timeZone);
    if (done === null || today > done) {
      try {
        await options.run();
        done = today;
      } catch (error) {
        options.log(error);
      }
    }
    if (!stopped) cancel = setTimer(waitFrom(clock.now(), timeZone), begin);
  };
  let underWay = Promise.resolve();
  const begin = (): void => {
    underWay = wake();
  };
  begin();
  return Object.freeze({
    stop: async () => {
      stopped = true;
      cancel();
      await underWay;
    },
  });
}

/** Until the next midnight, or an hour, whichever comes first. */
function waitFrom(now: number, timeZone: string): number {
  const midnight = eligibleAt(dayOf(now, timeZone), timeZone);
  return Math.min(midnight - now, LONGEST_WAIT);
}
