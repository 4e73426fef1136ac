/** The page of receipts and the staff's page of the log, in the running service. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { LeafId } from "../../src/engine/audit/append-leaf.ts";
import { parseVerifierKey } from "../../src/engine/audit/note.ts";
import { parseProof, receiptOf, verifyProof } from "../../src/engine/audit/receipt-code.ts";
import { atDesk, openTestService, PERSON } from "../support/remotemeeting.ts";
import type { TestService } from "../support/remotemeeting.ts";

const DAY_MS = 86_400_000;
let service: TestService;
let leaf: LeafId = { seq: 0, hash: "" };
let subject = "";

beforeAll(async () => {
  service = await openTestService();
  subject = await service.jikim.collect("sign_up", PERSON, {
    consents: ["terms"],
    declares: ["age_14_or_over"],
    onLeaf: (added) => {
      leaf = added;
    },
  });
});
afterAll(() => service.close());
beforeEach(() => service.jikim.log.checkpoint());

const get = async (path: string): Promise<string> => {
  const answer = await service.app.request(path);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  return answer.text();
};
const receipt = (code: string, lang = "en"): Promise<string> =>
  get(`/receipt?lang=${lang}&code=${encodeURIComponent(code)}`);

/** Nothing of the person, no handle and no name of the policy: kind, day, counts. */
function expectNothingPersonal(page: string): void {
  for (const value of [...Object.values(PERSON).filter((each) => each.length > 2), subject]) {
    expect(page).not.toContain(value);
  }
}

describe("a receipt", () => {
  test("before it is signed says that the next signature takes it", async () => {
    let fresh: LeafId | null = null;
    const items = { usage_record: "opened a room" };
    const onLeaf = (added: LeafId): void => void (fresh = added);
    await service.jikim.collect("service_use", items, { method: "service_use", onLeaf });
    if (fresh === null) throw new Error("a leaf was told");
    expect(await receipt(receiptOf(fresh))).toContain("goes into the next signature");
    await service.jikim.log.checkpoint();
    expect(await receipt(receiptOf(fresh))).toContain("It is in the audit log");
  });

  test.each([
    ["ko", "처리 확인", "개인정보 수집", "2026년 11월 23일"],
    ["en", "Check a receipt", "Personal data collected", "23 November 2026"],
  ])(
    "says in %s the kind, the day and the counts, and nothing personal",
    async (lang, ...words) => {
      const page = await receipt(receiptOf(leaf), lang);
      for (const word of words) expect(page).toContain(word);
      expect(page).toMatch(/<dd class="figure">6<\/dd>/); // items
      expect(page).not.toContain("<script");
      expectNothingPersonal(page);
    },
  );

  test("carries a proof that holds with the verifier key alone, and asks back with it", async () => {
    const page = await receipt(receiptOf(leaf));
    const long = /jikim-receipt-1\.[\w-]+/.exec(page)?.[0] ?? "";
    const key = parseVerifierKey(service.jikim.log.verifierKey);
    const proof = parseProof(long);
    if (key === null || proof === null) throw new Error("the page shows both");
    expect(page).toContain(service.jikim.log.verifierKey.replaceAll("+", "+"));
    expect(verifyProof(proof, [key])?.origin).toBe("www.remotemeeting.com/audit");
    expectNothingPersonal(Buffer.from(long.split(".")[1] ?? "", "base64url").toString("latin1"));
    expect(await receipt(long)).toContain(receiptOf(leaf));
  });

  test.each(["nothing like a code", "1-00000-00000-00000", "<b>x</b>", "jikim-receipt-1.AAAA"])(
    "with a code of no leaf is told so: %s",
    async (code) => {
      const page = await receipt(code);
      expect(page).toContain("The audit log has no line with this code");
      expect(page).not.toContain("<b>x</b>");
    },
  );

  test("of a leaf that was altered confirms nothing", async () => {
    const other = await openTestService();
    let told: LeafId | null = null;
    const onLeaf = (added: LeafId): void => void (told = added);
    const items = { usage_record: "opened a room" };
    await other.jikim.collect("service_use", items, { method: "service_use", onLeaf });
    await other.jikim.log.checkpoint();
    if (told === null) throw new Error("a leaf was told");
    const path = `/receipt?lang=en&code=${receiptOf(told)}`;
    const { db } = other.jikim.context;
    await db.query(
      `update audit_leaf set facts = facts || '{"records": 9}' where kind = 'collected'`,
    );
    const page = await (await other.app.request(path)).text();
    expect(page).toContain("does not fit its signed state");
    expect(page).not.toContain("It is in the audit log");
    await other.close();
  });

  test("asked for with no code is a form that works without script", async () => {
    const page = await get("/receipt");
    expect(page).toMatch(/<form[^>]+method="get"/);
    expect(page).toContain('<label for="code">');
  });
});

