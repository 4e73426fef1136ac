/** Walk S2 of an auditor: a member with a paid history leaves by telephone. */
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import { PERSON } from "../support/remotemeeting.ts";
import type { ProcessorEnd } from "../support/processor-end.ts";
import { type PolicyFolder, policyFolder } from "../support/two-versions.ts";
import { DISCLOSED, goLive, hidden, tablesWith, takeGiven } from "../support/walk-steps.ts";
import { type Walk, walkOnBoth } from "../support/walk.ts";

const EMAIL = "leaver@example.com";
const PHONE = "+82 2 000 1234";
const NAME = "이시험";
const DESK = "/console/withdrawals";
const MONTHS = Array.from({ length: 14 }, (_, at) => {
  const month = new Date(Date.UTC(2025, 9 + at, 5)).toISOString().slice(0, 7);
  return `${month}-05T10:00:00+09:00`;
});
const ASKED = { channel: "phone", reason: "전화로 탈퇴 요청" };
const ON_LAW = { ground: "kr/ecommerce-decree-6-1-3", reason: "세무 확인 2026-3" };

let folder: PolicyFolder;
beforeAll(() => {
  folder = policyFolder();
  folder.run(DISCLOSED);
});
afterAll(() => folder.remove());

const options = {
  policy: () => folder.path,
  start: present(MONTHS[0], "there are months"),
  staff: { "12": "staff", "13": "archive" },
};

