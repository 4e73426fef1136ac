/**
 * Signed-in browsers of staff. The browser holds 32 random bytes, the table their SHA-256; a
 * sign-out, an end of the member of staff and time end the row here, not only in the browser.
 */
import { createHash } from "node:crypto";
import { moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { Staff, StaffContext, StaffRole } from "./staff.ts";

/** Unused for this long, a browser is signed out (안전조치 기준 제6조④). Milliseconds. */
export const STAFF_IDLE = 30 * 60_000;
/** At the latest after this long staff sign in again. Milliseconds. */
export const STAFF_ABSOLUTE = 12 * 3_600_000;
const SEEN_STEP = 60_000;
const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Signs a browser in; returns the token it is to hold. */
export async function beginStaffSession(
  { db, clock, random }: StaffContext,
  staff: string,
): Promise<string> {
  const token = Buffer.from(random.bytes(TOKEN_BYTES)).toString("base64url");
  const now = clock.now();
  await db.query(
    `insert into staff_session (token_hash, staff, started_at, seen_at, ends_at)
     values ($1, $2, $3, $3, $4)`,
    [hashOf(token), staff, moment(now), moment(now + STAFF_ABSOLUTE)],
  );
  return token;
}

/** Whose browser holds this token; null when nobody's who may be here now. */
export async function staffOf(
  { db, clock }: StaffContext,
  token: string | undefined,
): Promise<Staff | null> {
  if (token === undefined || !TOKEN.test(token)) return null;
  const now = clock.now();
  // A clock that stands before the start of a session is not believed either.
  const [row] = await db.query<{ id: string; roles: readonly StaffRole[]; seen_at: number }>(
    `select staff.id, staff.roles, browser.seen_at
       from staff_session as browser
       join staff on staff.id = browser.staff and staff.ended_at is null
      where browser.token_hash = $1 and browser.ends_at > $2 and browser.seen_at > $3
        and browser.started_at <= $2`,
    [hashOf(token), moment(now), moment(now - STAFF_IDLE)],
  );
  if (row === undefined) return null;
  if (now - row.seen_at >= SEEN_STEP) {
    await db.query(
      "update staff_session set seen_at = greatest(seen_at, $2) where token_hash = $1",
      [hashOf(token), moment(now)],
    );
  }
  return Object.freeze({ id: row.id, roles: row.roles });
}

/** Signs a browser out. */
export async function endStaffSession(sql: Sql, token: string | undefined): Promise<void> {
  if (token === undefined || !TOKEN.test(token)) return;
  await sql.query("delete from staff_session where token_hash = $1", [hashOf(token)]);
}

/** Removes what has run out; returns how many. */
export async function sweepStaffSessions({ db, clock }: StaffContext): Promise<number> {
  const now = clock.now();
  const gone = await db.query(
    `delete from staff_session
      where token_hash in (
        select token_hash
          from staff_session
         where ends_at <= $1 or seen_at <= $2
         order by ends_at
         limit 1000)
      returning 1 as gone`,
    [moment(now), moment(now - STAFF_IDLE)],
  );
  return gone.length;
}

function hashOf(token: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(token).digest());
}
