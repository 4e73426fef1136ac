/**
 * PostgreSQL over a socket. Values only ever travel as parameters, and every statement ends after
 * a while: a sweep is bounded, so one that takes longer is a fault, not work.
 *
 * What the server itself logs is its operator's to set (log_statement = none,
 * log_parameter_max_length = 0, log_parameter_max_length_on_error = 0,
 * log_min_error_statement = panic); `durability` names what we found switched off.
 */
import { Pool, type PoolClient, types } from "pg";
import { JikimError } from "../base/errors.ts";
import {
  BYTEA_OID,
  DATE_OID,
  INT8_OID,
  readDate,
  readInt8,
  readTimestamptz,
  TIMESTAMPTZ_OID,
} from "./column-value.ts";
import type { Row, SqlValue } from "./database.ts";
import type { ScriptDatabase, ScriptSql } from "./script-database.ts";
import { storeError } from "./store-error.ts";

const OLDEST_SERVER = 150_000; // server_version_num of PostgreSQL 15
const STATEMENT_LIMIT_MS = 30_000;
const POOL_SIZE = 10;
const SESSION = "-c timezone=UTC -c datestyle=ISO -c intervalstyle=iso_8601";
const ROLE = /^[a-z_][a-z0-9_]{0,62}$/;

const readBytea = types.getTypeParser(BYTEA_OID) as (text: string) => Uint8Array;
const PARSERS: ReadonlyMap<number, (text: string) => unknown> = new Map<
  number,
  (text: string) => unknown
>([
  [BYTEA_OID, (text) => new Uint8Array(readBytea(text))],
  [INT8_OID, readInt8],
  [DATE_OID, readDate],
  [TIMESTAMPTZ_OID, readTimestamptz],
]);

/**
 * Connects. Throws ERR_STORE_UNAVAILABLE when the server is absent, refuses or is too old, and
 * ERR_USAGE for a role that is no plain name.
 * @param role what the sessions become, when the address logs in as another
 */
export async function openPostgres(url: string, role?: string): Promise<ScriptDatabase> {
  if (role !== undefined && !ROLE.test(role)) {
    throw new JikimError("ERR_USAGE", "a role is a plain name: a-z, 0-9 and _");
  }
  const pool = new Pool({
    connectionString: url,
    max: POOL_SIZE,
    application_name: "jikim",
    connectionTimeoutMillis: 5_000,
    statement_timeout: STATEMENT_LIMIT_MS,
    idle_in_transaction_session_timeout: STATEMENT_LIMIT_MS,
    options: role === undefined ? SESSION : `${SESSION} -c role=${role}`,
    types: {
      getTypeParser: ((oid: number, format?: "text" | "binary") =>
        PARSERS.get(oid) ??
        types.getTypeParser(oid, format ?? "text")) as typeof types.getTypeParser,
    },
  });
  // An idle connection that breaks is replaced at the next use; without this it ends the process.
  pool.on("error", () => undefined);
  try {
    const version = await run<{ version: string; fsync: string }>(
      pool,
      `select current_setting('server_version_num') as version, current_setting('fsync') as fsync`,
    );
    const [found] = version;
    if (found === undefined || Number(found.version) < OLDEST_SERVER) {
      throw new JikimError("ERR_STORE_UNAVAILABLE", "PostgreSQL 15 or newer is needed", {
        reason: "version",
      });
    }
    return databaseOf(pool, found.fsync === "on");
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function databaseOf(pool: Pool, fsync: boolean): ScriptDatabase {
  let closed = false;
  return Object.freeze<ScriptDatabase>({
    kind: "postgres",
    durability: fsync
      ? "survives kill -9 and power loss, as far as the server's disks keep their word"
      : "survives kill -9, not power loss: fsync is off on the server",
    query: (text, params) => run(pool, text, params),
    async transaction<T>(work: (tx: ScriptSql) => Promise<T>): Promise<T> {
      const client = await connect(pool);
      let broken = false;
      try {
        await run(client, "begin");
        const result = await work(transactionOf(client));
        await run(client, "commit");
        return result;
      } catch (error) {
        // A connection that cannot even roll back is thrown away with its transaction.
        await run(client, "rollback").catch(() => {
          broken = true;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    },
    async close(): Promise<void> {
      if (closed) return;
      closed = true;
      await pool.end();
    },
  });
}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw storeError(error);
  }
}

function transactionOf(client: PoolClient): ScriptSql {
  return {
    query: (text, params) => run(client, text, params),
    async script(text) {
      await run(client, text);
    },
  };
}

async function run<R extends Row>(
  on: Pool | PoolClient,
  text: string,
  params?: readonly SqlValue[],
): Promise<readonly R[]> {
  try {
    // Without parameters pg uses the simple protocol, which a migration file needs.
    const result = params === undefined ? on.query<R>(text) : on.query<R>(text, [...params]);
    return (await result).rows;
  } catch (error) {
    throw storeError(error);
  }
}
