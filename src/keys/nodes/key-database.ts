/**
 * What the key stores need of PostgreSQL, as an argument: this room opens no connection. It must
 * be one session of its own, neither a pool nor behind a pooler: the lock that keeps a second
 * keeper out belongs to the session and ends with it.
 */
import { JikimError } from "../../base/errors.ts";
import { createSerial } from "../serial.ts";

export type KeySqlValue = string | number | boolean | null | Uint8Array;

export interface KeySql {
  /** One statement. `bytea` arrives as Uint8Array; `int8` as number, bigint or decimal text. */
  query(
    text: string,
    params?: readonly KeySqlValue[],
  ): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export interface KeyDatabase extends KeySql {
  /** All of the work or nothing, durable when it returns. */
  transaction<T>(work: (tx: KeySql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * One session shared by tree and slot map: one statement at a time, and one transaction at a time.
 * A single statement may fall into another's transaction and see what is not yet committed; the
 * tree reads again when it did (shred-tree.ts), and the map is asked by one allocator alone.
 */
export function shareSession(db: KeyDatabase): KeyDatabase {
  const statements = createSerial();
  const transactions = createSerial();
  return Object.freeze<KeyDatabase>({
    query: (text, params) => statements(() => db.query(text, params)),
    transaction: (work) =>
      transactions(() =>
        db.transaction((tx) =>
          work({ query: (text, params) => statements(() => tx.query(text, params)) }),
        ),
      ),
    close: () => db.close(),
  });
}

/** "jikimkey" as a number: one key tree a database, one keeper a key tree. */
export const KEEPER_LOCK = "7667777941126473081";

/**
 * Takes the keeper's lock for this session, for as long as it lives. A dead keeper's lock goes
 * with its session, and that only after the commit it was at has ended; so the taker waits.
 * Throws ERR_KEEPER_RUNNING after `waitMs` milliseconds.
 */
export async function takeKeeperLock(db: KeySql, waitMs: number): Promise<void> {
  await db.query("select set_config('lock_timeout', $1, false)", [`${Math.max(1, waitMs)}ms`]);
  try {
    await db.query("select pg_advisory_lock($1::bigint)", [KEEPER_LOCK]);
  } catch (error) {
    const timedOut = (error as { readonly code?: unknown }).code === "55P03"; // lock_not_available
    if (!timedOut) throw error;
    throw new JikimError("ERR_KEEPER_RUNNING", "another keeper holds these keys");
  }
  await db.query("select set_config('lock_timeout', '0', false)");
}

/**
 * Inside a commit: does this session still hold the lock? It succeeds at once for its holder and
 * keeps everyone else out until the commit ends. Throws ERR_KEEPER_FENCED.
 */
export async function holdKeeperLock(tx: KeySql): Promise<void> {
  const [row] = await tx.query("select pg_try_advisory_xact_lock($1::bigint) as taken", [
    KEEPER_LOCK,
  ]);
  if (row?.["taken"] === true) return;
  throw new JikimError("ERR_KEEPER_FENCED", "another keeper holds the key tree's lock");
}

/** Settings under which a commit is no promise; the promise of destruction stands on it. */
const NEEDED_SETTINGS = ["fsync", "full_page_writes", "synchronous_commit"] as const;

/**
 * Why this server's commits are no promise; null when they are. Throws ERR_KEY_STORE_UNSAFE
 * unless the operator has said why it is used all the same.
 */
export async function checkDurability(
  db: KeySql,
  allowWeak: string | null,
): Promise<string | null> {
  const off: string[] = [];
  for (const setting of NEEDED_SETTINGS) {
    const [row] = await db.query("select current_setting($1) as value", [setting]);
    if (row?.["value"] === "off") off.push(setting);
  }
  if (off.length === 0) return null;
  const weakness = off.map((setting) => `${setting}=off`).join(", ");
  if (allowWeak === null) {
    throw new JikimError("ERR_KEY_STORE_UNSAFE", `the key database may forget: ${weakness}`, {
      settings: off,
    });
  }
  return `${weakness} (allowed: ${allowWeak})`;
}

/** A whole number from a driver that may give text for `int8`. */
export function asNumber(value: unknown): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError("int8 beyond what a number holds");
  return number;
}
