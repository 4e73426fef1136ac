/**
 * Crashes of a withdrawal in full: `npm run crash withdrawal`. `npm test` runs the short form of
 * the same test.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Random moments at which a withdrawal is killed, beside each of its nine steps. */
const RUNS = 100;
const ROOT = join(import.meta.dirname, "../..");

const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", "test/withdrawal"], {
  cwd: ROOT,
  stdio: "inherit",
  env: { ...process.env, CRASH_RUNS: String(RUNS) },
});
process.exitCode = status ?? 1;
