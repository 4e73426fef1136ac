/** What staff see of processors and of the record of processing, empty and with orders. */
import { Hono } from "hono";
import { expect, test } from "vitest";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { processorConsole, recordConsole } from "../../src/console/processor-pages.ts";
import { MISSING_WORDS } from "../../src/console/processor-words.ts";
import type { SetPage } from "../../src/html/service-page.ts";
import { openDatabase } from "../../src/store/open-database.ts";
import { disclosedPolicy, processorEngine, someOrders } from "../support/processors.ts";

const page: SetPage = async (_, { main }) => main;

async function shown(context: EngineContext, path: string): Promise<string> {
  const app = new Hono().route("/", processorConsole(context, page));
  return (await app.request(path)).text();
}

async function withEngine(work: (context: EngineContext) => Promise<void>): Promise<void> {
  const db = await openDatabase({ migrations: "data" });
  try {
    await work((await processorEngine(db)).context);
  } finally {
    await db.close();
  }
}

test("without orders the page says what will appear, and what each processor lacks", async () => {
  await withEngine(async (context) => {
    const ko = await shown(context, "/console/processors");
    expect(ko).toContain("기다리는 지시가 없습니다");
    expect(ko).toContain("아직 답한 지시가 없습니다");
    expect(ko).toMatch(/<b class="figure">8<\/b>곳 가운데\s+<b class="figure">0<\/b>곳/);
    expect(ko).toContain(MISSING_WORDS["contract-contents"].ko);
    const en = await shown(context, "/console/processors?lang=en");
    expect(en).toContain("No order is waiting");
    expect(en).not.toMatch(/[가-힣]/);
  });
});

test("the late order stands first and red; no handle is on the page or in the JSON", async () => {
  await withEngine(async (context) => {
    await someOrders(context);
    const html = await shown(context, "/console/processors");
    const rows = [...html.matchAll(/<tr class="(late|)">/g)].map(([, row]) => row);
    expect(rows).toEqual(["late", ""]);
    expect(html).toContain("기한 지남");
    expect(html).toContain("10일째");
    expect(html).toContain("담당자가 전할 것");
    expect(html).toContain("2031년 11월 23일");
    const text = await shown(context, "/console/processors?format=json");
    const document = JSON.parse(text);
    expect(document.orders).toMatchObject({ open: 2, late: 1 });
    expect(document.orders.list[0]).toMatchObject({ late: true, kind: "erase", processor: "kcp" });
    const subjects = await context.db.query<{ subject: string }>(
      "select distinct encode(subject, 'hex') as subject from processor_order",
    );
    expect(subjects).toHaveLength(3);
    for (const { subject } of subjects) expect(html + text).not.toContain(subject);
    expect(html + text).not.toContain("이담당");
  });
});

test("the record of processing has every occasion, as page, table and JSON, in both languages", async () => {
  const compiled = await disclosedPolicy();
  const app = new Hono().route("/", recordConsole(compiled, page));
  for (const lang of ["ko", "en"]) {
    const html = await (await app.request(`/console/record?lang=${lang}`)).text();
    for (const { occasion } of compiled.activities) {
      expect(html.split(`id="${occasion}"`)).toHaveLength(2);
    }
    const csv = await app.request(`/console/record?format=csv&lang=${lang}`);
    expect(csv.headers.get("content-type")).toContain("text/csv");
    const lines = (await csv.text()).trimEnd().split("\r\n");
    expect(lines).toHaveLength(1 + compiled.activities.length);
    const text = await (await app.request(`/console/record?format=json&lang=${lang}`)).text();
    expect(JSON.parse(text).activities).toHaveLength(compiled.activities.length);
  }
  const ko = await (await app.request("/console/record")).text();
  expect(ko).toContain("전자상거래");
  expect(ko).toContain("5년");
});
