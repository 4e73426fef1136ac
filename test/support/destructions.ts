/** Holds, paper and a ledger with something in it: for pages that are looked at. */
import { present } from "../../src/base/assert.ts";
import { newestLines } from "../../src/engine/destruction/ledger-lines.ts";
import type { EngineContext, Jikim } from "../../src/engine/jikim.ts";
import { destroyPaper } from "../../src/engine/paper/destroy-paper.ts";
import { registerPaper } from "../../src/engine/paper/register-paper.ts";
import { bytes } from "../../src/store/column-value.ts";

const HOUR = 3_600_000;

/**
 * A hold in force and one that was released; paper that waits, is due and is gone; a record that
 * was erased. Returns the run of the erasure.
 */
export async function someDestructions(jikim: Jikim, officer: string): Promise<string> {
  const { context } = jikim;
  const use = { usage_record: "joined", ip_public: "192.0.2.17" };
  const subject = await jikim.collect("service_use", use);
  await jikim.placeHold({
    subject,
    classes: ["usage"],
    document: "2026-가합-17",
    until: "2027-06-30",
    by: officer,
  });
  const ended = await jikim.placeHold({
    subject,
    document: "수사협조 2026-3",
    until: "2027-01-31",
    by: officer,
  });
  await jikim.releaseHold(ended.id, { by: officer });
  const other = await jikim.collect("service_use", use);
  await jikim.erase(other, { items: ["usage_record"] });
  const paper = { recordClass: "complaint", arrivedOn: "2021-11-01", by: officer };
  const apart = { ...paper, cabinet: "B-2", separate: true };
  await registerPaper(context, { ...paper, cabinet: "A-1" });
  await registerPaper(context, { ...apart, startedOn: "2021-11-23" });
  const gone = await registerPaper(context, { ...apart, startedOn: "2021-11-02" });
  await destroyPaper(context, {
    numbers: [gone],
    method: "shred",
    on: "2024-11-04",
    by: [officer, "12"],
    box: "3",
  });
  const [line] = await newestLines(context, "all");
  return present(line, "an erasure leaves a line").run;
}

/** Three runs as the ledger would have them: complete, with traces, under way. */
export async function plantLines(context: EngineContext): Promise<void> {
  const now = context.clock.now();
  const at = (hoursAgo: number): string => new Date(now - hoursAgo * HOUR).toISOString();
  const rows = [
    { run: "aa", name: "usage", ago: 60, ended: true, found: 0 },
    { run: "bb", name: "visit", ago: 40, ended: true, found: 2 },
    { run: "cc", name: "event_entry", ago: 20, ended: false, found: null },
  ] as const;
  for (const { run, name, ago, ended, found } of rows) {
    await context.db.query(
      `insert into destruction (run, class, expired_on, reason, records, subjects, eligible_at,
                                requested_at, executed_at, overdue, irrecoverable, epoch,
                                slots_hash, custodians, key_dropped_at, root_wiped_at,
                                caches_drained_at, index_rotated_at, rows_removed_at,
                                looked_at, look_by, look_examined, look_found)
       values ($1, $2, $3::timestamptz::date, 'expiry', 12, 3, $3, $3, $3, false, true, 7,
               sha256('x'), '{memory}', $3, $3, $3, $4, $4, $5, $6, $7, $8)`,
      [
        bytes(run.repeat(16)),
        name,
        at(ago),
        ended ? at(ago) : null,
        found === null ? null : at(ago),
        found === null ? null : "transaction",
        found === null ? null : 440,
        found,
      ],
    );
  }
}
