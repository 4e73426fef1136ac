/** The sweep covers the archive: one line of the ledger, both databases, whatever happens between. */
import { expect, test } from "vitest";
import { JikimError } from "../../../src/base/errors.ts";
import { moveToArchive } from "../../../src/engine/archive/move-to-archive.ts";
import { adoptArchive } from "../../../src/engine/archive/open-archive.ts";
import { collect } from "../../../src/engine/collection/collect.ts";
import { erase } from "../../../src/engine/destruction/erase.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { upcoming } from "../../../src/engine/retention/due.ts";
import { recordEvent } from "../../../src/engine/retention/record-event.ts";
import { keep } from "../../../src/engine/retention/sweep.ts";
import type { Database } from "../../../src/store/database.ts";
import { countRows, eachDatabase, type OpenEmpty } from "../../support/databases.ts";
import { killedAt } from "../../support/killed-at.ts";
import {
  archivedRowsOf,
  contentsOf,
  endContract,
  leaver,
  liveRows,
  RUN,
  TODAY,
} from "../../support/leavers.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";

const DAY_MS = 86_400_000;
/** Contract and payments ended on the day before. */
const OVER = "2031-11-24T00:00:00+09:00";

interface World extends TestEngine {
  readonly subject: string;
  readonly archive: Database;
}

/** One who left, whose records are in the archive, and one who stays and paid on the same day. */
async function world(open: OpenEmpty): Promise<World> {
  const engine = await testEngine(await open());
  const { context } = engine;
  const subject = await leaver(context);
  await endContract(context, subject);
  await moveToArchive(context, subject, RUN);
  await recordEvent(context, { subject, event: "withdrawal", day: TODAY });
  const member = await collect(context, "payment", { payment_record: "1" });
  await endContract(context, member);
  await keep(context);
  return { ...engine, subject, archive: await context.archive() };
}

const linesOf = async (db: Database) =>
  db.query<{ class: string; records: number; archived: number; open: boolean }>(
    `select class, sum(records)::bigint as records, sum(subjects)::bigint as subjects,
            sum(archived)::bigint as archived, bool_or(rows_removed_at is null) as open
       from destruction
      where expired_on = '2031-11-23'
      group by class
      order by class`,
  );
const DONE = [
  { class: "contract", records: 1, subjects: 1, archived: 1, open: false },
  { class: "payment", records: 3, subjects: 2, archived: 2, open: false },
];

const unreachable = (context: EngineContext): EngineContext => ({
  ...context,
  archive: async () => Promise.reject(new JikimError("ERR_STORE_UNAVAILABLE", "away")),
});

