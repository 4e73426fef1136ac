/**
 * Compliant PostgreSQL as GDPRbench's authors built it: one wide table with an index on every
 * metadata column, a day of expiry with a daemon, and every statement in a CSV log. Data lies in
 * clear; their encrypted disk and TLS are left out on both sides. `pgcrypto` is the same with each
 * record sealed by the server, under a key that travels with every statement.
 */
import type { Database } from "../../src/store/database.ts";
import { openPostgres } from "../../src/store/postgres.ts";
import { type BenchServer, settle } from "../support/bench-server.ts";
import { KEEPS } from "./bench-policy.ts";
import { metadataRow, type Model, purposeOf } from "./model.ts";
import type { Side } from "./side.ts";
import type { Op } from "./workloads.ts";

const LOADED_AT_ONCE = 5_000;
const LINE_BYTES = 400;
const DAEMON_MS = 1_000;
const KEY = "0123456789abcdef0123456789abcdef";
const METADATA = ["pur", "expires_on", "usr", "obj", "dec", "acl", "shr", "src", "cat"] as const;

type Row = {
  readonly key: number;
  readonly objects: boolean;
  readonly stopped: boolean;
  readonly withheld: boolean;
  readonly data: string;
};
const COLUMNS = "key, obj = '1' as objects, dec = '1' as stopped, shr = '1' as withheld";

export async function openBaseline(
  server: BenchServer,
  database: string,
  { sealed }: { readonly sealed: boolean },
): Promise<Side> {
  const url = await server.create(database);
  const db = await openPostgres(url);
  // Every statement and how long it took, of this database alone; sessions opened later obey.
  await db.query(`alter database ${database} set log_statement = 'all'`);
  await db.query(`alter database ${database} set log_duration = on`);
  await db.close();
  const logged = await openPostgres(url);
  if (sealed) await logged.query("create extension pgcrypto");
  await logged.query(
    `create table usertable (key bigint primary key, pur text, expires_on date, usr text, obj text,
                             dec text, acl text, shr text, src text, cat text, data ${sealed ? "bytea" : "text"})`,
  );
  const daemon = setInterval(() => {
    void logged.query("delete from usertable where expires_on < current_date").catch(() => 0);
  }, DAEMON_MS);
  return {
    name: sealed ? "pgcrypto" : "compliant",
    load: (model) => load(logged, model, sealed),
    settle: () => settle(server, logged),
    run: (op) => run({ db: logged, server, sealed }, op),
    async dump() {
      const rows = await logged.query<Row>(
        `select ${COLUMNS}, ${opened(sealed)} from usertable`,
        sealed ? [KEY] : [],
      );
      return rows.map((row) => `${metadataRow(row.key, row)} ${row.data}`);
    },
    async expire() {
      const gone = await logged.query(
        "delete from usertable where expires_on < current_date + 2 returning key",
      );
      return gone.length;
    },
    async bytes() {
      const [row] = await logged.query<{ bytes: number }>(
        "select pg_total_relation_size('usertable') as bytes",
      );
      return row?.bytes ?? 0;
    },
    async close() {
      clearInterval(daemon);
      await logged.close();
      await server.drop(database);
    },
  };
}

function opened(sealed: boolean): string {
  return sealed ? "pgp_sym_decrypt(data, $1) as data" : "data";
}

/** Expressions of a row; the periods of the policy as days from now. */
async function load(db: Database, model: Model, sealed: boolean): Promise<void> {
  const all = [...model.records.values()];
  const data = sealed ? sealing("data") : "data";
  for (let from = 0; from < all.length; from += LOADED_AT_ONCE) {
    const some = all.slice(from, from + LOADED_AT_ONCE);
    await db.query(
      `insert into usertable
       select key::bigint, 'pur' || pur, current_date + keep::interval, 'user' || usr,
              'obj' || (usr::int % 100), 'dec' || (usr::int % 2), 'acl' || (usr::int % 10),
              'shr' || (usr::int % 10), 'src' || (usr::int % 10), 'cat' || (usr::int % 10), ${data}
         from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
           as row (key, pur, keep, usr, data)`,
      [
        some.map(({ key }) => String(key)),
        some.map(({ user }) => String(purposeOf(user))),
        some.map(({ user }) => keepOf(user)),
        some.map(({ user }) => String(user)),
        some.map((record) => record.data),
      ],
    );
  }
  for (const column of METADATA) {
    await db.query(`create index usertable_${column} on usertable (${column})`);
  }
}

