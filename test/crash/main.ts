/**
 * Crashes in full: `npm run crash [name]`, of the key store when no name is said. `npm test` runs
 * the short forms of the same tests. Of another name it runs `test/<name>/main.ts`.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Each store is killed so often, at every step in turn and at random moments. */
const RUNS = 200;
const ROOT = join(import.meta.dirname, "../..");

function keys(): number {
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const files = ["crash", "power-loss"].map((name) => `test/keys/${name}.test.ts`);
  const { status } = spawnSync(process.execPath, [vitest, "run", ...files], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, CRASH_RUNS: String(RUNS) },
  });
  return status ?? 1;
}

const [name = "keys"] = process.argv.splice(2, 1);
const other = join(ROOT, "test", name, "main.ts");
if (name === "keys") process.exitCode = keys();
else if (/^[a-z-]+$/.test(name) && name !== "crash" && existsSync(other)) {
  await import(pathToFileURL(other).href);
} else {
  process.stderr.write(`there is no crash test of the name ${name}\n`);
  process.exitCode = 2;
}
