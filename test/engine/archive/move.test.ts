/** The move to the separate database: what travels, what stays, what a crash leaves. */
import { describe, expect, test } from "vitest";
import { archivedOf } from "../../../src/engine/archive/archived-of.ts";
import { moveToArchive } from "../../../src/engine/archive/move-to-archive.ts";
import { collect } from "../../../src/engine/collection/collect.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { recordEvent } from "../../../src/engine/retention/record-event.ts";
import { reopenRecords } from "../../../src/engine/retention/reopen-records.ts";
import { keep } from "../../../src/engine/retention/sweep.ts";
import { find } from "../../../src/engine/use/find.ts";
import { JikimError } from "../../../src/base/errors.ts";
import type { Database } from "../../../src/store/database.ts";
import { countRows, eachDatabase } from "../../support/databases.ts";
import { killedAt } from "../../support/killed-at.ts";
import {
  archivedRowsOf,
  contentsOf,
  countsOf,
  endContract,
  leaver,
  liveRows,
  shortLeaver,
  RUN,
  TODAY,
} from "../../support/leavers.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../../support/test-engine.ts";

const SHORT = { complaint: 1, contract: 1 };
const MOVED = { complaint: 1, contract: 1, payment: 2 };
const NAME = SIGN_UP["name"] ?? "";

