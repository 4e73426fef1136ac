/** Every check that can say "kept" is shown a planted violation and has to say "broken". */
import { describe, expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import { compile, type Compiled } from "../../src/compiler/compile.ts";
import { policyHash } from "../../src/compiler/policy-hash.ts";
import { collect } from "../../src/engine/collection/collect.ts";
import { DUTIES } from "../../src/engine/duties.ts";
import { keep } from "../../src/engine/retention/sweep.ts";
import { writeSetting } from "../../src/engine/setting.ts";
import { CHECKS } from "../../src/proof/checks.ts";
import { latestVerdicts, runChecks } from "../../src/proof/run-checks.ts";
import type { ProofContext } from "../../src/proof/run-checks.ts";
import type { Status } from "../../src/proof/verdict.ts";
import { eachDatabase, type OpenEmpty } from "../support/databases.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, type TestEngine, testEngine } from "../support/test-engine.ts";

interface World extends TestEngine {
  readonly proof: ProofContext;
}

/** One member who signed up with marketing, used the service and sent an event entry. */
async function world(open: OpenEmpty): Promise<World> {
  const engine = await testEngine(await open());
  const { context, compiled, clock } = engine;
  const subject = await collect(context, "sign_up", SIGN_UP, {
    ...SIGN_UP_OPTIONS,
    consents: ["terms", "marketing"],
  });
  const use = { os: "Linux", usage_record: "log-in", ip_public: "192.0.2.7" };
  await collect(context, "service_use", use, { subject });
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
  await addVersion({ context }, compiled, {});
  return { ...engine, proof: { compiled, db: context.db, clock } };
}

async function addVersion(
  { context }: Pick<TestEngine, "context">,
  { policy, law }: Pick<Compiled, "policy" | "law">,
  days: { announced?: string; effective?: string },
): Promise<void> {
  const changed = { ...policy, ...days };
  await context.db.query(
    `insert into policy_version (hash, policy, announced, effective, document, first_run_at)
     values ($1, $2, $3, $4, $5, now())`,
    [
      policyHash(changed, law),
      policy.id,
      changed.announced,
      changed.effective,
      JSON.stringify({ policy: changed, law }),
    ],
  );
}

/** Sweeps on the days on which visits and then usage end. */
async function keepOnTime({ context, clock }: Pick<TestEngine, "context" | "clock">) {
  for (const day of ["2027-02-24", "2027-11-24"]) {
    clock.set(`${day}T00:00:00+09:00`);
    await keep(context);
  }
}

async function statusOf(proof: ProofContext, key: string): Promise<Status> {
  const verdict = (await runChecks(proof)).find((each) => each.key === key);
  return present(verdict, `there is a promise ${key}`).status;
}

/** The compiled policy with a page that is somebody else's. */
function withPage(compiled: Compiled, changed: Partial<Compiled["policy"]>): Compiled {
  const other = compile({ ...compiled.policy, ...changed }, compiled.law);
  return { ...compiled, page: other.page };
}

/** The compiled policy whose plan lets a purpose see more than the document binds to it. */
function withWiderUse(compiled: Compiled, purpose: string): Compiled {
  const { plan } = compiled;
  const use = present(plan.uses.get(purpose), "a purpose of the policy");
  const items = new Map([...use.items, ["payment", new Set(["bank_account", "participant_name"])]]);
  items.set("meeting", new Set(["recording", "participant_name"]));
  const uses = new Map([...plan.uses, [purpose, { ...use, items }]]);
  return { ...compiled, plan: { ...plan, uses } };
}

/** Promise → a violation planted in the store. */
const STORED: Readonly<Record<string, readonly string[]>> = {
  "collection/minimum_age": ["delete from declaration"],
  "collection/occasion/sign_up": [
    "update record set items = array_append(items, 'birthdate') where occasion = 'sign_up'",
  ],
  "collection/automatic/service_use": [
    "update record set items = array_append(items, 'name') where occasion = 'service_use'",
  ],
  "collection/isolated/event_entry": [
    "update record set class = 'profile' where occasion = 'event_entry'",
  ],
  "collection/exclusive/payment": [
    "update record set items = array_append(items, 'card') where occasion = 'sign_up'",
  ],
  "collection/origin": ["update record set method = 'rumour' where occasion = 'sign_up'"],
  "collection/third_party_source/partner": ["update record set source = null"],
  "purpose/consent/marketing": ["update consent set policy_hash = '' where consent = 'marketing'"],
  "retention/row/usage": ["update record set expires_on = expires_on + 1 where class = 'usage'"],
  "retention/row_by_law/visit": ["update record set expires_on = null where class = 'visit'"],
  "retention/no_default": ["update record set class = 'nowhere' where class = 'usage'"],
  "notice/past_texts": ["delete from policy_version"],
};

eachDatabase((_name, open) => {
  test("what is there today is kept, or said to be only words", async () => {
    const { proof } = await world(open);
    const verdicts = await runChecks(proof);
    expect(verdicts).toHaveLength(98);
    expect(verdicts.filter(({ status }) => status === "broken")).toEqual([]);
    expect(verdicts.find(({ key }) => key === "contact/shown")?.status).toBe("unknown");
    for (const key of Object.keys(STORED)) {
      expect([key, verdicts.find((each) => each.key === key)?.status]).toEqual([key, "kept"]);
    }
  });

  test.each(Object.entries(STORED))("a violation of %s turns it red", async (key, statements) => {
    const { proof, context } = await world(open);
    expect(await statusOf(proof, key)).toBe("kept");
    for (const statement of statements) await context.db.query(statement);
    expect(await statusOf(proof, key)).toBe("broken");
  });

  test("records past their day and the grace after it break the row, and only then", async () => {
    const { proof, clock } = await world(open);
    clock.set("2027-11-28T23:59:59+09:00");
    expect(await statusOf(proof, "retention/row/usage")).toBe("kept");
    clock.set("2027-11-29T00:00:00+09:00");
    expect(await statusOf(proof, "retention/row/usage")).toBe("broken");
  });

  test("what was destroyed is irreproducible when it came far enough, in time", async () => {
    const { proof, context, clock } = await world(open);
    expect(await statusOf(proof, "destruction/electronic")).toBe("not_applicable");
    await keepOnTime({ context, clock });
    expect(await statusOf(proof, "retention/row/usage")).toBe("kept");
    expect(await statusOf(proof, "destruction/electronic")).toBe("kept");
  });

  test.each([
    ["the key lives", "set irrecoverable = false"],
    ["the tags stayed for too long", "set index_rotated_at = eligible_at + interval '5 days 1 ms'"],
    ["it should have begun earlier", "set eligible_at = eligible_at - interval '5 days 1 ms'"],
  ])("a destruction does not count as irreproducible when %s", async (_why, change) => {
    const { proof, context, clock } = await world(open);
    await keepOnTime({ context, clock });
    expect(await statusOf(proof, "destruction/electronic")).toBe("kept");
    await context.db.query(`update destruction ${change} where class = 'usage'`);
    expect(await statusOf(proof, "destruction/electronic")).toBe("broken");
  });

  test("a destruction that is under way breaks nothing until its time is over", async () => {
    const { proof, context, clock } = await world(open);
    await keepOnTime({ context, clock });
    await context.db.query(
      "update destruction set index_rotated_at = null, rows_removed_at = null where class = 'usage'",
    );
    clock.set("2027-11-29T00:00:00+09:00");
    expect(await statusOf(proof, "destruction/electronic")).toBe("kept");
    clock.set("2027-11-29T00:00:00.001+09:00");
    expect(await statusOf(proof, "destruction/electronic")).toBe("broken");
  });

  test("a weakened promise says why on the board", async () => {
    const { proof, context } = await world(open);
    const reason = "overlayfs does not overwrite in place (allowed: demonstration)";
    await writeSetting(context.db, "weaknesses", JSON.stringify([reason]));
    const verdict = (await runChecks(proof)).find(({ key }) => key === "destruction/electronic");
    expect(verdict?.evidence).toContainEqual({ code: "destruction-weakened", facts: { reason } });
  });

  test.each([
    ["purpose/bound", "improvement"],
    ["provision/scope", "improvement"],
    ["purpose/use/contract", "contract"],
    ["purpose/use/improvement", "improvement"],
    ["purpose/consent/marketing", "marketing"],
  ])("a plan wider than the document breaks %s", async (key, purpose) => {
    const { proof, compiled } = await world(open);
    expect(await statusOf(proof, key)).toBe("kept");
    expect(await statusOf({ ...proof, compiled: withWiderUse(compiled, purpose) }, key)).toBe(
      "broken",
    );
  });

  test.each([
    ["scope/headings", (policy: Compiled["policy"]) => ({ articles: policy.articles.slice(1) })],
    [
      "contact/agencies",
      (policy: Compiled["policy"]) => ({
        contacts: { ...policy.contacts, agencies: policy.contacts.agencies.slice(1) },
      }),
    ],
    ["notice/dates", () => ({ announced: "2021-01-20" })],
  ])("a page that does not show it breaks %s", async (key, change) => {
    const { proof, compiled } = await world(open);
    expect(await statusOf(proof, key)).toBe("kept");
    const other = withPage(compiled, change(compiled.policy));
    expect(await statusOf({ ...proof, compiled: other }, key)).toBe("broken");
  });

  test("seven days of notice keep the ordinary promise, six break it", async () => {
    const { proof, context, compiled } = await world(open);
    expect(await statusOf(proof, "notice/ordinary")).toBe("kept");
    await addVersion({ context }, compiled, { announced: "2021-03-01", effective: "2021-03-07" });
    expect(await statusOf(proof, "notice/ordinary")).toBe("broken");
  });

  test("an important change needs the longer notice", async () => {
    const { proof, context, compiled } = await world(open);
    expect(await statusOf(proof, "notice/important")).toBe("not_applicable");
    const { usage } = compiled.policy.records;
    const records = {
      ...compiled.policy.records,
      usage: { ...present(usage, "the policy keeps usage records"), keep: "P2Y" },
    };
    const policy = { ...compiled.policy, records };
    const law = compiled.law;
    await addVersion(
      { context },
      { policy, law },
      { announced: "2021-03-01", effective: "2021-03-30" },
    );
    expect(await statusOf(proof, "notice/important")).toBe("broken");
    await context.db.query("delete from policy_version where announced = '2021-03-01'");
    await addVersion(
      { context },
      { policy, law },
      { announced: "2021-03-01", effective: "2021-03-31" },
    );
    expect(await statusOf(proof, "notice/important")).toBe("kept");
  });

  test("a past text whose parts stand in another order is no longer what it was", async () => {
    const { proof, context } = await world(open);
    expect(await statusOf(proof, "notice/past_texts")).toBe("kept");
    await context.db.query("update policy_version set document = document::jsonb::text");
    expect(await statusOf(proof, "notice/past_texts")).toBe("broken");
  });

  test("a verdict too old, from the future or of another version is unknown", async () => {
    const { proof, clock } = await world(open);
    await runChecks(proof);
    const key = "collection/origin";
    const status = async (context: ProofContext) =>
      (await latestVerdicts(context)).find((each) => each.key === key)?.status;
    expect(await status(proof)).toBe("kept");
    expect(await status({ ...proof, compiled: { ...proof.compiled, hash: "other" } })).toBe(
      "unknown",
    );
    clock.set("2026-11-24T13:00:01+09:00");
    expect(await status(proof)).toBe("unknown");
    clock.set("2026-11-23T11:59:59+09:00");
    expect(await status(proof)).toBe("unknown");
  });

  test("a look that fails makes its promise unknown and leaves the others alone", async () => {
    const { proof, context } = await world(open);
    await context.db.query("alter table declaration rename to declaration_away");
    try {
      expect(await statusOf(proof, "collection/minimum_age")).toBe("unknown");
      expect(await statusOf(proof, "collection/origin")).toBe("kept");
    } finally {
      await context.db.query("alter table declaration_away rename to declaration");
    }
  });

  test("checks cannot write: the look is read-only", async () => {
    const { proof } = await world(open);
    const write = proof.db.transaction(async (tx) => {
      await tx.query("set transaction read only");
      await tx.query("delete from record");
    });
    await expect(write).rejects.toThrow();
  });

  test("since tells when the status began, not when it was last seen", async () => {
    const { proof, clock } = await world(open);
    await runChecks(proof);
    clock.set("2026-11-24T12:00:00+09:00");
    const [, second] = await runChecks(proof);
    expect(second?.at).toBe(Date.parse("2026-11-24T12:00:00+09:00"));
    expect(second?.since).toBe(Date.parse("2026-11-23T12:00:00+09:00"));
  });
});

describe("the tables", () => {
  test("a sentence that nothing carries out has no check that could say kept", async () => {
    const forms = Object.entries(DUTIES).filter(([, duty]) => duty.state === "not_yet");
    expect(forms.length).toBeGreaterThan(0);
    for (const [form] of forms) {
      // This one looks at what happened; it can say broken, or that nothing has happened yet.
      if (form === "notice/important") continue;
      expect([form, typeof CHECKS[form as keyof typeof CHECKS]]).toEqual([form, "string"]);
    }
  });
});
