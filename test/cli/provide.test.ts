/** `jikim provide` on data that a service left behind: a demand from its letter to its release. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CliIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { openJikim } from "../../src/engine/open-jikim.ts";
import { addStaff } from "../../src/engine/staff/staff.ts";
import { systemRandom } from "../../src/engine/system.ts";
import { SIGN_UP, SIGN_UP_OPTIONS } from "../support/test-engine.ts";

const AT = Date.UTC(2026, 10, 23, 3);
const POLICY = "policies/remotemeeting";
let data: string;
let subject: string;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "jikim-provide-"));
  const jikim = await openJikim({
    policy: POLICY,
    data,
    clock: { now: () => AT },
    weakened: "tests",
  });
  subject = await jikim.collect("sign_up", SIGN_UP, SIGN_UP_OPTIONS);
  for (const id of ["7", "8"]) {
    writeFileSync(join(data, `pass-${id}`), `${await addStaff(jikim.context, id, ["staff"])}\n`);
  }
  await jikim.close();
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

async function run(
  act: string,
  options: Readonly<Record<string, string | true>> = {},
): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const io: CliIo = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    colour: false,
    weakened: "tests",
    cwd: process.cwd(),
    clock: { now: () => AT },
    random: systemRandom,
  };
  const more = Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, value],
  );
  const code = await runCli(["provide", act, POLICY, "--data", data, ...more], io);
  return { code, out: out.join(""), err: err.join("") };
}

const staff = (id: string) => ({ staff: id, pass: join(data, `pass-${id}`) });
const warrant = () => ({
  subject,
  kind: "warrant",
  authority: "시험지방법원",
  number: "2026-1",
  article: "형사소송법 제215조",
  items: "name,email",
  "valid-until": "2026-11-30",
  ...staff("7"),
});

test("a letter is refused by rule and a wrong pass registers nothing", async () => {
  const letter = await run("register", { ...warrant(), kind: "letter" });
  expect(letter).toMatchObject({ code: 1, out: "" });
  expect(letter.err).toContain("ERR_PROVISION_REFUSED");
  expect(letter.err).toContain("document-not-binding");
  const sold = { subject, recipient: "acme", items: "email", reason: "offer", ...staff("7") };
  const given = await run("give", { ...sold, confirm: true });
  expect(given).toMatchObject({ code: 1, out: "" });
  expect(given.err).toContain("recipient-unlisted");
  const stranger = await run("register", { ...warrant(), pass: join(data, "pass-8") });
  expect(stranger).toMatchObject({ code: 2, out: "" });
});

test("a warrant is registered, approved by two and released once", async () => {
  const registered = await run("register", warrant());
  expect(registered.code).toBe(0);
  const id = registered.out.trim();
  const early = await run("release", { id, confirm: true, reason: "warrant", ...staff("7") });
  expect(early).toMatchObject({ code: 1, out: "" });
  expect(early.err).toContain("approvals-missing");
  expect((await run("approve", { id, ...staff("7") })).out).toBe("1 approval of 2\n");
  expect((await run("approve", { id, ...staff("7") })).code).toBe(1);
  expect((await run("approve", { id, ...staff("8") })).out).toBe("2 approvals of 2\n");
  const preview = await run("release", { id });
  expect(preview.out).toBe("email, name would go to 시험지방법원 (형사소송법 제215조)\n");
  expect(preview.err).toContain("Nothing was released");
  const asked = { id, items: "name", confirm: true, reason: "warrant", ...staff("8") } as const;
  const released = await run("release", asked);
  expect(JSON.parse(released.out)).toEqual({ values: { name: "김시험" }, archived: [] });
  const again = await run("release", { ...asked, json: true });
  expect(JSON.parse(again.out)).toEqual({
    refused: { code: "ERR_PROVISION_REFUSED", rules: ["document-used"] },
  });
  const listed = await run("list");
  expect(listed.out).toContain("released 2026-11-23");
  expect(listed.out).toContain("1 document, 1 provision, 0 tables\n");
  const list = JSON.parse((await run("list", { json: true })).out) as {
    documents: { approved_by: string[] }[];
  };
  expect(list.documents[0]?.approved_by).toEqual(["7", "8"]);
});

test("statistics leave small cells out, and refuse what leads to people", async () => {
  const counted = await run("statistics", { purpose: "contract", item: "country" });
  expect(counted.out).toBe(
    "total withheld, 1 cell left out (fewer than 5 people, or computable)\n",
  );
  const emails = await run("statistics", { purpose: "contract", item: "email" });
  expect(emails).toMatchObject({ code: 1, out: "" });
  expect(emails.err).toContain("item-identifying");
});
