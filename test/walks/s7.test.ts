/** Walk S7 of an auditor: purposes, statistics, marketing, the police, a partner, and what left. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProcessorEnd } from "../support/processor-end.ts";
import { type Edits, type PolicyFolder, policyFolder } from "../support/two-versions.ts";
import { DISCLOSED, goLive, handleOf } from "../support/walk-steps.ts";
import { flags, walkOnBoth } from "../support/walk.ts";

/** A purpose that rests on a consent of its own, offered at the sign-up. */
const PARTNER: Edits = {
  "purposes:\n  contract:": `purposes:
  partner_offers:
    ko: 제휴 혜택 안내
    en: offers of a partner
    basis: consent
    basis_stated: false
    tasks: { offer: { ko: 혜택 안내, en: telling of offers } }
  contract:`,
  "consents:\n  terms:": `consents:
  partner: { ko: 제휴사에 제공, en: giving it to a partner, purposes: [partner_offers] }
  terms:`,
  "consents: { requires: [terms], offers: [marketing] }":
    "consents: { requires: [terms], offers: [marketing, partner] }",
  "for: { contract: all, user_management: all, marketing: [email, name] }":
    "for: { contract: all, user_management: all, marketing: [email, name], partner_offers: [email, name] }",
};
/** The next version names who receives it. */
const NAMED: Edits = {
  "announced: 2021-01-21, effective: 2021-01-28": "announced: 2026-11-20, effective: 2026-12-23",
  "  recipients: {}": `  recipients:
    partner:
      ko: 시험 제휴사
      en: a partner
      purpose: partner_offers
      items: [email, name]
      keep: P6M`,
};
const MAILING = "/console/mailing";
const PEOPLE = ["p1", "p2", "p3", "p4", "p5"];

let folder: PolicyFolder;
beforeAll(() => {
  folder = policyFolder();
  folder.run({ ...DISCLOSED, ...PARTNER });
});
afterAll(() => folder.remove());

const staff = { "31": "staff", "32": "staff" };

