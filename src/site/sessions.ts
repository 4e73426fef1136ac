/**
 * Sessions of signed-in people, kept on the server: a log-out ends them here, not in the browser
 * (P8.4). The browser holds 32 random bytes; the table holds only their SHA-256.
 */
import { createHash } from "node:crypto";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Clock, Random } from "../base/clock.ts";
import type { Jikim } from "../engine/jikim.ts";

/** Unused for this long, a session ends. Milliseconds. */
export const SESSION_IDLE = 30 * 60_000;
/** At the latest after this long a person signs in again. Milliseconds. */
export const SESSION_ABSOLUTE = 12 * 3_600_000;
/** `seen_at` is written at most this often, so that reading pages is not writing rows. */
const SEEN_STEP = 60_000;
const COOKIE_VALUE = /^([0-9a-f]{16})\.([A-Za-z0-9_-]{43})$/;

type Database = Jikim["context"]["db"];

export interface Sessions {
  readonly cookieName: string;
  /** Starts a session; one that this browser had before ends (no session survives a log-in). */
  start(c: Context, subject: string): Promise<void>;
  /** The signed-in subject, or null. Extends the idle time. */
  who(c: Context): Promise<string | null>;
  /** Ends the session of this browser, here and there. */
  end(c: Context): Promise<void>;
  /** Removes rows of sessions that have ended; returns how many. */
  sweep(): Promise<number>;
}

export interface SessionOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** Are the pages reached over https? Then the cookie is `Secure`. */
  secure(c: Context): boolean;
  readonly cookieName?: string;
}

/**
 * Opens the sessions of a service.
 * @example const sessions = openSessions({ db: jikim.context.db, clock, random, secure: () => true })
 */
export function openSessions(options: SessionOptions): Sessions {
  const { db, clock, random, secure, cookieName = "session" } = options;
  // One look-up a request, however many parts of a page ask who is signed in.
  const asked = new WeakMap<Context, Promise<string | null>>();

  const end = async (c: Context): Promise<void> => {
    const held = heldBy(c, cookieName);
    if (held !== null) await deleteSession(db, held);
    deleteCookie(c, cookieName, { path: "/", secure: secure(c) });
    asked.set(c, Promise.resolve(null));
  };
  const start = async (c: Context, subject: string): Promise<void> => {
    const before = heldBy(c, cookieName);
    if (before !== null) await deleteSession(db, before);
    await sweepSessions(db, clock.now());
    const token = Buffer.from(random.bytes(32)).toString("base64url");
    await insertSession(db, { subject, hash: hashOf(token) }, clock.now());
    // Lax and not Strict: a link in a mail to "my data" should find the person signed in.
    setCookie(c, cookieName, `${subject}.${token}`, {
      path: "/",
      httpOnly: true,
      sameSite: "Lax",
      secure: secure(c),
    });
    asked.set(c, Promise.resolve(subject));
  };
  const look = async (c: Context): Promise<string | null> => {
    const held = heldBy(c, cookieName);
    return held !== null && (await touchSession(db, held, clock.now())) ? held.subject : null;
  };
  const who = (c: Context): Promise<string | null> => {
    const known = asked.get(c) ?? look(c);
    asked.set(c, known);
    return known;
  };
  return Object.freeze({
    cookieName,
    start,
    who,
    end,
    sweep: () => sweepSessions(db, clock.now()),
  });
}

interface Held {
  readonly subject: string;
  readonly hash: Uint8Array;
}

function heldBy(c: Context, cookieName: string): Held | null {
  const match = COOKIE_VALUE.exec(getCookie(c, cookieName) ?? "");
  const [, subject, token] = match ?? [];
  return subject === undefined || token === undefined ? null : { subject, hash: hashOf(token) };
}

function hashOf(token: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(token).digest());
}

const handle = (subject: string): Uint8Array => new Uint8Array(Buffer.from(subject, "hex"));

async function insertSession(db: Database, held: Held, now: number): Promise<void> {
  await db.query(
    `insert into session (subject, token_hash, started_at, seen_at, ends_at)
     values ($1, $2, to_timestamp($3::bigint / 1000.0), to_timestamp($3::bigint / 1000.0),
             to_timestamp($4::bigint / 1000.0))`,
    [handle(held.subject), held.hash, now, now + SESSION_ABSOLUTE],
  );
}

// A clock that stands before the start of a session is not believed either.
async function touchSession(db: Database, held: Held, now: number): Promise<boolean> {
  const [row] = await db.query<{ seen_at: number }>(
    `select seen_at
       from session
      where subject = $1 and token_hash = $2
        and ends_at > to_timestamp($3::bigint / 1000.0)
        and seen_at > to_timestamp($4::bigint / 1000.0)
        and started_at <= to_timestamp($3::bigint / 1000.0)`,
    [handle(held.subject), held.hash, now, now - SESSION_IDLE],
  );
  if (row === undefined) return false;
  if (now - row.seen_at < SEEN_STEP) return true;
  await db.query(
    `update session
        set seen_at = greatest(seen_at, to_timestamp($3::bigint / 1000.0))
      where subject = $1 and token_hash = $2`,
    [handle(held.subject), held.hash, now],
  );
  return true;
}

async function deleteSession(db: Database, held: Held): Promise<void> {
  await db.query("delete from session where subject = $1 and token_hash = $2", [
    handle(held.subject),
    held.hash,
  ]);
}

async function sweepSessions(db: Database, now: number): Promise<number> {
  const gone = await db.query(
    `delete from session
      where (subject, token_hash) in (
        select subject, token_hash
          from session
         where ends_at <= to_timestamp($1::bigint / 1000.0)
            or seen_at <= to_timestamp($2::bigint / 1000.0)
         order by ends_at
         limit 1000)
      returning 1 as gone`,
    [now, now - SESSION_IDLE],
  );
  return gone.length;
}
