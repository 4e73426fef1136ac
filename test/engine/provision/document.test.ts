/** Provision to an authority: a document that binds, two who approve it, its fields and no more. */
import { expect, test } from "vitest";
import { moveToArchive } from "../../../src/engine/archive/move-to-archive.ts";
import { recordEvent } from "../../../src/engine/retention/record-event.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import {
  approveDocument,
  type NewDocument,
  registerDocument,
} from "../../../src/engine/provision/document.ts";
import { listDocuments, provisionsOf } from "../../../src/engine/provision/ledger.ts";
import { releaseDocument } from "../../../src/engine/provision/release.ts";
import { restrict } from "../../../src/engine/use/restriction.ts";
import { accessesOf } from "../../../src/engine/use/staff-access.ts";
import { countRows, eachDatabase, type OpenEmpty } from "../../support/databases.ts";
import { payingMember } from "../../support/processors.ts";
import { BY, putStaff, refusalOf } from "../../support/recipients.ts";
import { type TestEngine, testEngine } from "../../support/test-engine.ts";

const WARRANT = {
  kind: "warrant",
  authority: "시험지방법원",
  number: "2026영장000",
  article: "형사소송법 제215조",
  items: ["name", "payment_record"],
  validUntil: "2026-11-30",
  staff: "7",
} as const;

async function desk(open: OpenEmpty): Promise<TestEngine & { readonly subject: string }> {
  const engine = await testEngine(await open());
  await putStaff(engine.context, "7");
  await putStaff(engine.context, "8", ["staff", "archive"]);
  await putStaff(engine.context, "9", ["officer"]);
  return { ...engine, subject: await payingMember(engine.context) };
}

async function approved(context: EngineContext, document: NewDocument): Promise<string> {
  const id = await registerDocument(context, document);
  expect(await approveDocument(context, id, "8")).toBe(1);
  expect(await approveDocument(context, id, "9")).toBe(2);
  return id;
}

