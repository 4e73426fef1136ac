/** What a second principal finds after a destruction, the certificate of it, and its confirmation. */
import { Client } from "pg";
import { describe, expect, inject, test } from "vitest";
import { present } from "../../../src/base/assert.ts";
import { digitsOfReceipt, hashDigits } from "../../../src/engine/audit/receipt-code.ts";
import { collect } from "../../../src/engine/collection/collect.ts";
import { certificateOf, stateOf } from "../../../src/engine/destruction/certificate.ts";
import { confirmDestruction } from "../../../src/engine/destruction/confirm-destruction.ts";
import { erase } from "../../../src/engine/destruction/erase.ts";
import { newestLines } from "../../../src/engine/destruction/ledger-lines.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { keep } from "../../../src/engine/retention/sweep.ts";
import { addStaff } from "../../../src/engine/staff/staff.ts";
import { openPostgres } from "../../../src/store/postgres.ts";
import { countRows, eachDatabase, freshDatabase } from "../../support/databases.ts";
import { failingAt } from "../../support/failing-at.ts";
import {
  SIGN_UP,
  SIGN_UP_OPTIONS,
  type TestEngine,
  testEngine,
} from "../../support/test-engine.ts";

const USAGE_ENDS = "2027-11-24T00:00:00+09:00";
const OFFICER = { id: "1", roles: ["officer"] } as const;

async function use(context: EngineContext): Promise<string> {
  return collect(context, "service_use", { usage_record: "joined", ip_public: "192.0.2.17" });
}

/** Two people's records, swept in time; the run that took the usage records. */
async function swept({ context, clock }: TestEngine): Promise<string> {
  await use(context);
  await use(context);
  clock.set("2027-02-24T00:00:00+09:00");
  await keep(context);
  clock.set(USAGE_ENDS);
  await keep(context);
  return present((await newestLines(context, "all"))[0], "a line").run;
}

const look = async (context: EngineContext) =>
  context.db.query<{ look_found: number | null; look_by: string; look_examined: number }>(
    `select look_found, look_by, look_examined from destruction
      where class = 'usage' order by requested_at`,
  );

