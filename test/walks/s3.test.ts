/** Walk S3 of an auditor: clocks to the second, a stopped run, a hold, a period changed by stealth. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Edits, type PolicyFolder, policyFolder } from "../support/two-versions.ts";
import { handleOf } from "../support/walk-steps.ts";
import { type Walk, walkOnBoth } from "../support/walk.ts";

const EMAILS = ["late", "next", "leap", "held"].map((id) => `${id}@example.com`);
const [LATE = "", NEXT = "", LEAP = "", HELD = ""] = EMAILS;
const KEPT_A_YEAR = "    keep: P1Y\n    from: collected\n    basis: internal_policy\n";
const SHORTER: Edits = { [KEPT_A_YEAR]: KEPT_A_YEAR.replace("P1Y", "P6M") };
const UNRULED: Edits = { [KEPT_A_YEAR]: "    basis: internal_policy\n" };

let folder: PolicyFolder;
beforeAll(() => {
  folder = policyFolder();
});
afterAll(() => folder.remove());

const options = { policy: () => folder.path, start: "2027-11-30T23:59:59+09:00" };

walkOnBoth((walk) => {
  const handles: Record<string, string> = {};

  test("S3.1 units of one second before and one after midnight in Seoul are loaded", async () => {
    await join(walk, LATE); // its visit ends on 29 February, its usage a year later
    walk.setClock("2027-12-01T00:00:00+09:00");
    await join(walk, NEXT);
    const desk = await walk.officer();
    for (const email of [LATE, NEXT]) handles[email] = await handleOf(desk, { email });
    expect(await left(walk, "visit", handles[LATE])).toBe(1);
    expect(await left(walk, "visit", handles[NEXT])).toBe(1);
  });

  test.each([
    ["2028-02-29T23:59:59+09:00", "visit", LATE, 1],
    ["2028-03-01T00:00:00+09:00", "visit", LATE, 0],
    ["2028-03-01T23:59:59+09:00", "visit", NEXT, 1],
    ["2028-03-02T00:00:00+09:00", "visit", NEXT, 0],
    ["2028-11-30T23:59:59+09:00", "usage", LATE, 1],
    ["2028-12-01T00:00:00+09:00", "usage", LATE, 0],
    ["2028-12-01T23:59:59+09:00", "usage", NEXT, 1],
    ["2028-12-02T00:00:00+09:00", "usage", NEXT, 0],
  ])("S3.2 a run at %s leaves of %s of %s: %i", async (at, recordClass, email, records) => {
    // Somebody joins on the leap day, in its last hour, between two of the runs.
    if (at.startsWith("2028-03-01T00")) {
      walk.setClock("2028-02-29T23:59:59+09:00");
      for (const leaper of [LEAP, HELD]) await join(walk, leaper);
      const desk = await walk.officer();
      for (const leaper of [LEAP, HELD]) handles[leaper] = await handleOf(desk, { email: leaper });
    }
    // What ends in between is let go in time: a run that stood still is a step of its own.
    if (at.startsWith("2028-11-30")) await stoodStill(walk);
    walk.setClock(at);
    await walk.service().daily();
    expect(await left(walk, recordClass, handles[email])).toBe(records);
  });

  test("S3.2 a second run does nothing", async () => {
    const before = await ledger(walk);
    const { code, out } = await walk.cli(["keep"], ["--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ records: 0, days: [] });
    expect(await ledger(walk)).toEqual(before);
  });

  test("S3.3 a run that stood still is flagged, and the board has told the officer", async () => {
    const late = (await ledger(walk)).filter(({ overdue }) => overdue);
    expect(late.map((line) => [line.class, line.last_day])).toEqual([["visit", "2028-05-29"]]);
    const desk = await walk.officer();
    expect(await desk.text("/console/destruction?show=late")).toContain("기한을 넘김");
  });

  test("S3.4 a class without a row starts nothing", async () => {
    const broken = policyFolder();
    broken.run(UNRULED);
    try {
      const checked = await walk.tool(["check", broken.path]);
      expect([checked.code, checked.out]).toEqual([
        1,
        expect.stringContaining("class-without-rule"),
      ]);
      const kept = await walk.tool(["keep", broken.path, ...walk.args]);
      expect([kept.code, kept.err]).toEqual([1, expect.stringContaining("ERR_POLICY_INVALID")]);
    } finally {
      broken.remove();
    }
  });

  test("S3.5 under a legal hold only that unit survives; released, it is gone within five days", async () => {
    const path = "/console/holds";
    const hold = {
      subject: handles[HELD] ?? "",
      class: "usage",
      document: "2028-가합-17",
      until: "2029-12-31",
    };
    const desk = await walk.officer();
    expect((await desk.post(path, `${path}/place`, hold)).status).toBe(303);
    // A leap day and a year: the last day is 28 February.
    for (const [at, leap] of [
      ["2029-02-28T23:59:59+09:00", 1],
      ["2029-03-01T00:00:00+09:00", 0],
    ] as const) {
      walk.setClock(at);
      await walk.service().daily();
      expect(await left(walk, "usage", handles[LEAP])).toBe(leap);
    }
    expect(await heldOf(walk, handles[HELD])).toBe(1);
    const again = await walk.officer();
    const page = await again.text(path);
    expect(page).toContain("2028-가합-17");
    const id = /<code title="([0-9a-f]{32})"/.exec(page)?.[1] ?? "";
    const unsure = await again.post(`${path}?release=${id}`, `${path}/release`, { id });
    expect(unsure.status).toBe(422);
    const sure = await again.post(`${path}?release=${id}`, `${path}/release`, { id, sure: "yes" });
    expect(sure.headers.get("location")).toBe(`${path}?done=released`);
    walk.setClock("2029-03-02T00:00:00+09:00");
    await walk.service().daily();
    expect(await heldOf(walk, handles[HELD])).toBe(0);
    expect(await left(walk, "usage", handles[HELD])).toBe(0);
    const { lines } = { lines: await ledger(walk) };
    expect(lines.filter(({ overdue }) => overdue)).toHaveLength(1); // that of S3.3
  });

  test("S3.6 a period made shorter without a version of the policy is refused", async () => {
    await walk.stopped(async () => {
      folder.run(SHORTER);
      const { code, err } = await walk.tool(["keep", folder.path, ...walk.args]);
      folder.run({});
      expect([code, err]).toEqual([1, expect.stringContaining("ERR_POLICY_CHANGED")]);
    });
    expect((await walk.visitor().get("/privacy")).status).toBe(200);
  });
}, options);

/** Signs up: one record of use and one of the visit. */
async function join(walk: Walk, email: string): Promise<void> {
  const answer = await walk.member({ user_id: email.split("@")[0] ?? "", email });
  expect(answer.jar.size).toBeGreaterThan(0);
}

