/**
 * A PostgreSQL of the benchmark's own, as it comes: durable commits, default memory. Both sides use
 * it with the same driver, each in a database of its own.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgres } from "../../src/store/postgres.ts";
import { postgresPrograms, startPostgres } from "../../test/keys/support/temp-postgres.ts";
import type { Database } from "../../src/store/database.ts";

export interface BenchServer {
  readonly folder: string;
  readonly version: string;
  /** Makes an empty database and returns its address. */
  create(name: string): Promise<string>;
  /** The same for a role of its own that may connect nowhere else, and nobody else here. */
  createApart(name: string): Promise<string>;
  /** Pages written, so that no side pays for what the other left. */
  checkpoint(): Promise<void>;
  drop(name: string): Promise<void>;
  /** Where key folders of the run may be made; gone when it stops. */
  readonly keyFolder: string;
  /** The last bytes of the statement log. */
  logTail(bytes: number): Promise<string>;
  stop(): Promise<void>;
}

/** Null where PostgreSQL is not installed. */
export async function startBenchServer(): Promise<BenchServer | null> {
  const programs = postgresPrograms();
  if (programs === null) return null;
  const server = startPostgres(programs, ["logging_collector=on", "log_destination=csvlog"]);
  const keys = mkdtempSync(join(tmpdir(), "jikim-bench-keys-"));
  const urlOf = (name: string, role = "keys"): string =>
    `postgres://${role}@localhost/${name}?host=${encodeURIComponent(server.folder)}`;
  const admin = await openPostgres(urlOf("postgres"));
  const [found] = await admin.query<{ version: string }>(
    "select current_setting('server_version') as version",
  );
  return {
    folder: server.folder,
    version: `PostgreSQL ${(found?.version ?? "").split(" ")[0]}`,
    async create(name) {
      await admin.query(`create database ${name}`);
      return urlOf(name);
    },
    async createApart(name) {
      await admin.query(`create role ${name} login`);
      await admin.query(`create database ${name} owner ${name}`);
      await admin.query(`revoke connect on database ${name} from public`);
      return urlOf(name, name);
    },
    checkpoint: async () => void (await admin.query("checkpoint")),
    drop: async (name) => void (await admin.query(`drop database ${name} with (force)`)),
    keyFolder: keys,
    logTail: (bytes) => tailOf(join(server.folder, "data", "log"), bytes),
    async stop() {
      await admin.close();
      server.stop();
      rmSync(keys, { recursive: true, force: true });
    },
  };
}

async function tailOf(folder: string, bytes: number): Promise<string> {
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith(".csv"))
    .toSorted()
    .at(-1);
  const file = await open(join(folder, newest ?? ""), "r");
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - bytes);
    const buffer = Buffer.alloc(size - from);
    await file.read(buffer, 0, buffer.length, from);
    return buffer.toString("utf8");
  } finally {
    await file.close();
  }
}

/** Pages written, tables analysed: every measurement begins on the same ground. */
export async function settle(server: BenchServer, db: Database): Promise<void> {
  await db.query("vacuum analyze");
  await server.checkpoint();
}
