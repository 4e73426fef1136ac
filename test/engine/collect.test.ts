/** Sign-up and use of the service from end to end, and every way the gate says no. */
import { expect, test } from "vitest";
import { JikimError } from "../../src/base/errors.ts";
import { leafHash } from "../../src/engine/audit/append-leaf.ts";
import { collect } from "../../src/engine/collection/collect.ts";
import { GATE_RULES, type GateRule } from "../../src/engine/collection/gate.ts";
import type { CollectOptions, EngineContext, Items } from "../../src/engine/jikim.ts";
import { subjectRecords } from "../../src/engine/subject-records.ts";
import { find } from "../../src/engine/use/find.ts";
import { matches, read } from "../../src/engine/use/read.ts";
import { hex } from "../../src/store/column-value.ts";
import type { Database } from "../../src/store/database.ts";
import { countRows, eachDatabase, tableNames } from "../support/databases.ts";
import { SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../support/test-engine.ts";

const USE_OF_SERVICE: Items = {
  os: "Linux",
  device: "laptop",
  usage_record: "joined a meeting",
  ip_public: "192.0.2.17",
};
const ENTRY: Items = {
  email: "kim.test@example.org",
  name: "김시험",
  phone: "010-0000-0000",
  postcode: "ZZ1 0ZZ",
  address: "시험시 시험로 1",
};
const without = (items: Items, name: string): Items =>
  Object.fromEntries(Object.entries(items).filter(([item]) => item !== name));

interface Refusal {
  readonly rule: GateRule;
  readonly says: string;
  readonly occasion?: string;
  readonly items?: Items;
  readonly options?: CollectOptions;
  readonly name?: string | null;
}

const REFUSALS: readonly Refusal[] = [
  { rule: "occasion-unknown", says: "an occasion the policy lacks", occasion: "sale" },
  {
    rule: "item-undeclared",
    says: "a birth date",
    items: { ...SIGN_UP, birthdate: "2000-01-01" },
    name: "birthdate",
  },
  {
    rule: "item-undeclared",
    says: "a resident number",
    items: { ...SIGN_UP, rrn: "000000-0000000" },
    name: "rrn",
  },
  {
    rule: "item-undeclared",
    says: "a field named by a value",
    items: { ...SIGN_UP, "a@b.example": "x" },
    name: null,
  },
  {
    rule: "item-undeclared",
    says: "an empty undeclared field",
    items: { ...SIGN_UP, rrn: "" },
    name: "rrn",
  },
  {
    rule: "item-undeclared",
    says: "a field named like a member of every object",
    items: { ...SIGN_UP, constructor: "x" },
  },
  {
    rule: "item-of-other-occasion",
    says: "a card at sign-up",
    items: { ...SIGN_UP, card: "tok_1" },
    name: "card",
  },
  { rule: "item-missing", says: "no e-mail", items: without(SIGN_UP, "email"), name: "email" },
  {
    rule: "item-missing",
    says: "an e-mail of spaces",
    items: { ...SIGN_UP, email: "  " },
    name: "email",
  },
  {
    rule: "item-malformed",
    says: "an e-mail that is none",
    items: { ...SIGN_UP, email: "kim" },
    name: "email",
  },
  {
    rule: "item-malformed",
    says: "a country that is none",
    items: { ...SIGN_UP, country: "ZZ" },
    name: "country",
  },
  {
    rule: "item-malformed",
    says: "a short password",
    items: { ...SIGN_UP, password: "1234567" },
    name: "password",
  },
  {
    rule: "item-malformed",
    says: "text that turns its direction",
    items: { ...SIGN_UP, name: "a\u202eb" },
    name: "name",
  },
  {
    rule: "item-malformed",
    says: "half a character",
    items: { ...SIGN_UP, name: "a\ud800" },
    name: "name",
  },
  {
    rule: "item-too-long",
    says: "a name of a thousand letters",
    items: { ...SIGN_UP, name: "가".repeat(1000) },
    name: "name",
  },
  {
    rule: "too-much",
    says: "a hundred fields",
    items: Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`x${n}`, ""])),
  },
  {
    rule: "declaration-missing",
    says: "no word on the age",
    options: { ...SIGN_UP_OPTIONS, declares: [] },
    name: "age_14_or_over",
  },
  {
    rule: "declaration-unknown",
    says: "a declaration nobody asked for",
    options: { ...SIGN_UP_OPTIONS, declares: ["age_14_or_over", "rich"] },
    name: "rich",
  },
  {
    rule: "consent-missing",
    says: "no consent to the terms",
    options: { ...SIGN_UP_OPTIONS, consents: [] },
    name: "terms",
  },
  {
    rule: "consent-bundled",
    says: "two consents in one act",
    options: { ...SIGN_UP_OPTIONS, consents: [{ consents: ["terms", "marketing"] }] },
  },
  {
    rule: "consent-unknown",
    says: "a consent of another occasion",
    options: { ...SIGN_UP_OPTIONS, consents: ["terms", "event_entry"] },
    name: "event_entry",
  },
  {
    rule: "method-unknown",
    says: "a method of another occasion",
    options: { ...SIGN_UP_OPTIONS, method: "partner" },
    name: "partner",
  },
  {
    rule: "source-unexpected",
    says: "a source for what the person gave",
    options: { ...SIGN_UP_OPTIONS, source: { name: "x", receivedOn: "2026-11-01", basis: "y" } },
  },
  {
    rule: "method-missing",
    says: "two possible methods and none named",
    occasion: "support_inquiry",
    items: { country: "KR", name: "김", phone: "02-000-0000", email: "a@example.org" },
    options: {},
  },
  {
    rule: "source-missing",
    says: "a partner's data without its source",
    occasion: "event_entry",
    items: ENTRY,
    options: { consents: ["event_entry"], method: "partner" },
  },
  {
    rule: "source-missing",
    says: "a source of a day that is none",
    occasion: "event_entry",
    items: ENTRY,
    options: {
      consents: ["event_entry"],
      method: "partner",
      source: { name: "x", receivedOn: "2026-02-30", basis: "y" },
    },
  },
  {
    rule: "card-number",
    says: "a card number where a company's name belongs",
    items: { ...SIGN_UP, company_name: "4111 1111 1111 1111" },
    name: "company_name",
  },
  {
    rule: "card-number",
    says: "a card number for a token",
    occasion: "payment",
    items: { payment_record: "10,000 won", card: "５５５５-５５５５-５５５５-４４４４" },
    options: { method: "service_use" },
    name: "card",
  },
  {
    rule: "card-number",
    says: "a card number in the name of a field",
    items: { ...SIGN_UP, card_4111111111111111: "x" },
    name: null,
  },
  {
    rule: "card-number",
    says: "a card number in what was shown",
    options: { ...SIGN_UP_OPTIONS, shown: ["Paid with 378282246310005."] },
    name: null,
  },
  {
    rule: "card-code",
    says: "a field for the code of a card",
    occasion: "payment",
    items: { payment_record: "10,000 won", cvc: "123" },
    options: { method: "service_use" },
    name: "cvc",
  },
  {
    rule: "card-code",
    says: "the code of a card in a text",
    occasion: "payment",
    items: { payment_record: "paid, CVC: 123" },
    options: { method: "service_use" },
    name: "payment_record",
  },
  {
    rule: "staff-malformed",
    says: "staff by name",
    options: { ...SIGN_UP_OPTIONS, method: "sign_up", by: { staff: "김 담당" } },
    name: null,
  },
  {
    rule: "method-missing",
    says: "staff who does not say how it came",
    options: { ...SIGN_UP_OPTIONS, by: { staff: "s17" } },
    name: null,
  },
  {
    rule: "nothing-given",
    says: "nothing at all",
    occasion: "service_use",
    items: {},
    options: {},
  },
];

