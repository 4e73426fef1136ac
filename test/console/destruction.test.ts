/** What staff see and do about destruction, holds and paper: at the desk, by role, in two languages. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import { certificateData } from "../../src/console/certificate-data.ts";
import { certificateDocument } from "../../src/console/certificate-page.ts";
import { listHolds } from "../../src/engine/hold/hold.ts";
import { paperItems } from "../../src/engine/paper/paper.ts";
import { addStaff } from "../../src/engine/staff/staff.ts";
import { plantLines, someDestructions } from "../support/destructions.ts";
import { atDesk, openTestService, visitor } from "../support/remotemeeting.ts";
import type { TestService } from "../support/remotemeeting.ts";

const COMPLETE = "aa".repeat(16);
const TRACES = "bb".repeat(16);
const UNDER_WAY = "cc".repeat(16);

let service: TestService;
let erasure = "";
beforeAll(async () => {
  service = await openTestService();
  erasure = await someDestructions(service.jikim, service.officer?.id ?? "");
  await plantLines(service.jikim.context);
});
afterAll(async () => service.close());

/** A browser of a member of staff who is no officer. */
async function staffBrowser(id: string) {
  const pass = await addStaff(service.jikim.context, id, ["staff"]);
  const browser = visitor(service);
  const path = "/console/sign-in";
  expect((await browser.post(path, path, { staff: id, pass })).status).toBe(303);
  return browser;
}

describe("the ledger and the certificate", () => {
  test("a line with traces stands out, and each filter shows its own", async () => {
    const desk = await atDesk(service);
    const all = await desk.text("/console/destruction");
    expect(all.match(/<tr class="late">/g)).toHaveLength(1);
    const open = await desk.text("/console/destruction?show=open&lang=en");
    expect(open).toContain("event entries");
    expect(open).not.toContain("website visit records");
    expect(await desk.text("/console/destruction?show=late&lang=en")).toContain("Nothing fits");
    const { lines } = JSON.parse(await desk.text("/console/destruction?format=json"));
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatchObject({ run: erasure, state: "rows_removed", confirmed: false });
  });

  test.each([
    ["complete", () => COMPLETE, "파기 증명서", true],
    ["an erasure that is done", () => erasure, "파기 증명서", true],
    ["with traces", () => TRACES, "파기 진행 상황", false],
    ["under way", () => UNDER_WAY, "파기 진행 상황", false],
  ])("%s: only what is destroyed for good is called so", async (_what, run, title, done) => {
    const desk = await atDesk(service);
    const page = await desk.text(`/console/destruction/${run()}`);
    expect(page).toContain(`<h1>${title}</h1>`);
    expect(page.includes("파기 완료")).toBe(done);
    expect(page.includes("파기 결과를 확인했습니다")).toBe(done);
    const english = await desk.text(`/console/destruction/${run()}?lang=en`);
    expect(english.slice(english.indexOf("<main"), english.indexOf("</main"))).not.toMatch(
      /[가-힣]/,
    );
  });

  test("an officer confirms at the desk, once; others cannot", async () => {
    const at = `/console/destruction/${erasure}`;
    const staff = await staffBrowser("21");
    expect(await staff.text(at)).not.toContain("파기 결과를 확인했습니다");
    expect((await staff.post("/console/paper", `${at}/confirm`, {})).status).toBe(403);
    const desk = await atDesk(service);
    expect((await desk.post(at, `${at}/confirm`, {})).status).toBe(303);
    const page = await desk.text(at);
    expect(page).toContain(`담당자 ${service.officer?.id}`);
    expect(page).not.toContain("<button>파기 결과를");
    const traces = `/console/destruction/${TRACES}`;
    expect((await desk.post(at, `${traces}/confirm`, {})).status).toBe(409);
  });

  test("a run there is none of is not found", async () => {
    const desk = await atDesk(service);
    expect((await desk.get(`/console/destruction/${"00".repeat(16)}`)).status).toBe(404);
    expect((await desk.get("/console/destruction/x")).status).toBe(404);
  });

  test("where the keys are not surely forgotten, it does not say that nothing brings it back", async () => {
    const { compiled } = service.jikim;
    const whole = await service.jikim.certificateOf(COMPLETE);
    const lines = whole.lines.map((line) => ({ ...line, irrecoverable: false }));
    const weak = { ...whole, lines };
    for (const [certificate, says] of [
      [whole, true],
      [weak, false],
    ] as const) {
      const text = await certificateDocument({ compiled, certificate, lang: "ko" });
      expect(text.includes("어떤 사본으로도 되살릴 수 없습니다")).toBe(says);
    }
  });

  test("the document stands alone and holds no handle; JSON says the same", async () => {
    const { jikim } = service;
    const certificate = await jikim.certificateOf(erasure);
    const subjects = await jikim.context.db.query<{ subject: string }>(
      "select distinct encode(subject, 'hex') as subject from record",
    );
    expect(subjects.length).toBeGreaterThan(0);
    const data = JSON.stringify(certificateData(certificate, "Asia/Seoul"));
    for (const lang of ["ko", "en"] as const) {
      const text = await certificateDocument({ compiled: jikim.compiled, certificate, lang });
      expect(text).not.toMatch(/(?:src|href)=/);
      expect(text).toContain(certificate.receipts[0]?.code);
      for (const { subject } of subjects) expect(text + data).not.toContain(subject);
    }
    expect(JSON.parse(data)).toMatchObject({
      kind: "erasure",
      state: "complete",
      destroyed_on: "2026-11-23",
      lines: [{ class: "usage", records: 1, look: { found: 0 } }],
    });
  });
});

