/** Legal holds: destruction stops for what they cover, for nothing else and not for ever. */
import { describe, expect, test } from "vitest";
import { present } from "../../../src/base/assert.ts";
import { collect } from "../../../src/engine/collection/collect.ts";
import { erase } from "../../../src/engine/destruction/erase.ts";
import { removeDeadRows } from "../../../src/engine/destruction/remove-dead-rows.ts";
import { listHolds } from "../../../src/engine/hold/hold.ts";
import { type HoldAsked, placeHold } from "../../../src/engine/hold/place-hold.ts";
import { releaseHold } from "../../../src/engine/hold/release-hold.ts";
import { setAsideOf } from "../../../src/engine/hold/set-aside.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { openItems, ownLockOf } from "../../../src/engine/record.ts";
import { keep } from "../../../src/engine/retention/sweep.ts";
import { bytes } from "../../../src/store/column-value.ts";
import { read } from "../../../src/engine/use/read.ts";
import type { TreeKeeper } from "../../../src/keys/open-keeper.ts";
import { countRows, eachDatabase } from "../../support/databases.ts";
import { failingAt } from "../../support/failing-at.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../../support/test-engine.ts";

const USAGE_ENDS = "2027-11-24T00:00:00+09:00";
const ORDER = { document: "2026-가합-17", until: "2028-06-30", by: "7" };

async function use(context: EngineContext, subject?: string): Promise<string> {
  const items = { usage_record: "joined", ip_public: "192.0.2.17" };
  return collect(context, "service_use", items, subject === undefined ? {} : { subject });
}

const hold = (context: EngineContext, subject: string, asked: Partial<HoldAsked> = {}) =>
  placeHold(context, { subject, ...ORDER, ...asked });

type HeldRow = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly class: string;
  readonly sealed: Uint8Array;
  readonly expires_on: string;
};

const held = async (context: EngineContext) =>
  context.db.query<HeldRow>(
    "select subject, id, class, sealed, expires_on from held_record order by class, id",
  );

/** What held rows say, opened as nothing in the engine opens them. */
const contents = async (context: EngineContext) =>
  openItems(
    context.keeper,
    (await held(context)).map((row) => ({ ...row, compartment: "hold", expires_on: null })),
  );

const kinds = async (context: EngineContext) =>
  (
    await context.db.query<{ kind: string }>(
      `select kind from audit_leaf
        where kind in ('hold_placed', 'held_back', 'hold_released', 'destroyed') order by seq`,
    )
  ).map(({ kind }) => kind);

