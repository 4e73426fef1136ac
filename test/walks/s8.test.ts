/** Walk S8 of an auditor: those who work for us, and transfers abroad. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CONTRACT_CONTENTS } from "../../src/engine/processor/facts.ts";
import type { ProcessorEnd } from "../support/processor-end.ts";
import { POLICY } from "../support/remotemeeting.ts";
import { type Edits, type PolicyFolder, policyFolder } from "../support/two-versions.ts";
import { DISCLOSED, goLive, takeGiven } from "../support/walk-steps.ts";
import { type Walk, walkOnBoth } from "../support/walk.ts";

const SENDER = "/console/processors/benchmark";
const LIST = "/console/processors";
const MAILING = "/console/mailing";
const CONTRACT = {
  document: "2026-17",
  signed_on: "2026-11-02",
  ...Object.fromEntries(CONTRACT_CONTENTS.map((each) => [`content.${each}`, "yes"])),
};

let folder: PolicyFolder;
beforeAll(() => {
  folder = policyFolder();
  folder.run(DISCLOSED);
});
afterAll(() => folder.remove());

walkOnBoth(
  (walk) => {
    let end: ProcessorEnd | null = null;
    afterAll(async () => {
      await end?.close();
    });

    test("S8.1 a mail sender cannot go live without contract, way and notice to each person", async () => {
      for (const id of ["one", "two"]) {
        const agrees = { "consent.marketing": "yes", email: `${id}@example.com` };
        await walk.member({ user_id: id, ...agrees });
      }
      const desk = await walk.officer();
      expect((await desk.post(SENDER, `${SENDER}/activate`, {})).status).toBe(422);
      expect(await missing(walk, "benchmark")).toEqual([
        "contract",
        "contract-contents",
        "people-told",
        "carrier",
      ]);
      const without = { ...CONTRACT, "content.liability": "" };
      const way = { carrier: "email", address: "dpo@mail.example" };
      await desk.post(SENDER, `${SENDER}/facts`, { ...without, ...way });
      expect(await missing(walk, "benchmark")).toEqual(["contract-contents", "people-told"]);
      expect((await desk.post(MAILING, MAILING, { item: "email" })).status).toBe(422);
      expect(walk.given).toEqual([]);
      end = await goLive(walk, "benchmark");
      const messages = JSON.parse(await desk.text("/console/messages?format=json")) as {
        list: readonly { kind: string }[];
      };
      expect(messages.list.filter(({ kind }) => kind === "processor_told")).toHaveLength(2);
      const list = await walk.visitor().text("/privacy/processors");
      expect(list).toContain("Benchmark Email");
    });

    test("S8.2 one it gives our work on to needs our recorded consent first", async () => {
      const desk = await walk.officer();
      const way = { carrier: "https", url: end?.url ?? "", key: end?.publicKey ?? "" };
      const facts = { ...CONTRACT, ...way, people_told_on: "2026-11-23" };
      const sub = {
        "sub.0.name": "Example Relay",
        "sub.0.work": "delivery",
        "sub.0.country": "IE",
      };
      await desk.post(SENDER, `${SENDER}/facts`, { ...facts, ...sub });
      expect(await missing(walk, "benchmark")).toEqual(["sub-consent"]);
      expect((await desk.post(MAILING, MAILING, { item: "email" })).status).toBe(422);
      const consent = { "sub.0.document": "2026-18", "sub.0.on": "2026-11-20" };
      await desk.post(SENDER, `${SENDER}/facts`, { ...facts, ...sub, ...consent });
      expect(await missing(walk, "benchmark")).toEqual([]);
      expect(await walk.visitor().text("/privacy/processors")).toContain("Example Relay");
    });

    test("S8.3 ten fields where two are allowed: nothing leaves", async () => {
      const desk = await walk.officer();
      const items =
        "email name phone company_id user_id country company_name card payment_record ip_public";
      const form = new URLSearchParams(
        items.split(" ").map((item): [string, string] => ["item", item]),
      );
      const token = /name="form_token" value="([^"]+)"/.exec(await desk.text(MAILING))?.[1] ?? "";
      form.set("form_token", token);
      const answer = await desk.send(MAILING, {
        method: "POST",
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          origin: "http://localhost",
        },
        body: form.toString(),
      });
      expect(answer.status).toBe(422);
      expect(await answer.text()).toContain("아무것도 넘기지 않았습니다");
      expect(walk.given).toEqual([]);
      expect(await desk.text("/console/log")).toContain("수탁자 전달 거부");
      const both = await desk.post(MAILING, MAILING, { item: "email" });
      expect(both.headers.get("location")).toBe(`${MAILING}?given=2&left=0`);
      if (end !== null) expect(takeGiven(walk, end, "benchmark")).toHaveLength(2);
    });

    test("S8.4 the contract ends: orders for all, an answer, an alarm for the silence, a new status", async () => {
      const sender = end;
      if (sender === null) throw new Error("it went live");
      sender.manner = "later";
      const desk = await walk.officer();
      expect(await desk.text(SENDER)).toMatch(/<b class="figure">2<\/b>명/);
      expect((await desk.post(SENDER, `${SENDER}/end`, {})).status).toBe(422);
      await desk.post(SENDER, `${SENDER}/end`, { confirm: "yes" });
      await walk.service().daily();
      expect(sender.orders.map(({ kind }) => kind)).toEqual(["erase", "erase"]);
      expect(await walk.visitor().text("/privacy/processors")).toContain("위탁이 끝났습니다");
      expect((await desk.post(MAILING, MAILING, { item: "email" })).status).toBe(422);

      const [first = "", silent = ""] = sender.orders.map(({ order }) => order);
      expect(await answer(walk, sender, first, "wrong-key")).toBe(401);
      expect(await answer(walk, sender, first, "good")).toBe(200);
      sender.manner = "never";
      walk.setClock("2026-11-29T00:00:00+09:00");
      await walk.service().daily();
      const red = await (await walk.officer()).text(LIST);
      expect(red).toContain('<tr class="late">');
      expect(red).toContain(silent);
      const late = await walk.cli(["processor", "orders"]);
      expect([late.code, late.out]).toEqual([1, expect.stringContaining("1 open order, 1 late")]);
      expect(await answer(walk, sender, silent, "good")).toBe(200);
      expect((await walk.cli(["processor", "orders"])).code).toBe(0);

      const next = policyFolder();
      try {
        const cut = without(next.path);
        next.run({ ...cut, ...announced("2026-12-07") }); // the sixth day
        const early = await walk.tool(["check", next.path]);
        expect([early.code, early.out]).toEqual([
          1,
          expect.stringContaining("not in force before 2026-12-08"),
        ]);
        next.run({ ...cut, ...announced("2026-12-31") });
        const { code, out } = await walk.tool(["diff", folder.path, next.path, "--json"]);
        const change = JSON.parse(out) as { class: string; earliestEffective: string };
        expect([code, change.class === "none"]).toEqual([0, false]);
        expect(["2026-12-08", "2026-12-31"]).toContain(change.earliestEffective);
      } finally {
        next.remove();
      }
    });

    test("S8.5 what the text of 2021 leaves open about transfers abroad is an open finding", async () => {
      const desk = await walk.officer();
      for (const id of ["aws", "epsilon", "paypal", "alipay"]) {
        expect(await missing(walk, id)).toEqual(
          expect.arrayContaining(["country", "contact-abroad", "overseas-disclosure"]),
        );
        const page = `${LIST}/${id}`;
        expect((await desk.post(page, `${page}/activate`, {})).status).toBe(422);
      }
      const html = await walk.visitor().text("/privacy/processors");
      expect(html.slice(html.indexOf('id="abroad"'))).toContain("확인 필요");
      const { out } = await walk.tool(["check", POLICY, "--json"]);
      const { issues } = JSON.parse(out) as {
        issues: readonly { severity: string; path?: string; says?: string }[];
      };
      const text = JSON.stringify(issues.filter(({ severity }) => severity === "finding"));
      for (const id of ["aws", "epsilon", "paypal", "alipay", "benchmark"])
        expect(text).toContain(id);
    });

    test("S8.6 inspections and trainings of each year stand there, or stand out", async () => {
      await goLive(walk, "kcp").then((kcp) => kcp.close());
      const page = `${LIST}/kcp`;
      walk.setClock("2027-11-30T00:00:00+09:00");
      const desk = await walk.officer();
      expect(await desk.text(LIST)).toContain("점검 때가 지남");
      for (const kind of ["inspection", "training"]) {
        const held = { kind, held_on: "2027-11-29", held_document: `${kind} 2027-1` };
        const done = await desk.post(page, `${page}/supervise`, held);
        expect(done.headers.get("location")).toBe(`${page}?done=supervised`);
      }
      expect(await desk.text(LIST)).not.toContain("때가 지남");
      const shown = await desk.text(page);
      for (const says of ["inspection 2027-1", "training 2027-1"]) expect(shown).toContain(says);
    });
  },
  { policy: () => folder.path },
);

const announced = (effective: string): Edits => ({
  "announced: 2021-01-21, effective: 2021-01-28": `announced: 2026-12-01, effective: ${effective}`,
});

/** The text without the mail sender. */
function without(path: string): Edits {
  const text = readFileSync(join(path, "policy.yaml"), "utf8");
  const from = text.indexOf("  benchmark:\n");
  return { [text.slice(from, text.indexOf("\ndestruction:"))]: "" };
}

async function missing(walk: Walk, id: string): Promise<readonly string[]> {
  const list = await (await walk.officer()).text(`${LIST}?format=json`);
  const { processors } = JSON.parse(list) as {
    processors: readonly { id: string; missing: readonly string[] }[];
  };
  return processors.find((each) => each.id === id)?.missing ?? ["unlisted"];
}

/** The processor's answer, by its own door. */
async function answer(
  walk: Walk,
  end: ProcessorEnd,
  order: string,
  manner: ProcessorEnd["manner"],
): Promise<number> {
  end.manner = manner;
  const body = JSON.stringify(end.answer(order, { state: "done" }));
  const headers = { "content-type": "application/json" };
  const sent = await walk.visitor().send("/processor/answers", { method: "POST", headers, body });
  return sent.status;
}
