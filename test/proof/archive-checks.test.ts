/** Every promise about the separate database is shown a planted violation and has to turn red. */
import { expect, test } from "vitest";
import { JikimError } from "../../src/base/errors.ts";
import { present } from "../../src/base/assert.ts";
import type { Compiled } from "../../src/compiler/compile.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { keep } from "../../src/engine/retention/sweep.ts";
import { readArchived } from "../../src/engine/use/read-archived.ts";
import { withdraw } from "../../src/engine/withdrawal/withdraw.ts";
import type { Found } from "../../src/proof/check.ts";
import { CHECKS } from "../../src/proof/checks.ts";
import { type ProofContext, runChecks } from "../../src/proof/run-checks.ts";
import type { Verdict } from "../../src/proof/verdict.ts";
import type { Database, Sql } from "../../src/store/database.ts";
import { eachDatabase, type OpenEmpty } from "../support/databases.ts";
import { leaver } from "../support/leavers.ts";
import { type TestClock, testEngine } from "../support/test-engine.ts";

const FORMS = [
  "retention/statutory_use",
  "destruction/separate_database",
  "destruction/after_period",
  "destruction/no_other_use",
] as const;
const LAW = "kr/ecommerce-decree-6-1-3";

interface World {
  readonly context: EngineContext;
  readonly compiled: Compiled;
  readonly clock: TestClock;
  readonly proof: ProofContext;
}

/** Somebody has left, and somebody stays; the archive was looked at once, for an audit. */
async function world(open: OpenEmpty): Promise<World> {
  const { context, compiled, clock } = await testEngine(await open());
  const { db } = context;
  await db.query(
    `insert into staff (id, roles, pass_hash, added_at)
     values ('12', '{staff,archive}', '-', now()), ('13', '{staff}', '-', now())`,
  );
  const subject = await leaver(context);
  await leaver(context, "lee");
  clock.set("2026-11-23T13:00:00+09:00");
  await withdraw(context, subject, { confirmedBy: "member", channel: "site", lang: "ko" });
  const by = { staff: "12", reason: "세무 조사 2027-3", from: "192.0.2.7" };
  await readArchived(context, subject, ["payment_record"], { ground: LAW, by });
  await keep(context);
  const proof = { compiled, db, clock, archive: context.archive };
  return { context, compiled, clock, proof };
}

async function verdicts(proof: ProofContext): Promise<ReadonlyMap<string, Verdict>> {
  return new Map((await runChecks(proof)).map((verdict) => [verdict.key, verdict]));
}

/** Promise → violations planted in one of the databases. */
const PLANTED: readonly (readonly [key: string, where: "records" | "archive", sql: string])[] = [
  // The person's records come back here, as if they had never moved.
  [
    "destruction/separate_database",
    "records",
    "update record set subject = (select subject from withdrawal) where class = 'contract'",
  ],
  [
    "destruction/separate_database",
    "records",
    `insert into archive_move (subject, run, began_at, items)
     select subject, id, confirmed_at - interval '6 days', '{}' from withdrawal`,
  ],
  ["destruction/separate_database", "archive", "update archived_record set class = 'usage'"],
  [
    "destruction/separate_database",
    "archive",
    "update archived_record set items = array_append(items, 'phone') where class = 'payment'",
  ],
  [
    "destruction/separate_database",
    "archive",
    `update archived_record set beside = array_append(beside, 'country'),
                                items = array_append(items, 'country')`,
  ],
  ["destruction/after_period", "archive", "update archived_record set expires_on = '2026-11-01'"],
  [
    "destruction/after_period",
    "archive",
    "update archived_record set expires_on = expires_on + 1 where class = 'payment'",
  ],
  ["destruction/after_period", "archive", "delete from archived_event"],
  ["destruction/after_period", "records", "update record set expires_on = '2026-11-01'"],
  [
    "destruction/after_period",
    "records",
    `insert into destruction (run, class, expired_on, reason, records, subjects, eligible_at,
                              requested_at, executed_at, overdue, irrecoverable, key_dropped_at,
                              root_wiped_at, caches_drained_at, index_rotated_at, rows_removed_at)
     select id, 'payment', '2031-11-23', 'expiry', 1, 1, confirmed_at, confirmed_at, confirmed_at,
            false, true, confirmed_at, confirmed_at, confirmed_at, confirmed_at, confirmed_at
       from withdrawal`,
  ],
  [
    "destruction/no_other_use",
    "records",
    "update access_log set ground = null, purpose = 'contract' where place = 'archive'",
  ],
  ["destruction/no_other_use", "records", "update access_log set ground = 'warrant'"],
  ["destruction/no_other_use", "records", "update access_log set staff = '13'"],
  [
    "retention/statutory_use",
    "records",
    "update access_log set items = array_append(items, 'inquiry_text') where place = 'archive'",
  ],
  ["retention/statutory_use", "records", "delete from restriction"],
  [
    "retention/statutory_use",
    "records",
    `insert into processor_export (subject, id, processor, work, items, until_withdrawal, at,
                                   policy_hash)
     select subject, id, 'kcp', 'payment', '{payment_record}', false,
            frozen_at + interval '1 minute', '-'
       from withdrawal`,
  ],
];

