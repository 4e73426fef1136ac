/** PostgreSQL's own programs for dumps. The password goes by the environment, never by arguments. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { JikimError } from "../../base/errors.ts";

const SERVER_FOLDER = "/usr/lib/postgresql"; // Debian and Ubuntu: one folder a version
const MAX_TOLD_BYTES = 65_536;

/** Dumps a database into a file, in pg_dump's own compressed format. */
export async function dumpDatabase(url: string, file: string): Promise<void> {
  await callProgram("pg_dump", url, [
    "--format=custom",
    "--no-owner",
    "--no-acl",
    `--file=${file}`,
  ]);
}

/** Brings a dump back in one transaction, in place of what is there. */
export async function restoreDatabase(url: string, file: string): Promise<void> {
  const { database } = connectionOf(url);
  await callProgram("pg_restore", url, [
    "--single-transaction",
    "--clean",
    "--if-exists",
    "--no-owner",
    "--no-acl",
    `--dbname=${database}`,
    file,
  ]);
}

async function callProgram(program: string, url: string, args: readonly string[]): Promise<void> {
  const path = findProgram(program);
  if (path === null) {
    throw new JikimError(
      "ERR_USAGE",
      `${program} is not here: install PostgreSQL's client programs, or back the database up ` +
        "your own way; its backups need no special care, the keys are not in them",
    );
  }
  const { environment } = connectionOf(url);
  try {
    await promisify(execFile)(path, [...args], {
      env: { ...process.env, ...environment },
      maxBuffer: MAX_TOLD_BYTES,
    });
  } catch (error) {
    // What it says may quote rows: only how it ended is told.
    const { code } = error as { readonly code?: unknown };
    throw new JikimError("ERR_STORE_UNAVAILABLE", `${program} failed (code ${String(code)})`, {
      program,
    });
  }
}

function connectionOf(url: string): {
  readonly database: string;
  readonly environment: Readonly<Record<string, string>>;
} {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1));
  const named: readonly (readonly [string, string])[] = [
    ["PGHOST", searchParams.get("host") ?? decodeURIComponent(hostname)],
    ["PGPORT", port],
    ["PGUSER", decodeURIComponent(username)],
    ["PGPASSWORD", decodeURIComponent(password)],
    ["PGDATABASE", database],
    ["PGSSLMODE", searchParams.get("sslmode") ?? ""],
  ];
  return { database, environment: Object.fromEntries(named.filter(([, value]) => value !== "")) };
}

function findProgram(program: string): string | null {
  const versions = existsSync(SERVER_FOLDER)
    ? readdirSync(SERVER_FOLDER)
        .toSorted((a, b) => Number(b) - Number(a))
        .map((version) => join(SERVER_FOLDER, version, "bin"))
    : [];
  const folders = [...versions, ...(process.env["PATH"] ?? "").split(delimiter)];
  const name = process.platform === "win32" ? `${program}.exe` : program;
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}
