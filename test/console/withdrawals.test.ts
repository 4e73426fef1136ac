/** A withdrawal asked for by telephone: found, previewed, checked, run, by staff at a desk. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestService, PERSON, signUpFields, visitor } from "../support/remotemeeting.ts";
import type { TestService } from "../support/remotemeeting.ts";

let service: TestService;
let desk: ReturnType<typeof visitor>;
const PATH = "/console/withdrawals";
const EMAIL = "caller@example.com";

beforeAll(async () => {
  service = await openTestService();
  desk = visitor(service);
  const { id = "", pass = "" } = service.officer ?? {};
  await desk.post("/console/sign-in", "/console/sign-in", { staff: id, pass });
  const fields = signUpFields({ user_id: "caller", email: EMAIL });
  await visitor(service).post("/signup", "/signup", fields);
});
afterAll(() => service.close());

const kinds = async (): Promise<string[]> => {
  const leaves = await service.jikim.context.db.query<{ kind: string }>(
    "select kind from audit_leaf where kind like 'withdraw%' order by seq",
  );
  return leaves.map(({ kind }) => kind);
};
const ASKED = { channel: "phone", reason: "asked by telephone" };
const hidden = (html: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1] ?? "";

async function preview(fields: Readonly<Record<string, string>>): Promise<Response> {
  return desk.post(PATH, `${PATH}/preview`, { ...ASKED, ...fields });
}

test("nobody but staff sees or sends anything", async () => {
  expect((await visitor(service).get(PATH)).status).toBe(303);
  const stranger = await visitor(service).post("/login", `${PATH}/run`, { subject: "00" });
  expect(stranger.status).toBe(403);
});

test("the empty list says what will show here", async () => {
  expect(await desk.text(PATH)).toContain("아직 탈퇴한 사람이 없습니다");
  expect(await desk.text(`${PATH}?lang=en`)).toContain("Nobody has left yet");
});

test.each([
  ["nothing to search by", {}, "값을 하나 이상"],
  ["somebody there is not", { "item.email": "nobody@example.com" }, "꼭 맞는 한 사람"],
  ["no reason to look", { "item.email": EMAIL, reason: " " }, "까닭을 적어"],
])("%s: nobody is shown", async (_says, fields, expected) => {
  const answer = await preview(fields);
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain(expected);
});

test("identity not confirmed: nothing happens but a line in the log", async () => {
  const html = await (await preview({ "item.email": EMAIL })).text();
  expect(html).toContain("회원 정보");
  expect(html).not.toContain(PERSON.name);
  const subject = hidden(html, "subject");
  const asked = { subject, channel: "phone", identity: "failed", sure: "yes" };
  const answer = await desk.post(PATH, `${PATH}/run`, asked);
  expect(answer.headers.get("location")).toContain("refused=yes");
  expect(await desk.text(`${PATH}?refused=yes`)).toContain("아무것도 하지 않았습니다");
  expect(await kinds()).toEqual(["withdrawal_refused"]);
});

test.each(["nobody", "00".repeat(8)])("a run for %s is nobody's", async (subject) => {
  const asked = { subject, channel: "phone", identity: "failed" };
  expect((await desk.post(PATH, `${PATH}/run`, asked)).status).toBe(404);
  expect(await kinds()).toEqual(["withdrawal_refused"]);
});

test("confirmed, but not asked again: the preview comes back", async () => {
  const html = await (await preview({ "item.email": EMAIL })).text();
  const asked = { subject: hidden(html, "subject"), channel: "phone", identity: "staff" };
  const answer = await desk.post(PATH, `${PATH}/run`, asked);
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain("다시 확인했는지");
});

test("confirmed: it is run, and the list shows who checked and the receipt", async () => {
  const html = await (await preview({ "item.email": EMAIL })).text();
  const subject = hidden(html, "subject");
  const asked = { subject, channel: "phone", identity: "staff", sure: "yes" };
  expect((await desk.post(PATH, `${PATH}/run`, asked)).status).toBe(303);
  const list = await desk.text(PATH);
  expect(list).toContain("담당자가 본인 확인");
  expect(list).toContain(service.officer?.id ?? "nobody");
  expect(list).toMatch(/<code>[0-9A-Z]+-[0-9A-Z]{5}-/);
  expect(list).not.toContain(subject);
  expect(await kinds()).toEqual(["withdrawal_refused", "withdrawal_confirmed", "withdrawn"]);
  expect(await (await preview({ "item.email": EMAIL })).text()).toContain("꼭 맞는 한 사람");
  const looks = await service.jikim.context.db.query(
    "select distinct staff from access_log where purpose = 'user_management'",
  );
  expect(looks).toEqual([{ staff: service.officer?.id }]);
  expect(service.errors).toEqual([]);
});
