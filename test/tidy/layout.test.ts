/**
 * Every statement stays with one subject, or is one of a few that are said to be over many and are
 * bounded: then the store can be distributed by `subject` without a rewrite.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Bound, FAN_OUTS, LOOKS_AT_ALL } from "../support/fan-outs.ts";
import type { SourceModule, SyntaxNode } from "../support/source.ts";
import { child, children, lineOf, listFiles, parseModule, readModules } from "../support/source.ts";
import { layoutOf } from "../support/sql-layout.ts";

const FOLDERS = ["src/engine", "src/site", "src/console", "src/proof"];
const PERSONAL = personalTables();
const isPersonal = (table: string): boolean => PERSONAL.has(table);

interface Statement {
  readonly where: string;
  /** `path function`: what the list of fan-outs names. */
  readonly owner: string;
  readonly text: string;
}

const STATEMENTS = readModules(FOLDERS).flatMap(statementsOf);

test("every statement touches one subject, or is a bounded fan-out that is listed", () => {
  expect(STATEMENTS.length).toBeGreaterThan(100);
  expect(STATEMENTS.flatMap(faultsOf)).toEqual([]);
});

test("every fan-out that is listed is still there", () => {
  const over = new Set(STATEMENTS.filter(isFanOut).map(({ owner }) => owner));
  expect(Object.keys(FAN_OUTS).filter((owner) => !over.has(owner))).toEqual([]);
});