eachDatabase((_name, open) => {
  test("only what the hold covers outlives its day, unused; released, it is gone in five days", async () => {
    const { context, clock } = await testEngine(await open());
    const kept = await use(context);
    const other = await use(context);
    await hold(context, kept, { classes: ["usage"] });
    clock.set(USAGE_ENDS);
    const report = await keep(context);
    expect(report.days.map(({ state, overdue }) => [state, overdue])).toEqual([
      ["rows_removed", true],
      ["rows_removed", false],
    ]);
    expect(report.records).toBe(3);
    expect(await countRows(context.db)).toMatchObject({ record: 0, lookup: 0, held_record: 1 });
    expect(await contents(context)).toEqual([{ usage_record: "joined" }]);
    for (const subject of [kept, other]) {
      await expect(
        read(context, subject, ["usage_record"], { purpose: "improvement" }),
      ).rejects.toMatchObject({ code: "ERR_SUBJECT_UNKNOWN" });
    }
    const [one] = await listHolds(context);
    expect(one).toMatchObject({ document: ORDER.document, kept: 1, releasedAt: null });
    expect((await keep(context)).records).toBe(0);
    const copy = await held(context);
    clock.set("2027-12-20T15:00:00+09:00");
    await releaseHold(context, present(one, "a hold").id, { by: "9" });
    clock.set("2027-12-21T00:00:00+09:00");
    expect(await keep(context)).toMatchObject({
      records: 1,
      days: [{ recordClass: "usage", state: "rows_removed", overdue: false }],
    });
    expect(await countRows(context.db)).toMatchObject({ held_record: 0, hold: 1, look_sample: 0 });
    const [slot] = copy.map(({ sealed }) => present(ownLockOf(sealed), "a lock of its own"));
    expect(await context.keeper.gone([present(slot, "one row")])).toEqual([slot]);
    const [line] = await context.db.query(
      `select reason, records, overdue, irrecoverable, look_found, eligible_at
         from destruction where reason = 'hold'`,
    );
    expect(line).toMatchObject({
      records: 1,
      overdue: false,
      irrecoverable: true,
      look_found: 0,
      eligible_at: Date.parse("2027-12-20T00:00:00+09:00"),
    });
    expect(await kinds(context)).toEqual([
      "hold_placed",
      "held_back",
      "destroyed",
      "destroyed",
      "hold_released",
      "destroyed",
    ]);
  });

  test("a hold that ends by itself lets go on the day after; five days later it is overdue", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await use(context);
    await hold(context, subject, { classes: ["usage"], until: "2027-12-31" });
    clock.set(USAGE_ENDS);
    await keep(context);
    clock.set("2027-12-31T23:59:59+09:00");
    expect((await keep(context)).records).toBe(0);
    clock.set("2028-01-06T00:00:01+09:00");
    expect(await keep(context)).toMatchObject({ records: 1, days: [{ overdue: true }] });
    expect(await countRows(context.db)).toMatchObject({ held_record: 0 });
  });

  test("while another hold covers it, the end of one changes nothing", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await use(context);
    const { id } = await hold(context, subject);
    await hold(context, subject, { classes: ["usage"] });
    clock.set(USAGE_ENDS);
    await keep(context);
    expect(await countRows(context.db)).toMatchObject({ held_record: 2 });
    await releaseHold(context, id, { by: "7" });
    await keep(context);
    expect((await held(context)).map((row) => row.class)).toEqual(["usage"]);
  });

  test("a single record can be held, with the source it came from", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await use(context);
    await use(context, subject);
    const [row] = await context.db.query<{ id: string }>(
      "select encode(id, 'hex') as id from record where class = 'usage' order by id",
    );
    const { id } = present(row, "a usage record");
    await context.db.query("update record set source = sealed where false");
    await hold(context, subject, { records: [id] });
    clock.set(USAGE_ENDS);
    await keep(context);
    expect((await held(context)).map((each) => Buffer.from(each.id).toString("hex"))).toEqual([id]);
  });

  test.each([
    ["the move", /insert into held_record/, 1],
    ["the removal of the moved row", /delete from record\s/, 1],
    ["the request", /insert into destruction/, 1],
    ["the receipt", /update destruction\s+set key_dropped_at/, 1],
  ])(
    "killed at %s, nothing held is lost and the rest is destroyed by the next",
    async (_at, pattern, nth) => {
      const { context, clock } = await testEngine(await open());
      const kept = await use(context);
      await use(context);
      await hold(context, kept, { classes: ["usage"] });
      clock.set(USAGE_ENDS);
      const broken = { ...context, db: failingAt(context.db, pattern, nth) };
      await expect(keep(broken)).rejects.toThrow("killed here");
      await keep(context);
      expect(await countRows(context.db)).toMatchObject({ record: 0, held_record: 1 });
      expect(await contents(context)).toEqual([{ usage_record: "joined" }]);
    },
  );

  test.each([
    ["the request", /insert into destruction/, 1],
    ["the receipt", /update destruction\s+set key_dropped_at/, 1],
    ["the rows", /delete from held_record/, 1],
  ])(
    "killed at %s, the end of a hold is carried out by the next sweep",
    async (_at, pattern, nth) => {
      const { context, clock } = await testEngine(await open());
      const subject = await use(context);
      const { id } = await hold(context, subject);
      clock.set(USAGE_ENDS);
      await keep(context);
      const copy = await held(context);
      await releaseHold(context, id, { by: "7" });
      const broken = { ...context, db: failingAt(context.db, pattern, nth) };
      await expect(keep(broken)).rejects.toThrow("killed here");
      await keep(context);
      expect(await countRows(context.db)).toMatchObject({ held_record: 0 });
      const slots = copy.map(({ sealed }) => present(ownLockOf(sealed), "a lock of its own"));
      expect(await context.keeper.gone(slots)).toEqual(slots);
      const lines = await context.db.query<{ records: number; rows_removed_at: number | null }>(
        "select records, rows_removed_at from destruction where reason = 'hold'",
      );
      expect(lines.reduce((sum, { records }) => sum + records, 0)).toBe(2);
      expect(lines.filter((line) => line.rows_removed_at === null)).toEqual([]);
    },
  );

  test("many sweeps at once set aside and destroy each record once", async () => {
    const { context, clock } = await testEngine(await open());
    const people = [];
    for (let i = 0; i < 6; i += 1) people.push(await use(context));
    const holds = [];
    for (const subject of people.slice(0, 3)) {
      holds.push(await hold(context, subject, { classes: ["usage"] }));
    }
    clock.set(USAGE_ENDS);
    await Promise.all([keep(context), keep(context), keep(context)]);
    await keep(context);
    expect(await countRows(context.db)).toMatchObject({ record: 0, held_record: 3 });
    expect(await contents(context)).toHaveLength(3);
    for (const { id } of holds) await releaseHold(context, id, { by: "7" });
    await Promise.all([keep(context), keep(context), keep(context)]);
    await keep(context);
    const [sum] = await context.db.query<{ records: number }>(
      "select sum(records)::bigint as records from destruction",
    );
    expect(sum?.records).toBe(12);
    expect(await countRows(context.db)).toMatchObject({ held_record: 0 });
  });

  test("a hold placed while the destruction runs saves what still opens, and says what does not", async () => {
    const { context, clock } = await testEngine(await open());
    const first = await use(context);
    const second = await use(context);
    clock.set(USAGE_ENDS);
    const placed: unknown[] = [];
    const destroySlots: TreeKeeper["destroySlots"] = async (slots) => {
      if (placed.length === 0) placed.push(await hold(context, first));
      const receipt = await context.keeper.destroySlots(slots);
      if (placed.length === 1) placed.push(await hold(context, second));
      return receipt;
    };
    await keep({ ...context, keeper: { ...context.keeper, destroySlots } });
    expect(placed).toMatchObject([
      { kept: 2, tooLate: 0 },
      { kept: 0, tooLate: 2 },
    ]);
    expect(await countRows(context.db)).toMatchObject({ record: 0, held_record: 2 });
    expect(await contents(context)).toHaveLength(2);
  });

  test("what has passed its day unswept is saved at once", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await use(context);
    clock.set("2027-03-01T09:00:00+09:00");
    expect(await hold(context, subject)).toMatchObject({ kept: 1, tooLate: 0 });
    expect((await held(context)).map((row) => row.class)).toEqual(["visit"]);
  });

  test("an erasure of what is held is refused; of the rest it is not", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await use(context, subject);
    await hold(context, subject, { classes: ["usage"] });
    await expect(erase(context, subject, { items: ["usage_record"] })).rejects.toMatchObject({
      code: "ERR_HOLD_ACTIVE",
    });
    expect(await erase(context, subject, { items: ["email"] })).toMatchObject({ changed: 1 });
    const asked = await read(context, subject, ["usage_record"], { purpose: "improvement" });
    expect(asked).toEqual({ usage_record: "joined" });
  });

  test("a compartment that is given up keeps a held record that has ended meanwhile", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await use(context, subject);
    await hold(context, subject, { classes: ["usage"] });
    clock.set(USAGE_ENDS);
    await erase(context, subject, { items: ["phone", "email"] });
    await keep(context);
    expect(await contents(context)).toEqual([{ usage_record: "joined" }]);
  });

  test("who is about to give a compartment up sets aside what is held, ended or not", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await hold(context, subject, { classes: ["profile"] });
    const done = await context.db.transaction(async (tx) =>
      setAsideOf(context, tx, bytes(subject), ["profile"]),
    );
    expect(done).toEqual({ kept: 1, tooLate: 0 });
    await context.keeper.destroySubject(subject, ["service"]);
    expect(await contents(context)).toMatchObject([{ name: SIGN_UP["name"] }]);
    clock.set("2028-07-01T00:00:00+09:00");
    await keep(context);
    expect(await countRows(context.db)).toMatchObject({ held_record: 0, record: 0 });
  });

  test("the document's reference is sealed; no table has it in clear", async () => {
    const { context } = await testEngine(await open());
    const subject = await use(context);
    await hold(context, subject);
    const rows = await context.db.query<{ row: string }>("select hold::text as row from hold");
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain(Buffer.from(ORDER.document).toString("hex"));
    const leaves = await context.db.query<{ facts: object }>("select facts from audit_leaf");
    expect(JSON.stringify(leaves)).not.toContain("가합");
  });

  test("releasing twice changes nothing", async () => {
    const { context } = await testEngine(await open());
    const { id } = await hold(context, await use(context));
    await releaseHold(context, id, { by: "7" });
    await releaseHold(context, id, { by: "8" });
    expect(await listHolds(context)).toMatchObject([{ releasedBy: "7" }]);
    expect((await kinds(context)).filter((kind) => kind === "hold_released")).toHaveLength(1);
  });
});