walkOnBoth(
  (walk) => {
    let end: ProcessorEnd | null = null;
    const handles: Record<string, string> = {};
    afterAll(async () => {
      await end?.close();
      folder.run({ ...DISCLOSED, ...PARTNER });
    });
    const as = (id: string) => ({ staff: id, pass: join(walk.folder, `pass-${id}`) });

    test("S7.1 an analyst gets no addresses, and tables whose small cells are left out", async () => {
      for (const [at, id] of PEOPLE.entries()) {
        const marketing = at < 2 ? { "consent.marketing": "yes" } : {};
        await walk.member({ user_id: id, email: `${id}@example.com`, ...marketing });
      }
      await walk.member({ user_id: "far", email: "far@example.com", country: "US" });
      const ask = (item: string) =>
        walk.tool([
          "provide",
          "statistics",
          folder.path,
          ...walk.args,
          ...flags({ purpose: "contract", item, json: true }),
        ]);
      const { emails, countries } = await walk.stopped(async () => ({
        emails: await ask("email"),
        countries: await ask("country"),
      }));
      expect(emails.code).toBe(1);
      expect(emails.out).toContain("item-identifying");
      expect(countries.code).toBe(0);
      expect(countries.out).not.toContain("US");
      expect(JSON.parse(countries.out)).toMatchObject({ smallest: 5 });
      const page = await (await walk.officer()).text("/console/provisions");
      expect(page).toContain("(5명 이상만)");
    });

    test("S7.2 a mailing reaches those who agreed, and not who took it back", async () => {
      end = await goLive(walk, "benchmark");
      const desk = await walk.staff("31");
      expect(await desk.text(MAILING)).toMatch(/<b class="figure">2<\/b>명/);
      const sent = await desk.post(MAILING, MAILING, { item: "email" });
      expect(sent.headers.get("location")).toBe(`${MAILING}?given=2&left=0`);
      const reached = (): string[] => walk.given.map(({ values }) => values["email"] ?? "");
      expect(new Set(reached())).toEqual(new Set(["p1@example.com", "p2@example.com"]));
      const person = await walk.signedIn("p1");
      const page = "/me/consents";
      await person.post(page, page, { consent: "marketing", act: "withdraw" });
      await desk.post(MAILING, MAILING, { item: "email" });
      expect(reached().slice(2)).toEqual(["p2@example.com"]);
    });

    test("S7.3 a letter of the police is refused by rule; a warrant leads to few fields, by two", async () => {
      handles["p3"] = await handleOf(await walk.officer(), { email: "p3@example.com" });
      const demand = (kind: string) =>
        flags({
          subject: handles["p3"] ?? "",
          kind,
          authority: "시험지방법원",
          number: "2026-1",
          article: "형사소송법 제215조",
          items: "name,email",
          "valid-until": "2027-12-31",
          ...as("31"),
        });
      const letter = await walk.cli(["provide", "register"], demand("letter"));
      expect([letter.code, letter.err]).toEqual([
        1,
        expect.stringContaining("document-not-binding"),
      ]);
      expect(await (await walk.officer()).text("/console/log")).toContain("제공 거부");
      const warrant = await walk.cli(["provide", "register"], demand("warrant"));
      expect(warrant.code).toBe(0);
      const id = warrant.out.trim();

      const path = "/console/provisions";
      for (const [who, status] of [
        ["31", 303],
        ["31", 422],
      ] as const) {
        const desk = await walk.staff(who);
        const approved = await desk.post(path, `${path}/${id}/approve`, {});
        expect([who, approved.status]).toEqual([who, status]);
      }
      const by = flags({ id, confirm: true, reason: "영장 집행", ...as("31") });
      const early = await walk.cli(["provide", "release"], by);
      expect([early.code, early.err]).toEqual([1, expect.stringContaining("approvals-missing")]);
      const second = await walk.staff("32");
      expect((await second.post(path, `${path}/${id}/approve`, {})).status).toBe(303);
      const { more, few } = await walk.stopped(async () => {
        const release = ["provide", "release", folder.path, ...walk.args];
        return {
          more: await walk.tool([...release, ...by, "--items", "name,phone"]),
          few: await walk.tool([...release, ...by, "--items", "name"]),
        };
      });
      expect([more.code, more.out]).toEqual([1, ""]);
      expect(Object.keys((JSON.parse(few.out) as { values: object }).values)).toEqual(["name"]);
      expect(await (await walk.officer()).text(path)).toContain("시험지방법원");
      const mine = await (await walk.signedIn("p3")).text("/me");
      expect(mine).toMatch(/제3자에게 제공한 것[^]*시험지방법원[^]*이름[^]*형사소송법 제215조/);
    });

    test("S7.4 a partner gets nothing without a consent, nor by one that did not name it", async () => {
      const agrees = { "consent.partner": "yes" };
      await walk.member({ user_id: "before", email: "before@example.com", ...agrees });
      walk.setClock("2026-12-24T10:00:00+09:00");
      await walk.stopped(async () => folder.run({ ...DISCLOSED, ...PARTNER, ...NAMED }));
      await walk.member({ user_id: "after", email: "after@example.com", ...agrees });
      const desk = await walk.officer();
      for (const id of ["before", "after", "p4"]) {
        handles[id] = await handleOf(desk, { email: `${id}@example.com` });
      }
      const answers = await walk.stopped(async () => {
        const give = (id: string) => [
          "provide",
          "give",
          folder.path,
          ...walk.args,
          ...flags({
            subject: handles[id] ?? "",
            recipient: "partner",
            items: "email",
            reason: "제휴 혜택",
            ...as("31"),
          }),
        ];
        return {
          preview: await walk.tool(give("after")),
          none: await walk.tool([...give("p4"), "--confirm"]),
          before: await walk.tool([...give("before"), "--confirm"]),
          after: await walk.tool([...give("after"), "--confirm"]),
        };
      });
      expect([answers.preview.code, answers.preview.out]).toEqual([
        0,
        "email would go to partner\n",
      ]);
      expect([answers.none.code, answers.none.out]).toEqual([1, ""]);
      expect(answers.none.err).toContain("consent-missing");
      expect([answers.before.code, answers.before.out]).toEqual([1, ""]);
      expect(answers.before.err).toContain("consent-version");
      expect(JSON.parse(answers.after.out)).toEqual({ email: "after@example.com" });
    });

    test("S7.5 what left by any door stands in the ledger, and nothing more", async () => {
      const file = join(walk.folder, "log.jsonl");
      expect((await walk.cli(["log", "export"], ["--out", file])).code).toBe(0);
      const kinds = readFileSync(file, "utf8").match(/"kind":"[a-z_]+"/g) ?? [];
      const times = (kind: string): number =>
        kinds.filter((it) => it === `"kind":"${kind}"`).length;
      expect(times("processor_exported")).toBe(walk.given.length);
      const path = "/console/provisions?format=json";
      const { provisions } = JSON.parse(await (await walk.officer()).text(path)) as {
        provisions: readonly { basis: string; recipient: string; items: readonly string[] }[];
      };
      expect(provisions.map(({ basis, items }) => [basis, items])).toEqual([
        ["consent", ["email"]],
        ["authority", ["name"]],
      ]);
      expect(times("provided")).toBe(provisions.length);
      const rows = await walk.rows<{ items: readonly string[] }>(
        "select items from processor_export",
      );
      expect(rows.map(({ items }) => items)).toEqual(
        walk.given.map(({ values }) => Object.keys(values)),
      );
    });
  },
  { policy: () => folder.path, staff },
);
