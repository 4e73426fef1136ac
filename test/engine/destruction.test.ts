/** Destruction: its steps, what a crash leaves, who seals meanwhile, and parts of what is kept. */
import { describe, expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import { collect } from "../../src/engine/collection/collect.ts";
import {
  DESTRUCTION_STATES,
  destroyedAt,
  destructionState,
  type DestructionTimes,
  isDestroyed,
} from "../../src/engine/destruction/destruction-state.ts";
import { erase } from "../../src/engine/destruction/erase.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { openItems, type PlaceRow } from "../../src/engine/record.ts";
import { recordEvent } from "../../src/engine/retention/record-event.ts";
import { keep } from "../../src/engine/retention/sweep.ts";
import { find } from "../../src/engine/use/find.ts";
import { read } from "../../src/engine/use/read.ts";
import type { TreeKeeper } from "../../src/keys/open-keeper.ts";
import type { Database } from "../../src/store/database.ts";
import { countRows, eachDatabase } from "../support/databases.ts";
import { failingAt } from "../support/failing-at.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../support/test-engine.ts";

const SUPPORT = { purpose: "user_management" };
const CONTRACT = { purpose: "contract" };
const USAGE_ENDS = "2027-11-24T00:00:00+09:00";

type StoredRow = PlaceRow & { readonly sealed: Uint8Array };

/** Every sealed record as a copy made now would hold it. */
async function copyOf(db: Database): Promise<readonly StoredRow[]> {
  return db.query<StoredRow>(
    "select subject, id, class, compartment, expires_on, sealed from record order by class, id",
  );
}

/** The classes of a copy's records that still open. */
async function openable(context: EngineContext, copy: readonly StoredRow[]): Promise<string[]> {
  const found: string[] = [];
  for (const row of copy) {
    try {
      await openItems(context.keeper, [row]);
      found.push(row.class);
    } catch (error) {
      expect(error).toMatchObject({ code: "ERR_KEY_GONE" });
    }
  }
  return found;
}

async function useService(context: EngineContext, subject?: string): Promise<string> {
  const items = { usage_record: "joined", ip_public: "192.0.2.17" };
  return collect(context, "service_use", items, subject === undefined ? {} : { subject });
}

const ledger = async (db: Database) =>
  db.query<DestructionTimes & { class: string; slot: number; epoch: number; records: number }>(
    "select * from destruction order by expired_on, class",
  );

const TIMES: DestructionTimes = {
  requested_at: 1,
  key_dropped_at: 2,
  root_wiped_at: 3,
  caches_drained_at: 4,
  index_rotated_at: 5,
  rows_removed_at: 6,
};

describe("the states", () => {
  test.each(DESTRUCTION_STATES.map((state, index) => ({ state, index })))(
    "$state is the last step reached when the next has no time",
    ({ state, index }) => {
      const known = Object.entries(TIMES).map(([name, at], i) => [name, i <= index ? at : null]);
      const row = Object.fromEntries(known) as DestructionTimes;
      expect(destructionState(row)).toBe(state);
      expect(isDestroyed(state)).toBe(index >= 4);
      expect(destroyedAt(row)).toBe(index >= 4 ? 5 : null);
    },
  );

  test("rows removed while their key lives are not destroyed", () => {
    expect(destructionState({ ...TIMES, key_dropped_at: null })).toBe("requested");
    expect(destroyedAt({ ...TIMES, index_rotated_at: null })).toBe(null);
  });
});

eachDatabase((_name, open) => {
  test("what was destroyed opens in no copy of any date; what lives opens in all", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await useService(context, subject);
    const copy = await copyOf(context.db);
    expect(await openable(context, copy)).toEqual(["profile", "usage", "visit"]);
    clock.set(USAGE_ENDS);
    const report = await keep(context);
    expect(report.days.map(({ state }) => state)).toEqual(["rows_removed", "rows_removed"]);
    expect(await openable(context, copy)).toEqual(["profile"]);
    const lines = await ledger(context.db);
    for (const line of lines) {
      expect(line).toMatchObject({ irrecoverable: true, custodians: ["memory"], weaknesses: [] });
      expect(line.epoch).toBeGreaterThan(0);
    }
    expect(new Set(lines.map(({ slot }) => slot)).size).toBe(2);
  });

  test.each([
    ["before its key", /insert into destruction/, 2, "requested"],
    [
      "after its key, before the receipt",
      /update destruction\s+set key_dropped_at/,
      1,
      "requested",
    ],
    ["before its rows", /delete from record\s/, 1, "index_rotated"],
  ])("killed %s, a destruction is found and finished", async (_when, pattern, nth, state) => {
    const { context, clock } = await testEngine(await open());
    await useService(context);
    const copy = await copyOf(context.db);
    clock.set(USAGE_ENDS);
    const broken = { ...context, db: failingAt(context.db, pattern, nth) };
    await expect(keep(broken)).rejects.toThrow("killed here");
    const lines = await ledger(context.db);
    expect(new Set(lines.map(destructionState))).toEqual(new Set([state]));
    await keep(context);
    expect((await ledger(context.db)).map(destructionState)).toEqual(
      Array.from({ length: 2 }, () => "rows_removed"),
    );
    expect(await openable(context, copy)).toEqual([]);
    expect(await countRows(context.db)).toMatchObject({ record: 0, destruction: 2 });
  });

  test("a day whose lock is gone takes late records under a fresh one", async () => {
    const { context, clock } = await testEngine(await open());
    const people = [];
    for (const user of ["a", "b", "c"]) {
      const items = { ...SIGN_UP, user_id: user };
      people.push(await collect(context, "sign_up", items, SIGN_UP_OPTIONS));
    }
    clock.set("2026-12-24T09:00:00+09:00");
    const [first = "", second = "", third = ""] = people;
    const withdraw = async (subject: string): Promise<number> =>
      recordEvent(context, { subject, event: "withdrawal", day: "2026-12-24" });
    await withdraw(first);
    await keep(context);
    const copy = await copyOf(context.db);
    expect(await withdraw(second)).toBe(1);
    expect(await withdraw(third)).toBe(1);
    const late = await copyOf(context.db);
    expect(await openable(context, late)).toEqual(["profile", "profile"]);
    const report = await keep(context);
    expect(report).toMatchObject({ records: 2, days: [{ state: "rows_removed" }] });
    expect(await openable(context, late)).toEqual([]);
    // The copy from before had them under no day at all, but each under a lock of its own.
    expect(copy.map((row) => row.expires_on)).toEqual([null, null]);
    expect(await openable(context, copy)).toEqual([]);
    expect(await countRows(context.db)).toMatchObject({ record: 0, lookup: 0 });
  });

  test("a destruction waits for who is sealing under its lock, and misses nothing", async () => {
    const { context, clock } = await testEngine(await open());
    const gate = Promise.withResolvers<void>();
    const sealing = Promise.withResolvers<void>();
    const slow: TreeKeeper = {
      ...context.keeper,
      async seal(values) {
        sealing.resolve();
        await gate.promise;
        return context.keeper.seal(values);
      },
    };
    await useService(context);
    const collected = useService({ ...context, keeper: slow });
    await sealing.promise;
    clock.set(USAGE_ENDS);
    let swept = false;
    const sweep = keep(context).then((report) => {
      swept = true;
      return report;
    });
    await pause(30);
    expect(swept).toBe(false);
    gate.resolve();
    await collected;
    expect(await sweep).toMatchObject({ records: 4 });
    expect(await countRows(context.db)).toMatchObject({ record: 0 });
    expect((await ledger(context.db)).map(destructionState)).toEqual([
      "rows_removed",
      "rows_removed",
    ]);
  });

  test("a collection that was overtaken by the end of its day is stored for the day it is", async () => {
    const { context, clock } = await testEngine(await open());
    await useService(context);
    let overtaken = false;
    const late = {
      ...context,
      clock: {
        now: () => (overtaken ? clock.now() : Date.parse("2026-11-23T12:00:00+09:00")),
      },
      db: {
        ...context.db,
        transaction: async <T>(work: Parameters<Database["transaction"]>[0]) => {
          const done = await context.db.transaction(work);
          overtaken = true; // its clock goes right from its second attempt on
          return done as T;
        },
      },
    };
    clock.set(USAGE_ENDS);
    await keep(context);
    const subject = await useService(late);
    const items = await read(context, subject, ["usage_record"], { purpose: "improvement" });
    expect(items).toEqual({ usage_record: "joined" });
    const days = await context.db.query("select expires_on from record where class = 'usage'");
    expect(days).toEqual([{ expires_on: "2028-11-24" }]);
  });

  test("many who seal and many who destroy leave nothing dead and nothing behind", async () => {
    const { context, clock } = await testEngine(await open());
    const people = await Promise.all(
      Array.from({ length: 12 }, async (_, i) =>
        collect(context, "sign_up", { ...SIGN_UP, user_id: `u${i}` }, SIGN_UP_OPTIONS),
      ),
    );
    clock.set("2026-12-24T09:00:00+09:00");
    const leaving = people.map(async (subject) => {
      await recordEvent(context, { subject, event: "withdrawal", day: "2026-12-24" });
    });
    const work: Promise<unknown>[] = [...leaving];
    for (let i = 0; i < 6; i += 1) work.push(keep(context), useService(context));
    await Promise.all(work);
    const rest = await copyOf(context.db);
    await openItems(context.keeper, rest); // nobody is dead on arrival
    await keep(context);
    expect(await countRows(context.db)).toMatchObject({ record: 12, lookup: 0 });
    const unfinished = (await ledger(context.db)).filter((line) => line.rows_removed_at === null);
    expect(unfinished).toEqual([]);
  });
});

