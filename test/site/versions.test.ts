/** Two versions of the shipped policy: announced, in force, past, and what changed between them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestService, signUpFields, visitor } from "../support/remotemeeting.ts";
import type { TestService } from "../support/remotemeeting.ts";
import { LONGER, policyFolder } from "../support/two-versions.ts";
import type { PolicyFolder } from "../support/two-versions.ts";

const MONTH = 31 * 86_400_000;

const page = async (
  service: TestService,
  path: string,
): Promise<{ readonly status: number; readonly text: string; readonly html: string }> => {
  const answer = await service.app.request(path);
  const html = await answer.text();
  const text = html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
  return { status: answer.status, html, text };
};

describe("a version that is announced and waits for its day", () => {
  let folder: PolicyFolder;
  let service: TestService;
  beforeAll(async () => {
    folder = policyFolder();
    folder.add("2026-12-23.yaml", LONGER);
    service = await openTestService({ policy: folder.path });
  });
  afterAll(async () => {
    await service.close();
    folder.remove();
  });

  test("is told above the text in force, with its class and a way to before and after", async () => {
    const { html, text } = await page(service, "/privacy?lang=en");
    expect(text).toContain("This policy has been in force since 28 January 2021");
    expect(text).toContain("The policy changes on 23 December 2026 important change");
    expect(html).toContain('href="/privacy/2026-12-23/changes?lang=en"');
  });

  test("is told among the notices as not yet in force", async () => {
    const { text } = await page(service, "/notices");
    expect(text).toContain("2026년 12월 23일 부터 시행합니다. 아직 시행 전입니다. 중요한 변경");
    expect(text).toContain("2021년 1월 28일 에 시행했습니다.");
  });

  test("can be read in full before it takes effect, and says so", async () => {
    const { status, text } = await page(service, "/privacy/2026-12-23");
    expect(status).toBe(200);
    expect(text).toContain("공고된 처리방침입니다. 2026년 12월 23일 부터 시행합니다.");
  });

  test.each([
    [
      "ko",
      [
        "공고일 2026년 11월 20일",
        "시행일 2026년 12월 23일",
        "변경의 종류 중요한 변경 정한 까닭: 보유 기간이 길어짐",
        "가장 이른 시행일 2026년 12월 20일 공고한 날부터 30일 뒤입니다.",
        "보유 기간이 길어짐 중요한 변경 서비스 이용 기록 1년 2년",
        "개인정보를 더 오래 보유할 수 있습니다.",
      ],
    ],
    [
      "en",
      [
        "Announced 20 November 2026",
        "In force from 23 December 2026",
        "Kind of change important change decided by: kept longer",
        "Earliest possible day 20 December 2026 30 days after the announcement.",
        "kept longer important change Usage records 1 year 2 years",
        "data may be kept longer",
      ],
    ],
  ])("says in %s what changes, by which rule, and from when", async (lang, says) => {
    const { text, html } = await page(service, `/privacy/changes?lang=${lang}`);
    for (const each of says) expect(text).toContain(each);
    expect(html).toMatch(lang === "ko" ? /<del>[^<]*1년/ : /<del>[^<]*1 year/);
    expect(html).toMatch(lang === "ko" ? /<ins>[^<]*2년/ : /<ins>[^<]*2 years/);
    expect(text).not.toContain("어깁니다");
    expect(html).not.toContain("notice-wrong");
  });

  test("shows no identifier of the document", async () => {
    const { text } = await page(service, "/privacy/changes");
    expect(text).not.toMatch(/records\.|usage|retention-|version-dated/);
  });

  test("leaves the plan alone: what is collected today ends as the text in force says", async () => {
    const person = visitor(service);
    await person.post("/signup", "/signup", signUpFields());
    const rows = await service.jikim.context.db.query<{ expires_on: string }>(
      "select expires_on from record where class = 'usage'",
    );
    expect(rows).toEqual([{ expires_on: "2027-11-23" }]);
  });
});

describe("what held on a day", () => {
  let folder: PolicyFolder;
  let service: TestService;
  beforeAll(async () => {
    folder = policyFolder();
    folder.add("2026-12-23.yaml", LONGER);
    service = await openTestService({ policy: folder.path });
    service.clock.pass(2 * MONTH); // 2027-01-24
  });
  afterAll(async () => {
    await service.close();
    folder.remove();
  });

  test.each([
    [
      "2021-03-01",
      "2021년 3월 1일 에 시행 중이던 처리방침입니다. 2021년 1월 28일 에 시행한 판입니다.",
    ],
    ["2026-12-22", "2026년 12월 22일 에 시행 중이던 처리방침입니다. 2021년 1월 28일 에 시행한 판"],
    ["2026-12-24", "2026년 12월 24일 에 시행 중이던 처리방침입니다. 2026년 12월 23일 에 시행한 판"],
    ["2021-01-28", "지난 처리방침입니다. 2021년 1월 28일 부터 2026년 12월 22일 까지 시행했습니다."],
  ])("%s is answered by the text in force then, named by its own day", async (day, says) => {
    const { status, text } = await page(service, `/privacy/${day}`);
    expect(status).toBe(200);
    expect(text).toContain(says);
  });

  test("the text of each day differs where the version does", async () => {
    expect((await page(service, "/privacy/2026-12-22")).text).toMatch(/이용 기록[^.]*1년/);
    expect((await page(service, "/privacy/2026-12-24")).text).toMatch(/이용 기록[^.]*2년/);
  });

  test("a day before the first version has a page that says so", async () => {
    const { status, html, text } = await page(service, "/privacy/2020-12-31");
    expect(status).toBe(404);
    expect(text).toContain("그날에는 처리방침이 없었습니다");
    expect(text).toContain("2020년 12월 31일 에는 시행 중인 처리방침이 없었습니다.");
    expect(html).toContain('href="/privacy/2021-01-28"');
  });

  test("a day to come is not guessed", async () => {
    const { status, text } = await page(service, "/privacy/2027-06-01?lang=en");
    expect(status).toBe(404);
    expect(text).toContain("That day has not come yet");
  });

  test("the form asks for a day and leads to it", async () => {
    const answer = await service.app.request("/privacy?on=2021-03-01&lang=en");
    expect(answer.headers.get("location")).toBe("/privacy/2021-03-01?lang=en");
    const wrong = await service.app.request("/privacy?on=//evil.example");
    expect(wrong.headers.get("location")).toBe("/privacy");
  });

  test("where the service still runs the older text, the page in force says so", async () => {
    const { text } = await page(service, "/privacy?lang=en");
    expect(text).toContain("This policy has been in force since 23 December 2026");
    expect(text).toContain("The service still runs under the version of 28 January 2021");
  });
});

describe("texts the store has run under", () => {
  let folder: PolicyFolder;
  let data: string;
  let service: TestService | null;
  beforeEach(async () => {
    folder = policyFolder();
    data = mkdtempSync(join(tmpdir(), "versions-data-"));
    const first = await openTestService({ policy: folder.path, data, demo: false });
    await first.close();
    folder.run(LONGER);
    service = null;
  });
  afterEach(async () => {
    await service?.close();
    folder.remove();
    rmSync(data, { recursive: true });
  });
  const start = Date.parse("2027-01-24T10:00:00+09:00");

  test("are published without any file of them", async () => {
    service = await openTestService({ policy: folder.path, data, demo: false, start });
    expect((await page(service, "/privacy/2022-02-02")).text).toContain(
      "2021년 1월 28일 에 시행한 판",
    );
    const now = await page(service, "/privacy");
    expect(now.text).toContain("2026년 12월 23일 부터 지금까지 시행 중인 처리방침입니다.");
    expect(now.html).not.toContain("notice-wrong");
    expect((await page(service, "/privacy/changes")).text).toContain("보유 기간이 길어짐");
  });

  test("are not shown once they have been altered, and the log says which", async () => {
    const opened = await openTestService({ policy: folder.path, data, demo: false, start });
    await opened.jikim.context.db.query(
      `update policy_version set document = replace(document, 'P3M', 'P9M')
        where effective = '2021-01-28'`,
    );
    await opened.close();
    service = await openTestService({ policy: folder.path, data, demo: false, start });
    expect((await page(service, "/privacy/2022-02-02")).status).toBe(404);
    expect(service.errors.map(String)).toEqual([
      expect.stringMatching(/the stored text [0-9a-f]{12} is not what ran/),
    ]);
  });
});

describe("a file in versions/", () => {
  let folder: PolicyFolder;
  beforeEach(() => {
    folder = policyFolder();
  });
  afterEach(() => folder.remove());

  test("that is announced too late is shown with how much too early it takes effect", async () => {
    const dates = "announced: 2021-01-21, effective: 2021-01-28";
    folder.add("next.yaml", { ...LONGER, [dates]: "announced: 2026-11-20, effective: 2026-12-01" });
    const service = await openTestService({ policy: folder.path });
    const { text } = await page(service, "/privacy/2026-12-01/changes");
    await service.close();
    expect(text).toContain("시행일이 19일 이릅니다. 약속한 공고 기간을 지키지 못했습니다.");
  });

  test.each([
    ["does not compile", { "law: kr": "law: kr\nnonsense: 1" }, /errors, it does not run/],
    ["belongs to another policy", { "policy: remotemeeting": "policy: other" }, /not a version of/],
  ])("that %s stops the start and frees the data", async (_what, edits, says) => {
    folder.add("next.yaml", edits);
    const data = mkdtempSync(join(tmpdir(), "versions-data-"));
    const open = (): Promise<TestService> => openTestService({ policy: folder.path, data });
    await expect(open()).rejects.toThrow(says);
    await expect(open()).rejects.toThrow(says); // and not ERR_STORE_LOCKED
    rmSync(data, { recursive: true });
  });
});