describe("the staff's page of the log", () => {
  let look: (path: string) => Promise<string>;
  beforeAll(async () => {
    look = (await atDesk(service)).text; // a sign-in leaves a leaf: before what is counted
  });
  test("shows size, root, time, verifier key and how to verify, in both languages", async () => {
    const { size, root, note } = await service.jikim.log.checkpoint();
    for (const lang of ["ko", "en"]) {
      const page = await look(`/console/log?lang=${lang}`);
      expect(page).toContain(Buffer.from(root).toString("hex"));
      expect(page).toContain(`<b class="figure">${size}</b>`);
      expect(page).toContain("jikim verify-log log.jsonl");
      expect(page).toContain(note.split("\n")[2]);
      expectNothingPersonal(page);
    }
    expect(await look("/console/log?lang=en")).toContain("Personal data collected");
  });

  test("shows at most the last fifty lines, newest first", async () => {
    for (let index = 0; index < 55; index += 1) {
      await service.jikim.collect("nowhere", {}).catch(() => undefined);
    }
    await service.jikim.log.checkpoint();
    const page = await look("/console/log?lang=en");
    expect(page.match(/<th scope="row">/g)).toHaveLength(50);
    const data = JSON.parse(await look("/console/log?format=json")) as {
      newest: { leaf: number }[];
      signed: { leaves: number };
    };
    const places = data.newest.map((each) => each.leaf);
    expect(places).toEqual(places.toSorted((a, b) => b - a));
    expect(places[0]).toBe(data.signed.leaves - 1);
  });

  test("says so when somebody else signed last", async () => {
    const other = await openTestService();
    await other.jikim.log.checkpoint();
    await other.jikim.context.db.query(
      "update audit_checkpoint set note = replace(note, '2026', '2025')",
    );
    const page = await (await atDesk(other)).text("/console/log?lang=en");
    expect(page).toContain("The last signature is not by this service’s key");
    await other.close();
  });
});

describe("the daily run", () => {
  test("ends with a checkpoint over everything, whose leaves have receipts", async () => {
    service.clock.pass(400 * DAY_MS);
    const report = await service.jikim.keep();
    const state = await service.jikim.log.state();
    expect(report.log).toMatchObject({ state: "signed", size: state.checkpoint?.size });
    expect(state.waiting).toBe(0);
    const [gone] = report.days.flatMap((day) => day.leaves);
    if (gone === undefined) throw new Error("the usage records ended");
    const page = await receipt(receiptOf(gone));
    expect(page).toContain("Destruction at the end of retention");
    expect(page).toContain("It is in the audit log");
  });

  test("destroys what is due also when the log must not be signed, and says so", async () => {
    const other = await openTestService();
    const items = { usage_record: "opened a room" };
    await other.jikim.collect("service_use", items, { method: "service_use" });
    await other.jikim.log.checkpoint();
    await other.jikim.context.db.query("delete from audit_leaf where position = 0");
    await other.jikim.context.db.query("update audit_checkpoint set size = size - 1");
    other.clock.pass(400 * DAY_MS);
    const report = await other.jikim.keep();
    expect(report.records).toBe(1);
    expect(report.log).toEqual({ state: "refused", code: "ERR_LOG_DAMAGED" });
    await other.close();
  });
});
