/** `/console/messages` and the alarm on the board: states in words, no address, no handle. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  openTestService,
  PERSON,
  signUpFields,
  type TestService,
  visitor,
} from "../support/remotemeeting.ts";

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
});
afterAll(async () => {
  await service.close();
});

async function officer(): Promise<ReturnType<typeof visitor>> {
  const staff = visitor(service);
  const { id = "", pass = "" } = service.officer ?? {};
  await staff.post("/console/sign-in", "/console/sign-in", { staff: id, pass });
  return staff;
}

test("an empty outbox says what will appear, and the page is for staff", async () => {
  const staff = await officer();
  expect(await staff.text("/console/messages")).toMatch(/알림이 없습니다/);
  expect((await visitor(service).get("/console/messages")).status).toBe(303);
});

test("what waits and what was sent stands there in words, without whose it is", async () => {
  const person = visitor(service);
  await person.post("/signup", "/signup", signUpFields({ "consent.marketing": "yes" }));
  const staff = await officer();
  const waiting = await staff.text("/console/messages?lang=en");
  expect(waiting).toMatch(/1 message<\/b> to send[^]*to be sent/);
  await service.daily();
  const page = await staff.text("/console/messages?lang=en");
  // Written in the person's language, told about in the reader's.
  expect(page).toMatch(/lang="ko">마케팅·광고 정보 받기: 동의 처리 결과/);
  expect(page).toMatch(/verdict-kept[^]*>sent<[^]*does not leave the house/);
  const answer = await staff.get("/console/messages?format=json");
  const document = (await answer.json()) as { counts: object; list: readonly object[] };
  expect(document.counts).toEqual({ queued: 0, late: 0, failed: 0 });
  expect(document.list).toMatchObject([
    { kind: "marketing_result", state: "sent", due_on: "2026-12-07", carrier: "local" },
  ]);
  for (const text of [page, JSON.stringify(document)]) {
    expect(text).not.toContain(PERSON.email);
    expect(text).not.toContain(PERSON.name);
    expect(text).not.toMatch(/"subject"/);
  }
});

test("the board raises an alarm while something is late, and a month after it was", async () => {
  const day = 24 * 3_600_000;
  const board = async (lang = "ko") => (await officer()).text(`/console/promises?lang=${lang}`);
  expect(await board()).not.toContain('class="alarm"');
  service.clock.pass(2 * day);
  expect(await board()).toMatch(/class="alarm"[^]*하루 넘게 돌지 않았습니다/);
  service.clock.pass(100 * day); // visits end after three months
  expect(await board()).toMatch(/기한이 지났는데 남아 있는 기록: 웹사이트 방문에 관한 기록/);
  await service.daily();
  expect(await board("en")).toMatch(/Destroyed too late in the last 30 days: [^<]*1 record/);
  service.clock.pass(31 * day);
  await service.daily();
  expect(await board()).not.toContain('class="alarm"');
});
