/**
 * The withdrawal of the engine, where this tree has one; else what stands so far: the event that
 * ends a membership, and erasure of what no law obliges to keep.
 */
import { existsSync } from "node:fs";
import { dayOf } from "../../src/base/calendar.ts";
import { erase } from "../../src/engine/destruction/erase.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { recordEvent } from "../../src/engine/retention/record-event.ts";
import { subjectRecords } from "../../src/engine/subject-records.ts";

export interface Withdrawal {
  readonly says: string;
  run(context: EngineContext, subject: string): Promise<void>;
}

type Withdraw = (
  context: EngineContext,
  subject: string,
  options: { readonly confirmedBy: "member"; readonly channel: "site" },
) => Promise<unknown>;

const FILE = new URL("../../src/engine/withdrawal/withdraw.ts", import.meta.url);

export async function withdrawalOf(): Promise<Withdrawal> {
  if (!existsSync(FILE)) {
    return { says: "event and erasure (no archive, no orders, no message)", run: eraseRest };
  }
  const { withdraw } = (await import(FILE.href)) as { readonly withdraw: Withdraw };
  return {
    says: "nine steps, archive apart",
    async run(context, subject) {
      await withdraw(context, subject, { confirmedBy: "member", channel: "site" });
    },
  };
}

async function eraseRest(context: EngineContext, subject: string): Promise<void> {
  const { plan, clock } = context;
  const day = dayOf(clock.now(), plan.timeZone);
  for (const event of ["contract_ended", "withdrawal"]) {
    await recordEvent(context, { subject, event, day });
  }
  const { records } = await subjectRecords(context, subject);
  const free = records
    .filter(({ recordClass, endsOn }) => {
      const living = endsOn === null || endsOn >= day;
      return living && plan.clocks.get(recordClass)?.statutory !== true;
    })
    .map(({ id }) => id);
  if (free.length > 0) await erase(context, subject, { records: free });
}
