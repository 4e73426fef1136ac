// The one door: every check there is, one line a step, the tests last. Ends with the tests' line
// `N passed, N failed`; a step that failed counts as one failure there, and all steps are run.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Boundaries, absences and the other house rules are tests: test/tidy. */
const STEPS = [
  { name: "format", file: "node_modules/oxfmt/bin/oxfmt", args: ["--check"] },
  { name: "types", file: "node_modules/typescript/bin/tsc", args: ["-p", "."] },
  { name: "lint", file: "node_modules/oxlint/bin/oxlint", args: [] },
  { name: "dead code", file: "node_modules/knip/bin/knip.js", args: ["--no-progress"] },
];

const failed = [];
for (const step of STEPS) {
  const started = Date.now();
  const result = spawnSync(process.execPath, [join(ROOT, step.file), ...step.args], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const good = result.status === 0;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${good ? "ok    " : "FAILED"} ${step.name} (${seconds} s)\n`);
  if (!good) {
    failed.push(step.name);
    process.stdout.write(`${result.stdout ?? ""}${result.stderr ?? ""}\n`);
  }
}

process.stdout.write("       tests (house rules: test/tidy)\n");
const tests = spawnSync(process.execPath, [join(ROOT, "node_modules/vitest/vitest.mjs"), "run"], {
  cwd: ROOT,
  stdio: "inherit",
  env: { ...process.env, JIKIM_FAILED_STEPS: failed.join(",") },
});
process.exit(failed.length > 0 ? 1 : (tests.status ?? 1));