walkOnBoth((walk) => {
  const ends: Record<string, ProcessorEnd> = {};
  afterAll(async () => {
    for (const end of Object.values(ends)) await end.close();
  });
  const seen = { subject: "", before: 0, receipt: "" };

  test("S2.1 fourteen payments, two inquiries, three recordings, ads on; a wish by telephone", async () => {
    ends["kcp"] = await goLive(walk, "kcp");
    ends["benchmark"] = await goLive(walk, "benchmark");
    await liveThrough(walk);
    const officer = await walk.officer();
    const mailing = await officer.post("/console/mailing", "/console/mailing", { item: "email" });
    expect(mailing.headers.get("location")).toBe("/console/mailing?given=1&left=0");
    const bound = takeGiven(walk, ends["kcp"], "kcp");
    expect(bound).toHaveLength(1);
    for (const reference of bound) ends["kcp"].bound.add(reference);
    expect(takeGiven(walk, ends["benchmark"], "benchmark")).toHaveLength(1);
    expect([...ends["benchmark"].held.values()][0]?.get("email")).toBe(EMAIL);
  });

  test("S2.2 identity fails: only the request is noted; passes: kept, destroyed, until when", async () => {
    const desk = await walk.staff("12");
    const before = await records(walk);
    const first = await preview(await desk.post(DESK, `${DESK}/preview`, asked()));
    const wish = { subject: hidden(first, "subject"), channel: "phone", sure: "yes" };
    const failed = await desk.post(DESK, `${DESK}/run`, { ...wish, identity: "failed" });
    expect(failed.headers.get("location")).toBe(`${DESK}?refused=yes`);
    expect(await records(walk)).toBe(before);
    expect((await walk.signedIn("leaver")).jar.size).toBeGreaterThan(0);

    const page = await preview(await desk.post(DESK, `${DESK}/preview`, asked()));
    for (const says of ["회원 정보", "결제 수단", "파기", "따로 옮겨 보관", "쓰지 않고 남겨 둠"]) {
      expect(page).toContain(says);
    }
    expect(page).toContain("대금결제 및 재화 등의 공급에 관한 기록");
    expect(page).toContain("2031년 11월 5일"); // five years after the newest payment
    expect(page).toContain("한국사이버결제(KCP)");
    for (const value of [EMAIL, NAME, PHONE]) expect(page).not.toContain(value);
    seen.subject = wish.subject;
    seen.before = await ofSubject(walk, wish.subject);
    const done = await desk.post(DESK, `${DESK}/run`, { ...wish, identity: "staff" });
    expect([done.status, done.headers.get("location")]).toEqual([303, DESK]);
    seen.receipt = /<code>([0-9A-Z]+-[0-9A-Z-]+)<\/code>/.exec(await desk.text(DESK))?.[1] ?? "";
    expect(seen.receipt).not.toBe("");
  });

  test("S2.3 after the run nobody finds the person: desk, tables, archive index, processors", async () => {
    await walk.service().daily();
    const desk = await walk.staff("12");
    for (const [item, value] of [
      ["email", EMAIL],
      ["phone", PHONE],
      ["user_id", "leaver"],
    ] as const) {
      const answer = await desk.post(DESK, `${DESK}/preview`, {
        ...ASKED,
        [`item.${item}`]: value,
      });
      expect([item, answer.status]).toEqual([item, 422]);
    }
    const { db } = walk.service().jikim.context;
    for (const store of [db, await walk.archive()]) {
      for (const value of [EMAIL, NAME, PHONE, "203.0.113.7", PERSON.password]) {
        expect(await tablesWith(store, value)).toEqual([]);
      }
    }
    const lookups = await walk.rows("select 1 from lookup where subject = decode($1, 'hex')", [
      seen.subject,
    ]);
    expect(lookups).toEqual([]);
    const left = await walk.rows<{ class: string }>(
      "select distinct class from record where subject = decode($1, 'hex') order by class",
      [seen.subject],
    );
    // What was accepted at collection for a year, and what a statute keeps in place; all unused.
    expect(left.map((row) => row.class)).toEqual(["recording", "usage", "visit"]);
  });

  test("S2.4 the separate database has what a statute keeps, with name and e-mail and no more", async () => {
    const archive = await walk.archive();
    const kept = await archive.query(
      `select class, count(*) as records, array_agg(distinct item order by item) as items
         from archived_record, unnest(items) as item
        where subject = decode($1, 'hex')
        group by class order by class`,
      [seen.subject],
    );
    const counts = await archive.query(
      `select class, count(*) as records from archived_record
        where subject = decode($1, 'hex') group by class order by class`,
      [seen.subject],
    );
    expect(counts).toEqual([
      { class: "complaint", records: 1 },
      { class: "contract", records: 1 },
      { class: "payment", records: 14 },
    ]);
    expect(kept.map(({ class: name, items }) => [name, items])).toEqual([
      ["complaint", ["email", "inquiry_text", "name"]],
      ["contract", ["contract_record", "email", "name"]],
      ["payment", ["email", "name", "payment_record"]],
    ]);
  });

  test("S2.5 staff without the archive, and the archive without a ground, are denied and logged", async () => {
    const path = "/console/archive";
    const { receipt } = seen;
    const staff = await walk.staff("12");
    const denied = await staff.post(path, path, { receipt, ...ON_LAW });
    expect([denied.status, (await denied.text()).includes(EMAIL)]).toEqual([403, false]);
    const keeper = await walk.staff("13");
    for (const ground of ["", "marketing"]) {
      const answer = await keeper.post(path, path, { receipt, reason: "확인", ground });
      expect([ground, answer.status]).toEqual([ground, 403]);
    }
    const allowed = await keeper.post(path, path, { receipt, ...ON_LAW });
    expect(allowed.status).toBe(200);
    const page = await allowed.text();
    expect(page.match(/33000 KRW/g)).toHaveLength(14);
    expect(page).toContain(EMAIL);
    expect(page).not.toContain(PHONE);
    const log = await walk.rows<{ staff: string; refused: boolean; ground: string | null }>(
      `select staff, refused <> '{}' as refused, ground from access_log
        where place = 'archive' order by staff, refused <> '{}' desc`,
    );
    expect(log.map((line) => [line.staff, line.refused])).toEqual([
      ["12", true],
      ["13", true],
      ["13", true],
      ["13", false],
    ]);
    if (walk.kind === "postgres") expect(await connects(walk)).toBe(false);
  });

  test("S2.6 the same address signs up again: a new person, nothing of the old one", async () => {
    const again = await walk.member({ user_id: "leaver", email: EMAIL, name: NAME });
    expect(await again.text("/plans")).not.toContain("33000 KRW");
    expect(await again.text("/me")).not.toContain("대금결제");
    const desk = await walk.staff("12");
    const fresh = hidden(
      await preview(await desk.post(DESK, `${DESK}/preview`, asked())),
      "subject",
    );
    expect(fresh).not.toBe(seen.subject);
    const archive = await walk.archive();
    const linked = await archive.query(
      "select 1 from archived_record where subject = decode($1, 'hex')",
      [fresh],
    );
    expect(linked).toEqual([]);
  });

  test("S2.7 the mail sender deleted, the payment agent keeps under its own duty, with its end", async () => {
    expect(ends["benchmark"]?.held.size).toBe(0);
    expect(ends["benchmark"]?.acts).toEqual(["erase"]);
    expect(ends["kcp"]?.held.size).toBe(1);
    const page = await (await walk.officer()).text("/console/processors");
    expect(page).toMatch(/\(KCP\) · 삭제[^]*?다른 법에 따라 보관[^]*?2031년 11월 23일/);
  });

  test("evidence: a receipt anybody can check, and as many before as destroyed, moved and kept", async () => {
    const stranger = walk.visitor();
    const page = await stranger.text(`/receipt?code=${encodeURIComponent(seen.receipt)}`);
    expect(page).toContain("탈퇴 처리 완료");
    const figure = (says: string): number =>
      Number(new RegExp(`<dt>${says}</dt>[^]*?figure">(\\d+)<`).exec(page)?.[1] ?? "-1");
    const [destroyed, moved, kept] = ["파기한 기록", "따로 옮긴 기록", "남겨 둔 기록"].map(figure);
    expect(moved).toBe(16);
    expect((destroyed ?? 0) + (moved ?? 0) + (kept ?? 0)).toBe(seen.before);
    expect(await stranger.text(`/goodbye?receipt=${seen.receipt}`)).toContain("탈퇴를 마쳤습니다");
  });
}, options);

