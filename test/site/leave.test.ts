/** Leaving on one's own page: the preview, the confirmation, and a goodbye that needs no session. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { PERSON, openTestService, signUpFields, visitor } from "../support/remotemeeting.ts";
import type { TestService } from "../support/remotemeeting.ts";

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
});
afterAll(() => service.close());

const rows = async (table: "session" | "withdrawal"): Promise<number> => {
  const { db } = service.jikim.context;
  const [row] = await (table === "session"
    ? db.query<{ rows: number }>("select count(*) as rows from session")
    : db.query<{ rows: number }>("select count(*) as rows from withdrawal"));
  return row?.rows ?? -1;
};

async function member(user: string) {
  const person = visitor(service);
  await person.post("/signup", "/signup", signUpFields({ user_id: user }));
  return person;
}

const LEAVE = "/me/leave";
const CONFIRMED = { password: PERSON.password, sure: "yes" };

test("who is not signed in is led to the sign-in", async () => {
  const answer = await visitor(service).get(LEAVE);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/login"]);
});

test("the preview says what becomes of every class, and does nothing", async () => {
  const person = await member("reader");
  expect(await person.text("/me")).toContain(`href="${LEAVE}"`);
  const html = await person.text(LEAVE);
  for (const says of ["회원 정보", "파기", "서비스 이용 기록", "쓰지 않고 남겨 둠", "2027년"]) {
    expect(html).toContain(says);
  }
  expect(html).toContain("통신비밀보호법");
  expect(html).not.toContain(PERSON.email);
  expect(await rows("withdrawal")).toBe(0);
  const english = await person.text(`${LEAVE}?lang=en`);
  expect(english).toContain("What happens");
  expect(english).toContain("destroyed");
});

test.each([
  ["without a password", { sure: "yes" }, "비밀번호가 맞지 않습니다"],
  ["with a wrong password", { password: "not my words at all", sure: "yes" }, "비밀번호가 맞지"],
  ["without the tick", { password: PERSON.password }, "되살릴 수 없다는 것을 확인해"],
])("%s nothing happens, and the page says why", async (says, fields, expected) => {
  const person = await member(`refused ${says.length}`);
  const answer = await person.post(LEAVE, LEAVE, fields);
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain(expected);
  expect(await rows("withdrawal")).toBe(0);
});

test("after five wrong passwords even the right one has to wait", async () => {
  const person = await member("guesser");
  for (let guess = 0; guess < 5; guess += 1) {
    await person.post(LEAVE, LEAVE, { password: `guess ${guess}`, sure: "yes" });
  }
  const answer = await person.post(LEAVE, LEAVE, CONFIRMED);
  expect(await answer.text()).toContain("잠시 멈췄습니다");
  expect(await rows("withdrawal")).toBe(0);
});

test("who confirms has left: no session, no log-in, and a receipt that shows it to anyone", async () => {
  const person = await member("leaver");
  const before = await rows("session");
  const answer = await person.post(LEAVE, LEAVE, CONFIRMED);
  const to = answer.headers.get("location") ?? "";
  expect([answer.status, to]).toEqual([303, expect.stringMatching(/^\/goodbye\?receipt=/)]);
  expect(await rows("session")).toBe(before - 1);
  expect((await person.get("/me")).status).toBe(303);
  const name = { company_id: PERSON.company_id, user_id: "leaver" };
  const again = await person.post("/login", "/login", { ...name, password: PERSON.password });
  expect(again.status).toBe(422);

  const html = await visitor(service).text(to);
  expect(html).toContain("탈퇴를 마쳤습니다");
  expect(html).toContain("회원 정보");
  expect(html).not.toContain(PERSON.email);
  const code = decodeURIComponent(to.split("receipt=")[1] ?? "");
  expect(html).toContain(code);
  const receipt = await visitor(service).text(`/receipt?code=${encodeURIComponent(code)}`);
  expect(receipt).toContain("탈퇴 처리 완료");
  expect(service.errors).toEqual([]);
});

test("a goodbye without a receipt, or with another one, tells nothing of anybody", async () => {
  for (const path of ["/goodbye", "/goodbye?receipt=1-AAAAA-AAAAA-AAAAA", "/goodbye?receipt=%27"]) {
    const html = await visitor(service).text(path);
    expect(html).toContain("탈퇴를 접수했고");
    expect(html).not.toContain("<table");
  }
});