describe("holds", () => {
  test("the list shows documents and counts, never a handle", async () => {
    const desk = await atDesk(service);
    const page = await desk.text("/console/holds");
    expect(page).toContain("2026-가합-17");
    expect(page).toContain("끝난 보류 1건");
    for (const { subject } of await listHolds(service.jikim.context)) {
      expect(page).not.toContain(subject);
    }
  });

  test("each field that is wrong says what to do; nothing is placed", async () => {
    const desk = await atDesk(service);
    const wrong = { subject: "kim", class: "", document: "", until: "tomorrow" };
    const answer = await desk.post("/console/holds", "/console/holds/place", wrong);
    expect(answer.status).toBe(422);
    const page = await answer.text();
    for (const name of ["subject", "document", "until"]) {
      expect(page).toContain(`id="${name}-error"`);
      expect(page).toContain(`href="#${name}"`);
    }
    const nobody = { ...wrong, subject: "00".repeat(8), document: "1", until: "2027-01-01" };
    const unknown = await desk.post("/console/holds", "/console/holds/place", nobody);
    expect(unknown.status).toBe(422);
    expect(await unknown.text()).toContain("이 번호의 정보주체가 없습니다");
    expect(await listHolds(service.jikim.context)).toHaveLength(2);
  });

  test("an officer places one and releases it after seeing what that destroys", async () => {
    const { jikim } = service;
    const subject = await jikim.collect("service_use", { usage_record: "joined" });
    const desk = await atDesk(service);
    const asked = { subject, class: "usage", document: "2027-1", until: "2027-01-01" };
    const placed = await desk.post("/console/holds", "/console/holds/place", asked);
    expect(placed.headers.get("location")).toBe("/console/holds?done=placed");
    const hold = (await listHolds(jikim.context)).find((each) => each.document === "2027-1");
    const { id } = present(hold, "it was placed");
    const preview = `/console/holds?release=${id}`;
    expect(await desk.text(preview)).toContain("되돌릴 수 없습니다");
    const unsure = await desk.post(preview, "/console/holds/release", { id });
    expect(unsure.status).toBe(422);
    const sure = await desk.post(preview, "/console/holds/release", { id, sure: "yes" });
    expect(sure.headers.get("location")).toBe("/console/holds?done=released");
  });

  test("staff without the role see the list and can change nothing", async () => {
    const staff = await staffBrowser("22");
    const page = await staff.text("/console/holds");
    expect(page).not.toContain("새로 보류하기");
    expect((await staff.post("/console/paper", "/console/holds/place", {})).status).toBe(403);
  });
});

describe("paper", () => {
  test("the slip asks for a second person, and says what is wrong where it is", async () => {
    const desk = await atDesk(service);
    const due = (await paperItems(service.jikim.context)).find(({ state }) => state === "overdue");
    const { number } = present(due, "one is overdue");
    const slip = { paper: String(number), method: "shred", on: "2026-11-23", box: "3" };
    const me = service.officer?.id ?? "";
    const alone = await desk.post("/console/paper", "/console/paper/slip", { ...slip, second: me });
    expect(alone.status).toBe(422);
    const page = await alone.text();
    expect(page).toContain('id="second-error"');
    expect(page).toMatch(new RegExp(`value="${number}"\\s+checked`));
    const { paper: _paper, ...empty } = slip;
    const nothing = await desk.post("/console/paper", "/console/paper/slip", {
      ...empty,
      second: "12",
    });
    expect(await nothing.text()).toContain('id="numbers-error"');
    const done = await desk.post("/console/paper", "/console/paper/slip", {
      ...slip,
      second: "12",
    });
    expect(done.headers.get("location")).toBe("/console/paper?done=yes");
    expect(await desk.text("/console/paper")).toContain("파기할 때가 된 종이가 없습니다");
  });

  test("nobody who is not signed in sees any of it", async () => {
    const browser = visitor(service);
    for (const path of ["/console/destruction", "/console/holds", "/console/paper"]) {
      expect((await browser.get(path)).headers.get("location")).toContain("/console/sign-in");
    }
  });
});
