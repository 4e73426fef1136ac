/** Steps that several walks take, and looks at what they left. */
import { expect } from "vitest";
import { present } from "../../src/base/assert.ts";
import { CONTRACT_CONTENTS } from "../../src/engine/processor/facts.ts";
import type { Sql } from "../../src/store/database.ts";
import { openProcessorEnd, type ProcessorEnd } from "./processor-end.ts";
import type { Edits } from "./two-versions.ts";
import type { Browser, Walk } from "./walk.ts";

/** What a form holds under a name that nobody sees. */
export function hidden(page: string, name: string): string {
  const value = new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1];
  return present(value, `the page has a hidden ${name}`);
}

/** The handle of the one person who fits, as the desk finds them for a withdrawal. */
export async function handleOf(
  desk: Browser,
  values: Readonly<Record<string, string>>,
): Promise<string> {
  const path = "/console/withdrawals";
  const named = Object.entries(values).map(([item, value]) => [`item.${item}`, value]);
  const asked = { channel: "phone", reason: "시험 걸음", ...Object.fromEntries(named) };
  return hidden(await (await desk.post(path, `${path}/preview`, asked)).text(), "subject");
}

const BENCHMARK =
  "    en: Benchmark Email\n    work: [marketing_mail]\n    country: unconfirmed\n    contact: unconfirmed\n";
/** The policy as if the transfer to the mail sender were told in full: it could go live. */
export const DISCLOSED: Edits = {
  [BENCHMARK]: `    en: Benchmark Email
    work: [marketing_mail]
    country: US
    contact: dpo@mail.example
    overseas:
      when: { ko: 동의한 때, en: on consent }
      method: { ko: 암호화한 통신, en: over an encrypted line }
      refusal: { ko: 동의하지 않으면 보내지 않습니다., en: without consent nothing is sent }
`,
};

const CONTRACT = {
  document: "2026-17",
  signed_on: "2025-09-01",
  ...Object.fromEntries(CONTRACT_CONTENTS.map((each) => [`content.${each}`, "yes"])),
};

/** A processor's end, at the address an officer records before it goes live. */
export async function goLive(walk: Walk, id: string): Promise<ProcessorEnd> {
  const officer = await walk.officer();
  const list = await officer.text("/console/processors?format=json");
  const { order_key: controllerKey } = JSON.parse(list) as { order_key: string };
  const end = await openProcessorEnd({
    processor: id,
    controller: "remotemeeting",
    controllerKey,
    clock: { now: () => walk.service().clock.now() },
  });
  const page = `/console/processors/${id}`;
  const way = { carrier: "https", url: end.url, key: end.publicKey };
  await officer.post(page, `${page}/facts`, { ...CONTRACT, ...way });
  if (id === "benchmark") await officer.post(page, `${page}/tell`, {});
  const live = await officer.post(page, `${page}/activate`, {});
  expect(live.headers.get("location")).toBe(`${page}?done=active`);
  return end;
}

/** What was given since, as the processor keeps it. Returns the references. */
export function takeGiven(walk: Walk, end: ProcessorEnd, id: string): readonly string[] {
  const mine = walk.given.filter(({ processor }) => processor === id);
  for (const { reference, values } of mine) {
    end.held.set(reference, new Map(Object.entries(values)));
  }
  return [...new Set(mine.map(({ reference }) => reference))];
}

/** Where a value stands in any table, as text. */
export async function tablesWith(sql: Sql, value: string): Promise<readonly string[]> {
  const tables = await sql.query<{ name: string }>(
    `select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await sql.query(
      `select 1 from "${name}" as it
        where it::text ilike '%' || $1 || '%' or it::text ilike '%' || $2 || '%' limit 1`,
      [value, Buffer.from(value, "utf8").toString("hex")],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}