describe("erasing a part", () => {
  eachDatabase((_name, open) => {
    test("an item opens in no copy any more, the rest of the compartment in the new", async () => {
      const { context } = await testEngine(await open());
      const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
      const other = await collect(context, "sign_up", OTHER, SIGN_UP_OPTIONS);
      await useService(context, subject);
      const copy = await copyOf(context.db);
      const report = await erase(context, subject, { items: ["email"] });
      expect(report).toMatchObject({ records: 0, changed: 1, state: "rows_removed" });
      expect(await read(context, subject, ["email", "name"], CONTRACT)).toEqual({
        name: SIGN_UP["name"],
      });
      expect(await find(context, { email: "kim.test@example.org" }, SUPPORT)).toEqual([]);
      expect(await find(context, { user_id: "kim-test" }, SUPPORT)).toEqual([subject]);
      expect(await find(context, { email: OTHER.email }, SUPPORT)).toEqual([other]);
      // Of the old copy only what was in other compartments and other people's opens.
      const alive = await openable(context, copy);
      expect(alive.filter((name) => name === "profile")).toEqual(["profile"]);
      await openItems(context.keeper, await copyOf(context.db));
      const held = "select items from record where class = 'profile' and 'email' = any(items)";
      expect(await context.db.query(held)).toHaveLength(1);
      expect(await countRows(context.db)).toMatchObject({ reseal: 0, record: 4 });
    });

    test("a second order before the first is carried out leaves both out", async () => {
      const { context } = await testEngine(await open());
      const items = { ...SIGN_UP, phone: "02-000-0000", company_name: "시험" };
      const subject = await collect(context, "sign_up", items, SIGN_UP_OPTIONS);
      const killed = { ...context, db: failingAt(context.db, /update record\s/, 1) };
      await expect(erase(killed, subject, { items: ["phone"] })).rejects.toThrow("killed here");
      expect(await erase(context, subject, { items: ["company_name"] })).toMatchObject({
        changed: 1,
        state: "rows_removed",
      });
      const asked = ["phone", "company_name", "name"];
      expect(await read(context, subject, asked, CONTRACT)).toEqual({ name: SIGN_UP["name"] });
      expect(await countRows(context.db)).toMatchObject({ reseal: 0 });
    });

    test("a record goes whole, with its tags", async () => {
      const { context } = await testEngine(await open());
      const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
      await useService(context, subject);
      const [usage] = (await copyOf(context.db)).filter((row) => row.class === "usage");
      const id = Buffer.from(present(usage, "a usage record").id).toString("hex");
      const report = await erase(context, subject, { records: [id] });
      expect(report).toMatchObject({ records: 1, changed: 0, state: "rows_removed" });
      expect(await openable(context, [present(usage, "a usage record")])).toEqual([]);
      const asked = await read(context, subject, ["usage_record"], { purpose: "improvement" });
      expect(asked).toEqual({});
      expect(await read(context, subject, ["email"], CONTRACT)).toEqual({
        email: SIGN_UP["email"],
      });
      const leaves = await context.db.query("select facts from audit_leaf where kind = 'erased'");
      expect(leaves).toMatchObject([{ facts: { records: 1, subject } }]);
    });

    test("what a law obliges to keep is refused, and nothing is erased", async () => {
      const { context } = await testEngine(await open());
      const dispute = { name: "김시험", email: "a@example.org", inquiry_text: "?" };
      const subject = await collect(context, "dispute", dispute, { method: "phone_fax" });
      await recordEvent(context, { subject, event: "ticket_closed", day: "2026-11-23" });
      await expect(erase(context, subject, { items: ["inquiry_text"] })).rejects.toMatchObject({
        code: "ERR_ERASURE_REFUSED",
        facts: { classes: ["complaint"] },
      });
      const copy = await copyOf(context.db);
      expect(await openable(context, copy)).toContain("complaint");
      expect(await countRows(context.db)).toMatchObject({ destruction: 0, reseal: 0 });
    });

    test.each([
      ["the renewal", /insert into reseal/, 1],
      ["the first batch", /update record\s+set expires_on/, 1],
      ["the receipt", /update destruction\s+set key_dropped_at/, 1],
      ["the new tags", /insert into lookup/, 1],
    ])("killed at %s, the next sweep ends it", async (_at, pattern, nth) => {
      const { context } = await testEngine(await open());
      const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
      await useService(context, subject);
      const copy = await copyOf(context.db);
      const broken = { ...context, db: failingAt(context.db, pattern, nth) };
      await expect(erase(broken, subject, { items: ["email"] })).rejects.toThrow("killed here");
      await keep(context);
      if (/reseal/.test(String(pattern))) await erase(context, subject, { items: ["email"] });
      expect(await find(context, { email: "kim.test@example.org" }, SUPPORT)).toEqual([]);
      expect(await find(context, { user_id: "kim-test" }, SUPPORT)).toEqual([subject]);
      expect(await read(context, subject, ["email", "name"], CONTRACT)).toEqual({
        name: SIGN_UP["name"],
      });
      expect(await openable(context, copy)).not.toContain("profile");
      expect((await ledger(context.db)).map(destructionState)).toEqual(["rows_removed"]);
      expect(await countRows(context.db)).toMatchObject({ reseal: 0 });
    });

    test.each([
      ["nothing", {}],
      ["an item the policy lacks", { items: ["rrn"] }],
      ["what is no record's id", { records: ["x"] }],
    ])("naming %s erases nothing", async (_what, asked) => {
      const { context } = await testEngine(await open());
      const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
      await expect(erase(context, subject, asked)).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_(?:USAGE|ITEM_UNKNOWN)$/),
      });
      expect(await countRows(context.db)).toMatchObject({ destruction: 0, record: 1 });
    });

    test("readers see the rest at every moment of an erasure", async () => {
      const { context } = await testEngine(await open());
      const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
      let done = false;
      const erasing = erase(context, subject, { items: ["country"] }).finally(() => (done = true));
      while (!done) {
        const { name } = await read(context, subject, ["name"], CONTRACT);
        expect(name).toBe(SIGN_UP["name"]);
      }
      await erasing;
    });
  });
});

const OTHER = { ...SIGN_UP, user_id: "lee-test", email: "lee@example.org" };

async function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
