/** Walk S1 of an auditor: sign-up, consents, the gate for children. */
import { expect, test } from "vitest";
import { countRows } from "../support/databases.ts";
import { PERSON, signUpFields } from "../support/remotemeeting.ts";
import { handleOf } from "../support/walk-steps.ts";
import { type Walk, walkOnBoth } from "../support/walk.ts";

/** Rows of everything but the log, which tells of what was refused. */
async function stored(walk: Walk): Promise<Readonly<Record<string, number>>> {
  const { audit_leaf: _told, ...rows } = await countRows(walk.service().jikim.context.db);
  return rows;
}

async function refusals(walk: Walk): Promise<number> {
  const page = await (await walk.officer()).text("/console/log");
  return page.match(/<th scope="row">수집 거부<\/th>/g)?.length ?? 0;
}

walkOnBoth((walk) => {
  test("S1.1 the form marks what is needed, asks each consent apart, and ticks nothing", async () => {
    const page = await walk.visitor().text("/signup");
    expect(page.match(/<span class="need need-required">필수<\/span>/g)).toHaveLength(8);
    expect(page.match(/<span class="need ">선택<\/span>/g)).toHaveLength(3);
    expect(page.match(/id="(consent|declare)\.[a-z_0-9]+"/g)).toEqual([
      'id="declare.age_14_or_over"',
      'id="consent.terms"',
      'id="consent.marketing"',
    ]);
    expect(page).not.toMatch(/<input[^>]*\schecked/);
    expect(page).not.toMatch(/name="(birthdate|rrn)"/);
  });

  test("S1.2 without phone, company and marketing there is an account all the same", async () => {
    const fields = signUpFields();
    expect(Object.keys(fields)).not.toEqual(
      expect.arrayContaining(["phone", "company_name", "consent.marketing"]),
    );
    const browser = walk.visitor();
    expect((await browser.post("/signup", "/signup", fields)).status).toBe(303);
    expect(await browser.text("/me")).toContain(PERSON.email);
  });

  test.each([
    ["birthdate", "2012-03-01"],
    ["rrn", "120301-3000000"],
  ])("S1.3 a sign-up with %s is refused, stores nothing and leaves a line", async (name, value) => {
    const [before, told] = [await stored(walk), await refusals(walk)];
    const browser = walk.visitor();
    const fields = signUpFields({ user_id: `with-${name}`, [name]: value });
    const answer = await browser.post("/signup", "/signup", fields);
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).toContain("처리방침에 없는 항목이 함께 와서 아무것도 저장하지 않았습니다");
    expect(page).not.toContain(value);
    expect(await refusals(walk)).toBe(told + 1);
    expect({ ...(await stored(walk)), staff_session: 0 }).toEqual({ ...before, staff_session: 0 });
  });

  test("S1.4 who does not say to be 14 is refused: no row, no cookie that leads to a person", async () => {
    const before = await stored(walk);
    const browser = walk.visitor();
    const { "declare.age_14_or_over": _age, ...fields } = signUpFields({ user_id: "young" });
    const answer = await browser.post("/signup", "/signup", fields);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain("만 14세 이상만 가입할 수 있습니다");
    expect(await stored(walk)).toEqual(before);
    expect(before["session"]).toBe(await sessions(walk));
    expect((await browser.get("/me")).headers.get("location")).toBe("/login");
    // What the form left in the browser guards the form and is in no table.
    expect([...browser.jar.keys()].filter((name) => name !== "form")).toEqual([]);
  });

  test("S1.5 evidence of a child: locked at once, a way for the guardian, gone, in the ledger", async () => {
    const child = await walk.member({ user_id: "child", email: "child@example.com" });
    const desk = await walk.officer();
    const path = "/console/withdrawals";
    const subject = await handleOf(desk, { email: "child@example.com" });
    const unsure = await desk.post(path, `${path}/child`, { subject, channel: "phone" });
    expect(unsure.status).toBe(422);
    expect((await child.get("/me")).status).toBe(200);
    const done = await desk.post(path, `${path}/child`, {
      subject,
      channel: "phone",
      child: "yes",
    });
    expect(done.status).toBe(303);
    expect(await desk.text(done.headers.get("location") ?? "")).toMatch(
      /나이 제한에 맞지 않는 계정을 닫고 기록 \d+건을 파기했습니다/,
    );

    expect((await child.get("/me")).headers.get("location")).toBe("/login");
    const name = { company_id: PERSON.company_id, user_id: "child" };
    const again = await child.post("/login", "/login", { ...name, password: PERSON.password });
    expect(again.status).toBe(422);

    const messages = await desk.text("/console/messages");
    expect(messages).toContain("RemoteMeeting 계정을 닫았습니다");
    expect(messages).toContain("2026년 11월 28일"); // five days
    expect(messages).toMatch(/보호자께서는[^<]*070-7011-3900/);

    expect(await desk.text("/console/log")).toMatch(/<th scope="row">나이 제한 미달 확인<\/th>/);
    const left = await walk.rows<{ class: string }>(
      "select distinct class from record where subject = decode($1, 'hex')",
      [subject],
    );
    expect(left).toEqual([{ class: "visit" }]); // a statute keeps it, and nobody may use it
    const ledger = JSON.parse(await desk.text("/console/destruction?format=json")) as {
      lines: readonly { class: string; reason: string }[];
    };
    expect(ledger.lines.map((line) => line.class)).toEqual(
      expect.arrayContaining(["profile", "usage"]),
    );
  });

  test("evidence: each act of consent with version, the text's own words, time and channel", async () => {
    const member = await walk.member({ user_id: "proof", "consent.marketing": "yes" });
    const page = await member.text("/me/consents");
    for (const id of ["terms", "marketing"]) {
      const part = new RegExp(`<section class="consent" id="${id}"[^]*?</section>`).exec(page)?.[0];
      expect(part).toContain("동의할 때 보신 글");
      expect(part).toContain("/privacy/2021-01-28");
    }
    expect(page).toMatch(/<th scope="row">마케팅·광고 정보 받기<\/th>[^]*동의[^]*서비스 회원가입/);
    const lines = await walk.rows<{ consent: string; method: string; hash: number; text: number }>(
      `select consent, method, octet_length(shown_hash) as hash, length(policy_hash) as text
         from consent where consent = 'marketing'`,
    );
    expect(lines).toEqual([{ consent: "marketing", method: "sign_up", hash: 32, text: 64 }]);
  });
});

async function sessions(walk: Walk): Promise<number> {
  const [row] = await walk.rows<{ rows: number }>("select count(*) as rows from session");
  return row?.rows ?? -1;
}