/** How many records each leaf of moves tells of, in all. */
async function toldOf(context: EngineContext, subject: string): Promise<Record<string, number>> {
  const leaves = await context.db.query<{ facts: { records: Record<string, number> } }>(
    "select facts from audit_leaf where kind = 'archived' and facts->>'subject' = $1",
    [subject],
  );
  const sum: Record<string, number> = {};
  for (const { facts } of leaves) {
    for (const [name, count] of Object.entries(facts.records)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

/** An archive that refuses or changes what is written to it. */
function archiveWith(
  context: EngineContext,
  change: (text: string, params: unknown[]) => void,
): EngineContext {
  return {
    ...context,
    async archive(): Promise<Database> {
      const archive = await context.archive();
      return {
        ...archive,
        transaction: async (work) =>
          archive.transaction(async (tx) =>
            work({
              async query(text, params) {
                const own = [...(params ?? [])];
                change(text, own);
                return tx.query(text, own);
              },
            }),
          ),
      };
    },
  };
}

eachDatabase((name, open) => {
  test("what a statute keeps moves, with what it names beside, and nothing else", async () => {
    const { context } = await testEngine(await open());
    const subject = await leaver(context);
    await endContract(context, subject);
    const { moved } = await moveToArchive(context, subject, RUN);
    expect(Object.fromEntries(moved.map((each) => [each.recordClass, each.records]))).toEqual(
      MOVED,
    );
    expect(countsOf(await liveRows(context.db, subject))).toEqual({
      payment_means: 2,
      profile: 1,
      usage: 1,
      visit: 1,
    });
    const rows = await archivedRowsOf(await context.archive(), subject);
    expect(rows.map((row) => [row.class, row.compartment, row.expires_on, row.beside])).toEqual([
      ["complaint", "archive:complaint_3y", null, []],
      ["contract", "archive:commerce_5y", "2031-11-23", ["email", "name"]],
      ["payment", "archive:commerce_5y", "2031-11-23", ["email", "name"]],
      ["payment", "archive:commerce_5y", "2031-11-23", ["email", "name"]],
    ]);
    const contents = await contentsOf(context, rows);
    const beside = { name: NAME, email: "kim@example.org" };
    expect(new Set(contents)).toEqual(
      new Set([
        { name: "김다툼", email: "other@example.org", inquiry_text: "왜?" },
        { contract_record: "c-1", ...beside },
        { payment_record: "33,000", ...beside },
        { payment_record: "44,000", ...beside },
      ]),
    );
    expect(rows.map((row) => row.items)).toEqual(
      contents.map((items) => Object.keys(items).toSorted()),
    );
    expect(await toldOf(context, subject)).toEqual(MOVED);
    expect(await countRows(context.db)).toMatchObject({ archive_move: 0 });
  });

  test("what is kept is told by class, count and day; of others and of nobody there is none", async () => {
    const { context } = await testEngine(await open());
    const subject = await leaver(context);
    const other = await leaver(context, "lee");
    await endContract(context, subject);
    expect(await archivedOf(context, subject)).toEqual([]);
    await moveToArchive(context, subject, RUN);
    expect(await archivedOf(context, subject)).toEqual([
      {
        recordClass: "complaint",
        law: "kr/ecommerce-decree-6-1-4",
        records: 1,
        items: ["email", "inquiry_text", "name"],
        endsOn: null,
      },
      {
        recordClass: "contract",
        law: "kr/ecommerce-decree-6-1-2",
        records: 1,
        items: ["contract_record", "email", "name"],
        endsOn: "2031-11-23",
      },
      {
        recordClass: "payment",
        law: "kr/ecommerce-decree-6-1-3",
        records: 2,
        items: ["email", "name", "payment_record"],
        endsOn: "2031-11-23",
      },
    ]);
    expect(await archivedOf(context, other)).toEqual([]);
    await expect(archivedOf(context, "nobody")).rejects.toMatchObject({
      code: "ERR_SUBJECT_UNKNOWN",
    });
  });

  test("someone with nothing that a statute keeps needs no archive", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    const unset = async (): Promise<never> =>
      Promise.reject(new JikimError("ERR_ARCHIVE_UNSET", "none"));
    const without = { ...context, archive: unset };
    expect(await moveToArchive(without, subject, RUN)).toEqual({ moved: [] });
    const payer = await leaver(context);
    await expect(moveToArchive(without, payer, RUN)).rejects.toMatchObject({
      code: "ERR_ARCHIVE_UNSET",
    });
    expect(countsOf(await liveRows(context.db, payer))).toMatchObject(MOVED);
  });

  test("moved again, nothing moves; two at once move each record once", async () => {
    const { context } = await testEngine(await open());
    const subject = await leaver(context);
    const [first, second] = await Promise.all([
      moveToArchive(context, subject, RUN),
      moveToArchive(context, subject, "cd".repeat(16)),
    ]);
    expect(first).toEqual(second);
    expect(await moveToArchive(context, subject, RUN)).toEqual(first);
    expect(await toldOf(context, subject)).toEqual(MOVED);
    expect(countsOf(await archivedRowsOf(await context.archive(), subject))).toEqual(MOVED);
  });

  test("more than a batch moves whole, and what comes meanwhile moves too", async () => {
    const { context } = await testEngine(await open());
    const subject = await leaver(context);
    for (let paid = 0; paid < 210; paid += 1) {
      await collect(context, "payment", { payment_record: `${paid}` }, { subject });
    }
    await moveToArchive(context, subject, RUN);
    await collect(context, "payment", { payment_record: "late" }, { subject });
    await moveToArchive(context, subject, RUN);
    expect(await toldOf(context, subject)).toEqual({ ...MOVED, payment: 213 });
    expect(countsOf(await liveRows(context.db, subject))).not.toHaveProperty("payment");
  });

  test("copies of the originals open no more after the next sweep; the archive does", async () => {
    const { context } = await testEngine(await open());
    const subject = await leaver(context);
    await endContract(context, subject);
    const before = (await liveRows(context.db, subject)).filter((row) => row.class in MOVED);
    const stays = await collect(context, "payment", { payment_record: "1" });
    await moveToArchive(context, subject, RUN);
    await keep(context);
    for (const row of before) {
      await expect(contentsOf(context, [row])).rejects.toMatchObject({ code: "ERR_KEY_GONE" });
    }
    const rows = await archivedRowsOf(await context.archive(), subject);
    expect(await contentsOf(context, rows)).toHaveLength(4);
    expect(await contentsOf(context, await liveRows(context.db, subject))).toHaveLength(5);
    expect(await contentsOf(context, await liveRows(context.db, stays))).toHaveLength(1);
  });

  test("who signs up again with the same address is not linked to what is kept", async () => {
    const { context } = await testEngine(await open());
    const subject = await leaver(context);
    await endContract(context, subject);
    await moveToArchive(context, subject, RUN);
    await recordEvent(context, { subject, event: "withdrawal", day: TODAY });
    await keep(context);
    const again = await leaver(context);
    const support = { purpose: "user_management" };
    expect(await find(context, { email: "kim@example.org" }, support)).toEqual([again]);
    expect(await archivedOf(context, again)).toEqual([]);
    expect(Object.keys(await countRows(await context.archive()))).not.toContain("lookup");
  });

  test("the clock of an open dispute goes on in the archive, there and back", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await leaver(context);
    await endContract(context, subject);
    await moveToArchive(context, subject, RUN);
    const archive = await context.archive();
    const dispute = async () =>
      (await archivedRowsOf(archive, subject)).filter((row) => row.class === "complaint");
    const closed = { subject, event: "ticket_closed", day: "2026-12-01" };
    clock.set("2026-12-01T12:00:00+09:00");
    const [waiting] = await dispute();
    expect(await recordEvent(context, closed)).toBe(1);
    expect(await recordEvent(context, closed)).toBe(0);
    const [ending] = await dispute();
    expect(ending?.expires_on).toBe("2029-12-01");
    expect(await reopenRecords(context, { subject, event: "ticket_closed" })).toBe(1);
    expect(await dispute()).toMatchObject([{ expires_on: null }]);
    await keep(context);
    // The lock it had for itself before is dead; so will be the day it has left.
    await expect(contentsOf(context, waiting === undefined ? [] : [waiting])).rejects.toMatchObject(
      { code: "ERR_KEY_GONE" },
    );
    clock.set("2026-12-02T12:00:00+09:00");
    await recordEvent(context, { ...closed, day: "2026-12-02" });
    const [row] = await dispute();
    expect(row?.expires_on).toBe("2029-12-02");
    expect(await contentsOf(context, row === undefined ? [] : [row])).toHaveLength(1);
    const days = await context.db.query("select class, day from vacated_day");
    expect(days).toEqual([{ class: "complaint", day: "2029-12-01" }]);
  });

  test("name and e-mail travel even when the move goes on after the profile is gone", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await leaver(context);
    await endContract(context, subject);
    await recordEvent(context, { subject, event: "withdrawal", day: TODAY });
    const away = async (): Promise<never> =>
      Promise.reject(new JikimError("ERR_STORE_UNAVAILABLE", "away"));
    const broken = { ...context, archive: away };
    await expect(moveToArchive(broken, subject, RUN)).rejects.toMatchObject({
      code: "ERR_STORE_UNAVAILABLE",
    });
    clock.set("2026-11-25T00:00:00+09:00");
    expect(await keep(broken)).toMatchObject({ archive: "ERR_STORE_UNAVAILABLE" });
    expect(countsOf(await liveRows(context.db, subject))).toEqual({ ...MOVED, usage: 1, visit: 1 });
    const report = await keep(context);
    expect(report.archive).toBe(undefined);
    expect(countsOf(await liveRows(context.db, subject))).toEqual({ usage: 1, visit: 1 });
    const rows = await archivedRowsOf(await context.archive(), subject);
    expect(await contentsOf(context, rows)).toContainEqual({
      contract_record: "c-1",
      name: NAME,
      email: "kim@example.org",
    });
  });

  describe("nothing is deleted", () => {
    test("when the disk of the archive is full", async () => {
      const { context } = await testEngine(await open());
      const subject = await leaver(context);
      const full = archiveWith(context, (text) => {
        if (!text.includes("insert into archived_event") && !text.includes("into archived_record"))
          return;
        throw new JikimError("ERR_STORE_UNAVAILABLE", "full", { reason: "53100" });
      });
      await expect(moveToArchive(full, subject, RUN)).rejects.toMatchObject({
        code: "ERR_STORE_UNAVAILABLE",
      });
      expect(countsOf(await liveRows(context.db, subject))).toMatchObject(MOVED);
      expect(await archivedOf(context, subject)).toEqual([]);
      await keep(context);
      expect(countsOf(await archivedRowsOf(await context.archive(), subject))).toEqual(MOVED);
    });

    test.each([
      ["a copy was changed", 13, (values: string[]) => [`${values[0]?.slice(0, -2)}00`]],
      ["a copy was put in another's place", 13, (values: string[]) => values.toReversed()],
      ["a copy is missing", null, null],
    ])("when %s", async (_says, index, change) => {
      const { context } = await testEngine(await open());
      const subject = await leaver(context);
      const wrong = archiveWith(context, (text, params) => {
        if (!text.includes("insert into archived_record")) return;
        const at = index ?? 0;
        const values = params[at] as string[];
        if (change === null) {
          for (const [each, column] of params.entries()) {
            if (Array.isArray(column)) params[each] = column.slice(1);
          }
        } else params[at] = [...change(values), ...values.slice(change(values).length)];
      });
      await expect(moveToArchive(wrong, subject, RUN)).rejects.toMatchObject({
        code: "ERR_ARCHIVE_UNVERIFIED",
      });
      expect(countsOf(await liveRows(context.db, subject))).toMatchObject(MOVED);
      expect(await toldOf(context, subject)).toEqual({});
      await moveToArchive(context, subject, RUN);
      expect(countsOf(await archivedRowsOf(await context.archive(), subject))).toEqual(MOVED);
    });
  });

  test("killed at any step, the next run ends it: each record is in one place, once", async () => {
    const { context } = await testEngine(await open());
    await context.archive();
    let steps = 0;
    // Each database takes every other step; together they take them all.
    for (let nth = name === "pglite" ? 1 : 2; ; nth += 2) {
      const subject = await shortLeaver(context, `user${nth}`);
      const before = countsOf(await liveRows(context.db, subject));
      const killed = killedAt(context, nth);
      const ended = await moveToArchive(killed.context, subject, RUN).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ message: "killed here" });
          return false;
        },
      );
      if (!ended) {
        // In both or in one, never in none.
        const live = countsOf(await liveRows(context.db, subject));
        const kept = countsOf(await archivedRowsOf(await context.archive(), subject));
        for (const [kind, count] of Object.entries(SHORT)) {
          expect((live[kind] ?? 0) + (kept[kind] ?? 0)).toBeGreaterThanOrEqual(count);
        }
        await keep(context);
        await moveToArchive(context, subject, RUN); // as the withdrawal does, had it not begun
      }
      const live = countsOf(await liveRows(context.db, subject));
      const rows = await archivedRowsOf(await context.archive(), subject);
      expect(countsOf(rows)).toEqual(SHORT);
      expect({ ...live, ...SHORT }).toEqual(before);
      expect(Object.keys(live).filter((kind) => kind in SHORT)).toEqual([]);
      expect(await toldOf(context, subject)).toEqual(SHORT);
      const contents = await contentsOf(context, rows);
      expect(contents).toContainEqual({
        contract_record: "c-1",
        name: NAME,
        email: `user${nth}@example.org`,
      });
      steps = killed.steps();
      if (ended) break;
    }
    expect(steps).toBeGreaterThan(20);
    await keep(context);
    expect(await countRows(context.db)).toMatchObject({ archive_move: 0, reseal: 0 });
    expect(await countRows(await context.archive())).toMatchObject({ archived_lock: 0 });
  }, 120_000);
});
