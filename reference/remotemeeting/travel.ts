/** A journey of the time machine: every midnight on which something ends is lived through. */
import type { Jikim, KeepProgress, KeepReport } from "jikim";
import { dayOf, daysBetween, upcoming } from "jikim";
import type { Step, TimeMachine } from "./time-machine.ts";

const MOST_STOPS = 5_000;

/** What would end on the way to the target of a step. */
export async function endsBefore(
  jikim: Jikim,
  machine: TimeMachine,
  target: number,
): Promise<Awaited<ReturnType<typeof upcoming>>> {
  const { timeZone } = jikim.plan;
  const days = daysBetween(dayOf(machine.clock.now(), timeZone), dayOf(target, timeZone));
  const ends = await upcoming(jikim.context, days);
  return ends.filter((end) => end.eligibleAt <= target);
}

/**
 * Moves ahead, running the retention clock at each midnight that ends something, as a service does
 * that is never switched off. Returns null when the step leads too far.
 */
export async function travel(
  jikim: Jikim,
  machine: TimeMachine,
  step: Step,
  onProgress?: (progress: KeepProgress) => void,
): Promise<KeepReport | null> {
  const target = machine.target(step);
  const days: KeepReport["days"][number][] = [];
  const recordsSoFar = (): number => days.reduce((sum, { records }) => sum + records, 0);
  const keep = async (): Promise<KeepReport> => {
    const records = recordsSoFar();
    const report = await jikim.keep({
      onProgress: (more) => onProgress?.({ records: records + more.records }),
    });
    days.push(...report.days);
    return report;
  };
  for (let stops = 0; stops < MOST_STOPS; stops += 1) {
    const [next] = await endsBefore(jikim, machine, target);
    if (next === undefined) break;
    if (!machine.moveTo(next.eligibleAt)) return null;
    const report = await keep();
    if (report.records === 0) break; // in another run's hands; the last run below finds the rest
  }
  if (!machine.moveTo(target)) return null;
  const last = await keep();
  return { at: last.at, days, records: recordsSoFar() };
}
