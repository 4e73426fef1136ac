/** A report that flatters is worse than none: what ends the run is counted, not assumed. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const PLANTED = `
  import { describe, expect, test } from "vitest";
  test("passes", () => {});
  test.runIf(!process.env.ONLY_GOOD)("fails", () => expect(1).toBe(2));
  test("skips", ({ skip }) => skip("there is no PostgreSQL here"));
`;
let folder: string;

beforeAll(() => {
  mkdirSync("test/.tmp", { recursive: true });
  folder = mkdtempSync("test/.tmp/reporter-");
  writeFileSync(join(folder, "planted.test.ts"), PLANTED);
  writeFileSync(join(folder, "empty.test.ts"), "export {};");
  writeFileSync(
    join(folder, "vitest.config.ts"),
    `import { plainReporter } from "../../support/plain-reporter.ts";
     export default { test: { include: ["*.test.ts"],
       reporters: [plainReporter({ ci: process.env["JIKIM_CI"] === "1" })] } };`,
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("failures, skips and their reasons are told, and the last line counts them", () => {
  const { status, lines } = run("planted", {});
  expect(lines).toContain("FAILED planted.test.ts › fails");
  expect(lines).toContain("skipped 1 in planted.test.ts: there is no PostgreSQL here");
  expect(lines.at(-1)).toBe("1 passed, 1 failed, 1 skipped");
  expect(status).toBe(1);
});

test("a skip alone is no failure", () => {
  const { status, lines } = run("planted", { ONLY_GOOD: "1" });
  expect(lines.at(-1)).toBe("1 passed, 0 failed, 2 skipped");
  expect(status).toBe(0);
});

test("where everything is installed a skip is a failure", () => {
  const { status, lines } = run("planted", { ONLY_GOOD: "1", JIKIM_CI: "1" });
  expect(lines.at(-1)).toBe("1 passed, 2 failed");
  expect(status).toBe(1);
});

test("a step that failed before the tests counts", () => {
  const { status, lines } = run("planted", { ONLY_GOOD: "1", JIKIM_FAILED_STEPS: "lint,types" });
  expect(lines).toContain("FAILED step lint");
  expect(lines.at(-1)).toBe("1 passed, 2 failed, 2 skipped");
  expect(status).toBe(1);
});

test.each(["empty", "nothing-of-this-name"])(
  "a run that saw no test is a failure: %s",
  (filter) => {
    const { status, lines } = run(filter, {});
    expect(lines.at(-1)).toBe("0 passed, 1 failed");
    expect(status).toBe(1);
  },
);

function run(filter: string, env: NodeJS.ProcessEnv): { status: number | null; lines: string[] } {
  const vitest = join(process.cwd(), "node_modules/vitest/vitest.mjs");
  const clean = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
  const result = spawnSync(process.execPath, [vitest, "run", filter], {
    cwd: folder,
    env: { ...clean, ...env },
    encoding: "utf8",
  });
  return { status: result.status, lines: result.stdout.trimEnd().split("\n") };
}
