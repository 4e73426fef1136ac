/** Migrations only go forward, and every table of personal data can be split by subject. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { listFiles } from "../support/source.ts";

const FILES = listFiles("migrations", ".sql");

/** Tables that hold nothing of a person, with the reason why they need no subject. */
const NOT_PERSONAL: Readonly<Record<string, string>> = {
  schema_migration: "which migration files were applied",
  destruction: "counts of a class-day that ended; no subject is left to name",
  audit_leaf: "kinds and counts only (absence 4)",
  audit_node: "hashes of the log",
  audit_checkpoint: "signed states of the log",
  audit_name: "names of the published policies",
  verdict: "what a check found, as counts",
  policy_version: "the published documents",
  sweep_run: "when the sweep ran last",
  setting: "settings of the operator",
  archived_lock: "numbers of locks that are to die",
  archived_vacated: "class-days that records have left, without whose",
  archived_removal: "counts of what went from the archive",
  key_head: "the state of the key tree",
  key_node: "sealed nodes of the key tree",
  key_slot: "handles and numbers of locks, in a database of their own",
  key_pool: "how many locks were given out",
  given_up_lock: "numbers of locks that are to die",
  staff: "handles of the operator's own staff, no name and nothing of a data subject",
  staff_session: "hashes of the tokens of staff's browsers",
  processor_supervision: "inspections and trainings of processors, by staff handle",
  processor_state: "what the operator recorded about a processor",
  index_epoch: "keys of the blind index by name",
  destruction_confirmation: "the officer's word on a run",
  paper_slip: "how paper went: day, method, box, two staff numbers",
  shown_text: "texts shown to everyone before a consent",
  vacated_day: "days of classes whose locks are to die",
  purpose_stop: "purposes that are stopped for everyone",
  provision_statistic: "tables of counts that left; nobody is in them",
};

test("every migration file is the one its hash in the manifest was taken of", () => {
  const manifest = JSON.parse(readFileSync("migrations/manifest.json", "utf8")) as unknown;
  const listed = flatten(manifest);
  expect(FILES.length).toBeGreaterThan(0);
  for (const file of FILES) {
    const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
    const key = file.slice("migrations/".length);
    expect(listed.get(key), `${file} was changed after it was shipped, or is not listed`).toBe(
      hash,
    );
  }
  expect([...listed.keys()].filter((key) => !FILES.includes(`migrations/${key}`))).toEqual([]);
});

test("migrations of a folder are numbered from 1 without a gap", () => {
  const folders = new Map<string, number[]>();
  for (const file of FILES) {
    const [, folder = "", name = ""] = file.split("/");
    folders.set(folder, [...(folders.get(folder) ?? []), Number.parseInt(name, 10)]);
  }
  for (const numbers of folders.values()) {
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  }
});

test("every migration begins by saying why", () => {
  for (const file of FILES) expect(readFileSync(file, "utf8").trimStart(), file).toMatch(/^--/);
});

test("the primary key of every personal table begins with the subject", () => {
  // Keys belong to no table of people: slots and sealed nodes have no subject to begin with.
  const personal = FILES.filter((file) => !file.startsWith("migrations/keys/"));
  const tables = personal.flatMap((file) => tablesOf(readFileSync(file, "utf8")));
  expect(tables.length).toBeGreaterThan(5);
  expect(tables.filter(breaksTheKeyRule).map((table) => table.name)).toEqual([]);
  const names = new Set(tables.map((table) => table.name));
  expect(names).toContain("record");
  expect(names).toContain("lookup");
});

test("no foreign key leaves its subject", () => {
  const references = FILES.flatMap((file) =>
    tablesOf(readFileSync(file, "utf8")).flatMap((table) =>
      (table.body.match(/foreign key \(([^)]*)\)/g) ?? [])
        .filter((key) => !/foreign key \(\s*subject\b/.test(key))
        .map((key) => `${table.name}: ${key}`),
    ),
  );
  expect(references).toEqual([]);
});

const PLANTED = [
  "create table visit (id bytea primary key, subject bytea not null);",
  "create table visit (subject bytea, id bytea, primary key (id, subject));",
  "create table visit (subject bytea not null, id bytea);",
  "create table note (id int primary key, words text);",
];

test.each(PLANTED)("a planted table that breaks the key rule is found: %s", (sql) => {
  expect(tablesOf(sql).filter(breaksTheKeyRule)).toHaveLength(1);
});

test("a table keyed by subject first is no fault", () => {
  const sql = "create table visit (subject bytea, id bytea, primary key (subject, id));";
  expect(tablesOf(sql).filter(breaksTheKeyRule)).toEqual([]);
});

interface Table {
  readonly name: string;
  readonly body: string;
}

function tablesOf(sql: string): Table[] {
  const bare = sql.replaceAll(/--[^\n]*/g, "").toLowerCase();
  const starts = [...bare.matchAll(/create (?:unlogged )?table (?:if not exists )?(\w+)\s*\(/g)];
  return starts.map((match) => {
    const open = match.index + match[0].length;
    return { name: match[1] ?? "", body: bare.slice(open, closingOf(bare, open)) };
  });
}

function closingOf(text: string, open: number): number {
  let depth = 1;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    if (text[at] === ")") depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}

function breaksTheKeyRule(table: Table): boolean {
  if (Object.hasOwn(NOT_PERSONAL, table.name)) return /(?:^|,)\s*subject\b/.test(table.body);
  const key = /primary key \(\s*(\w+)/.exec(table.body)?.[1];
  const inline = /(?:^|,)\s*(\w+) [^,]*primary key(?! ?\()/.exec(table.body)?.[1];
  return (key ?? inline) !== "subject";
}

/** `{ "data/000001.sql": "…" }` or `{ data: { "000001.sql": "…" } }`. */
function flatten(value: unknown, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  if (typeof value !== "object" || value === null) return found;
  for (const [key, each] of Object.entries(value)) {
    if (typeof each === "string") found.set(`${prefix}${key}`, each);
    else for (const [path, hash] of flatten(each, `${prefix}${key}/`)) found.set(path, hash);
  }
  return found;
}
