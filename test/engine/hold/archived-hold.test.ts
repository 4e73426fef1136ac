/** A hold covers the archive too: what it keeps there stays there, apart, and ends with it. */
import { expect, test } from "vitest";
import { JikimError } from "../../../src/base/errors.ts";
import { present } from "../../../src/base/assert.ts";
import { moveToArchive } from "../../../src/engine/archive/move-to-archive.ts";
import { placeHold } from "../../../src/engine/hold/place-hold.ts";
import { releaseHold } from "../../../src/engine/hold/release-hold.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { openItems, ownLockOf } from "../../../src/engine/record.ts";
import { recordEvent } from "../../../src/engine/retention/record-event.ts";
import { keep } from "../../../src/engine/retention/sweep.ts";
import type { Database } from "../../../src/store/database.ts";
import { countRows, eachDatabase, type OpenEmpty } from "../../support/databases.ts";
import { failingAt } from "../../support/failing-at.ts";
import { endContract, leaver, RUN, TODAY } from "../../support/leavers.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";

/** Contract and payments ended on the day before. */
const OVER = "2031-11-24T00:00:00+09:00";

interface World extends TestEngine {
  readonly subject: string;
  readonly archive: Database;
}

/** One who left, whose contract and payments are in the archive. */
async function world(open: OpenEmpty): Promise<World> {
  const engine = await testEngine(await open());
  const { context } = engine;
  const subject = await leaver(context);
  await endContract(context, subject);
  await moveToArchive(context, subject, RUN);
  await recordEvent(context, { subject, event: "withdrawal", day: TODAY });
  await keep(context);
  return { ...engine, subject, archive: await context.archive() };
}

const hold = async (context: EngineContext, subject: string) =>
  placeHold(context, {
    subject,
    classes: ["payment"],
    document: "2031-가합-4",
    until: "2032-06-30",
    by: "7",
  });

type HeldRow = { readonly subject: Uint8Array; readonly id: Uint8Array; readonly class: string };
const held = async (archive: Database) =>
  archive.query<HeldRow & { readonly sealed: Uint8Array; readonly expires_on: string }>(
    "select subject, id, class, sealed, expires_on from held_record order by id",
  );

const away = (context: EngineContext): EngineContext => ({
  ...context,
  archive: async () => Promise.reject(new JikimError("ERR_STORE_UNAVAILABLE", "away")),
});

eachDatabase((_name, open) => {
  test("held rows leave the class-day and stay in the archive; released, they go from there", async () => {
    const { context, clock, subject, archive } = await world(open);
    clock.set("2031-11-20T09:00:00+09:00");
    const { id } = await hold(context, subject);
    clock.set(OVER);
    await keep(context);
    const left = "select id from archived_record where class = 'payment'";
    expect(await archive.query(left)).toEqual([]);
    expect(await countRows(context.db)).toMatchObject({ held_record: 0 });
    const rows = await held(archive);
    expect(rows.map((row) => row.class)).toEqual(["payment", "payment"]);
    const contents = await openItems(
      context.keeper,
      rows.map((row) => ({ ...row, compartment: "hold", expires_on: null })),
    );
    expect(contents[0]).toHaveProperty("payment_record");
    clock.set("2031-12-10T09:00:00+09:00");
    await releaseHold(context, id, { by: "7" });
    await keep(away(context)); // what was held waits for an archive that is away
    expect(await held(archive)).toHaveLength(2);
    await keep(context);
    expect(await held(archive)).toEqual([]);
    const slots = rows.map(({ sealed }) => present(ownLockOf(sealed), "a lock of its own"));
    expect(await context.keeper.gone(slots)).toEqual(slots);
    const [line] = await context.db.query(
      `select class, records, overdue, rows_removed_at is null as open, look_found
         from destruction where reason = 'hold'`,
    );
    expect(line).toEqual({
      class: "payment",
      records: 2,
      overdue: false,
      open: false,
      look_found: 0,
    });
  });

  test("a hold on what is due in the archive saves it at once", async () => {
    const { context, clock, subject, archive } = await world(open);
    clock.set(OVER);
    expect(await hold(context, subject)).toMatchObject({ kept: 2, tooLate: 0 });
    expect(await held(archive)).toHaveLength(2);
  });

  test.each([
    ["the move in the archive", /insert into held_record/, 1, "archive"],
    ["the request", /insert into destruction/, 1, "records"],
    ["the removal in the archive", /delete from held_record/, 1, "archive"],
  ] as const)(
    "killed at %s, the next sweep ends it, and nothing is lost before",
    async (_at, pattern, nth, where) => {
      const { context, clock, subject, archive } = await world(open);
      const { id } = await hold(context, subject);
      const failing = (): EngineContext =>
        where === "archive"
          ? { ...context, archive: async () => failingAt(archive, pattern, nth) }
          : { ...context, db: failingAt(context.db, pattern, nth) };
      clock.set(OVER);
      await keep(failing()).catch(() => undefined);
      await keep(context);
      expect(await held(archive)).toHaveLength(2);
      await releaseHold(context, id, { by: "7" });
      await keep(failing()).catch(() => undefined);
      await keep(context);
      expect(await held(archive)).toEqual([]);
      const [open_] = await context.db.query<{ n: number }>(
        "select count(*) as n from destruction where rows_removed_at is null",
      );
      expect(open_?.n).toBe(0);
    },
  );
});
