// The first door: plain JavaScript, no dependencies, run by whatever Node (20 or newer) there is.
// It installs what package-lock.json names if it is not there yet, finds Node 24 and hands over.
//
//   node scripts/bootstrap.mjs start | test | check | run <file.ts> [arguments]
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, "node_modules");
const NODE_NEEDED = 24;

/** What each command runs under Node 24; arguments of the command line follow. */
const COMMANDS = {
  start: ["reference/remotemeeting/main.ts"],
  test: ["node_modules/vitest/vitest.mjs", "run"],
  check: ["scripts/check.mjs"],
  run: [],
};

function main() {
  const [command, ...rest] = process.argv.slice(2);
  if (!Object.hasOwn(COMMANDS, command ?? "")) {
    fail(`usage: node scripts/bootstrap.mjs ${Object.keys(COMMANDS).join(" | ")}`, 2);
  }
  const missing = missingPackage();
  if (missing !== null) install(missing);
  const files = [...COMMANDS[command], ...rest];
  handOver(findNode(), files);
}

/**
 * Why an install is needed, or null. npm writes node_modules/.package-lock.json last, so an
 * interrupted install is seen too, and one made by hand with `npm ci` counts.
 */
function missingPackage() {
  const installedFile = join(MODULES, ".package-lock.json");
  if (!existsSync(installedFile)) return "first run";
  const installed = readPackages(installedFile);
  for (const [path, entry] of Object.entries(readPackages(join(ROOT, "package-lock.json")))) {
    if (!path.startsWith("node_modules/") || entry.link) continue;
    const there = installed[path];
    if (there === undefined ? !entry.optional : there.version !== entry.version) return path;
  }
  return null;
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
}

function install(reason) {
  process.stderr.write(`jikim: installing packages (npm ci; ${reason}) …\n`);
  const npm = process.env.npm_execpath;
  const quiet = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const stdio = ["ignore", "ignore", "inherit"];
  const result =
    npm === undefined
      ? spawnSync("npm", quiet, { cwd: ROOT, stdio, shell: process.platform === "win32" })
      : spawnSync(process.execPath, [npm, ...quiet], { cwd: ROOT, stdio });
  if (result.status !== 0) fail("npm ci failed; see the lines above", result.status ?? 1);
}

/** The repository's own Node 24, else the one that is running if it is new enough. */
function findNode() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const platform = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const own = join(MODULES, platform, "bin", name);
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split(".")[0]) >= NODE_NEEDED) return process.execPath;
  return fail(
    `Jikim needs Node ${NODE_NEEDED}; this is ${process.version}, and the lockfile brings none for ` +
      `${process.platform} ${process.arch}. Install Node ${NODE_NEEDED} and run the command again.`,
    1,
  );
}

/** Replaces this process as far as a child can: same streams, signals passed on, same exit code. */
function handOver(node, files) {
  const env = {
    ...process.env,
    PATH: `${join(MODULES, ".bin")}${process.platform === "win32" ? ";" : ":"}${process.env.PATH}`,
    // Compiled code is kept between runs: the second start is faster.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(MODULES, ".cache", "compile"),
  };
  const child = spawn(node, files, { cwd: ROOT, stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  // npm puts a shell between itself and us that ends on a signal without passing it on: then the
  // service would live on, unseen, and hold its port and its data.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 500).unref();
  }
  child.on("error", (error) => fail(`cannot run ${node}: ${error.message}`, 1));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function fail(message, code) {
  process.stderr.write(`jikim: ${message}\n`);
  process.exit(code);
}

main();
