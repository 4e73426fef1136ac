/**
 * Who may work at the desk: a handle, its roles, the hash of a pass. A pass is made here, shown
 * once and stored nowhere; whoever loses it gets another. A handle that has ended is not given
 * again, so that what the log says of it stays true.
 */
import { JikimError } from "../../base/errors.ts";
import { moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { hashOneWay, matchesOneWay } from "../use/one-way.ts";
import { STAFF_HANDLE } from "./staff-handle.ts";

/** What staff may be charged with: daily work, the officer's decisions, the separate archive. */
export const STAFF_ROLES = ["staff", "officer", "archive"] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

/** A member of staff who is signed in. */
export interface Staff {
  /** A number of the operator's, never a name. */
  readonly id: string;
  readonly roles: readonly StaffRole[];
}

export interface StaffEntry extends Staff {
  /** Milliseconds since the epoch. */
  readonly addedAt: number;
  readonly endedAt: number | null;
}

/** What staff need of the engine. */
export type StaffContext = Pick<EngineContext, "db" | "clock" | "random">;

type StaffRow = {
  readonly id: string;
  readonly roles: readonly StaffRole[];
  readonly added_at: number;
  readonly ended_at: number | null;
};

const PASS_BYTES = 15; // 120 bits: nobody guesses them, so nothing asks for signs and capitals
const MOST_PASS = 100;
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"; // none that is read for another

/**
 * Adds a member of staff and returns the pass, which is shown now and never again. Throws ERR_USAGE
 * for a handle that is none, is taken or was ever given, and for roles that are none.
 * @example const pass = await addStaff(context, "12", ["staff"]);
 */
export async function addStaff(
  context: StaffContext,
  id: string,
  roles: readonly string[],
): Promise<string> {
  const known = STAFF_ROLES.filter((role) => roles.includes(role));
  if (!STAFF_HANDLE.test(id)) {
    throw usage("a staff id is a number of at most six digits, with up to two letters before it");
  }
  if (known.length === 0 || new Set(roles).size !== known.length) {
    throw usage(`roles are some of ${STAFF_ROLES.join(", ")}`);
  }
  const pass = newPass(context);
  const hash = await hashOneWay(pass, context.random);
  const at = context.clock.now();
  await context.db.transaction(async (tx) => {
    const added = await tx.query(
      `insert into staff (id, roles, pass_hash, added_at) values ($1, $2, $3, $4)
       on conflict (id) do nothing
       returning id`,
      [id, known, hash, moment(at)],
    );
    if (added.length === 0) throw usage(`${id} was given before; a staff id is nobody else's`);
    await appendLeaf(tx, at, "staff_added", { staff: id, roles: known });
  });
  return pass;
}

/**
 * Gives a member of staff another pass, returned once; the old one and every signed-in browser end.
 * Throws ERR_USAGE when nobody at work has this id.
 */
export async function renewPass(context: StaffContext, id: string): Promise<string> {
  const pass = newPass(context);
  const hash = await hashOneWay(pass, context.random);
  const at = context.clock.now();
  await context.db.transaction(async (tx) => {
    const changed = await tx.query(
      "update staff set pass_hash = $2 where id = $1 and ended_at is null returning id",
      [id, hash],
    );
    if (changed.length === 0) throw nobody();
    await endBrowsers(tx, id);
    await appendLeaf(tx, at, "staff_pass_renewed", { staff: id });
  });
  return pass;
}

/**
 * Ends what a member of staff may do, at once and in every browser (안전조치 기준 제5조②). Throws
 * ERR_USAGE when nobody at work has this id.
 */
export async function endStaff(context: StaffContext, id: string): Promise<void> {
  const at = context.clock.now();
  await context.db.transaction(async (tx) => {
    const ended = await tx.query(
      `update staff set ended_at = greatest(added_at, $2)
        where id = $1 and ended_at is null
        returning id`,
      [id, moment(at)],
    );
    if (ended.length === 0) throw nobody();
    await endBrowsers(tx, id);
    await appendLeaf(tx, at, "staff_ended", { staff: id });
  });
}

/** Everyone who is or was on the staff, in the order they came. */
export async function listStaff(sql: Sql): Promise<readonly StaffEntry[]> {
  const rows = await sql.query<StaffRow>(
    "select id, roles, added_at, ended_at from staff order by added_at, id",
  );
  return rows.map((row) =>
    Object.freeze({
      id: row.id,
      roles: row.roles,
      addedAt: row.added_at,
      endedAt: row.ended_at,
    }),
  );
}

/** Is this the handle of somebody at work? */
export async function staffAtWork(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql.query("select id from staff where id = $1 and ended_at is null", [
    STAFF_HANDLE.test(id) ? id : "",
  ]);
  return rows.length > 0;
}

/**
 * The member of staff with this id and pass; null otherwise, for the same work. A miss on an id
 * there is leaves a leaf: whoever wears it should know. Limit how often it may be asked.
 */
export async function checkPass(
  context: StaffContext,
  id: string,
  pass: string,
): Promise<Staff | null> {
  const [row] = STAFF_HANDLE.test(id)
    ? await context.db.query<StaffRow & { readonly pass_hash: string }>(
        `select id, roles, added_at, ended_at, pass_hash from staff
          where id = $1 and ended_at is null`,
        [id],
      )
    : [];
  const given = pass.length > MOST_PASS ? "" : pass.trim();
  const fits = await matchesOneWay(given, row?.pass_hash ?? null);
  if (row === undefined) return null;
  const kind = fits ? "staff_signed_in" : "staff_refused";
  await appendLeaf(context.db, context.clock.now(), kind, { staff: row.id });
  return fits ? Object.freeze({ id: row.id, roles: row.roles }) : null;
}

async function endBrowsers(tx: Sql, id: string): Promise<void> {
  await tx.query("delete from staff_session where staff = $1", [id]);
}

/** Groups of four letters, for whoever has to type it. */
function newPass({ random }: StaffContext): string {
  const bits = [...random.bytes(PASS_BYTES)]
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  const letters = (bits.match(/.{5}/g) ?? []).map((five) => LETTERS[Number.parseInt(five, 2)]);
  return (letters.join("").match(/.{4}/g) ?? []).join("-");
}

const usage = (says: string): JikimError => new JikimError("ERR_USAGE", says);
const nobody = (): JikimError => usage("nobody at work has this staff id");
