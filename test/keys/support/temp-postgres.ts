/** A PostgreSQL server of a test's own, with the durable settings the key store demands. */
import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import pg from "pg";

import type { KeyDatabase, KeySql } from "../../../src/keys/nodes/key-database.ts";

export interface TempPostgres {
  /** Folder of its socket. */
  readonly folder: string;
  /** Connects one session to a database. */
  connect(database?: string): Promise<KeyDatabase & { readonly client: pg.Client }>;
  /** Makes an empty database. */
  create(name: string): Promise<void>;
  /** The same server after its machine went down without warning. */
  crash(): void;
  stop(): void;
}

/** Folder of the newest PostgreSQL's programs; null when there is none. */
export function postgresPrograms(): string | null {
  const base = "/usr/lib/postgresql";
  if (!existsSync(base)) return null;
  const newest = readdirSync(base)
    .toSorted((a, b) => Number(a) - Number(b))
    .at(-1);
  const folder = join(base, newest ?? "", "bin");
  return existsSync(join(folder, "initdb")) ? folder : null;
}

/** A server refuses to run as root: then it runs as the system's own user for it. */
function otherUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string): number =>
        Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // no such user; the next one
    }
  }
  return undefined;
}

export function startPostgres(programs: string, settings: readonly string[] = []): TempPostgres {
  const user = otherUser();
  const folder = mkdtempSync(join(tmpdir(), "jikim-keys-pg-"));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const run = (program: string, args: readonly string[]): void => {
    execFileSync(join(programs, program), args, { ...user, cwd: folder, stdio: "ignore" });
  };
  const options = ["listen_addresses=", `unix_socket_directories=${folder}`, ...settings];
  const start = (): void =>
    run("pg_ctl", [
      "-D",
      data,
      "-w",
      "-l",
      join(folder, "log"),
      "-o",
      options.map((option) => `-c ${option}`).join(" "),
      "start",
    ]);
  run("initdb", ["-D", data, "-U", "keys", "-A", "trust", "-N"]);
  start();
  const connect = async (database: string) => {
    const client = new pg.Client({ host: folder, user: "keys", database });
    client.on("error", () => undefined); // a server that is stopped ends its sessions
    await client.connect();
    return { ...session(client), client };
  };
  return {
    folder,
    connect: (database = "postgres") => connect(database),
    async create(name) {
      const db = await connect("postgres");
      await db.query(`create database ${name}`);
      await db.close();
    },
    crash() {
      run("pg_ctl", ["-D", data, "-m", "immediate", "stop"]);
      start();
    },
    stop() {
      run("pg_ctl", ["-D", data, "-m", "immediate", "stop"]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One session as the key stores want it. */
export function session(client: pg.Client): KeyDatabase {
  const sql: KeySql = {
    async query(text, params = []) {
      const values = params.map((p) => (p instanceof Uint8Array ? Buffer.from(p) : p));
      const result = await client.query<Record<string, unknown>>(text, values);
      return result.rows;
    },
  };
  return {
    ...sql,
    async transaction(work) {
      await sql.query("begin");
      try {
        const result = await work(sql);
        await sql.query("commit");
        return result;
      } catch (error) {
        await sql.query("rollback").catch(() => undefined);
        throw error;
      }
    },
    close: () => client.end(),
  };
}