const asked = (): Record<string, string> => ({ ...ASKED, "item.email": EMAIL });
const preview = async (answer: Response): Promise<string> => {
  expect(answer.status).toBe(200);
  return answer.text();
};

/** A year and two months as a member: pays, asks, complains, meets. */
async function liveThrough(walk: Walk): Promise<void> {
  const fields = { email: EMAIL, name: NAME, phone: PHONE, "consent.marketing": "yes" };
  await walk.member({ user_id: "leaver", ...fields });
  for (const [at, month] of MONTHS.entries()) {
    walk.setClock(month);
    if (at % 4 === 3) await walk.service().daily();
    const member = await walk.signedIn("leaver");
    const bill = { plan: "plus", card: "blue" };
    const paid = await member.post("/plans/pay?plan=plus", "/plans/pay", bill);
    expect(paid.status).toBe(303);
    if (at > 11) await ask(walk, member, at === 12 ? "질문입니다" : "두 번 결제되었습니다");
    if (at < 11) continue;
    const meeting = { participant_name: NAME, recording: `rec-${at}` };
    expect((await member.post("/join", "/join", meeting)).status).toBe(303);
  }
  await walk.service().daily(); // what was closed as a question is gone before the wish comes
}

/** An inquiry, and how staff closed it. */
async function ask(
  walk: Walk,
  member: Awaited<ReturnType<Walk["member"]>>,
  inquiry_text: string,
): Promise<void> {
  const inquiry = { country: "KR", name: NAME, phone: PHONE, email: EMAIL, inquiry_text };
  expect((await member.post("/support", "/support", inquiry)).status).toBe(303);
  const desk = await walk.staff("12");
  const page = await desk.text("/console/work");
  const ticket = { subject: hidden(page, "subject"), record: hidden(page, "record") };
  const how =
    inquiry_text === "질문입니다"
      ? { as: "question" }
      : { as: "complaint", summary: "이중 결제에 대한 불만" };
  const closing = { ...ticket, ...how, reason: "문의 처리" };
  const closed = await desk.post("/console/work", "/console/work/close", closing);
  expect(closed.status).toBe(303);
}

async function records(walk: Walk): Promise<number> {
  const [row] = await walk.rows<{ rows: number }>("select count(*) as rows from record");
  return row?.rows ?? -1;
}

async function ofSubject(walk: Walk, subject: string): Promise<number> {
  const [row] = await walk.rows<{ rows: number }>(
    "select count(*) as rows from record where subject = decode($1, 'hex')",
    [subject],
  );
  return row?.rows ?? -1;
}

/** Does the server let the role of the records into the separate database? */
async function connects(walk: Walk): Promise<boolean> {
  const [row] = await (
    await walk.archive()
  ).query<{ name: string }>("select current_database()::text as name");
  const url = new URL(walk.args[1] ?? "");
  url.pathname = `/${row?.name ?? ""}`;
  const client = new Client({ connectionString: url.href });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