function keepOf(user: number): string {
  return KEEPS[user % KEEPS.length] ?? "P1D";
}

interface Ground {
  readonly db: Database;
  readonly server: BenchServer;
  readonly sealed: boolean;
}

async function run({ db, server, sealed }: Ground, op: Op): Promise<readonly string[]> {
  const key = sealed ? [KEY] : [];
  const next = sealed ? "$2" : "$1";
  const data = async (where: string, value: string | number): Promise<readonly string[]> => {
    // All columns, as the published client asks for them.
    const rows = await db.query<Row>(
      `select key, ${METADATA.join(", ")}, ${opened(sealed)} from usertable where ${where}`,
      [...key, value],
    );
    return rows.map((row) => row.data);
  };
  const metadata = async (where: string, value: string | number): Promise<readonly string[]> => {
    const rows = await db.query<Row>(`select ${COLUMNS} from usertable where ${where}`, [value]);
    return rows.map((row) => metadataRow(row.key, row));
  };
  switch (op.kind) {
    case "read-key":
      return data(`key = ${next}`, op.key);
    case "read-user":
      return data(`usr = ${next}`, `user${op.user}`);
    case "read-purpose":
      return data(`pur = ${next}`, `pur${op.purpose}`);
    case "read-meta-key":
      return metadata("key = $1", op.key);
    case "read-meta-user":
      return metadata("usr = $1", `user${op.user}`);
    case "read-meta-purpose":
      return metadata("pur = $1", `pur${op.purpose}`);
    case "verify-deletion": {
      const rows = await db.query("select key from usertable where key = $1", [op.key]);
      return rows.length === 0 ? [] : ["there"];
    }
    case "logs": {
      const tail = await server.logTail(op.lines * LINE_BYTES);
      const lines = tail.split("\n").slice(-op.lines - 1, -1);
      return lines.length === 0 ? ["no log"] : [];
    }
    default:
      await change(db, op, sealed);
      return [];
  }
}

async function change(db: Database, op: Op, sealed: boolean): Promise<void> {
  const on = op.on ? "1" : "0";
  switch (op.kind) {
    case "insert":
      await db.query(
        `insert into usertable values ($1, $2, current_date + $3::interval, $4, $5, $6, $7, $7, $7,
                                       $7, ${sealed ? sealing("$8") : "$8"})`,
        [
          op.key,
          `pur${purposeOf(op.user)}`,
          keepOf(op.user),
          `user${op.user}`,
          // What the user and the purpose have said so far is copied into the record.
          op.metadata.objects ? "1" : "0",
          op.metadata.stopped ? "1" : "0",
          `x${op.user % 10}`,
          op.data,
        ],
      );
      return;
    case "delete-key":
      await db.query("delete from usertable where key = $1", [op.key]);
      return;
    case "update-key":
      await db.query(
        `update usertable set data = ${sealed ? sealing("$2") : "$2"} where key = $1`,
        [op.key, op.data],
      );
      return;
    case "meta-key":
      await db.query("update usertable set shr = $2 where key = $1", [op.key, on]);
      return;
    case "meta-user":
      await db.query("update usertable set obj = $2 where usr = $1", [`user${op.user}`, on]);
      return;
    case "meta-purpose":
      await db.query("update usertable set dec = $2 where pur = $1", [`pur${op.purpose}`, on]);
      return;
    default:
      throw new Error(`not a change: ${op.kind}`);
  }
}

function sealing(data: string): string {
  return `pgp_sym_encrypt(${data}, '${KEY}', 's2k-mode=0, cipher-algo=aes256')`;
}
