/** Where a run takes place: a folder with everything, and a server with the worst settings. */
import { execFileSync, spawn } from "node:child_process";
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { openDatabase } from "../../../src/store/open-database.ts";
import {
  postgresPrograms,
  startPostgres,
  type TempPostgres,
} from "../../keys/support/temp-postgres.ts";
import type { MigrationSet } from "../../../src/store/read-migrations.ts";
import type { WorldConfig } from "./plan.ts";
import { STORES } from "./stores.ts";

const WORLD = fileURLToPath(new URL("./world.ts", import.meta.url));
const KEY_SCHEMA = new URL("../../../migrations/keys/000001.sql", import.meta.url);

/** A server that writes down and keeps all it can. */
export interface WorstServer {
  readonly server: TempPostgres;
  /** WAL archive, base backups and logs, beside the server's own folder. */
  readonly extras: string;
  /** A base backup as of now, and dumps of the databases. Returns the backup's folder. */
  backUp(name: string): string;
  /** Checkpoint, and the present WAL segment into the archive; returns when it is there. */
  flush(): Promise<void>;
  stop(): void;
}

export async function startWorstServer(): Promise<WorstServer | null> {
  const programs = postgresPrograms();
  if (programs === null) return null;
  const server = startPostgres(programs, ["shared_preload_libraries=pg_stat_statements"]);
  const extras = join(server.folder, "extras");
  mkdirSync(join(extras, "archive"), { recursive: true });
  const { uid, gid } = statSync(server.folder);
  for (const folder of [extras, join(extras, "archive")]) chownSync(folder, uid, gid);
  const call = (program: string, args: readonly string[]): void => {
    const as = { uid, gid, cwd: extras, stdio: "pipe" } as const;
    execFileSync(join(programs, program), ["-h", server.folder, ...args], as);
  };
  const db = await server.connect();
  for (const setting of [
    "wal_level = replica",
    "archive_mode = on",
    `archive_command = 'cp "%p" "${join(extras, "archive")}/%f"'`,
    "log_destination = csvlog",
    "logging_collector = on",
    `log_directory = '${join(extras, "log")}'`,
    "log_statement = 'all'",
    "log_min_duration_statement = 0",
    "log_parameter_max_length = -1",
    "log_parameter_max_length_on_error = -1",
    "autovacuum = off",
    "max_wal_senders = 4",
  ]) {
    await db.query(`alter system set ${setting}`);
  }
  await db.close();
  server.crash(); // comes back with the settings
  await makeDatabases(server);
  const keys = await server.connect("keys");
  await keys.query(readFileSync(KEY_SCHEMA, "utf8"));
  await keys.close();
  return {
    server,
    extras,
    backUp(name) {
      const folder = join(extras, name);
      const backup = ["-D", folder, "-c", "fast", "-X", "stream", "--no-sync"];
      call("pg_basebackup", ["-U", "keys", ...backup]);
      mkdirSync(join(extras, "dump"));
      chownSync(join(extras, "dump"), uid, gid);
      for (const { name: store } of STORES) {
        call("pg_dump", ["-U", store, "-f", join(extras, "dump", `${store}.sql`), store]);
      }
      return folder;
    },
    async flush() {
      const session = await server.connect();
      await session.query("checkpoint");
      const [last] = await session.query("select pg_walfile_name(pg_switch_wal()) as name");
      await session.query("checkpoint");
      for (let looks = 0; looks < 400; looks += 1) {
        const [archiver] = await session.query(
          "select last_archived_wal >= $1 as done, pg_sleep(0.05) from pg_stat_archiver",
          [String(last?.["name"])],
        );
        if (archiver?.["done"] === true) break;
      }
      await session.close();
    },
    stop: () => server.stop(),
  };
}

/** A database and a role for each store; neither role may connect to the other's database. */
async function makeDatabases(server: TempPostgres): Promise<void> {
  await server.create("keys");
  const db = await server.connect();
  for (const { name } of STORES) {
    await db.query(`create role ${name} login in role pg_checkpoint`);
    await db.query(`create database ${name} owner ${name}`);
  }
  for (const name of [...STORES.map((store) => store.name), "keys"]) {
    await db.query(`revoke connect on database ${name} from public`);
  }
  await db.close();
}

/** A second server on a base backup, as after a loss of the first. */
export function startRestored(backup: string): { readonly folder: string; stop(): void } {
  const programs = postgresPrograms() ?? "";
  const { uid, gid } = statSync(backup);
  const folder = mkdtempSync(join(tmpdir(), "jikim-restored-"));
  const data = join(folder, "data");
  cpSync(backup, data, { recursive: true });
  execFileSync("chown", ["-R", `${uid}:${gid}`, folder]);
  execFileSync("chmod", ["700", data]);
  const run = (...args: string[]): void => {
    execFileSync(join(programs, "pg_ctl"), ["-D", data, "-w", ...args], {
      uid,
      gid,
      cwd: folder,
      stdio: "ignore",
    });
  };
  const options = `-c listen_addresses= -c unix_socket_directories=${folder} -c archive_mode=off -c log_directory=${folder}`;
  run("-l", join(folder, "log"), "-o", options, "start");
  return {
    folder,
    stop() {
      run("-m", "immediate", "stop");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The process under examination, told what to do word by word. */
export interface World {
  readonly pid: number;
  /** Returns when the world says the word back. */
  tell(word: "destroy" | "collect" | "settle" | "close"): Promise<void>;
  end(): void;
}

/** Starts a world. Returns when its people are stored. */
export async function startWorld(config: WorldConfig): Promise<World> {
  const child = spawn(process.execPath, ["--expose-gc", WORLD, JSON.stringify(config)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let trouble = "";
  child.stderr.on("data", (bytes: Buffer) => {
    trouble += bytes.toString();
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const hear = async (word: string): Promise<void> => {
    const said: unknown = (await lines.next()).value;
    if (said !== word) throw new Error(`the world ended before it said ${word}: ${trouble}`);
  };
  await hear("stored");
  return {
    pid: child.pid ?? -1,
    async tell(word) {
      child.stdin.write(`${word}\n`);
      await hear(word);
    },
    end: () => void child.kill("SIGKILL"),
  };
}

const templates = new Map<MigrationSet, string>();

/** An embedded database with its schema, made once: making one takes two seconds. */
export async function freshPglite(folder: string, migrations: MigrationSet): Promise<void> {
  const made = templates.get(migrations);
  const template = made ?? mkdtempSync(join(tmpdir(), "jikim-forensic-template-"));
  if (made === undefined) {
    templates.set(migrations, template);
    process.once("exit", () => rmSync(template, { recursive: true, force: true }));
    const db = await openDatabase({ folder: join(template, "db"), migrations });
    await db.close();
  }
  cpSync(join(template, "db"), folder, { recursive: true });
}

/** A copy of a folder, as a backup would take it. */
export function copyFolder(from: string, to: string): void {
  if (existsSync(from)) cpSync(from, to, { recursive: true });
}
