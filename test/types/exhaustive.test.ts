/**
 * The tables keyed by clause kind or sentence form are exhaustive by type. Shown, not claimed:
 * each table is copied, one entry is taken out, and the compiler must name what is missing. The
 * copy itself must compile as it is, else the failure would prove nothing.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** Table, its file, and the entry that is taken out. */
const TABLES = [
  ["SENTENCES", "src/compiler/sentences-table.ts", "link/outside"],
  ["SENTENCES", "src/compiler/sentences-table.ts", "retention/row_by_law"],
  ["RULES", "src/compiler/promises.ts", "link"],
  ["BLOCKS", "src/compiler/compile-page.ts", "retention"],
  ["CHECKS", "src/proof/checks.ts", "link/outside"],
  ["DUTIES", "src/engine/duties.ts", "link/outside"],
] as const;

describe.each(TABLES)("%s of %s", (table, file, entry) => {
  const there = existsSync(join(ROOT, file));

  test.skipIf(!there)("compiles as it is", async () => {
    expect(await compileCopy(file, (text) => text)).toEqual({ ok: true, output: "" });
  });

  test.skipIf(!there)(`without ${entry} does not compile, and tsc names it`, async () => {
    const { ok, output } = await compileCopy(file, (text) => withoutEntry(text, table, entry));
    expect(ok).toBe(false);
    expect(output).toMatch(/error TS(1360|2741|2739)/);
    expect(output).toContain(entry);
  });
});

test("an entry is taken out whole and alone", () => {
  const text = `const T = {\n  "a/b": {\n    ko: "{x}",\n  },\n  c: one,\n  "d/e": f({ g: 1 }),\n};\n`;
  expect(withoutEntry(text, "T", "a/b")).toBe(
    `const T = {\n  c: one,\n  "d/e": f({ g: 1 }),\n};\n`,
  );
  expect(withoutEntry(text, "T", "c")).not.toContain("one");
  expect(() => withoutEntry(text, "T", "z")).toThrow(/no entry z/);
});

/** The table's text without the entry's lines, from its key to the comma at its own depth. */
function withoutEntry(text: string, table: string, entry: string): string {
  const lines = text.split("\n");
  const from = lines.findIndex((line) => new RegExp(`const ${table}\\b`).test(line));
  const key = (line: string) => line.startsWith(`  "${entry}":`) || line.startsWith(`  ${entry}:`);
  const first = lines.findIndex((line, index) => index > from && key(line));
  if (from < 0 || first < 0) throw new Error(`no entry ${entry} in ${table}`);
  let depth = 0;
  let last = first;
  for (; last < lines.length; last += 1) {
    const line = lines[last] ?? "";
    depth += (line.match(/[{([]/g)?.length ?? 0) - (line.match(/[})\]]/g)?.length ?? 0);
    if (depth === 0 && /,( *\/\/.*)?$/.test(line)) break;
  }
  return [...lines.slice(0, first), ...lines.slice(last + 1)].join("\n");
}

/** Compiles a changed copy outside the repository, with the repository's own settings. */
async function compileCopy(file: string, change: (text: string) => string) {
  const folder = await mkdtemp(join(tmpdir(), "jikim-exhaustive-"));
  try {
    const home = dirname(join(ROOT, file));
    const text = change(await readFile(join(ROOT, file), "utf8"));
    const rooted = text.replaceAll(/(from ")(\.{1,2}\/[^"]+)/g, (_, from: string, path: string) => {
      return from + resolve(home, path);
    });
    await writeFile(join(folder, "copy.mts"), rooted);
    const settings = {
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: { typeRoots: [join(ROOT, "node_modules/@types")] },
      files: ["copy.mts"],
      include: [],
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(settings));
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const { stdout } = await run(process.execPath, [tsc, "-p", folder, "--pretty", "false"]);
    return { ok: true, output: stdout };
  } catch (error) {
    const output =
      error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
    return { ok: false, output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