eachDatabase((_kind, open) => {
  test("a warrant with two approvals releases its fields, once, and the person is told", async () => {
    const { context, clock, subject } = await desk(open);
    const id = await approved(context, { ...WARRANT, subject });
    const released = await releaseDocument(context, id, { by: BY });
    expect(released.values).toEqual({
      name: "김시험",
      payment_record: "2026-11-23 33000 KRW",
    });
    expect(released.archived).toEqual([]);
    expect(await provisionsOf(context, subject)).toEqual([
      {
        at: clock.now(),
        basis: "authority",
        recipient: "시험지방법원",
        purpose: null,
        items: ["name", "payment_record"],
        document: { kind: "warrant", article: "형사소송법 제215조" },
      },
    ]);
    expect(await accessesOf(context, subject)).toMatchObject([{ ground: "warrant" }]);
    expect((await refusalOf(releaseDocument(context, id, { by: BY }))).rules).toEqual([
      "document-used",
    ]);
    expect(await listDocuments(context, { limit: 10 })).toMatchObject([
      { id, number: "2026영장000", approvedBy: ["8", "9"], releasedAt: clock.now() },
    ]);
    const stored = JSON.stringify(await context.db.query("select * from provision_document"));
    expect(stored).not.toMatch(/시험지방법원|2026영장|제215조/);
    const kinds = await context.db.query<{ kind: string }>(
      `select kind from audit_leaf where kind like 'provi%' order by seq`,
    );
    expect(kinds.map(({ kind }) => kind)).toEqual([
      "provision_document_registered",
      "provision_document_approved",
      "provision_document_approved",
      "provided",
      "provision_refused",
    ]);
  });

  test.each([
    ["a letter without a warrant", { kind: "letter" }, ["document-not-binding"]],
    ["a document without a number", { number: " " }, ["document-incomplete"]],
    ["a document without an article", { article: "" }, ["document-incomplete"]],
    ["a document whose time is over", { validUntil: "2026-11-22" }, ["document-over"]],
    ["a day that is none", { validUntil: "soon" }, ["document-over"]],
    ["a demand for passwords", { items: ["password"] }, ["item-one-way"]],
    ["a demand for everything and nothing", { items: [] }, ["nothing-asked"]],
    ["an item the policy lacks", { items: ["emial"] }, ["item-undeclared"]],
    ["one who is not on the staff", { staff: "10" }, ["staff-unknown"]],
  ])("%s is refused by rule, stored nowhere and told", async (_says, change, rules) => {
    const { context, subject } = await desk(open);
    const document = { ...WARRANT, subject, ...change } as NewDocument;
    expect(await refusalOf(registerDocument(context, document))).toEqual({
      code: "ERR_PROVISION_REFUSED",
      rules,
    });
    expect((await countRows(context.db))["provision_document"]).toBe(0);
    const [leaf] = await context.db.query<{ facts: object }>(
      "select facts from audit_leaf where kind = 'provision_refused'",
    );
    expect(leaf?.facts).toMatchObject({ basis: "authority", recipient: null });
  });

  test("two approvals are two people's, and without them nothing is released", async () => {
    const { context, subject } = await desk(open);
    const id = await registerDocument(context, { ...WARRANT, subject });
    const release = async (): Promise<readonly string[]> =>
      (await refusalOf(releaseDocument(context, id, { by: BY }))).rules;
    expect(await release()).toEqual(["approvals-missing"]);
    expect(await approveDocument(context, id, "8")).toBe(1);
    expect((await refusalOf(approveDocument(context, id, "8"))).rules).toEqual([
      "approved-by-the-same",
    ]);
    expect((await refusalOf(approveDocument(context, id, "10"))).rules).toEqual(["staff-unknown"]);
    expect(await release()).toEqual(["approvals-missing"]);
    const planted = context.db.query(
      `update provision_document
          set second_approved_by = first_approved_by, second_approved_at = first_approved_at`,
    );
    await expect(planted).rejects.toMatchObject({ code: "ERR_STORE_STATEMENT" });
    expect((await countRows(context.db))["provision"]).toBe(0);
    expect((await accessesOf(context, subject)).map(({ refused }) => refused)).toEqual([
      true,
      true,
    ]);
  });

  test("more than the document names, or after its last day, is refused", async () => {
    const { context, clock, subject } = await desk(open);
    const id = await approved(context, { ...WARRANT, subject });
    const more = releaseDocument(context, id, { items: ["name", "email"], by: BY });
    expect((await refusalOf(more)).rules).toEqual(["item-not-demanded"]);
    clock.set("2026-12-01T00:00:00+09:00");
    const late = releaseDocument(context, id, { by: BY });
    expect((await refusalOf(late)).rules).toEqual(["document-over"]);
    expect(await provisionsOf(context, subject)).toEqual([]);
  });

  test("what is disputed is not provided; a suspension does not stand against a law", async () => {
    const { context, subject } = await desk(open);
    const id = await approved(context, { ...WARRANT, subject });
    await restrict(context, context.db, { subject, reason: "suspension" });
    await restrict(context, context.db, { subject, reason: "correction", items: ["name"] });
    expect(await refusalOf(releaseDocument(context, id, { by: BY }))).toEqual({
      code: "ERR_RESTRICTED",
      rules: ["restricted"],
    });
    const rest = await releaseDocument(context, id, { items: ["payment_record"], by: BY });
    expect(Object.keys(rest.values)).toEqual(["payment_record"]);
  });

  test("the person is not told before a law allows it", async () => {
    const { context, clock, subject } = await desk(open);
    const id = await approved(context, { ...WARRANT, subject, untoldUntil: "2027-05-31" });
    await releaseDocument(context, id, { by: BY });
    clock.set("2027-05-31T23:59:59+09:00");
    expect(await provisionsOf(context, subject)).toEqual([]);
    clock.set("2027-06-01T00:00:00+09:00");
    expect(await provisionsOf(context, subject)).toHaveLength(1);
  });

  test("what a statute keeps apart is released by its keepers alone", async () => {
    const { context, subject } = await desk(open);
    const day = "2026-11-23";
    for (const event of ["payment_completed", "supply_completed"]) {
      await recordEvent(context, { subject, event, day });
    }
    await moveToArchive(context, subject, "0123456789abcdef0123456789abcdef");
    const id = await approved(context, { ...WARRANT, subject });
    const asked = { items: ["payment_record"], by: BY, archive: true };
    expect((await refusalOf(releaseDocument(context, id, asked))).rules).toEqual(["staff-role"]);
    const plain = releaseDocument(context, id, { ...asked, archive: false });
    expect((await refusalOf(plain)).rules).toEqual(["item-gone"]);
    const by = { ...BY, staff: "8" };
    const released = await releaseDocument(context, id, { ...asked, by });
    expect(released).toMatchObject({
      values: {},
      archived: [{ recordClass: "payment", values: { payment_record: "2026-11-23 33000 KRW" } }],
    });
  });

  test("a document nobody registered releases nothing", async () => {
    const { context } = await desk(open);
    for (const id of ["0123456789abcdef0123456789abcdef", "7"]) {
      expect((await refusalOf(releaseDocument(context, id, { by: BY }))).rules).toEqual([
        "document-unknown",
      ]);
      expect((await refusalOf(approveDocument(context, id, "8"))).rules).toEqual([
        "document-unknown",
      ]);
    }
  });
});
