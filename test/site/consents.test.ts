/** `/me/consents`: the text as it was shown, one act each way, never chosen beforehand. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  openTestService,
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

const PAGE = "/me/consents";

async function member(user: string, fields: Readonly<Record<string, string>> = {}) {
  const person = visitor(service);
  const { status } = await person.post(
    "/signup",
    "/signup",
    signUpFields({ user_id: user, ...fields }),
  );
  expect(status).toBe(303);
  return person;
}

/** The part of the page about one consent. */
function partOf(page: string, id: string): string {
  return new RegExp(`<section class="consent" id="${id}"[^]*?</section>`).exec(page)?.[0] ?? "";
}

test("S1.1: the sign-up asks for each consent apart and has none chosen beforehand", async () => {
  const page = await visitor(service).text("/signup");
  expect(page.match(/id="consent\.[a-z_]+"/g)).toEqual([
    'id="consent.terms"',
    'id="consent.marketing"',
  ]);
  expect(page).not.toMatch(/<input[^>]*type="checkbox"[^>]*checked/);
});

test("nobody sees it without a session", async () => {
  const answer = await visitor(service).get(PAGE);
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe("/login");
});

test("a consent shows the very text it was given to, and is taken back by one act", async () => {
  const person = await member("kim", { "consent.marketing": "yes" });
  const before = await person.text(PAGE);
  const text = partOf(before, "marketing");
  expect(text).toMatch(/동의함/);
  expect(text).toMatch(/동의할 때 보신 글[^]*이용 목적: [^<]*마케팅[^]*2021-01-28/);
  expect(text.match(/<button/g)).toHaveLength(1);
  const done = await person.post(PAGE, PAGE, { consent: "marketing", act: "withdraw" });
  expect([done.status, done.headers.get("location")]).toEqual([303, `${PAGE}?withdraw=marketing`]);
  const after = await person.text(`${PAGE}?withdraw=marketing`);
  expect(after).toMatch(/role="status"[^>]*>‘마케팅·광고 정보 받기’ 동의를 거두셨습니다/);
  expect(partOf(after, "marketing")).toMatch(/거둠[^]*class="important"[^]*동의합니다/);
  expect(after).toMatch(/마케팅·광고 정보 받기: 동의 철회 처리 결과/);
});

test("a consent is given by one act as well, and what was shown then is kept", async () => {
  const person = await member("lee");
  expect(partOf(await person.text(PAGE), "marketing")).toMatch(/동의하지 않음/);
  await person.post(`${PAGE}?lang=en`, `${PAGE}?lang=en`, { consent: "marketing", act: "give" });
  const page = await person.text(`${PAGE}?lang=en`);
  expect(partOf(page, "marketing")).toMatch(/lang="en"[^]*What for: marketing and advertising/);
  expect(page).toMatch(/<th scope="row">Marketing and advertising<\/th>[^]*agreed[^]*this site/);
});

test("what the account rests on leads to leaving, also when it is posted by hand", async () => {
  const person = await member("park");
  const part = partOf(await person.text(PAGE), "terms");
  expect(part).toContain("/me/leave");
  expect(part).not.toContain("<button");
  const answer = await person.post(PAGE, PAGE, { consent: "terms", act: "withdraw" });
  expect(answer.headers.get("location")).toBe("/me/leave");
});

test.each([
  ["fame", "give"],
  ["event_entry", "give"],
  ["marketing", "maybe"],
  ["constructor", "give"],
  ["", ""],
])("nothing happens for the consent %j and the act %j", async (consent, act) => {
  const person = await member(`user-${consent}-${act}`);
  const answer = await person.post(PAGE, PAGE, { consent, act });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, PAGE]);
  expect((await person.text(PAGE)).match(/<tr>/g)).toHaveLength(2); // the head and the sign-up
});