describe("a hold is refused", () => {
  eachDatabase((_name, open) => {
    test.each([
      ["without a document", { document: " " }, "ERR_USAGE"],
      ["with a reference too long", { document: "x".repeat(201) }, "ERR_USAGE"],
      ["with a day that is over", { until: "2026-11-22" }, "ERR_USAGE"],
      ["with a day that is none", { until: "2027-02-30" }, "ERR_USAGE"],
      ["without an end in sight", { until: "2037-01-01" }, "ERR_USAGE"],
      ["of a class the policy lacks", { classes: ["diary"] }, "ERR_USAGE"],
      ["of what is no record", { records: ["x"] }, "ERR_USAGE"],
      ["by a name", { by: "김담당" }, "ERR_USAGE"],
      ["of nobody", { subject: "0000000000000000" }, "ERR_SUBJECT_UNKNOWN"],
    ])("%s", async (_why, asked, code) => {
      const { context } = await testEngine(await open());
      await expect(hold(context, await use(context), asked)).rejects.toMatchObject({ code });
      expect(await countRows(context.db)).toMatchObject({ hold: 0 });
    });

    test("releasing what is no hold", async () => {
      const { context } = await testEngine(await open());
      const nobody = releaseHold(context, "00".repeat(16), { by: "7" });
      await expect(nobody).rejects.toMatchObject({ code: "ERR_HOLD_UNKNOWN" });
      const name = releaseHold(context, "1", { by: "7" });
      await expect(name).rejects.toMatchObject({ code: "ERR_USAGE" });
    });
  });
});

