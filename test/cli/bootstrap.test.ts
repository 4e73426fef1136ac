/** The first door, as a process: it installs what is missing and hands over as if it were not there. */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const LOCKED = { "node_modules/a": { version: "2.0.0" } };
const FOREIGN = { "node_modules/other-platform": { version: "1.0.0", optional: true } };
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "jikim-bootstrap-"));
  mkdirSync(join(root, "scripts"));
  mkdirSync(join(root, "node_modules"));
  cpSync("scripts/bootstrap.mjs", join(root, "scripts/bootstrap.mjs"));
  const own = `node-${process.platform}-${process.arch}`;
  mkdirSync(join(root, "node_modules", own, "bin"), { recursive: true });
  symlinkSync(process.execPath, join(root, "node_modules", own, "bin", "node"));
  writeJson("package-lock.json", { packages: { ...LOCKED, ...FOREIGN } });
  write("exit.ts", "const code: number = Number(process.argv[2]); process.exit(code);");
  write("wait.ts", 'process.stdout.write("ready"); setInterval(() => {}, 1000);');
  // Stands where npm's own program would: says what it was asked for.
  write("npm.cjs", 'require("node:fs").writeFileSync("asked", process.argv.slice(2).join(" "));');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

test("what is installed as the lockfile says is not installed again", () => {
  installed({ ...LOCKED });
  const result = bootstrap(["run", "exit.ts", "0"]);
  expect(result.stderr).toBe("");
  expect(result.status).toBe(0);
});

test.each([
  ["nothing was ever installed", null, "first run"],
  ["a package is missing", {}, "node_modules/a"],
  ["a package has another version", { "node_modules/a": { version: "1.0.0" } }, "node_modules/a"],
])("packages are installed when %s", (_when, packages, reason) => {
  installed(packages);
  const result = bootstrap(["run", "exit.ts", "0"]);
  expect(result.stderr).toBe(`jikim: installing packages (npm ci; ${reason}) …\n`);
});

test("the exit code is that of the program", () => {
  installed({ ...LOCKED });
  expect(bootstrap(["run", "exit.ts", "7"]).status).toBe(7);
});

test("a command that is not there is misuse", () => {
  const result = bootstrap(["dance"]);
  expect(result.status).toBe(2);
  expect(result.stderr).toContain("start | test | check");
});

test("a signal reaches the program and ends both", async () => {
  installed({ ...LOCKED });
  const child = spawn(process.execPath, ["scripts/bootstrap.mjs", "run", "wait.ts"], { cwd: root });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once("exit", (_code, signal) => resolve(signal));
  });
  child.kill("SIGTERM");
  expect(await ended).toBe("SIGTERM");
});

test("a program whose npm was ended does not live on", async () => {
  installed({ ...LOCKED });
  const shell = `'${process.execPath}' scripts/bootstrap.mjs run wait.ts; true`;
  const env = { ...process.env, npm_lifecycle_event: "start" };
  const child = spawn("sh", ["-c", shell], { cwd: root, env });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const silent = new Promise((resolve) => child.stdout.once("close", resolve)); // nobody holds it
  child.kill("SIGTERM");
  await silent;
  expect(child.signalCode).toBe("SIGTERM");
});

function bootstrap(args: readonly string[]): { status: number | null; stderr: string } {
  const env = { ...process.env, npm_execpath: join(root, "npm.cjs") };
  const file = "scripts/bootstrap.mjs";
  return spawnSync(process.execPath, [file, ...args], { cwd: root, env, encoding: "utf8" });
}

/** What npm says it installed last; null: it never did. */
function installed(packages: Record<string, unknown> | null): void {
  const file = "node_modules/.package-lock.json";
  if (packages === null) rmSync(join(root, file), { force: true });
  else writeJson(file, { packages });
}

function writeJson(file: string, value: unknown): void {
  write(file, JSON.stringify(value));
}

function write(file: string, text: string): void {
  writeFileSync(join(root, file), text);
}