eachDatabase((name, open) => {
  test("after the rows are gone a second principal finds nothing in any store", async () => {
    const engine = await testEngine(await open());
    await swept(engine);
    const [found] = await look(engine.context);
    expect(found).toMatchObject({ look_found: 0, look_by: "transaction" });
    const [stores] = await engine.context.db.query<{ n: number }>(
      "select count(*) as n from personal_store",
    );
    // Two record ids, in every table with a subject.
    expect(found?.look_examined).toBe(2 * present(stores, "a count").n);
    expect(stores?.n).toBeGreaterThan(12);
    expect(await countRows(engine.context.db)).toMatchObject({ look_sample: 0 });
  });

  test("a trace in a table nobody thought of is found, and again until it is gone", async () => {
    const engine = await testEngine(await open());
    const { context, clock } = engine;
    await use(context);
    await context.db.query("create table stray (subject bytea primary key, words text)");
    try {
      await context.db.query(
        "insert into stray select subject, 'see ' || encode(id, 'hex') from record where class = 'usage'",
      );
      clock.set(USAGE_ENDS);
      await keep(context);
      expect(await look(context)).toMatchObject([{ look_found: 1 }]);
      const [line] = await newestLines(context, "traces");
      const { run } = present(line, "a line with traces");
      expect(await certificateOf(context, run)).toMatchObject({ state: "traces_found" });
      await keep(context);
      expect(await look(context)).toMatchObject([{ look_found: 1 }]);
      await context.db.query("delete from stray");
      await keep(context);
      expect(await look(context)).toMatchObject([{ look_found: 0 }]);
      expect((await certificateOf(context, run)).state).toBe("complete");
    } finally {
      await context.db.query("drop table stray");
    }
  });

  test("look-up tags are searched for too, of whole records and of single items", async () => {
    const engine = await testEngine(await open());
    const { context } = engine;
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await context.db.query("create table stray (subject bytea primary key, copy bytea)");
    try {
      await context.db.query(
        "insert into stray select subject, tag from lookup where item = 'email'",
      );
      await erase(context, subject, { items: ["email"] });
      const lines = await context.db.query("select look_found from destruction");
      expect(lines).toEqual([{ look_found: 1 }]);
    } finally {
      await context.db.query("drop table stray");
    }
  });

  test("a look that cannot be made stops no destruction, and there is no certificate", async () => {
    const engine = await testEngine(await open());
    const { context } = engine;
    const run = await swept({
      ...engine,
      context: { ...context, db: failingAtLook(context) },
    });
    expect((await look(context)).map((each) => each.look_found)).toEqual([null]);
    expect(await certificateOf(context, run)).toMatchObject({ state: "not_looked" });
    await keep(context);
    expect((await certificateOf(context, run)).state).toBe("complete");
  });

  test("the certificate tells counts, basis, keys, proof and the look, and no handle", async () => {
    const engine = await testEngine(await open());
    const { context } = engine;
    const run = await swept(engine);
    const people = await context.db.query<{ subject: string }>(
      "select distinct facts ->> 'subject' as subject from audit_leaf where kind = 'collected'",
    );
    const certificate = await certificateOf(context, run);
    expect(certificate).toMatchObject({
      kind: "expiry",
      state: "complete",
      records: 2,
      policy: "remotemeeting",
      confirmation: null,
      confirmBy: "2027-12-08",
      confirmationOverdue: false,
      lines: [
        {
          recordClass: "usage",
          lastDay: "2027-11-23",
          records: 2,
          subjects: 2,
          law: null,
          state: "rows_removed",
          irrecoverable: true,
          custodians: ["memory"],
          weaknesses: [],
          look: { found: 0 },
        },
      ],
    });
    const text = JSON.stringify(certificate);
    for (const { subject } of people) expect(text).not.toContain(subject);
    const [leaf] = await context.db.query<{ hash: string }>(
      "select encode(hash, 'hex') as hash from audit_leaf where kind = 'destroyed' order by seq desc limit 1",
    );
    const codes = certificate.receipts.map(({ code }) => digitsOfReceipt(code));
    expect(codes).toContain(hashDigits(present(leaf, "a leaf").hash));
  });

  test("a class kept by law names the rule", async () => {
    const engine = await testEngine(await open());
    const { context } = engine;
    await swept(engine);
    const visits = (await newestLines(context, "all")).find((line) => line.recordClass === "visit");
    expect(visits?.law).toMatch(/^kr\//);
  });

  test("before everything is destroyed for good it is no certificate", async () => {
    const engine = await testEngine(await open());
    const { context, clock } = engine;
    await use(context);
    clock.set(USAGE_ENDS);
    const broken = {
      ...context,
      db: failingAt(context.db, /update destruction\s+set key_dropped_at/, 1),
    };
    await expect(keep(broken)).rejects.toThrow("killed here");
    const [line] = await newestLines(context, "open");
    const certificate = await certificateOf(context, present(line, "an open line").run);
    expect(certificate).toMatchObject({ state: "under_way", destroyedAt: null, confirmBy: null });
  });

  test("an officer confirms once; the log tells it", async () => {
    const engine = await testEngine(await open());
    const { context, clock } = engine;
    await addStaff(context, "1", ["officer"]);
    await addStaff(context, "2", ["officer"]);
    const run = await swept(engine);
    expect(await newestLines(context, "unconfirmed")).toHaveLength(2);
    const first = await confirmDestruction(context, run, OFFICER);
    clock.set("2027-11-25T09:00:00+09:00");
    expect(await confirmDestruction(context, run, { id: "2", roles: ["officer"] })).toEqual(first);
    expect((await certificateOf(context, run)).confirmation).toEqual({
      at: Date.parse(USAGE_ENDS),
      by: "1",
    });
    const leaves = await context.db.query(
      "select facts from audit_leaf where kind = 'destruction_confirmed'",
    );
    expect(leaves).toEqual([{ facts: { run, lines: 1, by: "1" } }]);
    expect(await newestLines(context, "unconfirmed")).toHaveLength(1);
  });

  test("the confirmation is late on the day after its last, and only while it is missing", async () => {
    const engine = await testEngine(await open());
    const { context, clock } = engine;
    await addStaff(context, "1", ["officer"]);
    const run = await swept(engine);
    clock.set("2027-12-08T23:59:59+09:00");
    expect((await certificateOf(context, run)).confirmationOverdue).toBe(false);
    clock.set("2027-12-09T00:00:00+09:00");
    expect((await certificateOf(context, run)).confirmationOverdue).toBe(true);
    await confirmDestruction(context, run, OFFICER);
    expect((await certificateOf(context, run)).confirmationOverdue).toBe(false);
  });

  test.each([
    ["staff without the role", { id: "3", roles: ["staff"] } as const, "needs-officer"],
    ["staff who say they have it", { id: "3", roles: ["officer"] } as const, "needs-officer"],
    ["an officer who has left", { id: "4", roles: ["officer"] } as const, "needs-officer"],
    ["nobody", { id: "9", roles: ["officer"] } as const, "needs-officer"],
  ])("%s cannot confirm", async (_who, by, rule) => {
    const engine = await testEngine(await open());
    const { context } = engine;
    await addStaff(context, "3", ["staff"]);
    await addStaff(context, "4", ["officer"]);
    await context.db.query("update staff set ended_at = added_at where id = '4'");
    const run = await swept(engine);
    await expect(confirmDestruction(context, run, by)).rejects.toMatchObject({
      code: "ERR_CONFIRMATION_REFUSED",
      facts: { rule },
    });
    expect((await certificateOf(context, run)).confirmation).toBe(null);
  });

  test("what is not complete cannot be confirmed", async () => {
    const engine = await testEngine(await open());
    const { context } = engine;
    await addStaff(context, "1", ["officer"]);
    const run = await swept(engine);
    await context.db.query("update destruction set look_found = 1 where class = 'usage'");
    await expect(confirmDestruction(context, run, OFFICER)).rejects.toMatchObject({
      facts: { rule: "not-complete" },
    });
  });

  test.each([
    ["no run", "xyz", "ERR_USAGE"],
    ["an unknown run", "00".repeat(16), "ERR_RUN_UNKNOWN"],
  ])("%s has no certificate", async (_what, run, code) => {
    const { context } = await testEngine(await open());
    await expect(certificateOf(context, run)).rejects.toMatchObject({ code });
  });

  // The embedded database has no roles.
  const withRoles = name === "postgres" ? test : null;
  withRoles?.("with a role of its own the looker may only read", async () => {
    const { db, url, drop } = await freshDatabase(present(inject("postgres"), "running"));
    const engine = await testEngine(db);
    const reader = new URL(url);
    const role = `${reader.pathname.slice(1)}_look`;
    const admin = new Client({ connectionString: `${inject("postgres")}${reader.pathname}` });
    await admin.connect();
    await admin.query(`create role ${role} login`);
    await admin.query(`grant connect on database ${reader.pathname.slice(1)} to ${role}`);
    await admin.query(`grant select on all tables in schema public to ${role}`);
    reader.username = role;
    const looker = await openPostgres(reader.href);
    const found = async () => (await look(engine.context)).map((each) => each.look_found);
    try {
      const context = { ...engine.context, looker };
      await admin.query(`revoke select on session from ${role}`);
      const run = await swept({ ...engine, context });
      expect(await found()).toEqual([null]); // a store it may not read is not left out
      await admin.query(`grant select on session to ${role}`);
      await admin.query(`grant delete on record to ${role}`);
      await keep(context);
      expect(await found()).toEqual([null]); // who could delete is no second principal
      await admin.query(`revoke delete on record from ${role}`);
      await keep(context);
      expect(await look(context)).toMatchObject([{ look_found: 0, look_by: "role" }]);
      expect((await certificateOf(context, run)).state).toBe("complete");
    } finally {
      await admin.query(`drop owned by ${role}`);
      await admin.query(`drop role ${role}`);
      await admin.end();
      await looker.close();
      await db.close();
      await drop?.();
    }
  });
});

describe("what may be said of several lines", () => {
  const done = {
    state: "rows_removed",
    look: { at: 1, by: "role", examined: 1, found: 0 },
  } as const;
  test.each([
    [[done, done], "complete"],
    [[done, { ...done, state: "key_dropped" as const }], "under_way"],
    [[done, { ...done, look: null }], "not_looked"],
    [[done, { ...done, look: { ...done.look, found: 2 } }], "traces_found"],
  ] as const)("%j is %s", (lines, state) => {
    expect(stateOf(lines)).toBe(state);
  });
});

/** A store that cannot search: the look fails as it does without the right to read. */
function failingAtLook({ db }: EngineContext): EngineContext["db"] {
  return {
    ...db,
    transaction: async (work) =>
      db.transaction(async (tx) =>
        work({
          query: async (text, params) =>
            tx.query(text.includes("find_traces") ? "select * from no_such_table" : text, params),
        }),
      ),
  };
}
