/**
 * The length and form rules are the linter's. A configuration can be right in form and see
 * nothing, so each rule is shown a fault of its own and must name it.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const LINES = (count: number, line: string): string => `${line}\n`.repeat(count);

/** rule → planted file and its text. */
const PLANTED: Readonly<Record<string, readonly [file: string, text: string]>> = {
  "max-lines-per-function": [
    "src/long-function.ts",
    `export function f(): number {\n  let x = 0;\n${LINES(70, "  x += 1;")}  return x;\n}\n`,
  ],
  "max-lines": ["src/long-file.ts", LINES(401, "export {};")],
  "max-params": [
    "src/params.ts",
    "export function f(a: number, b: number, c: number, d: number, e: number): number {\n" +
      "  return a + b + c + d + e;\n}\n",
  ],
  "no-explicit-any": ["src/any.ts", "export const x: any = 1;\n"],
  "no-default-export": ["src/default.ts", "export default 1;\n"],
  "no-console": ["src/console.ts", "console.log(1);\n"],
  "switch-exhaustiveness-check": [
    "src/switch.ts",
    'type K = "a" | "b";\nexport function f(k: K): number {\n' +
      '  switch (k) {\n    case "a":\n      return 1;\n  }\n  return 2;\n}\n',
  ],
  "no-floating-promises": [
    "src/floating.ts",
    "async function g(): Promise<void> {}\nexport function f(): void {\n  g();\n}\n",
  ],
  "no-misused-promises": [
    "src/misused.ts",
    "async function g(): Promise<boolean> {\n  return true;\n}\n" +
      "export function f(): number {\n  if (g()) return 1;\n  return 2;\n}\n",
  ],
  "only-throw-error": ["src/throw.ts", 'export function f(): never {\n  throw "x";\n}\n'],
  eqeqeq: ["src/equal.ts", "export const same = (a: number, b: number): boolean => a == b;\n"],
};
const CLEAN = "src/clean.ts";

let folder: string;
let found: { readonly rule: string; readonly file: string }[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "jikim-lint-"));
  cpSync(".oxlintrc.json", join(folder, ".oxlintrc.json"));
  const compilerOptions = { strict: true, module: "nodenext", noEmit: true, target: "es2024" };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const files = [
    ...Object.values(PLANTED),
    [CLEAN, `${LINES(399, "// fine")}export {};\n`],
  ] as const;
  for (const [file, text] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  found = lint(folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(Object.keys(PLANTED))("the linter finds a planted fault against %s", (rule) => {
  const file = PLANTED[rule]?.[0];
  expect(found).toContainEqual({ rule, file });
});

test("the linter has nothing against a file of 400 plain lines", () => {
  expect(found.filter((each) => each.file === CLEAN)).toEqual([]);
});

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

function lint(root: string): { rule: string; file: string }[] {
  const oxlint = join(process.cwd(), "node_modules/oxlint/bin/oxlint");
  const args = [oxlint, "--format", "json"];
  let output: string;
  try {
    output = execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  } catch (error) {
    output = String((error as { stdout?: unknown }).stdout); // it found something: that is wanted
  }
  const { diagnostics } = JSON.parse(output) as { diagnostics: Diagnostic[] };
  return diagnostics.map(({ code, filename }) => ({
    rule: /\(([^)]+)\)/.exec(code)?.[1] ?? code,
    file: filename,
  }));
}
