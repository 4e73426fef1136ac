/** Every occasion of the policy through the pages of the service, as people and staff use them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { subjectRecords } from "../../src/engine/subject-records.ts";
import { waitingRecords } from "../../src/engine/retention/waiting.ts";
import { atDesk, openTestService, signUpFields, visitor } from "../support/remotemeeting.ts";
import type { TestService } from "../support/remotemeeting.ts";

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
});
afterAll(async () => {
  expect(service.errors).toEqual([]);
  await service.close();
});

const ENTRY = {
  email: "entry@example.org",
  name: "김시험",
  phone: "+82 2 000 0000",
  postcode: "00000",
  address: "서울특별시 시험로 1",
  "consent.event_entry": "yes",
};
const INQUIRY = {
  country: "KR",
  name: "김시험",
  phone: "+82 2 000 0000",
  email: "ask@example.org",
  inquiry_text: "소리가 들리지 않습니다.",
};

async function member(changes: Readonly<Record<string, string>>) {
  const browser = visitor(service);
  await browser.post("/signup", "/signup", signUpFields(changes));
  return browser;
}

const held = async (recordClass: string): Promise<number> => {
  const [row] = await service.jikim.context.db.query<{ count: number }>(
    "select count(*) as count from record where class = $1",
    [recordClass],
  );
  return row?.count ?? 0;
};

test("an entry needs its own consent, and is stored apart from any account", async () => {
  const browser = await member({ user_id: "entrant" });
  const page = await browser.text("/events");
  expect(page).not.toMatch(/<input[^>]*checked/);
  const { "consent.event_entry": _consent, ...without } = ENTRY;
  expect((await browser.post("/events", "/events", without)).status).toBe(422);
  expect(await held("event_entry")).toBe(0);
  expect((await browser.post("/events", "/events", ENTRY)).status).toBe(303);
  expect(await held("event_entry")).toBe(1);
  expect(await browser.text("/me")).not.toContain("entry@example.org");
});

test("an entry is destroyed once winners are told and prizes delivered", async () => {
  const desk = await atDesk(service);
  await desk.post("/console/work", "/console/work/end", { what: "winners" });
  await service.daily();
  expect(await held("event_entry")).toBe(1);
  await desk.post("/console/work", "/console/work/end", { what: "prizes" });
  await service.daily();
  expect(await held("event_entry")).toBe(0);
});

test("an application by a member makes no second copy", async () => {
  const browser = await member({ user_id: "applicant" });
  const before = await held("profile");
  expect(await browser.text("/apply")).not.toContain('name="email"');
  const agreed = { "declare.age_14_or_over": "yes", "consent.terms": "yes" };
  expect((await browser.post("/apply", "/apply", agreed)).status).toBe(303);
  expect(await held("profile")).toBe(before);
});

test("an application without an account opens one, and is refused for a field too many", async () => {
  const browser = visitor(service);
  const fields = signUpFields({ user_id: "newcomer" });
  const more = { ...fields, birthdate: "2010-01-01" };
  expect((await browser.post("/apply", "/apply", more)).status).toBe(422);
  expect((await browser.post("/apply", "/apply", fields)).status).toBe(303);
  expect((await browser.get("/me")).status).toBe(200);
});

test("paying leaves a token and a payment with its last day, and no card number", async () => {
  const browser = await member({ user_id: "payer" });
  const paid = await browser.post("/plans/pay?plan=plus", "/plans/pay", {
    plan: "plus",
    card: "blue",
  });
  expect(paid.status).toBe(303);
  const page = await browser.text("/plans");
  expect(page).toContain("33000 KRW");
  expect(page).toContain("2031-11-23");
  expect(page).not.toMatch(/\d{4}[ -]?\d{4}[ -]?\d{4}/);
  expect((await browser.post("/plans", "/plans/cancel", {})).status).toBe(303);
});

test.each(["4242 4242 4242 4242", "４２４２-４２４２-４２４２-４２４２"])(
  "an inquiry with the card number %s is refused and stored nowhere",
  async (number) => {
    const before = await held("support_ticket");
    const browser = visitor(service);
    const inquiry_text = `카드는 ${number} 입니다`;
    const answer = await browser.post("/support", "/support", { ...INQUIRY, inquiry_text });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain("카드 번호");
    expect(await held("support_ticket")).toBe(before);
  },
);

test("a question is destroyed when it is closed, a complaint is kept three years", async () => {
  const browser = await member({ user_id: "asker" });
  for (const inquiry_text of ["질문입니다", "두 번 결제되었습니다"]) {
    await browser.post("/support", "/support", { ...INQUIRY, inquiry_text });
    service.clock.pass(1000);
  }
  const desk = await atDesk(service);
  const waiting = await waitingRecords(service.jikim.context, {
    recordClass: "support_ticket",
    event: "ticket_closed",
  });
  expect(waiting).toHaveLength(2);
  for (const [at, { subject, record }] of waiting.entries()) {
    const of = { subject, record, reason: "문의 처리" };
    const opened = await desk.post("/console/work", "/console/work/ticket", of);
    expect(await opened.text()).toContain(at === 0 ? "질문입니다" : "두 번 결제되었습니다");
    const as = at === 0 ? { as: "question" } : { as: "complaint", summary: "이중 결제" };
    const closed = await desk.post("/console/work", "/console/work/close", { ...of, ...as });
    expect(closed.status).toBe(303);
  }
  await service.daily();
  expect(await held("support_ticket")).toBe(0);
  const { records } = await subjectRecords(service.jikim.context, waiting[0]?.subject ?? "");
  expect(records.find(({ recordClass }) => recordClass === "complaint")?.endsOn).toBe("2029-11-23");
});

test("a call is written down by staff at the desk and by nobody else", async () => {
  const path = "/console/intake/call";
  const stranger = await visitor(service).post("/support", path, INQUIRY);
  expect(stranger.status).toBe(403);
  const desk = await atDesk(service);
  expect((await desk.post(path, path, INQUIRY)).status).toBe(303);
  const [waiting] = await waitingRecords(service.jikim.context, {
    recordClass: "support_ticket",
    event: "ticket_closed",
  });
  expect(waiting?.method).toBe("phone_fax");
});

test("a partner's entry without its source is refused, with it the source is kept", async () => {
  const path = "/console/intake/partner";
  const desk = await atDesk(service);
  expect((await desk.post(path, path, ENTRY)).status).toBe(422);
  const source = {
    source_name: "시험 제휴사",
    source_day: "2026-11-20",
    source_basis: "응모 동의서",
  };
  expect((await desk.post(path, path, { ...ENTRY, ...source })).status).toBe(303);
  const rows = await service.jikim.context.db.query(
    "select 1 from record where class = 'event_entry' and source is not null",
  );
  expect(rows).toHaveLength(1);
});

test("a guest joins by name, and the name ends with the meeting", async () => {
  const browser = visitor(service);
  expect((await browser.post("/join", "/join", { participant_name: "손님" })).status).toBe(303);
  expect(await held("meeting")).toBe(1);
  const desk = await atDesk(service);
  await desk.post("/console/work", "/console/work/end", { what: "meetings" });
  await service.daily();
  expect(await held("meeting")).toBe(0);
});
