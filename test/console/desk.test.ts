/** The staff's desk: who gets in, how often it may be tried, and what is shut without it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nextOf } from "../../src/console/sign-in-page.ts";
import { addStaff, endStaff, listStaff, renewPass } from "../../src/engine/staff/staff.ts";
import { STAFF_ABSOLUTE, STAFF_IDLE } from "../../src/engine/staff/staff-session.ts";
import { eachDatabase } from "../support/databases.ts";
import { openTestService, visitor } from "../support/remotemeeting.ts";
import type { TestService } from "../support/remotemeeting.ts";
import { testClock, testRandom } from "../support/test-engine.ts";
import { checkPass } from "../../src/engine/staff/staff.ts";
import {
  beginStaffSession,
  endStaffSession,
  staffOf,
  sweepStaffSessions,
} from "../../src/engine/staff/staff-session.ts";
import { declareNames } from "../../src/engine/audit/declare-names.ts";

const START = "2026-11-23T12:00:00+09:00";

eachDatabase((_name, open) => {
  const fresh = async () => {
    const db = await open();
    await declareNames(db, {});
    return { db, clock: testClock(START), random: testRandom() };
  };

  test("a pass is given once, fits its number alone, and the store holds no trace of it", async () => {
    const context = await fresh();
    const pass = await addStaff(context, "12", ["officer", "staff"]);
    expect(pass).toMatch(/^(?:[a-z2-9]{4}-){5}[a-z2-9]{4}$/);
    expect(await checkPass(context, "12", ` ${pass} `)).toEqual({
      id: "12",
      roles: ["staff", "officer"],
    });
    for (const [id, given] of [
      ["12", `${pass}x`],
      ["12", ""],
      ["12", "x".repeat(5_000)],
      ["13", pass],
      ["12; drop table staff", pass],
    ] as const) {
      expect(await checkPass(context, id, given)).toBeNull();
    }
    const everything = JSON.stringify([
      await context.db.query("select * from staff"),
      await context.db.query("select kind, facts from audit_leaf"),
    ]);
    expect(everything).not.toContain(pass);
    const kinds = await context.db.query("select kind from audit_leaf order by seq");
    expect(kinds.map(({ kind }) => kind)).toEqual([
      "staff_added",
      "staff_signed_in",
      ...Array.from({ length: 3 }, () => "staff_refused"), // of numbers there are, no others
    ]);
  });

  test.each([
    ["a name", "kim", ["staff"]],
    ["a telephone number", "01000000000", ["staff"]],
    ["nothing", "", ["staff"]],
    ["a role there is not", "12", ["staff", "root"]],
    ["no role", "12", []],
    ["a number that is taken", "1", ["staff"]],
    ["a number that has ended", "2", ["staff"]],
  ])("%s is refused, and nothing is stored", async (_what, id, roles) => {
    const context = await fresh();
    await addStaff(context, "1", ["staff"]);
    await addStaff(context, "2", ["staff"]);
    await endStaff(context, "2");
    await expect(addStaff(context, id, roles)).rejects.toMatchObject({ code: "ERR_USAGE" });
    expect(await listStaff(context.db)).toHaveLength(2);
  });

  test("whoever ends is out in every browser at once, with pass and all", async () => {
    const context = await fresh();
    const pass = await addStaff(context, "7", ["staff"]);
    const browsers = [await beginStaffSession(context, "7"), await beginStaffSession(context, "7")];
    expect(await staffOf(context, browsers[1])).toMatchObject({ id: "7" });
    await endStaff(context, "7");
    for (const token of browsers) expect(await staffOf(context, token)).toBeNull();
    expect(await checkPass(context, "7", pass)).toBeNull();
    await expect(endStaff(context, "7")).rejects.toMatchObject({ code: "ERR_USAGE" });
    await expect(renewPass(context, "7")).rejects.toMatchObject({ code: "ERR_USAGE" });
    expect(await listStaff(context.db)).toMatchObject([{ id: "7", endedAt: context.clock.now() }]);
  });

  test("another pass ends the one before it and the browsers it opened", async () => {
    const context = await fresh();
    const before = await addStaff(context, "7", ["staff"]);
    const token = await beginStaffSession(context, "7");
    const after = await renewPass(context, "7");
    expect(await checkPass(context, "7", before)).toBeNull();
    expect(await staffOf(context, token)).toBeNull();
    expect(await checkPass(context, "7", after)).toMatchObject({ id: "7" });
  });

  test("a browser ends unused, at the latest after the day's work, and when the clock goes back", async () => {
    const context = await fresh();
    await addStaff(context, "7", ["staff"]);
    const start = context.clock.now();
    const token = await beginStaffSession(context, "7");
    for (let at = start; at < start + STAFF_ABSOLUTE; at += STAFF_IDLE - 1) {
      context.clock.set(at);
      expect(await staffOf(context, token)).toMatchObject({ id: "7" });
    }
    context.clock.set(start + STAFF_ABSOLUTE);
    expect(await staffOf(context, token)).toBeNull();
    expect(await sweepStaffSessions(context)).toBe(1);
    const second = await beginStaffSession(context, "7");
    context.clock.set(context.clock.now() + STAFF_IDLE);
    expect(await staffOf(context, second)).toBeNull();
    const third = await beginStaffSession(context, "7");
    context.clock.set(start);
    expect(await staffOf(context, third)).toBeNull();
    await endStaffSession(context.db, third);
    for (const nonsense of [undefined, "", "x".repeat(43), "'; --"]) {
      expect(await staffOf(context, nonsense)).toBeNull();
    }
  });
});

describe("the console of a service", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await openTestService();
  });
  afterAll(() => service.close());
  const signIn = async (next = "/console/log") => {
    const browser = visitor(service);
    const { id = "", pass = "" } = service.officer ?? {};
    const page = `/console/sign-in?next=${encodeURIComponent(next)}`;
    const answer = await browser.post(page, "/console/sign-in", { staff: id, pass, next });
    return { browser, answer };
  };

  test.each(["/console/log", "/console/record", "/console/processors", "/console/anything"])(
    "%s leads a stranger to the sign-in and back, as page and as JSON",
    async (path) => {
      for (const at of [path, `${path}?format=json&lang=en`]) {
        const answer = await visitor(service).get(at);
        expect(answer.status).toBe(303);
        const to = answer.headers.get("location") ?? "";
        expect(to).toContain(`/console/sign-in?next=${encodeURIComponent(at)}`);
        expect(to.includes("lang=en")).toBe(at.includes("lang=en"));
      }
    },
  );

  test("the promise board stays anybody's", async () => {
    expect((await visitor(service).get("/console/promises")).status).toBe(200);
  });

  test("the right pass opens the console, and every page says who is there", async () => {
    const { browser, answer } = await signIn("/console/log?lang=en");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/console/log?lang=en");
    expect(await browser.text("/console/log?lang=en")).toContain("Staff d1");
    expect(await browser.text("/console/promises")).toContain("담당자 d1");
    expect(browser.jar.get("desk")).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  test("a form of the console without a member of staff changes nothing", async () => {
    const answer = await visitor(service).post("/console/sign-in", "/console/sign-out", {});
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("ERR_STAFF_NEEDED");
  });

  test("signing out ends it here, not only in the browser", async () => {
    const { browser } = await signIn();
    const kept = browser.jar.get("desk") ?? "";
    const answer = await browser.post("/console/log", "/console/sign-out", {});
    expect(answer.status).toBe(303);
    expect(browser.jar.has("desk")).toBe(false);
    browser.jar.set("desk", kept);
    expect((await browser.get("/console/log")).status).toBe(303);
  });

  test("a person's session is none of staff, and a sign-in there opens nothing here", async () => {
    const { browser } = await signIn();
    const staff = visitor(service);
    staff.jar.set("session", browser.jar.get("desk") ?? "");
    expect((await staff.get("/console/log")).status).toBe(303);
    expect((await staff.get("/me")).status).toBe(303);
  });

  test("after five misses each further try waits, for numbers that are nobody's just the same", async () => {
    for (const staff of ["d1", "999"]) {
      const browser = visitor(service);
      const miss = (): Promise<Response> =>
        browser.post("/console/sign-in", "/console/sign-in", { staff, pass: "no-such-pass" });
      for (let at = 0; at < 5; at += 1) {
        const answer = await miss();
        expect(answer.status).toBe(422);
        expect(await answer.text()).toContain("담당자 번호와 출입 암호가 맞지 않습니다");
      }
      const answer = await miss();
      expect(answer.status).toBe(429);
      expect(answer.headers.get("retry-after")).toBe("1");
    }
    service.clock.pass(2_000);
    expect((await signIn()).answer.status).toBe(303);
  });
});

test.each([
  ["/console/log?lang=en", "/console/log?lang=en"],
  ["https://elsewhere.example/console/", "/console/processors"],
  ["//elsewhere.example/console/", "/console/processors"],
  ["/console/../me", "/console/processors"],
  ["/me", "/console/processors"],
  ["/console/sign-in?next=/console/sign-in", "/console/processors"],
  [undefined, "/console/processors"],
])("from the sign-in %s leads to %s", (next, to) => {
  expect(nextOf(next)).toBe(to);
});

test("a service that is no demonstration has no officer, and ends the one a demonstration left", async () => {
  const plain = await openTestService({ demo: false });
  expect(plain.officer).toBeNull();
  expect(await listStaff(plain.jikim.context.db)).toEqual([]);
  await plain.close();
});
