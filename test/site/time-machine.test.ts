import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTimeMachine } from "../../reference/remotemeeting/time-machine.ts";
import {
  PERSON,
  START,
  openTestService,
  signUpFields,
  testClock,
  visitor,
} from "../support/remotemeeting.ts";
import type { TestService } from "../support/remotemeeting.ts";

const DAY = 86_400_000;

describe("moving the service's date", () => {
  let service: TestService;
  beforeEach(async () => {
    service = await openTestService();
  });
  afterEach(() => service.close());

  const counted = async (recordClass: string): Promise<number> => {
    const [row] = await service.jikim.context.db.query<{ n: number }>(
      "select count(*) as n from record where class = $1",
      [recordClass],
    );
    return row?.n ?? -1;
  };

  test("shows beforehand what will end, and changes nothing by showing it", async () => {
    const person = visitor(service);
    await person.post("/signup", "/signup", signUpFields());
    const html = await person.text("/time?step=P1Y");
    expect(html).toContain("2027년 11월 23일");
    expect(html).toContain("웹사이트 방문에 관한 기록"); // three months: ends within the year
    expect(html).not.toMatch(/<th scope="row">서비스 이용 기록/); // its last day is that very day
    const destroyed = await service.jikim.context.db.query("select from destruction");
    expect(destroyed).toEqual([]);
    expect(service.jikim.context.clock.now()).toBe(START);
  });

  test("past one year ends the usage records, keeps the account, and the board says so", async () => {
    const person = visitor(service);
    await person.post("/signup", "/signup", signUpFields());
    await person.get("/privacy");
    expect(await counted("usage")).toBe(2);
    for (const step of ["P1Y", "P1D"]) {
      const answer = await person.post(`/time?step=${step}`, "/time", { step });
      expect(answer.headers.get("location")).toBe("/time/moved");
    }
    const moved = await person.text("/time/moved");
    expect(moved).toMatch(/<th scope="row">서비스 이용 기록/);
    expect(await counted("usage")).toBe(0);
    expect(await counted("visit")).toBe(0);
    expect(await counted("profile")).toBe(1);
    const board: { promises: { key: string; status: string; evidence: unknown[] }[] } = JSON.parse(
      await person.text("/console/promises?format=json"),
    );
    const row = board.promises.find(({ key }) => key === "retention/row/usage");
    expect(row?.status).toBe("kept");
    expect(row?.evidence).toContainEqual({
      code: "destroyed-days-empty",
      facts: expect.objectContaining({ examined: 1, violations: 0 }),
    });
    expect((await person.get("/me")).status).toBe(303); // the session ended on the way
    const { company_id, user_id, password } = PERSON;
    await person.post("/login", "/login", { company_id, user_id, password });
    const html = await person.text("/me");
    expect(html).toContain("2028년"); // only the records of today's log-in are left
    expect(html).not.toContain("2026년 11월 23일</time>까지");
  });

  test("destroys on the day a record ends, not on the day of arrival", async () => {
    const person = visitor(service);
    await person.post("/signup", "/signup", signUpFields());
    await person.post("/time?step=P1Y", "/time", { step: "P1Y" });
    const rows = await service.jikim.context.db.query<{ expired_on: string; overdue: boolean }>(
      "select expired_on, overdue from destruction",
    );
    expect(rows).toEqual([{ expired_on: "2027-02-23", overdue: false }]);
  });

  test.each(["P-1D", "P10Y", "", "-P1Y"])("does not know the step %j", async (step) => {
    const person = visitor(service);
    const answer = await person.post("/time?step=P1D", "/time", { step });
    expect(answer.headers.get("location")).toBe("/time");
    expect(await person.text("/time")).toContain("2026년 11월 23일");
  });
});

test("without the demonstration there is no time machine", async () => {
  const service = await openTestService({ demo: false });
  expect((await service.app.request("/time")).status).toBe(404);
  expect(await (await service.app.request("/")).text()).not.toContain("time-bar");
  await service.close();
});

describe("the time machine's clock", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "time-machine-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("stands where it stood after a restart", () => {
    const machine = openTimeMachine(testClock(), "Asia/Seoul", folder);
    expect(machine.moveTo(machine.target("P1M"))).toBe(true);
    const again = openTimeMachine(testClock(), "Asia/Seoul", folder);
    expect(again.clock.now()).toBe(Date.parse("2026-12-23T01:00:00Z"));
  });

  test("never goes back", () => {
    const machine = openTimeMachine(testClock(), "Asia/Seoul", folder);
    machine.moveTo(START + DAY);
    machine.moveTo(START);
    expect(machine.clock.now()).toBe(START + DAY);
  });

  test("goes no further than a century", () => {
    const machine = openTimeMachine(testClock(), "Asia/Seoul", folder);
    expect(machine.moveTo(START + 200 * 366 * DAY)).toBe(false);
    expect(machine.clock.now()).toBe(START);
  });

  test("counts by the calendar of the time zone", () => {
    const lateEvening = testClock(Date.parse("2027-01-31T14:59:59Z")); // 23:59:59 in Seoul
    const machine = openTimeMachine(lateEvening, "Asia/Seoul", folder);
    expect(machine.target("P1M")).toBe(Date.parse("2027-02-28T14:59:59Z"));
    expect(machine.target("P1Y")).toBe(Date.parse("2028-01-31T14:59:59Z"));
  });

  test.each(["", "{}", '{"ahead_ms":-1}', '{"ahead_ms":1e300}', '{"ahead_ms":"1"}'])(
    "refuses to guess when its file says %j",
    (text) => {
      writeFileSync(join(folder, "time-machine.json"), text);
      expect(() => openTimeMachine(testClock(), "Asia/Seoul", folder)).toThrow();
    },
  );
});