eachDatabase((name, open) => {
  test("a class-day ends in both databases, by one key and one line", async () => {
    const { context, clock, subject, archive } = await world(open);
    clock.set(Date.parse(OVER) - 1);
    expect((await keep(context)).days.map((day) => day.recordClass)).not.toContain("payment");
    const copy = await archivedRowsOf(archive, subject);
    clock.set(OVER);
    const due = (await upcoming(context, 0)).filter(({ lastDay }) => lastDay === "2031-11-23");
    expect(due).toMatchObject([
      { recordClass: "contract", records: 1, subjects: 1 },
      { recordClass: "payment", records: 3, subjects: 2 },
    ]);
    let told = 0;
    const report = await keep(context, { onProgress: ({ records }) => void (told = records) });
    expect(report.archive).toBe(undefined);
    expect(report.days.filter((day) => day.expiredOn === "2031-11-23")).toMatchObject([
      { recordClass: "contract", records: 1, state: "rows_removed" },
      { recordClass: "payment", records: 3, state: "rows_removed" },
    ]);
    expect([report.records, told]).toEqual([4, 4]);
    expect(await linesOf(context.db)).toEqual(DONE);
    expect((await archivedRowsOf(archive, subject)).map((row) => row.class)).toEqual(["complaint"]);
    for (const row of copy.filter(({ class: name }) => name !== "complaint")) {
      await expect(contentsOf(context, [row])).rejects.toMatchObject({ code: "ERR_KEY_GONE" });
    }
    expect((await keep(context)).days).toEqual([]);
    expect(await countRows(archive)).toMatchObject({ archived_removal: 0, archived_event: 0 });
  });

  test("an archive that is away stops nothing here; its part follows when it is back", async () => {
    const { context, clock, archive } = await world(open);
    clock.set(OVER);
    const report = await keep(unreachable(context));
    expect(report.archive).toBe("ERR_STORE_UNAVAILABLE");
    expect(report.days.filter((day) => day.expiredOn === "2031-11-23")).toMatchObject([
      { recordClass: "payment", records: 1, state: "index_rotated" },
    ]);
    expect(await linesOf(context.db)).toMatchObject([{ class: "payment", open: true }]);
    const later = await keep(context);
    expect(later.archive).toBe(undefined);
    expect(await linesOf(context.db)).toEqual(DONE);
    expect(await countRows(archive)).toMatchObject({ archived_record: 1 });
  });

  test("an erasure goes on while the archive is away", async () => {
    const { context } = await world(open);
    const other = await leaver(context, "lee");
    const report = await erase(unreachable(context), other, { items: ["phone", "company_name"] });
    expect(report).toMatchObject({ records: 0 });
    await expect(
      erase(unreachable(context), other, { items: ["payment_record"] }),
    ).rejects.toMatchObject({ code: "ERR_ERASURE_REFUSED" });
    expect(await liveRows(context.db, other)).toHaveLength(9);
  });

  test("two sweepers at once remove and count each row once", async () => {
    const { context, clock } = await world(open);
    clock.set(OVER);
    await Promise.all([keep(context), keep(context)]);
    await keep(context);
    expect(await linesOf(context.db)).toEqual(DONE);
  });

  test("rows that a restored copy brings back are removed before the archive is used", async () => {
    const { context, clock, archive } = await world(open);
    const columns = await archive.query<{ subject: Uint8Array }>("select * from archived_record");
    const epoch = await archive.query<{ value: Uint8Array }>(
      "select value from setting where name = 'key_epoch'",
    );
    clock.set(OVER);
    await keep(context);
    // As a backup of the archive from before would bring it back: every row, and the old number.
    await archive.query("delete from archived_record");
    for (const row of columns) await insertRow(archive, row);
    await archive.query("update setting set value = $1 where name = 'key_epoch'", [
      epoch[0]?.value ?? null,
    ]);
    await adoptArchive(archive, context);
    const left = await archive.query("select class from archived_record");
    expect(left).toEqual([{ class: "complaint" }]);
    const told = await context.db.query(
      "select class, records from destruction where reason = 'restore' order by class",
    );
    expect(told).toEqual([
      { class: "contract", records: 1 },
      { class: "payment", records: 2 },
    ]);
  });

  test("killed at any step of a sweep, the next ends it: nothing lost, nothing twice", async () => {
    const { context, clock } = await testEngine(await open());
    const pay = async (): Promise<string> => {
      const subject = await collect(context, "payment", { payment_record: "1" });
      // Five years ago today: it ends with this day.
      const day = new Date(clock.now()).toISOString().slice(0, 10);
      const paid = `${Number(day.slice(0, 4)) - 5}${day.slice(4)}`;
      await recordEvent(context, { subject, event: "payment_completed", day: paid });
      await recordEvent(context, { subject, event: "supply_completed", day: paid });
      return subject;
    };
    // Each database takes every other step; together they take them all.
    let nth = name === "pglite" ? 1 : 2;
    for (; ; nth += 2) {
      const moved = await pay();
      await moveToArchive(context, moved, RUN);
      await pay();
      clock.set(clock.now() + DAY_MS);
      const killed = killedAt(context, nth);
      const ended = await keep(killed.context).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ message: "killed here" });
          return false;
        },
      );
      expect((await keep(context)).archive).toBe(undefined);
      const [sum] = await context.db.query(
        `select sum(records)::bigint as records, sum(archived)::bigint as archived,
                bool_or(rows_removed_at is null) as open
           from destruction
          where expired_on = (select max(expired_on) from destruction)`,
      );
      expect(sum, `killed at step ${nth}`).toEqual({ records: 2, archived: 1, open: false });
      expect(await countRows(await context.archive())).toMatchObject({ archived_record: 0 });
      expect(await countRows(context.db)).toMatchObject({ record: 0 });
      if (ended) break;
    }
    expect(nth).toBeGreaterThan(60);
  }, 180_000);
});

async function insertRow(archive: Database, row: Readonly<Record<string, unknown>>): Promise<void> {
  await archive.query(
    `insert into archived_record
     select * from jsonb_populate_record(null::archived_record, $1::jsonb)`,
    [
      JSON.stringify(row, (name, value: unknown) => {
        if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
        if (name === "archived_at") return new Date(Number(value)).toISOString();
        return value;
      }),
    ],
  );
}