async function refusal(
  context: EngineContext,
  { occasion = "sign_up", items = SIGN_UP, options = SIGN_UP_OPTIONS }: Partial<Refusal>,
): Promise<readonly { rule: GateRule; name: string | null }[]> {
  const error = await collect(context, occasion, items, options).catch((thrown: unknown) => thrown);
  if (!(error instanceof JikimError)) throw new Error("it was not refused");
  expect(error.code).toBe("ERR_COLLECTION_REFUSED");
  return error.facts["reasons"] as readonly { rule: GateRule; name: string | null }[];
}

/** Tables with any of the values in clear or in hex, in any column. */
async function tablesHolding(db: Database, values: readonly string[]): Promise<readonly string[]> {
  const needles = values.flatMap((value) => [value, Buffer.from(value).toString("hex")]);
  const holding = new Set<string>();
  for (const table of await tableNames(db)) {
    for (const row of await db.query(`select * from "${table}"`)) {
      for (const cell of Object.values(row)) {
        const bytes =
          cell instanceof Uint8Array ? Buffer.from(cell) : Buffer.from(JSON.stringify(cell));
        if (needles.some((needle) => bytes.includes(needle))) holding.add(table);
      }
    }
  }
  return [...holding];
}

test("every rule of the gate has a refusal here", () => {
  const shown = new Set(REFUSALS.map(({ rule }) => rule));
  expect(GATE_RULES.filter((rule) => !shown.has(rule))).toEqual(["unique-taken"]);
});