test("every query in these folders is one of the statements looked at", () => {
  const modules = readModules(FOLDERS);
  const calls = modules.flatMap((each) => each.text.match(/\.query[(<]/g) ?? []);
  expect(STATEMENTS.length).toBeGreaterThanOrEqual(calls.length - 1); // proof/check.ts passes one on
});

const PLANTED = [
  "select sealed from record where class = $1 and id = $2",
  "select sealed from record where subject = any($1::bytea[])",
  "select count(*) as n from consent",
  "update record set sealed = $1 where id = $2",
  "delete from lookup where tag = $1",
  "select r.id from record as r join lookup as l on l.record = r.id where r.subject = $1",
  "select id from record where subject = $1 union all select id from record where id = $2",
  "insert into lookup (item, subject) select item, subject from record where class = $1",
  "select exists (select from record where class = $1) from consent where subject = $2",
  "update processor_order set state = $1 where next_at is null",
  "with due as (select subject from record where class = $1) select subject from due",
];

test.each(PLANTED)("a planted statement over many subjects is found: %s", (text) => {
  const module = parseModule("src/engine/a.ts", `async function f() { await q(\`${text}\`); }`);
  expect(statementsOf(module).flatMap(faultsOf)).toHaveLength(1);
});

test("tables that do not meet on their subjects are found", () => {
  const text = "select 1 from record join lookup on lookup.record = record.id limit 5";
  expect(layoutOf(text, isPersonal)).toMatchObject({ together: false, limited: true });
  expect(
    layoutOf(text.replace("record = record.id", "subject = record.subject"), isPersonal),
  ).toEqual({ personal: ["lookup", "record"], oneSubject: false, together: true, limited: true });
});

test("a query in a query answers for the tables inside it", () => {
  const text =
    "select subject from (select subject from consent union all select subject from record) as act " +
    "where not exists (select from session where session.subject = act.subject) limit 5";
  expect(layoutOf(text, isPersonal)).toEqual({
    personal: ["consent", "record", "session"],
    oneSubject: false,
    together: true,
    limited: true,
  });
});

test("a check may look at everything, and write nothing", () => {
  const faults = (text: string): readonly string[] =>
    statementsOf(parseModule("src/proof/a.ts", `function f() { q(\`${text}\`); }`)).flatMap(
      faultsOf,
    );
  expect(faults("select class, count(*) from record group by class")).toEqual([]);
  expect(faults("update consent set at = now()")).toHaveLength(1);
  expect(faults("select 1 from record join consent on consent.id = record.id")).toHaveLength(1);
});

test("a listed fan-out that has lost its bound is found", () => {
  const text = "select subject from record where class = $1 order by subject";
  for (const bound of ["limit", "batch", "class-day", "look-up", "figure"] as const) {
    expect(isBounded(text, bound), bound).toBe(false);
  }
});

test.each([
  "select sealed from record where subject = $1 and id = $2",
  "select r.id from record as r join lookup as l on l.subject = r.subject where r.subject = $1",
  "select exists (select from consent where consent.subject = record.subject) from record " +
    "where subject = $1",
  "insert into record (subject, id) values ($1, $2)",
  "insert into lookup (subject, item) select $1, item from unnest($2::text[]) as tag (item)",
  "with own as (select subject, id from record where subject = $1) select id from own",
  "delete from lookup where (subject, record) in (select subject, id from record where subject = $1)",
  "select hash from policy_version order by first_run_at",
])("a statement that stays with one subject is no fault: %s", (text) => {
  const module = parseModule("src/engine/a.ts", `async function f() { await q(\`${text}\`); }`);
  expect(statementsOf(module).flatMap(faultsOf)).toEqual([]);
});

function isFanOut({ text }: Statement): boolean {
  const { personal, oneSubject } = layoutOf(text, isPersonal);
  return personal.length > 0 && !oneSubject;
}

function faultsOf(statement: Statement): readonly string[] {
  if (!isFanOut(statement)) return [];
  const { where, owner, text } = statement;
  const { personal, together } = layoutOf(text, isPersonal);
  const isLook = LOOKS_AT_ALL.test(owner) && /^\s*(?:with|select)\s/.test(text);
  const listed = FAN_OUTS[owner];
  if (listed === undefined && !isLook) {
    return [`${where} ${owner} is over many subjects: ${personal.join(", ")}`];
  }
  const faults: string[] = [];
  if (listed !== undefined && !isBounded(text, listed.bound)) {
    faults.push(`${where} ${owner} does not show its bound: ${listed.bound}`);
  }
  if (!together && listed?.apart === undefined) {
    faults.push(`${where} ${owner} joins subjects with each other: ${personal.join(", ")}`);
  }
  return faults;
}

/** Does the text show the bound it is listed under? What it cannot show is for review. */
function isBounded(text: string, bound: Bound): boolean {
  switch (bound) {
    case "limit":
      return /\blimit\b/.test(text) || isBounded(text, "batch");
    case "batch":
      return /\bunnest\s*\(\s*\$\d|\bany\s*\(\s*\$\d/.test(text);
    case "class-day":
      return /\bclass = \$\d/.test(text) && /\b(?:expires|expired)_on = \$\d/.test(text);
    case "look-up":
      return /\b(?:id|number) = \$\d|\.tag = /.test(text);
    case "figure":
      return /^\s*(?:select|with)\b[\s\S]*\b(?:count|sum|max)\(/.test(text);
    case "queue":
      return true;
    default:
      throw new Error(`unknown bound: ${String(bound satisfies never)}`);
  }
}

/** Every literal that is a statement, with the function it stands in. */
function statementsOf(module: SourceModule): readonly Statement[] {
  return module.nodes.flatMap((node) => {
    const text = textOf(node);
    if (text === null) return [];
    if (!/^\s*(?:with|select|insert into|update|delete from|truncate|merge)\s/.test(text))
      return [];
    const where = `${module.path}:${lineOf(module, node.start)}`;
    return [{ where, owner: `${module.path} ${ownerOf(module, node)}`, text }];
  });
}

function textOf(node: SyntaxNode): string | null {
  if (node.type === "Literal" && typeof node["value"] === "string") return node["value"];
  if (node.type !== "TemplateLiteral") return null;
  // What is put in are bounds (absence 2 looks at that).
  return children(node, "quasis")
    .map((each) => {
      const value = each["value"];
      return typeof value === "object" && value !== null && "cooked" in value
        ? String(value.cooked)
        : "";
    })
    .join(" 1 ");
}

/** The innermost named function around a node, or the constant at the top of the file. */
function ownerOf(module: SourceModule, node: SyntaxNode): string {
  let found = "";
  let start = -1;
  for (const each of module.nodes) {
    if (each.type !== "FunctionDeclaration" && each.type !== "VariableDeclarator") continue;
    const inside = each.start <= node.start && node.start < Number(each["end"]);
    const isTop = each.type === "FunctionDeclaration" || found === "";
    const name = child(each, "id")?.["name"];
    if (inside && isTop && typeof name === "string" && each.start > start) {
      found = name;
      start = each.start;
    }
  }
  return found;
}

/** Tables whose primary key begins with `subject` (migrations.test.ts holds them to it). */
function personalTables(): ReadonlySet<string> {
  const names = new Set<string>();
  const files = listFiles("migrations", ".sql").filter((file) => !file.includes("/keys/"));
  for (const file of files) {
    const sql = readFileSync(file, "utf8").replaceAll(/--[^\n]*/g, "");
    for (const [, name = "", body = ""] of sql.matchAll(/create table (\w+) \(([\s\S]*?)\n\);/g)) {
      if (/^\s*subject\b/m.test(body)) names.add(name);
    }
  }
  return names;
}