/** Visits of the leap day end on 29 May; the run comes on the seventh day. */
async function stoodStill(walk: Walk): Promise<void> {
  walk.setClock("2028-06-05T00:00:00+09:00");
  const desk = await walk.officer();
  const board = await desk.text("/console/promises");
  expect(board).toContain("파기 기한을 넘겼습니다");
  expect(board).toContain("기한이 지났는데 남아 있는 기록");
  const { code, out } = await walk.cli(["keep"]);
  expect([code, out]).toEqual([1, expect.stringMatching(/^visit +last day 2028-05-29 .*overdue/m)]);
  const after = await (await walk.officer()).text("/console/promises");
  expect(after).toContain("지난 30일 동안 기한을 넘겨 파기한 기록: 웹사이트 방문에 관한 기록 2건");
}

/** The ledger, as staff see it. */
async function ledger(
  walk: Walk,
): Promise<readonly { class: string; last_day: string; overdue: boolean }[]> {
  const desk = await walk.officer();
  const { lines } = JSON.parse(await desk.text("/console/destruction?format=json")) as {
    lines: readonly { class: string; last_day: string; overdue: boolean }[];
  };
  return lines;
}

async function left(walk: Walk, recordClass: string, subject = ""): Promise<number> {
  const [row] = await walk.rows<{ rows: number }>(
    "select count(*) as rows from record where class = $1 and subject = decode($2, 'hex')",
    [recordClass, subject],
  );
  return row?.rows ?? -1;
}

async function heldOf(walk: Walk, subject = ""): Promise<number> {
  const [row] = await walk.rows<{ rows: number }>(
    "select count(*) as rows from held_record where subject = decode($1, 'hex')",
    [subject],
  );
  return row?.rows ?? -1;
}