eachDatabase((_kind, open) => {
  test("a sign-up is stored and read back for its purpose", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    expect(subject).toMatch(/^[0-9a-f]{16}$/);
    expect(
      await read(context, subject, ["email", "name", "phone"], { purpose: "contract" }),
    ).toEqual({
      email: "Kim.Test@Example.org",
      name: "김시험",
    });
    expect(await countRows(context.db)).toMatchObject({
      record: 1,
      lookup: 3,
      consent: 1,
      declaration: 1,
      audit_leaf: 1,
    });
    const held = await subjectRecords(context, subject);
    expect(held).toMatchObject({
      total: 1,
      records: [
        {
          recordClass: "profile",
          occasion: "sign_up",
          method: "sign_up",
          collectedOn: "2026-11-23",
          endsOn: null,
          endsWith: ["withdrawal"],
        },
      ],
      consents: [{ consent: "terms", given: true, lang: "ko", policyHash: context.plan.hash }],
      declarations: [{ declaration: "age_14_or_over", at: context.clock.now() }],
    });
    expect(held.records[0]?.items).toEqual(Object.keys(SIGN_UP).toSorted());
  });

  test("use of the service becomes one record for each class, each with its last day", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    expect(await collect(context, "service_use", USE_OF_SERVICE, { subject })).toBe(subject);
    const { records } = await subjectRecords(context, subject);
    const use = records.filter(({ occasion }) => occasion === "service_use");
    expect(
      Object.fromEntries(use.map((record) => [record.recordClass, [record.endsOn, record.items]])),
    ).toEqual({
      usage: ["2027-11-23", ["device", "os", "usage_record"]],
      visit: ["2027-02-23", ["ip_public"]],
    });
    const { usage_record: read1 } = await read(context, subject, ["usage_record"], {
      purpose: "improvement",
    });
    expect(read1).toBe("joined a meeting");
  });

  test.each(REFUSALS)("refused by $rule and nothing stored: $says", async (refused) => {
    const { context } = await testEngine(await open());
    const before = await countRows(context.db);
    const reasons = await refusal(context, refused);
    expect(reasons.map(({ rule }) => rule)).toContain(refused.rule);
    if (refused.name !== undefined) {
      expect(reasons).toContainEqual({ rule: refused.rule, name: refused.name });
    }
    expect(await countRows(context.db)).toEqual({ ...before, audit_leaf: 1 });
    const [leaf] = await context.db.query<{ kind: string; facts: { rules: object } }>(
      "select kind, facts from audit_leaf",
    );
    expect(leaf?.kind).toBe("collection_refused");
    expect(leaf?.facts.rules).toHaveProperty([refused.rule]);
    expect(JSON.stringify(leaf)).not.toMatch(/birthdate|rrn|a@b|4111|5555|３７|cvc/);
    expect(JSON.stringify(reasons)).not.toMatch(/4111/);
  });

  test("no value of anyone is in any column of any table", async () => {
    const { context } = await testEngine(await open());
    const items = { ...SIGN_UP, phone: "010-0000-0000", company_name: "시험상사" };
    const subject = await collect(context, "sign_up", items, SIGN_UP_OPTIONS);
    await collect(context, "service_use", USE_OF_SERVICE, { subject });
    await collect(context, "event_entry", ENTRY, {
      consents: ["event_entry"],
      method: "partner",
      source: { name: "Partner Probe", receivedOn: "2026-11-01", basis: "consent probe" },
    });
    const values = [
      ...[items, USE_OF_SERVICE, ENTRY].flatMap((each) => Object.values(each)),
      "kim.test@example.org",
      "+821000000000",
      "Partner Probe",
      "consent probe",
    ].filter((value) => value.length > 2);
    expect(await tablesHolding(context.db, values)).toEqual([]);
    // The same look finds a value where there is one.
    await context.db.query("insert into setting (name, value) values ('probe', $1)", [
      Buffer.from("김시험"),
    ]);
    expect(await tablesHolding(context.db, values)).toEqual(["setting"]);
  });

  test("a log-in name is taken once, even when two ask at the same moment", async () => {
    const { context } = await testEngine(await open());
    const options = { ...SIGN_UP_OPTIONS, unique: ["company_id", "user_id"] };
    const both = await Promise.allSettled([
      collect(context, "sign_up", SIGN_UP, options),
      collect(context, "sign_up", SIGN_UP, options),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await refusal(context, { options })).toEqual([{ rule: "unique-taken", name: null }]);
    expect(await countRows(context.db)).toMatchObject({ record: 1, lookup: 3 });
    const other = { ...SIGN_UP, user_id: "lee-test" };
    await collect(context, "sign_up", other, options);
    await expect(
      collect(context, "sign_up", other, { ...SIGN_UP_OPTIONS, unique: ["name"] }),
    ).rejects.toMatchObject({ code: "ERR_ITEM_UNKNOWN" });
  });

  test("a password is never read, only compared", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    expect(await matches(context, subject, "password", "correct horse battery")).toBe(true);
    expect(await matches(context, subject, "password", "correct horse batterz")).toBe(false);
    expect(await matches(context, subject, "email", "Kim.Test@Example.org")).toBe(false);
    expect(await matches(context, "0000000000000000", "password", "anything here")).toBe(false);
    await expect(
      read(context, subject, ["password"], { purpose: "contract" }),
    ).rejects.toMatchObject({ code: "ERR_USE_REFUSED" });
  });

  test("people are found by values in any usual spelling, and only for a purpose", async () => {
    const { context } = await testEngine(await open());
    const items = { ...SIGN_UP, phone: "010-0000-0000" };
    const subject = await collect(context, "sign_up", items, SIGN_UP_OPTIONS);
    await collect(context, "sign_up", { ...items, user_id: "lee-test" }, SIGN_UP_OPTIONS);
    const use = { purpose: "user_management" };
    const both = await find(context, { email: "KIM.TEST@example.org" }, use);
    expect(both).toHaveLength(2);
    expect(await find(context, { company_id: "acme-test", user_id: "kim-test" }, use)).toEqual([
      subject,
    ]);
    expect(await find(context, { phone: "+82 10 0000 0000" }, use)).toEqual(both);
    expect(await find(context, { email: "nobody@example.org" }, use)).toEqual([]);
    expect(await find(context, {}, use)).toEqual([]);
    for (const [asked, purpose] of [
      [{ name: "김시험" }, "user_management"],
      [{ email: "a@example.org" }, "improvement"],
      [{ email: "a@example.org" }, "espionage"],
    ] as const) {
      await expect(find(context, asked, { purpose })).rejects.toMatchObject({
        code: "ERR_USE_REFUSED",
      });
    }
  });

  test("what a member applies for again makes no second copy", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    const again = { ...SIGN_UP_OPTIONS, subject };
    expect(await collect(context, "product_application", SIGN_UP, again)).toBe(subject);
    expect(await collect(context, "product_application", {}, again)).toBe(subject);
    expect(await countRows(context.db)).toMatchObject({ record: 1, lookup: 3 });
    expect(await refusal(context, { occasion: "product_application", items: {} })).toContainEqual({
      rule: "item-missing",
      name: "email",
    });
    await collect(context, "product_application", SIGN_UP, SIGN_UP_OPTIONS);
    expect(await countRows(context.db)).toMatchObject({ record: 2 });
  });

  test("what staff take down by phone says who did, and a payment holds token and masked digits", async () => {
    const { context } = await testEngine(await open());
    const inquiry = { country: "KR", name: "김시험", phone: "02-000-0000", email: "a@example.org" };
    const by = { staff: "s17" };
    const subject = await collect(context, "support_inquiry", inquiry, { method: "phone_fax", by });
    const paid = { payment_record: "10,000 won", card: "tok_9f2a (**** **** **** 1111)" };
    await collect(context, "payment", paid, { subject });
    const rows = await context.db.query(
      "select occasion, method, taken_by from record order by occasion, class",
    );
    expect(rows).toEqual([
      { occasion: "payment", method: "service_use", taken_by: null },
      { occasion: "payment", method: "service_use", taken_by: null },
      { occasion: "support_inquiry", method: "phone_fax", taken_by: "s17" },
    ]);
    expect(await read(context, subject, ["card"], { purpose: "contract" })).toEqual({
      card: paid.card,
    });
  });

  test("an event entry never shares the member's handle", async () => {
    const { context } = await testEngine(await open());
    const subject = await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    const entrant = await collect(context, "event_entry", ENTRY, {
      subject,
      consents: ["event_entry"],
      method: "event",
    });
    expect(entrant).not.toBe(subject);
    expect((await subjectRecords(context, subject)).total).toBe(1);
    expect((await subjectRecords(context, entrant)).records[0]?.recordClass).toBe("event_entry");
  });

  test("a handle nobody has is refused, not made", async () => {
    const { context } = await testEngine(await open());
    for (const subject of ["00000000000000ff", "nobody", "'; drop table record"]) {
      await expect(
        collect(context, "service_use", USE_OF_SERVICE, { subject }),
      ).rejects.toMatchObject({ code: "ERR_SUBJECT_UNKNOWN" });
    }
    expect(await countRows(context.db)).toMatchObject({ record: 0, audit_leaf: 0 });
  });

  test("a leaf's hash is the RFC 9162 hash of what the leaf says", async () => {
    const { context } = await testEngine(await open());
    await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    const [leaf] = await context.db.query<{
      at: number;
      kind: "collected";
      facts: Record<string, string>;
      hash: Uint8Array;
    }>("select at, kind, facts, hash from audit_leaf");
    expect(leaf).toBeDefined();
    if (leaf === undefined) return;
    const { hash, ...said } = leaf;
    expect(hex(hash)).toBe(leafHash(said));
    expect(hex(hash)).not.toBe(leafHash({ ...said, at: said.at + 1 }));
  });
});
