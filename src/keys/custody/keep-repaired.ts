/** Gives returning custodians their share again, without anyone asking for it. */
import type { Clock } from "../../base/clock.ts";
import type { Custody } from "./custody.ts";
import type { CustodianStatus } from "./custodian.ts";

export interface KeepRepairedOptions {
  readonly clock: Clock;
  /** How often to look, in milliseconds; 2,000. Looking moves no share. */
  readonly everyMs?: number;
  /** Told who got a share again, and who is away: at every change, for the operator's log. */
  readonly told?: (event: CustodianEvent) => void;
}

/** One of the two. */
export interface CustodianEvent {
  /** Names of those who do not answer; empty when all do again. */
  readonly away?: readonly string[];
  readonly repaired?: readonly string[];
}

export interface Repairing {
  /** Looks now, whatever the time. Never throws: what fails is tried again at the next look. */
  look(): Promise<void>;
  stop(): void;
}

/**
 * Looks after the custodians until `stop`.
 * @example const repairing = keepRepaired(custody, { clock: systemClock });
 */
export function keepRepaired(custody: Custody, options: KeepRepairedOptions): Repairing {
  const { clock, everyMs = 2_000, told = () => undefined } = options;
  let lookedAt = clock.now();
  let looking = false;
  let awayBefore = "";
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      const status = await custody.status();
      const away = namesOf(status, (each) => each === null);
      if (away.join() !== awayBefore) told({ away });
      awayBefore = away.join();
      const mark = newestMark(status);
      const behind = namesOf(status, (each) => each !== null && !holds(each, mark));
      if (mark === null || behind.length === 0) return;
      const repaired = await custody.repair();
      if (repaired.length > 0) told({ repaired });
    } catch {
      // Too few are there, or a commit is under way; destructions say so, and the next look goes on.
    } finally {
      looking = false;
      lookedAt = clock.now();
    }
  };
  const timer = setInterval(
    () => {
      if (clock.now() - lookedAt >= everyMs) void look();
    },
    Math.min(everyMs, 250),
  );
  timer.unref();
  return Object.freeze<Repairing>({ look, stop: () => clearInterval(timer) });
}

type Statuses = Readonly<Record<string, CustodianStatus | null>>;

/** Epoch of the newest mark anyone has; null while there is no tree. */
function newestMark(statuses: Statuses): number | null {
  const marks = Object.values(statuses).flatMap((each) => each?.mark?.epoch ?? []);
  return marks.length === 0 ? null : Math.max(...marks);
}

/** The share of the newest root, and nothing besides: older ones are what repairing wipes. */
function holds(status: CustodianStatus, epoch: number | null): boolean {
  return status.mark?.epoch === epoch && status.shares.every((share) => share.epoch === epoch);
}

function namesOf(
  statuses: Statuses,
  is: (status: CustodianStatus | null) => boolean,
): readonly string[] {
  return Object.entries(statuses).flatMap(([name, status]) => (is(status) ? [name] : []));
}
