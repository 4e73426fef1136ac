/** The import table: who may import whom. An arrow that is not in it is an error. */
import { posix } from "node:path";
import { expect, test } from "vitest";
import type { SourceModule } from "../support/source.ts";
import { child, lineOf, listFiles, parseModule, readModules } from "../support/source.ts";

const ROOMS = [
  "base",
  "policy",
  "compiler",
  "store",
  "keys",
  "html",
  "engine",
  "proof",
  "site",
  "console",
  "cli",
] as const;
type Room = (typeof ROOMS)[number];

const FACES: readonly Room[] = ["base", "policy", "compiler", "engine", "proof", "html"];
const ENGINE: readonly Room[] = ["base", "policy", "compiler", "store", "keys"];

const MAY_IMPORT: Readonly<Record<Room, readonly Room[]>> = {
  base: [],
  policy: ["base"],
  compiler: ["base", "policy"],
  store: ["base"],
  keys: ["base"],
  html: ["base"],
  engine: ENGINE,
  proof: [...ENGINE, "engine"],
  site: FACES,
  console: FACES,
  cli: ROOMS,
};

/** The pure rooms may use these packages and nothing else from outside. */
const PACKAGES: Readonly<Partial<Record<Room, readonly string[]>>> = {
  base: ["temporal-polyfill"],
  policy: ["yaml"],
  compiler: ["canonicalize", "node:crypto", "temporal-polyfill"],
};

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly line: number;
}

test("no module imports across a boundary the table does not allow", () => {
  const modules = readModules(["src", "reference"]);
  const faults = modules.flatMap((each) => arrowsOf(each).flatMap(faultOf));
  expect(faults).toEqual([]);
});

test("the look saw every module there is, and their imports", () => {
  const files = [...listFiles("src", ".ts"), ...listFiles("reference", ".ts")];
  const modules = readModules(["src", "reference"]);
  expect(modules.length).toBe(files.length);
  expect(modules.length).toBeGreaterThan(10);
  // Read a second, simpler way: every line that opens an import is among the arrows.
  const lines = modules.flatMap((each) => each.text.match(/^(?:import|export) .*from "/gm) ?? []);
  const arrows = modules.flatMap(arrowsOf);
  expect(arrows.length).toBeGreaterThanOrEqual(lines.length);
});

const PLANTED: readonly [what: string, path: string, text: string][] = [
  ["policy → store", "src/policy/a.ts", 'import { x } from "../store/database.ts";'],
  ["a type across", "src/base/a.ts", 'import type { X } from "../policy/model.ts";'],
  ["an inline type across", "src/base/a.ts", 'type X = import("../policy/model.ts").Policy;'],
  ["a re-export across", "src/keys/a.ts", 'export * from "../engine/jikim.ts";'],
  ["a dynamic import across", "src/site/a.ts", 'await import("../store/database.ts");'],
  ["a computed import", "src/cli/a.ts", "const at = '../x.ts'; await import(at);"],
  ["a room that is not named", "src/base/a.ts", 'import "../attic/a.ts";'],
  ["from a room that is not named", "src/attic/a.ts", 'import "../base/errors.ts";'],
  ["the index from inside", "src/engine/a.ts", 'import { y } from "../index.ts";'],
  ["out of src", "src/engine/a.ts", 'import { y } from "../../test/support/source.ts";'],
  ["a package in a pure room", "src/compiler/a.ts", 'import pg from "pg";'],
  ["a built-in in a pure room", "src/policy/a.ts", 'import { readFileSync } from "node:fs";'],
  ["the reference into src", "reference/r/a.ts", 'import { y } from "../../src/engine/jikim.ts";'],
  ["the reference deep", "reference/r/a.ts", 'import { y } from "jikim/src/engine/jikim.ts";'],
];

test.each(PLANTED)("a planted fault is found: %s", (_what, path, text) => {
  const faults = arrowsOf(parseModule(path, text)).flatMap(faultOf);
  expect(faults).toHaveLength(1);
});

const ALLOWED: readonly [path: string, text: string][] = [
  ["src/engine/use/read.ts", 'import { x } from "../../store/database.ts";'],
  ["src/cli/main.ts", 'import { x } from "../engine/jikim.ts";'],
  ["src/index.ts", 'export { x } from "./engine/open-jikim.ts";'],
  ["reference/remotemeeting/main.ts", 'import { x } from "jikim"; import { y } from "./app.ts";'],
  [
    "src/base/a.ts",
    'const says = `import { x } from "../engine/jikim.ts"`; // import "../cli/a.ts"',
  ],
];

test.each(ALLOWED)("an arrow of the table is allowed: %s", (path, text) => {
  expect(arrowsOf(parseModule(path, text)).flatMap(faultOf)).toEqual([]);
});

const IMPORTING = new Set([
  "ImportDeclaration",
  "ExportAllDeclaration",
  "ExportNamedDeclaration",
  "ImportExpression",
  "TSImportType",
  "TSExternalModuleReference",
]);

function arrowsOf(module: SourceModule): Arrow[] {
  const arrows: Arrow[] = [];
  for (const node of module.nodes) {
    if (!IMPORTING.has(node.type)) continue;
    const source = child(node, "source") ?? child(node, "expression");
    if (source === null) continue; // `export const`: no arrow
    const to = source.type === "Literal" ? String(source["value"]) : "(computed)";
    arrows.push({ from: module.path, to, line: lineOf(module, node.start) });
  }
  return arrows;
}

function faultOf(arrow: Arrow): string[] {
  const allowed = arrow.from.startsWith("src/") ? srcAllows(arrow) : referenceAllows(arrow);
  return allowed ? [] : [`${arrow.from}:${arrow.line} imports ${arrow.to}`];
}

function srcAllows({ from, to }: Arrow): boolean {
  if (to === "(computed)") return false;
  const room = roomOf(from);
  if (!to.startsWith(".")) {
    const packages = room === null ? undefined : PACKAGES[room];
    return packages === undefined || packages.includes(to);
  }
  const target = posix.join(posix.dirname(from), to);
  const targetRoom = roomOf(target);
  if (targetRoom === null) return false; // the index, an unknown room, or outside src
  if (from === "src/index.ts") return true;
  return room !== null && (room === targetRoom || MAY_IMPORT[room].includes(targetRoom));
}

/** What a stranger can import: the package's one name, other packages, files of its own. */
function referenceAllows({ from, to }: Arrow): boolean {
  if (to === "(computed)") return false;
  if (!to.startsWith(".")) return to === "jikim" || !to.startsWith("jikim/");
  const home = from.split("/").slice(0, 2).join("/");
  return posix.join(posix.dirname(from), to).startsWith(`${home}/`);
}

function roomOf(path: string): Room | null {
  const [top, room, file] = path.split("/");
  if (top !== "src" || file === undefined) return null;
  return ROOMS.find((each) => each === room) ?? null;
}
