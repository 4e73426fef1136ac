/** Documents tell the truth about what is there: links lead somewhere, named types exist. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { posix } from "node:path";
import { expect, test } from "vitest";
import { listFiles, readModules } from "../support/source.ts";

const DOCUMENTS = listFiles(".", ".md");

interface Link {
  readonly file: string;
  readonly line: number;
  readonly target: string;
}

test("no link of a document is dead", () => {
  const links = DOCUMENTS.flatMap((file) => linksOf(file, readFileSync(file, "utf8")));
  expect(links.length).toBeGreaterThan(20);
  expect(links.flatMap(deadLink)).toEqual([]);
});

test.each([
  ["a file that is not there", "[x](docs/nothing.md)"],
  ["an anchor that is not there", "[x](README.md#nothing-of-this-name)"],
  ["a path out of the repository", "[x](../elsewhere.md)"],
  ["a path of one machine", "[x](/etc/hosts)"],
])("a planted dead link is found: %s", (_what, text) => {
  expect(linksOf("README.md", text).flatMap(deadLink)).toHaveLength(1);
});

test("a link inside a code block is text, not a link", () => {
  expect(linksOf("README.md", "```\n[x](nothing.md)\n```\n`[y](nothing.md)`")).toEqual([]);
});

test("each of the twelve habits points at a file of ours", () => {
  const text = readFileSync("STYLE.md", "utf8");
  const habits = text.split(/^## /m).filter((part) => /^\d+\. /.test(part));
  expect(habits.map((habit) => Number.parseInt(habit, 10))).toEqual(
    Array.from({ length: 12 }, (_, index) => index + 1),
  );
  for (const habit of habits) {
    const own = linksOf("STYLE.md", habit).filter((link) => existsSync(withoutAnchor(link)));
    expect(own, habit.slice(0, 60)).not.toEqual([]);
  }
});

test("every term of the glossary names a type, table or document key that exists", () => {
  const declared = declaredNames();
  const rows = tableRows(readFileSync("GLOSSARY.md", "utf8"));
  expect(rows.length).toBeGreaterThan(20);
  const missing = rows.filter((row) => {
    const names = [...(row.at(-1) ?? "").matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
    return row.length !== 5 || names.length === 0 || names.some((name) => !declared.has(name));
  });
  expect(missing.map((row) => row[0])).toEqual([]);
});

test("the import table and the folders of ARCHITECTURE.md are the real ones", () => {
  const text = readFileSync("ARCHITECTURE.md", "utf8");
  const rooms = new Set(listFiles("src", ".ts").map((path) => path.split("/")[1] ?? ""));
  for (const room of rooms) expect(text, `src/${room}`).toContain(`${room}`);
  const named = [...text.matchAll(/`(src\/[a-z0-9/-]+\/?)`/g)].map((match) => match[1] ?? "");
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});

/** Words that must not stand in a tracked file; written apart so that this file may. */
const FORBIDDEN: readonly RegExp[] = [
  new RegExp(`\\b${"TO"}${"DO"}\\b`),
  new RegExp(`\\b${"FIX"}${"ME"}\\b`),
  new RegExp(`(?<![\\w.])/(?:${"work"}|${"home"}|${"Users"})/[a-z]`),
  new RegExp(`(?<![\\w.])/${"root"}/`),
  new RegExp(`\\blocalhost:4\\d{3}/${"npm"}`),
  new RegExp(`as ${"unknown"} as`),
];
const TEXT_FILE = /\.(?:ts|mjs|json|md|yaml|sql|txt|css|sh)$|^LICENSE$|^\.ci\/run$/;

test("no tracked file names a machine or leaves work for later", () => {
  const files = trackedFiles().filter((file) => TEXT_FILE.test(file) && existsSync(file));
  expect(files.length).toBeGreaterThan(15);
  const faults = files.flatMap((file) => forbiddenIn(file, readFileSync(file, "utf8")));
  expect(faults).toEqual([]);
});

test.each([
  "// TO" + "DO later",
  "see /wo" + "rk/x",
  "cd /ho" + "me/kim/x",
  "x as unk" + "nown as Y",
])("a planted word is found: %s", (text) => {
  expect(forbiddenIn("a.ts", text)).toHaveLength(1);
});

function linksOf(file: string, text: string): Link[] {
  const links: Link[] = [];
  let fenced = false;
  for (const [index, raw] of text.split("\n").entries()) {
    if (raw.trimStart().startsWith("```")) fenced = !fenced;
    if (fenced) continue;
    const line = raw.replaceAll(/`[^`]*`/g, (code) => (code.includes("](") ? "" : code));
    for (const match of line.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)) {
      links.push({ file, line: index + 1, target: match[1] ?? "" });
    }
  }
  return links;
}

function withoutAnchor(link: Link): string {
  const [path = ""] = link.target.split("#");
  return path === "" ? link.file : posix.join(posix.dirname(link.file), decodeURIComponent(path));
}

function deadLink(link: Link): string[] {
  if (/^(?:https?|mailto):/.test(link.target)) return [];
  const fault = [`${link.file}:${link.line} ${link.target}`];
  const path = withoutAnchor(link);
  if (link.target.startsWith("/") || path.startsWith("..") || !existsSync(path)) return fault;
  const anchor = link.target.split("#")[1];
  if (anchor === undefined || statSync(path).isDirectory()) return [];
  return anchorsOf(readFileSync(path, "utf8")).has(anchor) ? [] : fault;
}

/** Anchors as the hosts of repositories make them: lower case, punctuation off, hyphens. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map((match) => match[1] ?? "");
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(/\s/g, "-"),
    ),
  );
}

function tableRows(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[\s:|-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf("|"))
        .split("|")
        .map((cell) => cell.trim()),
    )
    .filter((row) => row[0] !== "term");
}

/** Types and functions of the source, tables of the migrations. */
function declaredNames(): Set<string> {
  const names = new Set<string>();
  for (const module of readModules(["src"])) {
    for (const match of module.text.matchAll(
      /^export (?:interface|type|const|class|(?:async )?function) (\w+)/gm,
    )) {
      names.add(match[1] ?? "");
    }
  }
  for (const file of listFiles("migrations", ".sql")) {
    for (const match of readFileSync(file, "utf8").matchAll(/create table (\w+)/g)) {
      names.add(match[1] ?? "");
    }
  }
  return names;
}

/** Files under version control, or all of them where there is no repository (an archive). */
function trackedFiles(): string[] {
  try {
    const list = ["ls-files", "--cached", "--others", "--exclude-standard"];
    return execFileSync("git", list, { encoding: "utf8" }).split("\n").filter(Boolean);
  } catch {
    return listFiles(".", "");
  }
}

function forbiddenIn(file: string, text: string): string[] {
  if (file === "package-lock.json") return [];
  return text
    .split("\n")
    .flatMap((line, index) =>
      FORBIDDEN.filter((word) => word.test(line)).map(
        (word) => `${file}:${index + 1} ${word.source}`,
      ),
    );
}
