/** The sentences about leaving are kept by the steps, and each planted violation is found. */
import { expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import { collect } from "../../src/engine/collection/collect.ts";
import { erase } from "../../src/engine/destruction/erase.ts";
import { keep } from "../../src/engine/retention/sweep.ts";
import { withdraw } from "../../src/engine/withdrawal/withdraw.ts";
import { type ProofContext, runChecks } from "../../src/proof/run-checks.ts";
import type { Status } from "../../src/proof/verdict.ts";
import { eachDatabase, type OpenEmpty } from "../support/databases.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, type TestEngine, testEngine } from "../support/test-engine.ts";
import { memberWithHistory } from "../engine/withdrawal/support.ts";

interface World extends TestEngine {
  readonly proof: ProofContext;
}

/** Somebody who left, somebody who had a telephone number erased, and the daily run after it. */
async function world(open: OpenEmpty): Promise<World> {
  const engine = await testEngine(await open());
  const { context, compiled, clock } = engine;
  const leaver = await memberWithHistory(context, { payments: 1, usages: 1 });
  await withdraw(context, leaver, { confirmedBy: "member", channel: "site" });
  const items = { ...SIGN_UP, user_id: "stays", phone: "010-0000-0000" };
  const other = await collect(context, "sign_up", items, SIGN_UP_OPTIONS);
  await erase(context, other, { items: ["phone"] });
  await keep(context);
  return { ...engine, proof: { compiled, db: context.db, clock } };
}

async function statusOf(proof: ProofContext, key: string): Promise<Status> {
  const verdict = (await runChecks(proof)).find((each) => each.key === key);
  return present(verdict, `there is a promise ${key}`).status;
}

const CONFIRM = "purpose/confirm_withdrawal/withdrawal_wish";
const ACHIEVED = "retention/purpose_achieved";
const REQUEST = "retention/on_request";

/** Promise → what is planted in the store, each by itself. */
const PLANTED: readonly (readonly [key: string, says: string, sql: string])[] = [
  [
    CONFIRM,
    "a wish the log knows nothing of",
    "delete from audit_leaf where kind like 'withdrawal%'",
  ],
  [
    CONFIRM,
    "somebody shut out without a wish",
    `insert into restriction (subject, id, reason, placed_at)
     select subject, decode(repeat('ab', 16), 'hex'), 'withdrawal', now()
       from record where class = 'profile'`,
  ],
  [
    CONFIRM,
    "a clock started by a withdrawal nobody asked for",
    `insert into record_event (subject, record, event, happened_on)
     select subject, id, 'withdrawal', collected_on from record where class = 'profile'`,
  ],
  [
    ACHIEVED,
    "a profile that came back",
    `update record set subject = (select subject from withdrawal), expires_on = null
      where class = 'profile' and not exists (select from lookup
                                               where lookup.subject = record.subject)`,
  ],
  [
    ACHIEVED,
    "a profile past its day",
    "update record set expires_on = '2026-11-01' where class = 'profile'",
  ],
  [
    ACHIEVED,
    "a withdrawal that took too long",
    "update withdrawal set done_at = done_at + interval '6 days'",
  ],
  [
    REQUEST,
    "a withdrawal that took too long",
    "update withdrawal set done_at = done_at + interval '6 days'",
  ],
  [
    REQUEST,
    "an erasure that stopped half-way",
    `update destruction set index_rotated_at = null, rows_removed_at = null,
                            eligible_at = eligible_at - interval '6 days'
      where reason = 'erasure'`,
  ],
];

eachDatabase((_name, open) => {
  test("what was carried out is kept", async () => {
    const { proof } = await world(open);
    for (const key of [CONFIRM, ACHIEVED, REQUEST]) {
      expect([key, await statusOf(proof, key)]).toEqual([key, "kept"]);
    }
  });

  test.each(PLANTED)("%s is broken by %s", async (key, _says, sql) => {
    const { proof } = await world(open);
    await proof.db.query("delete from lookup");
    await proof.db.query(sql);
    expect(await statusOf(proof, key)).toBe("broken");
  });

  test("nobody has left and nothing was asked: the rule itself is still asked", async () => {
    const { context, compiled, clock } = await testEngine(await open());
    const proof = { compiled, db: context.db, clock };
    expect(await statusOf(proof, CONFIRM)).toBe("kept");
    expect(await statusOf(proof, REQUEST)).toBe("not_applicable");
  });
});