eachDatabase((_name, open) => {
  test("three years after its end a hold is forgotten, and the key of its document dies", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await use(context);
    await hold(context, subject, { classes: ["usage"], until: "2027-12-31" });
    const [row] = await context.db.query<{ document: Uint8Array }>("select document from hold");
    const slot = present(ownLockOf(present(row, "a hold").document), "a lock of its own");
    clock.set("2030-12-31T12:00:00+09:00");
    await keep(context);
    expect(await countRows(context.db)).toMatchObject({ hold: 1 });
    clock.set("2031-01-01T12:00:00+09:00");
    await keep(context);
    expect(await countRows(context.db)).toMatchObject({ hold: 0, held_record: 0 });
    expect(await context.keeper.gone([slot])).toEqual([slot]);
  });

  test("a row that a restore brought back after its hold ended is removed at the opening", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await use(context);
    const { id } = await hold(context, subject, { classes: ["usage"] });
    clock.set(USAGE_ENDS);
    await keep(context);
    await context.db.query("create table copy_of_held as select * from held_record");
    await releaseHold(context, id, { by: "7" });
    await keep(context);
    await context.db.query("insert into held_record select * from copy_of_held");
    await context.db.query(
      "update setting set value = convert_to('0', 'UTF8') where name = 'key_epoch'",
    );
    await context.db.query("drop table copy_of_held");
    expect(await removeDeadRows(context, () => undefined)).toBe(1);
    expect(await countRows(context.db)).toMatchObject({ held_record: 0 });
  });
});
