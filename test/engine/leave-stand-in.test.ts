/** Leaving the key file of the first releases: nothing lost, nothing left, whatever cuts it short. */
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { collect } from "../../src/engine/collection/collect.ts";
import { leaveStandIn } from "../../src/engine/destruction/leave-stand-in.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { openJikim } from "../../src/engine/open-jikim.ts";
import { keep } from "../../src/engine/retention/sweep.ts";
import { find } from "../../src/engine/use/find.ts";
import { read } from "../../src/engine/use/read.ts";
import { eachDatabase } from "../support/databases.ts";
import { failingAt } from "../support/failing-at.ts";
import { intoOldStore, writeKeyFile } from "../support/stand-in.ts";
import {
  NOON,
  REMOTEMEETING,
  SIGN_UP,
  SIGN_UP_OPTIONS,
  testClock,
  testEngine,
  testRandom,
} from "../support/test-engine.ts";

const MASTER = new Uint8Array(32).fill(7);
const SUPPORT = { purpose: "user_management" };
const CONTRACT = { purpose: "contract" };
const nothing = (): void => undefined;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jikim-leave-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A member, an entry that a partner brought, and many records of use. */
async function people(context: EngineContext, uses = 3): Promise<string> {
  const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
  for (let i = 0; i < uses; i += 1) {
    await collect(context, "service_use", { usage_record: `use ${i}` }, { subject });
  }
  const entry = { email: "e@example.org", name: "시험", phone: "02-0000-0000" };
  await collect(
    context,
    "event_entry",
    { ...entry, postcode: "00000", address: "시험로 1" },
    {
      consents: ["event_entry"],
      method: "partner",
      source: { name: "partner-test", receivedOn: "2026-11-20", basis: "consent" },
    },
  );
  return subject;
}

async function expectMoved(context: EngineContext, subject: string): Promise<void> {
  expect(await read(context, subject, ["email"], CONTRACT)).toEqual({ email: SIGN_UP["email"] });
  expect(await find(context, { email: "kim.test@example.org" }, SUPPORT)).toEqual([subject]);
  const [rest] = await context.db.query(
    `select (select count(*) from record where get_byte(sealed, 0) = 1
                or get_byte(coalesce(source, sealed), 0) = 1) as records,
            (select count(*) from lookup where epoch = '') as tags,
            (select count(*) from setting where name = 'key_check') as checks`,
  );
  expect(rest).toEqual({ records: 0, tags: 0, checks: 0 });
  expect(existsSync(join(folder, "master.key"))).toBe(false);
}

eachDatabase((_name, open) => {
  test("everything opens under the key tree, is found, ends, and the file is gone", async () => {
    const { context, clock } = await testEngine(await open());
    const subject = await people(context);
    await intoOldStore(context, folder, MASTER);
    await expect(read(context, subject, ["email"], CONTRACT)).rejects.toThrow();
    const steps: number[][] = [];
    await leaveStandIn(context, folder, (done, total) => steps.push([done, total]));
    expect(steps).toEqual([[5, 5]]);
    await expectMoved(context, subject);
    clock.set("2027-11-24T00:00:00+09:00");
    expect((await keep(context)).days).toMatchObject([{ records: 3, state: "rows_removed" }]);
  });

  test.each([
    ["in the second batch", /update record set sealed/, 510],
    ["among the tags", /insert into lookup/, 1],
    ["at the end", /delete from setting/, 1],
  ])("killed %s, the next opening goes on", async (_when, pattern, nth) => {
    const { context } = await testEngine(await open());
    const subject = await people(context, 520);
    await intoOldStore(context, folder, MASTER);
    const broken = { ...context, db: failingAt(context.db, pattern, nth) };
    await expect(leaveStandIn(broken, folder, nothing)).rejects.toThrow("killed here");
    const steps: number[][] = [];
    await leaveStandIn(context, folder, (done, total) => steps.push([done, total]));
    await expectMoved(context, subject);
    const left = pattern.source.includes("record") ? [[22, 22]] : steps;
    expect(steps).toEqual(left);
  });

  test("without its key file, or with another's, a store is refused and keeps what it has", async () => {
    const { context } = await testEngine(await open());
    const subject = await people(context);
    await intoOldStore(context, folder, MASTER);
    const [path, aside] = [join(folder, "master.key"), join(folder, "aside")];
    renameSync(path, aside);
    await expect(leaveStandIn(context, folder, nothing)).rejects.toMatchObject({
      code: "ERR_KEYS_MISSING",
    });
    writeKeyFile(path, new Uint8Array(32).fill(8));
    await expect(leaveStandIn(context, folder, nothing)).rejects.toMatchObject({
      code: "ERR_KEYS_OTHER",
    });
    renameSync(aside, path);
    await leaveStandIn(context, folder, nothing);
    await expectMoved(context, subject);
  });

  test("what was destroyed before is not said to be irrecoverable", async () => {
    const { context } = await testEngine(await open());
    await people(context);
    await intoOldStore(context, folder, MASTER);
    await context.db.query(
      `insert into destruction (run, class, expired_on, reason, records, subjects, eligible_at,
                                requested_at, executed_at, overdue, irrecoverable, rows_removed_at)
       values (decode(repeat('00', 16), 'hex'), 'visit', '2026-01-01', 'expiry', 1, 1,
               '2026-01-02', '2026-01-02', '2026-01-02', false, false, '2026-01-02')`,
    );
    await leaveStandIn(context, folder, nothing);
    const [line] = await context.db.query(
      "select irrecoverable, weaknesses from destruction where class = 'visit'",
    );
    expect(line?.["irrecoverable"]).toBe(false);
    expect(String(line?.["weaknesses"])).toContain("a copy of that file");
  });
});

test("a service of the first releases opens, is moved, and says how far it is", async () => {
  const options = {
    policy: REMOTEMEETING,
    clock: testClock(NOON),
    random: testRandom(),
    weakened: "wherever tests run",
    data: join(folder, "data"),
  };
  const first = await openJikim(options);
  const subject = await people(first.context);
  await intoOldStore(first.context, join(folder, "data/keys"), MASTER);
  await first.context.db.query("delete from index_epoch");
  await first.close();
  for (const name of ["root", "tree.log", "tree.log.index", "slots"]) {
    rmSync(join(folder, "data/keys", name), { force: true });
  }
  const told: string[] = [];
  const progress = (step: string, done: number, total: number) =>
    void told.push(`${step} ${done}/${total}`);
  const second = await openJikim({ ...options, random: testRandom("later"), progress });
  expect(told).toEqual(["leaving-key-file 5/5"]);
  expect(await second.read(subject, ["email"], CONTRACT)).toEqual({ email: SIGN_UP["email"] });
  expect(existsSync(join(folder, "data/keys/master.key"))).toBe(false);
  await second.close();
}, 60_000);