/** What one check finds in the midst of a fault, of which nothing is left afterwards. */
async function foundWith(
  { context, compiled, clock }: World,
  key: string,
  fault: (stores: { readonly records: Sql; readonly archive: Sql }) => Promise<unknown>,
): Promise<Found> {
  const promise = present(
    compiled.promises.find((each) => each.key === key),
    `there is a promise ${key}`,
  );
  const check = CHECKS[promise.form];
  if (typeof check === "string") throw new Error(`${key} is only words`);
  const other = await context.archive();
  const found: Found[] = [];
  const undo = new Error("undone");
  const undone = context.db.transaction(async (sql) =>
    other.transaction(async (archive) => {
      await fault({ records: sql, archive });
      const look = {
        compiled,
        sql,
        now: clock.now(),
        archive: async () => Promise.resolve(archive),
      };
      found.push(await check(look, promise));
      throw undo;
    }),
  );
  await expect(undone).rejects.toBe(undo);
  return present(found[0], "the check looked");
}

eachDatabase((_name, open) => {
  let shared: Promise<World> | null = null;
  const once = async (): Promise<World> => (shared ??= world(open));

  test("what moved by the rules keeps every promise", async () => {
    const { proof } = await once();
    const found = await verdicts(proof);
    expect(FORMS.map((form) => [form, found.get(form)?.status])).toEqual(
      FORMS.map((form) => [form, "kept"]),
    );
  });

  test.each(PLANTED)("%s turns red by a fault in the %s: %s", async (key, where, sql) => {
    const kept = await foundWith(await once(), key, async () => Promise.resolve());
    expect(kept.status).toBe("kept");
    const found = await foundWith(await once(), key, async (stores) => {
      if (sql.startsWith("update record set subject")) {
        // A record of somebody else is put under the person who left, without what points at it.
        await stores.records.query("delete from record_event");
        await stores.records.query("delete from lookup");
      }
      await stores[where].query(sql);
    });
    expect(found.status).toBe("broken");
  });

  test.each(["destruction/no_other_use", "destruction/separate_database"])(
    "a lock shared by both databases breaks %s",
    async (key) => {
      const found = await foundWith(await once(), key, async ({ records, archive }) => {
        const [kept] = await archive.query<{ sealed: Uint8Array }>(
          "select sealed from archived_record where class = 'payment' limit 1",
        );
        await records.query(
          `update record set sealed = $1
            where (subject, id) in (select subject, id from record
                                     where subject = (select subject from withdrawal) limit 1)`,
          [present(kept, "a payment is kept").sealed],
        );
      });
      expect(found.status).toBe("broken");
    },
  );

  test.each(["destruction/no_other_use", "retention/statutory_use"])(
    "a rule that lets a purpose into the archive breaks %s",
    async (key) => {
      const own = await once();
      const { plan } = own.compiled;
      const contract = present(plan.clocks.get("contract"), "the policy keeps contracts");
      // The ground a purpose would name: a law with the purpose's own name.
      const recordClass = { ...contract.recordClass, law: "marketing" };
      const clocks = new Map([...plan.clocks, ["contract", { ...contract, recordClass }]]);
      const wider = { ...own, compiled: { ...own.compiled, plan: { ...plan, clocks } } };
      const found = await foundWith(wider, key, async () => Promise.resolve());
      expect(found.status).toBe("broken");
    },
  );

  test("an archive that is away leaves its promises unknown, never kept", async () => {
    const { proof } = await once();
    const away = async (): Promise<Database> =>
      Promise.reject(new JikimError("ERR_STORE_UNAVAILABLE", "away"));
    const found = await verdicts({ ...proof, archive: away });
    expect(found.get("destruction/separate_database")).toMatchObject({
      status: "unknown",
      evidence: [{ code: "look-failed", facts: { error: "ERR_STORE_UNAVAILABLE" } }],
    });
    expect(found.get("retention/no_default")?.status).not.toBe("unknown");
  });
});
