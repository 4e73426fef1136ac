/** What staff see of provisions, empty and with all there is, and who may approve. */
import { Hono } from "hono";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Desk } from "../../src/console/desk.ts";
import { provisionConsole } from "../../src/console/provision-pages.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import type { Staff } from "../../src/engine/staff/staff.ts";
import { html } from "../../src/html/markup.ts";
import type { SetPage } from "../../src/html/service-page.ts";
import type { Database } from "../../src/store/database.ts";
import { openDatabase } from "../../src/store/open-database.ts";
import { putStaff, someProvisions } from "../support/recipients.ts";
import { emptyTables } from "../support/databases.ts";
import { testEngine } from "../support/test-engine.ts";

const page: SetPage = async (_, { main }) => main;
const PATH = "/console/provisions";
let db: Database;

beforeAll(async () => {
  db = await openDatabase({ migrations: "data" });
});
afterAll(() => db.close());

async function engine(): Promise<EngineContext> {
  await emptyTables(db);
  return (await testEngine(db)).context;
}

/** A console at whose desk this member of staff sits. */
function at(context: EngineContext, staff: Staff | null): Hono {
  const desk = {
    who: async () => staff,
    guard: () => async (_c: unknown, next: () => Promise<void>) => next(),
  };
  const tokens = { field: () => html`<input type="hidden" name="token" value="t" />` };
  const staffed = { desk: desk as object as Desk, tokens: tokens as never };
  return new Hono().route("/", provisionConsole(context, page, staffed));
}

const shown = async (app: Hono, path = PATH): Promise<string> => (await app.request(path)).text();

test("without provisions the page says how the first comes about, in both languages", async () => {
  const context = await engine();
  const app = at(context, { id: "701", roles: ["staff"] });
  const ko = await shown(app);
  expect(ko).toContain("등록한 문서가 없습니다");
  expect(ko).toContain("제공한 적이 없습니다");
  expect(ko).toContain("만든 통계가 없습니다");
  const en = await shown(app, `${PATH}?lang=en`);
  expect(en).toContain("No document is registered");
  expect(en).not.toMatch(/[가-힣]/);
});

test("documents, ledger and tables stand there without a handle", async () => {
  const context = await engine();
  await someProvisions(context);
  const app = at(context, { id: "701", roles: ["officer"] });
  const text = (await shown(app)) + (await shown(app, `${PATH}?format=json`));
  expect(text).toContain("시험지방법원");
  expect(text).toContain("집행할 수 있음");
  expect(text).toContain("승인 기다림");
  expect(text).toContain("0칸 보임, 1칸 가림 (5명 이상만)");
  const document = JSON.parse(await shown(app, `${PATH}?format=json`)) as {
    documents: { state: string }[];
    provisions: object[];
  };
  expect(document.documents.map(({ state }) => state).toSorted()).toEqual([
    "ready",
    "released",
    "waiting",
  ]);
  expect(document.provisions).toMatchObject([{ basis: "authority", recipient: "시험지방법원" }]);
  const rows = await db.query<{ subject: string }>(
    "select distinct encode(subject, 'hex') as subject from provision",
  );
  expect(rows).toHaveLength(1);
  for (const { subject } of rows) expect(text).not.toContain(subject);
});

test("an approval counts once a person; whoever is not charged with it sees no button", async () => {
  const context = await engine();
  await someProvisions(context);
  await putStaff(context, "9");
  const waiting = await db.query<{ id: string }>(
    `select encode(id, 'hex') as id from provision_document where first_approved_by is null`,
  );
  const [{ id } = { id: "" }] = waiting;
  const nine = at(context, { id: "9", roles: ["staff"] });
  const approve = (app: Hono, which = id) =>
    app.request(`${PATH}/${which}/approve`, { method: "POST" });
  const first = await approve(nine);
  expect([first.status, first.headers.get("location")]).toEqual([303, `${PATH}?done=approved`]);
  expect(await shown(nine, `${PATH}?done=approved`)).toContain("승인했습니다.");
  const again = await approve(nine);
  expect(again.status).toBe(422);
  expect(await again.text()).toContain("이미 승인한 문서입니다.");
  const none = await approve(nine, "0".repeat(32));
  expect(await none.text()).toContain("그런 문서가 없습니다.");
  const archivist = await shown(at(context, { id: "70", roles: ["archive"] }));
  expect(archivist).not.toContain("<form");
  expect(await shown(nine)).toContain(`aria-label="문서 ${id.slice(0, 8)} 승인"`);
  expect((await approve(at(context, { id: "702", roles: ["officer"] }))).status).toBe(303);
  expect(await shown(nine)).not.toContain("<form");
});
