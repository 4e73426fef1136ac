/** What must not be there: the absences of ARCHITECTURE.md, each with faults planted to be found. */
import { expect, test } from "vitest";
import type { SourceModule, SyntaxNode } from "../support/source.ts";
import {
  child,
  children,
  lineOf,
  memberName,
  parseModule,
  readModules,
} from "../support/source.ts";

const MODULES = readModules(["src", "reference"]);

type Rule = (module: SourceModule, all: readonly SourceModule[]) => string[];

const PURE = /^src\/(?:base|policy|compiler)\//;

/** Where time and randomness enter the program; everywhere else they are arguments. */
const ROOTS: readonly RegExp[] = [
  /^src\/engine\/system\.ts$/,
  /^src\/store\/folder-lock\.ts$/, // name of a draft beside a lock file; nothing reads it again
  /^src\/keys\/root\/lock-file\.ts$/, // the same, and what tells two locks of a process apart
  /^reference\/[^/]+\/main\.ts$/,
];

/** Runs the statements of its callers, or writes as many `$n` as there are rows; no value. */
const KEY_STORE = /^src\/keys\/(?:nodes\/key-database|nodes\/pg-nodes|slots\/pg-slots)\.ts$/;

/** Where personal records may be deleted or overwritten. Today that is the retention sweep. */
const MAY_DESTROY = /^src\/engine\/(?:destruction|archive|request|retention)\//;

const IMPURE_GLOBALS = new Set([
  "process",
  "console",
  "fetch",
  "performance",
  "crypto",
  "globalThis",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "require",
]);
const CLOCK_AND_CHANCE = new Set([
  "Date.now",
  "Math.random",
  "Temporal.Now",
  "performance.now",
  "process.hrtime",
  "crypto.randomUUID",
  "crypto.randomBytes",
  "crypto.getRandomValues",
  "crypto.randomInt",
  "webcrypto.getRandomValues",
]);
const CHANCE_IMPORTS = new Set([
  "randomBytes",
  "randomUUID",
  "randomInt",
  "randomFill",
  "randomFillSync",
  "getRandomValues",
  "webcrypto",
]);

/** Absence 1: base, policy and compiler do no IO, read no clock, draw no random number. */
const pure: Rule = (module) => {
  if (!PURE.test(module.path)) return [];
  const faults = clockAndChance(module);
  const declared = declaredNames(module);
  for (const node of module.nodes) {
    const name = node.type === "Identifier" ? String(node["name"]) : "";
    if (IMPURE_GLOBALS.has(name) && !declared.has(name) && !isPropertyName(module, node)) {
      faults.push(at(module, node, `uses ${name}`));
    }
    if (node.type !== "ImportDeclaration") continue;
    const source = String(child(node, "source")?.["value"]);
    if (!source.startsWith("node:")) continue;
    for (const name of importedNames(node)) {
      // A hash is arithmetic; everything else of the platform is the world.
      if (source !== "node:crypto" || name !== "createHash") {
        faults.push(at(module, node, `imports ${name} of ${source}`));
      }
    }
  }
  return faults;
};

/** Absence 7: time, randomness and ids are arguments. */
const given: Rule = (module) => {
  if (ROOTS.some((root) => root.test(module.path))) return [];
  return clockAndChance(module);
};

/**
 * Absence 2: a statement is written down whole; values are parameters. A function may pass a
 * statement of its caller on; then its callers are held to the same.
 */
const parametersOnly: Rule = (module, all) => {
  const faults: string[] = [];
  const runners = runnersOf(all);
  for (const node of module.nodes) {
    const index = node.type === "CallExpression" ? runners.get(calledName(node)) : undefined;
    if (index === undefined) continue;
    const statement = children(node, "arguments")[index];
    if (statement !== undefined && isWritten(module, statement)) continue;
    if (statement !== undefined && parameterAt(module, statement) !== null) continue;
    // The drivers and the migrations of the store run whole texts they were given.
    if (module.path.startsWith("src/store/") && statement?.type === "Identifier") continue;
    if (KEY_STORE.test(module.path)) continue;
    faults.push(at(module, node, "runs a statement that is not written down"));
  }
  return faults;
};

