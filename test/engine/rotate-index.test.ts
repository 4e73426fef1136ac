/** The blind index in epochs: no full tag of a destroyed value is left that a living key makes. */
import { describe, expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import { collect } from "../../src/engine/collection/collect.ts";
import { dropKeys } from "../../src/engine/destruction/drop-keys.ts";
import { erase } from "../../src/engine/destruction/erase.ts";
import { rotateIndex } from "../../src/engine/destruction/rotate-index.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { recordEvent } from "../../src/engine/retention/record-event.ts";
import { keep } from "../../src/engine/retention/sweep.ts";
import { readEpochs } from "../../src/engine/search/index-epoch.ts";
import { shortTag } from "../../src/engine/search/tags.ts";
import { find } from "../../src/engine/use/find.ts";
import type { Database } from "../../src/store/database.ts";
import { countRows, eachDatabase } from "../support/databases.ts";
import { failingAt } from "../support/failing-at.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../support/test-engine.ts";

const SUPPORT = { purpose: "user_management" };
const LOGIN = ["company_id", "user_id"];

async function member(context: EngineContext, user: string): Promise<string> {
  const items = { ...SIGN_UP, user_id: user, email: `${user}@example.org` };
  return collect(context, "sign_up", items, { ...SIGN_UP_OPTIONS, unique: LOGIN });
}

async function leave(context: EngineContext, subject: string, day: string): Promise<void> {
  await recordEvent(context, { subject, event: "withdrawal", day });
}

type TagRow = { readonly item: string; readonly tag: Uint8Array; readonly epoch: string };

const tagRows = async (db: Database) =>
  db.query<TagRow>("select item, tag, epoch from lookup order by tag");

/** Can any living key of the index make this tag for this value? */
async function isExplained(
  context: EngineContext,
  { tag }: Pick<TagRow, "tag">,
  value: { readonly item: string; readonly normalised: string },
): Promise<boolean> {
  for (const epoch of await context.keeper.indexEpochs()) {
    const [made = new Uint8Array()] = await context.keeper.tagsOf(epoch, [value]);
    if (Buffer.from(made).subarray(0, tag.length).equals(tag)) return true;
  }
  return false;
}

const EMAIL = { item: "email", normalised: "kim@example.org" };

eachDatabase((_name, open) => {
  test("after a destruction no living key explains an old tag of what was destroyed", async () => {
    const { context, clock } = await testEngine(await open());
    const kim = await member(context, "kim");
    const lee = await member(context, "lee");
    const copy = await tagRows(context.db);
    const explained = await Promise.all(copy.map((row) => isExplained(context, row, EMAIL)));
    expect(explained.filter(Boolean)).toHaveLength(1);
    clock.set("2026-12-24T09:00:00+09:00");
    await leave(context, kim, "2026-12-24");
    const { days } = await keep(context);
    expect(days).toMatchObject([{ recordClass: "profile", state: "rows_removed" }]);
    for (const row of copy) expect(await isExplained(context, row, EMAIL)).toBe(false);
    expect(await context.keeper.indexEpochs()).toHaveLength(1);
    expect(await find(context, { email: "kim@example.org" }, SUPPORT)).toEqual([]);
    expect(await find(context, { email: "lee@example.org" }, SUPPORT)).toEqual([lee]);
  });

  test("key and index die in one commit of the key tree", async () => {
    const { context, clock } = await testEngine(await open());
    const kim = await member(context, "kim");
    clock.set("2026-12-24T09:00:00+09:00");
    await leave(context, kim, "2026-12-24");
    const before = await context.keeper.identity();
    await keep(context);
    expect((await context.keeper.identity()).epoch).toBe(before.epoch + 1);
  });

  test("a destruction without look-up values leaves the index alone", async () => {
    const { context, clock } = await testEngine(await open());
    await member(context, "kim");
    await collect(context, "service_use", { usage_record: "joined" });
    const epochs = await readEpochs(context.db);
    clock.set("2027-11-24T00:00:00+09:00");
    expect(await keep(context)).toMatchObject({ days: [{ state: "rows_removed" }] });
    expect(await readEpochs(context.db)).toEqual(epochs);
  });

  test("a large index waits, and moves once for many, within the time allowed", async () => {
    const { context, clock } = await testEngine(await open());
    const people = await Promise.all(["kim", "lee", "park"].map((user) => member(context, user)));
    await fillIndex(context, 20_100);
    const epoch = async (): Promise<string> => (await readEpochs(context.db)).present.epoch;
    const first = await epoch();
    const states = async () =>
      context.db.query(
        `select expired_on, key_dropped_at is not null as dropped,
                index_rotated_at is not null as rotated
           from destruction order by expired_on`,
      );
    for (const [i, day] of ["2026-12-24", "2026-12-25"].entries()) {
      clock.set(`${day}T09:00:00+09:00`);
      await leave(context, people[i] ?? "", day);
      expect((await keep(context)).days).toMatchObject([{ state: "caches_drained" }]);
    }
    expect(await states()).toEqual([
      { expired_on: "2026-12-23", dropped: true, rotated: false },
      { expired_on: "2026-12-24", dropped: true, rotated: false },
    ]);
    expect(await epoch()).toBe(first);
    clock.set("2026-12-26T11:59:59+09:00"); // half of five days after 2026-12-24 00:00
    await keep(context);
    expect(await epoch()).toBe(first);
    clock.set("2026-12-26T12:00:00+09:00");
    await keep(context);
    expect(await epoch()).not.toBe(first);
    expect((await states()).map(({ rotated }) => rotated)).toEqual([true, true]);
    expect(await find(context, { email: "park@example.org" }, SUPPORT)).toEqual([people[2]]);
  }, 120_000);

  test.each([
    ["while values are tagged anew", /insert into lookup/, 1],
    ["before the step", /set state = 'present'/, 1],
    ["after the step", /set key_dropped_at/, 1],
  ])("killed %s, the move goes on and nothing is lost", async (_when, pattern, nth) => {
    const { context, clock } = await testEngine(await open());
    const [kim, lee] = [await member(context, "kim"), await member(context, "lee")];
    clock.set("2026-12-24T09:00:00+09:00");
    await leave(context, kim, "2026-12-24");
    const broken = { ...context, db: failingAt(context.db, pattern, nth) };
    await expect(keep(broken)).rejects.toThrow("killed here");
    expect(await find(context, { email: "lee@example.org" }, SUPPORT)).toEqual([lee]);
    const park = await member(context, "park"); // written to whatever epochs there are
    await expect(member(context, "park")).rejects.toMatchObject({ code: "ERR_COLLECTION_REFUSED" });
    await keep(context);
    for (const [user, subject] of [["lee", lee] as const, ["park", park] as const]) {
      expect(await find(context, { email: `${user}@example.org` }, SUPPORT)).toEqual([subject]);
      await expect(member(context, user)).rejects.toMatchObject({
        facts: { reasons: [{ rule: "unique-taken", name: null }] },
      });
    }
    expect(await context.keeper.indexEpochs()).toHaveLength(1);
    const [line] = await context.db.query("select index_rotated_at from destruction");
    expect(line?.["index_rotated_at"]).not.toBe(null);
  });

  test("who looks and who signs up while the index moves sees no gap and no double", async () => {
    const { context } = await testEngine(await open());
    const kim = await member(context, "kim");
    let moving = true;
    const moves = (async () => {
      for (let i = 0; i < 4; i += 1) await rotateIndex(context, null);
      moving = false;
    })();
    let looks = 0;
    while (moving) {
      expect(await find(context, { email: "kim@example.org" }, SUPPORT)).toEqual([kim]);
      const both = [member(context, `new-${looks}`), member(context, `new-${looks}`)];
      const settled = await Promise.allSettled(both);
      expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      looks += 1;
    }
    await moves;
    expect(looks).toBeGreaterThan(0);
    const found = await find(context, { email: "new-0@example.org" }, SUPPORT);
    expect(found).toHaveLength(1);
    const { lookup = 0, record = 0 } = await countRows(context.db);
    expect(lookup).toBe(record * 3);
  });

  describe("with short tags", () => {
    const BITS = 4; // few, so that many share them

    test("finds exactly who holds the value among all who share its bits", async () => {
      const { context } = await testEngine(await open(), { shortBits: BITS });
      const people = new Map<string, string>();
      for (let i = 0; i < 40; i += 1) people.set(`u${i}`, await member(context, `u${i}`));
      const rows = await tagRows(context.db);
      expect(rows.every(({ tag }) => tag.length === 1 && (present(tag[0], "") & 15) === 0)).toBe(
        true,
      );
      for (const [user, subject] of people) {
        const email = `${user}@example.org`;
        expect(await find(context, { email }, SUPPORT)).toEqual([subject]);
        expect(await find(context, { email, user_id: user }, SUPPORT)).toEqual([subject]);
      }
      expect(await find(context, { email: "u0@example.org", user_id: "u1" }, SUPPORT)).toEqual([]);
      expect(await find(context, { email: "nobody@example.org" }, SUPPORT)).toEqual([]);
    });

    test("keeps values unique, also when two ask at once", async () => {
      const { context } = await testEngine(await open(), { shortBits: BITS });
      for (let i = 0; i < 20; i += 1) await member(context, `u${i}`);
      const twice = await Promise.allSettled([member(context, "x"), member(context, "x")]);
      expect(twice.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    test("a destruction needs no move, and says which hint stays", async () => {
      const { context, clock } = await testEngine(await open(), { shortBits: BITS });
      const [kim, lee] = [await member(context, "kim"), await member(context, "lee")];
      const { present: epoch } = await readEpochs(context.db);
      clock.set("2026-12-24T09:00:00+09:00");
      await leave(context, kim, "2026-12-24");
      expect((await keep(context)).days).toMatchObject([{ state: "rows_removed" }]);
      expect((await readEpochs(context.db)).present).toEqual(epoch);
      const [line] = await context.db.query("select weaknesses from destruction");
      expect(String(line?.["weaknesses"])).toMatch(/^4 bits of each destroyed look-up value/);
      expect(await find(context, { email: "lee@example.org" }, SUPPORT)).toEqual([lee]);
    });

    test("what is sealed again takes its proofs along", async () => {
      const { context } = await testEngine(await open(), { shortBits: BITS });
      const kim = await member(context, "kim");
      await erase(context, kim, { items: ["email"] });
      expect(await find(context, { user_id: "kim" }, SUPPORT)).toEqual([kim]);
      expect(await find(context, { email: "kim@example.org" }, SUPPORT)).toEqual([]);
    });

    test.each([
      ["short", null, BITS],
      ["whole", BITS, null],
    ])("an index moves to %s tags", async (_to, from, to) => {
      const shortBits = from === null ? {} : { shortBits: from };
      const { context } = await testEngine(await open(), shortBits);
      const kim = await member(context, "kim");
      await rotateIndex(context, to);
      await dropKeys(context, [], []);
      expect(await find(context, { email: "kim@example.org" }, SUPPORT)).toEqual([kim]);
      await expect(member(context, "kim")).rejects.toMatchObject({
        code: "ERR_COLLECTION_REFUSED",
      });
      expect(await context.keeper.indexEpochs()).toHaveLength(1);
    });
  });
});

test.each([
  [4, "f0"],
  [8, "ff"],
  [9, "ff80"],
  [16, "ffff"],
])("a short tag of %i bits has these and no others", (bits, hex) => {
  const whole = new Uint8Array(16).fill(0xff);
  expect(Buffer.from(shortTag(whole, bits)).toString("hex")).toBe(hex);
});

/** Tags of records that hold no such item any more: they count, and are not carried over. */
async function fillIndex(context: EngineContext, many: number): Promise<void> {
  await context.db.query(
    `insert into record
     select decode(lpad(to_hex(n), 16, '0'), 'hex'), id, class, compartment, occasion, method,
            policy_version, policy_hash, collected_on, collected_at, expires_on, items, source,
            sealed
       from (select * from record order by subject limit 1) as one,
            generate_series(1, $1::int) as n`,
    [many],
  );
  await context.db.query(
    `insert into lookup (subject, item, tag, epoch, record)
     select record.subject, 'phone', decode(md5(n::text), 'hex'),
            (select epoch from index_epoch where state = 'present'), id
       from generate_series(1, $1::int) as n
       join record on record.subject = decode(lpad(to_hex(n), 16, '0'), 'hex')`,
    [many],
  );
}
