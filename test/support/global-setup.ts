/**
 * Starts one PostgreSQL for the whole run, if it is installed, and stops it at the end. Tests get
 * its address by `inject("postgres")`; `null` means it is not installed and its half is skipped.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** `postgres://…` of the server, without a database; `null`: not installed. */
    readonly postgres: string | null;
  }
}

type Account = { readonly uid: number; readonly gid: number } | Record<string, never>;

let stop = (): void => undefined;

export function teardown(): void {
  stop();
}

export async function setup(project: TestProject): Promise<void> {
  const bin = findBinaries();
  if (bin === null) {
    process.stdout.write("PostgreSQL is not installed: its half of the store tests is skipped\n");
    project.provide("postgres", null);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "jikim-pg-"));
  const account = accountFor();
  if ("uid" in account) chownSync(folder, account.uid, account.gid);
  const data = join(folder, "data");
  execFileSync(
    join(bin, "initdb"),
    ["-D", data, "-U", "jikim", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    { ...account, cwd: folder, stdio: "pipe" },
  );
  const port = await freePort();
  const server = spawn(join(bin, "postgres"), ["-D", data, ...settings(folder, port)], {
    ...account,
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  stop = () => stopServer(server, folder);
  process.once("exit", stop);
  await ready(server);
  project.provide("postgres", `postgres://jikim@127.0.0.1:${port}`);
}

/** Quick and forgetful: these clusters live for one run. The odd time zone is on purpose. */
function settings(folder: string, port: number): readonly string[] {
  const values = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: folder,
    fsync: "off",
    full_page_writes: "off",
    synchronous_commit: "off",
    shared_buffers: "32MB",
    max_connections: 100,
    timezone: "America/St_Johns",
    datestyle: "SQL, DMY",
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function findBinaries(): string | null {
  const versions = "/usr/lib/postgresql";
  const folders = [
    ...(existsSync(versions)
      ? readdirSync(versions)
          .toSorted((a, b) => Number(b) - Number(a))
          .map((version) => join(versions, version, "bin"))
      : []),
    ...(process.env["PATH"] ?? "").split(delimiter),
  ];
  const whole = (folder: string): boolean =>
    ["initdb", "postgres"].every((program) => existsSync(join(folder, program)));
  return folders.find(whole) ?? null;
}

/** PostgreSQL refuses to run as root; it then runs as a user that owns nothing else. */
function accountFor(): Account {
  if (process.getuid?.() !== 0) return {};
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const fields = lines.map((line) => line.split(":")).find(([user]) => user === name);
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error("running as root without a user postgres or nobody");
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** Resolves when the server says so; its log tells why when it ends instead. */
async function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    server.stderr?.setEncoding("utf8");
    server.stderr?.on("data", (text: string) => {
      if (log.length < 20_000) log += text;
      if (log.includes("ready to accept connections")) resolve();
    });
    server.once("exit", (code) => reject(new Error(`PostgreSQL ended (${code}):\n${log}`)));
  });
}

function stopServer(server: ChildProcess, folder: string): void {
  if (server.exitCode === null && server.signalCode === null) server.kill("SIGQUIT");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