/** Absence 3: only the duties of destruction delete or overwrite personal records. */
const destroyedInOnePlace: Rule = (module) => {
  if (MAY_DESTROY.test(module.path) || !module.path.startsWith("src/")) return [];
  const destroys = new RegExp(
    `\\b(?:delete\\s+from|update|truncate(?:\\s+table)?|merge\\s+into)\\s+(?:only\\s+)?` +
      `(?:"?public"?\\.)?"?(?:record|lookup|archived_record|held_record)\\b`,
    "i",
  );
  return stringsOf(module)
    .filter(({ text }) => destroys.test(text))
    .map(({ node }) => at(module, node, "deletes or overwrites personal records"));
};

const RULES: Readonly<Record<string, Rule>> = { pure, given, parametersOnly, destroyedInOnePlace };

test.each(Object.entries(RULES))("nothing in the source breaks the absence %s", (_name, rule) => {
  expect(MODULES.length).toBeGreaterThan(10);
  expect(MODULES.flatMap((each) => rule(each, MODULES))).toEqual([]);
});

test("the look at statements sees every call there is", () => {
  const calls = MODULES.flatMap((each) =>
    each.nodes.filter((node) => node.type === "CallExpression" && calledName(node) === "query"),
  );
  const lines = MODULES.flatMap((each) => each.text.match(/\.query[(<]/g) ?? []);
  expect(calls.length).toBeGreaterThanOrEqual(lines.length);
});

const POLICY = "src/policy/a.ts";
const ENGINE = "src/engine/use/a.ts";
const PLANTED: readonly [rule: string, path: string, text: string][] = [
  ["pure", POLICY, "const now = Date.now();"],
  ["pure", POLICY, "const now = new Date();"],
  ["pure", POLICY, "const now = Date();"],
  ["pure", POLICY, 'const now = Date["now"]();'],
  ["pure", POLICY, "const { now } = Date;"],
  ["pure", POLICY, "const now = Temporal.Now.instant();"],
  ["pure", POLICY, "const x = Math.random();"],
  ["pure", POLICY, "const zone = process.env.TZ;"],
  ["pure", POLICY, "setTimeout(() => {}, 1);"],
  ["pure", POLICY, 'await fetch("https://example.org");'],
  ["pure", POLICY, 'import { readFileSync } from "node:fs";'],
  ["pure", POLICY, 'import { get } from "node:http";'],
  ["pure", POLICY, 'import * as crypto from "node:crypto";'],
  ["pure", "src/compiler/a.ts", 'import { createHash, randomBytes } from "node:crypto";'],
  ["given", ENGINE, "const now = Date.now();"],
  ["given", ENGINE, "const now = new Date();"],
  ["given", ENGINE, 'import { randomUUID } from "node:crypto";'],
  ["given", ENGINE, 'import * as crypto from "node:crypto"; crypto.randomBytes(8);'],
  ["given", "src/site/a.ts", "const x = Math.random();"],
  ["given", "reference/r/pages/a.ts", "const x = crypto.randomUUID();"],
  ["parametersOnly", ENGINE, "await tx.query(`select * from record where id = ${id}`);"],
  ["parametersOnly", ENGINE, 'await tx.query("select " + columns);'],
  ["parametersOnly", ENGINE, "await db.query<Row>(text, [id]);"],
  ["parametersOnly", ENGINE, "let most = 1; await tx.query(`select 1 limit ${most}`);"],
  ["parametersOnly", ENGINE, "for (const t of names) await tx.query(`select 1 from ${t}`);"],
  [
    "parametersOnly",
    ENGINE,
    'function f(t: string) { g(`x ${t}`); }\nconst q = f("x"); d.query(q);',
  ],
  ["parametersOnly", ENGINE, "const q = `select ${x}`; await db.query(q);"],
  [
    "parametersOnly",
    ENGINE,
    "function run(tx: Sql, text: string) { return tx.query(text); }\nrun(tx, `${x}`);",
  ],
  ["destroyedInOnePlace", ENGINE, "await tx.query(`delete from record where id = $1`, [id]);"],
  ["destroyedInOnePlace", ENGINE, "await tx.query(`\n  update record\n set sealed = $1`, [v]);"],
  ["destroyedInOnePlace", ENGINE, 'const text = "TRUNCATE lookup";'],
  ["destroyedInOnePlace", ENGINE, 'const text = "update archived_record set law = $1";'],
  ["destroyedInOnePlace", ENGINE, 'const text = "delete from held_record";'],
  ["destroyedInOnePlace", "src/store/a.ts", 'const text = "delete from only record";'],
];

test.each(PLANTED)("a planted fault against %s is found in %s: %s", (rule, path, text) => {
  const module = parseModule(path, text);
  expect(RULES[rule]?.(module, [module])).not.toEqual([]);
});

const ALLOWED: readonly [rule: string, path: string, text: string][] = [
  ["pure", POLICY, "const day = new Date(0); // not process.env"],
  ["pure", POLICY, 'const process = "billing"; const x = process;'],
  ["pure", POLICY, "const x = { crypto: 1 }; const y = x.crypto;"],
  ["pure", "src/compiler/a.ts", 'import { createHash } from "node:crypto";'],
  ["given", ENGINE, "const now = context.clock.now();"],
  ["given", "src/engine/system.ts", "const now = Date.now();"],
  ["parametersOnly", ENGINE, "await tx.query(`select id from record where id = $1`, [id]);"],
  ["parametersOnly", ENGINE, 'const TEXT = "select 1"; await tx.query(TEXT);'],
  ["parametersOnly", ENGINE, "const MOST = 1_000; await tx.query(`select 1 limit ${MOST}`);"],
  [
    "parametersOnly",
    ENGINE,
    'for (const t of ["lookup", "record"] as const) await tx.query(`select 1 from ${t}`);',
  ],
  [
    "parametersOnly",
    ENGINE,
    "function run(tx: Sql, text: string) { return tx.query(text); }\nrun(tx, 'select 1');",
  ],
  ["destroyedInOnePlace", "src/engine/retention/sweep.ts", 'const t = "delete from record";'],
  ["destroyedInOnePlace", ENGINE, "const t = `insert into record (subject) values ($1)`;"],
];

test.each(ALLOWED)("what %s allows in %s is not a fault: %s", (rule, path, text) => {
  const module = parseModule(path, text);
  expect(RULES[rule]?.(module, [module])).toEqual([]);
});

function clockAndChance(module: SourceModule): string[] {
  const faults: string[] = [];
  for (const node of module.nodes) {
    const member = memberName(node);
    if (member !== null && CLOCK_AND_CHANCE.has(member)) {
      faults.push(at(module, node, `uses ${member}`));
    }
    const callee = child(node, "callee");
    if (callee?.type === "Identifier" && callee["name"] === "Date") {
      const bare = node.type === "CallExpression" || children(node, "arguments").length === 0;
      if (bare) faults.push(at(module, node, "reads the clock with Date"));
    }
    const init = node.type === "VariableDeclarator" ? child(node, "init") : null;
    if (init?.type === "Identifier" && ["Date", "Math"].includes(String(init["name"]))) {
      faults.push(at(module, node, `takes ${String(init["name"])} apart`));
    }
    if (node.type !== "ImportDeclaration") continue;
    for (const name of importedNames(node)) {
      if (CHANCE_IMPORTS.has(name)) faults.push(at(module, node, `imports ${name}`));
    }
  }
  return faults;
}

function importedNames(node: SyntaxNode): string[] {
  return children(node, "specifiers").map((each) => {
    const name = child(each, "imported")?.["name"];
    return typeof name === "string" ? name : "*";
  });
}

/** Names the module declares itself; they are not the platform's. */
function declaredNames(module: SourceModule): Set<string> {
  const names = new Set<string>();
  for (const node of module.nodes) {
    const id = child(node, node.type === "ImportSpecifier" ? "local" : "id");
    if (id?.type === "Identifier") names.add(String(id["name"]));
    for (const parameter of children(node, "params")) {
      if (parameter.type === "Identifier") names.add(String(parameter["name"]));
    }
  }
  return names;
}

/** `x.process` and `{ process: 1 }` name a property, not the platform's object. */
function isPropertyName(module: SourceModule, node: SyntaxNode): boolean {
  return module.nodes.some(
    (each) =>
      (each.type === "MemberExpression" && !each["computed"] && each["property"] === node) ||
      ((each.type === "Property" || each.type.startsWith("TSProperty")) && each["key"] === node),
  );
}

/** `query` of `tx.query(…)`, `run` of `run(…)`. */
function calledName(call: SyntaxNode): string {
  const callee = child(call, "callee");
  if (callee === null) return "";
  const member = callee.type === "MemberExpression";
  const name = member ? child(callee, "property")?.["name"] : callee["name"];
  // `x.run(…)` is a method of something else; only `query` is looked for under every owner.
  return typeof name === "string" && (!member || name === "query") ? name : "";
}

/** Functions that run a statement they were given: name → place of the statement. */
function runnersOf(modules: readonly SourceModule[]): ReadonlyMap<string, number> {
  const runners = new Map([["query", 0]]);
  for (let grown = -1; grown !== runners.size;) {
    grown = runners.size;
    for (const module of modules) {
      for (const node of module.nodes) {
        const index = node.type === "CallExpression" ? runners.get(calledName(node)) : undefined;
        const statement = index === undefined ? undefined : children(node, "arguments")[index];
        const parameter = statement === undefined ? null : parameterAt(module, statement);
        if (parameter !== null) runners.set(parameter.of, parameter.index);
      }
    }
  }
  return runners;
}

/** The function whose parameter an identifier is, and its place there. */
function parameterAt(module: SourceModule, node: SyntaxNode): { of: string; index: number } | null {
  if (node.type !== "Identifier") return null;
  for (const each of module.nodes) {
    const inside = each.start <= node.start && node.start < Number(each["end"]);
    if (!inside || each.type !== "FunctionDeclaration") continue;
    const index = children(each, "params").findIndex((param) => param["name"] === node["name"]);
    const name = child(each, "id")?.["name"];
    if (index >= 0 && typeof name === "string") return { of: name, index };
  }
  return null;
}

/**
 * A literal, the name of one in the same file, or a text with such names in it: a number that
 * bounds a statement (`limit ${BATCH}`) or a table of a list that is written down.
 */
function isWritten(module: SourceModule, node: SyntaxNode): boolean {
  if (node.type === "Literal") return ["string", "number"].includes(typeof node["value"]);
  if (node.type === "TemplateLiteral") {
    return children(node, "expressions").every((each) => isWritten(module, each));
  }
  if (node.type !== "Identifier") return false;
  const declarators = module.nodes.filter(
    (each) => each.type === "VariableDeclarator" && child(each, "id")?.["name"] === node["name"],
  );
  return declarators.length > 0 && declarators.every((each) => isWrittenVariable(module, each));
}

function isWrittenVariable(module: SourceModule, declarator: SyntaxNode): boolean {
  const isOf = (each: SyntaxNode, key: string): boolean =>
    children(child(each, key) ?? each, "declarations").includes(declarator);
  const constant = module.nodes.some(
    (each) => each.type === "VariableDeclaration" && each["kind"] === "const" && isOf(each, ""),
  );
  if (!constant) return false;
  const init = child(declarator, "init");
  if (init !== null) return init.type !== "Identifier" && isWritten(module, init);
  const loop = module.nodes.find((each) => each.type === "ForOfStatement" && isOf(each, "left"));
  const list = loop === undefined ? null : child(loop, "right");
  const array = list?.type === "TSAsExpression" ? child(list, "expression") : list;
  if (array?.type !== "ArrayExpression") return false;
  return children(array, "elements").every((each) => each.type === "Literal");
}

function stringsOf(module: SourceModule): { node: SyntaxNode; text: string }[] {
  return module.nodes.flatMap((node) => {
    if (node.type === "Literal") return [{ node, text: String(node["value"]) }];
    if (node.type !== "TemplateLiteral") return [];
    const parts = children(node, "quasis").map((each) => JSON.stringify(each["value"]));
    return [{ node, text: parts.join(" ").replaceAll("\\n", " ") }];
  });
}

function at(module: SourceModule, node: SyntaxNode, what: string): string {
  return `${module.path}:${lineOf(module, node.start)} ${what}`;
}
