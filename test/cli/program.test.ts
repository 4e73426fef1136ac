/** The program itself, as a process: everything else about it is a transcript. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

test("the program checks a policy and its exit code says that it runs", () => {
  const result = spawnSync(process.execPath, ["bin/jikim.mjs", "check", "policies/remotemeeting"], {
    encoding: "utf8",
  });
  expect(result.stderr).toBe("");
  expect(result.stdout).toMatch(/0 errors, \d+ findings/);
  expect(result.status).toBe(0);
});

test("a misuse is told on stderr, without colour where there is no terminal", () => {
  const result = spawnSync(process.execPath, ["bin/jikim.mjs", "dance"], { encoding: "utf8" });
  expect(result.stdout).toBe("");
  expect(result.stderr).toBe('ERR_USAGE: there is no command "dance"; see jikim --help\n');
  expect(result.status).toBe(2);
});

test("a reader that closes the pipe early is no error", () => {
  const command = `'${process.execPath}' bin/jikim.mjs promises | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const result = spawnSync("bash", ["-c", command], { encoding: "utf8" });
  expect(result.stderr).toBe("");
  expect(result.stdout.trim().split("\n").at(-1)).toBe("0");
});
