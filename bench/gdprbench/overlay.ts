/**
 * Facts over many records, as src/engine/use lays them: a purpose stopped for everyone, a person's
 * objection. Each change is one row and one leaf; the rows come with the look at the subject.
 */
import { appendLeaf } from "../../src/engine/audit/append-leaf.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { handleBytes, subjectExists, subjectUnknown } from "../../src/engine/subject.ts";
import { moment } from "../../src/store/column-value.ts";
import type { Sql } from "../../src/store/database.ts";

const ID_BYTES = 16;

/** The tables as migration 000006 makes them, where it has not been applied yet. */
export async function ensureOverlays(sql: Sql): Promise<void> {
  await sql.query(
    `create table if not exists purpose_stop (
       seq bigint generated always as identity primary key,
       purpose text not null, stopped boolean not null, at timestamptz not null)`,
  );
  await sql.query(
    "create index if not exists purpose_stop_last on purpose_stop (purpose, seq desc)",
  );
  await sql.query(
    `create table if not exists restriction (
       subject bytea not null, id bytea not null, seq bigint generated always as identity,
       reason text not null, items text[], purposes text[], placed_at timestamptz not null,
       lifted_at timestamptz, primary key (subject, id))`,
  );
}

export async function turnPurpose(
  context: EngineContext,
  purpose: string,
  stopped: boolean,
): Promise<void> {
  const at = context.clock.now();
  await context.db.transaction(async (tx) => {
    await tx.query("insert into purpose_stop (purpose, stopped, at) values ($1, $2, $3)", [
      purpose,
      stopped,
      moment(at),
    ]);
    await appendLeaf(tx, at, "use_refused", { purpose, rules: {} });
  });
}

/** What an objection is against: the second use of one item, or of all. */
export interface Objection {
  readonly subject: string;
  readonly item: string | null;
  readonly purpose: string;
}

export async function object(context: EngineContext, what: Objection): Promise<void> {
  const at = context.clock.now();
  const handle = handleBytes(what.subject);
  await context.db.transaction(async (tx) => {
    if (!(await subjectExists(tx, handle))) throw subjectUnknown();
    await tx.query(
      `insert into restriction (subject, id, reason, items, purposes, placed_at)
       values ($1, $2, 'objection', $3, $4, $5)`,
      [
        handle,
        context.random.bytes(ID_BYTES),
        what.item === null ? null : [what.item],
        [what.purpose],
        moment(at),
      ],
    );
    await appendLeaf(tx, at, "consent_withdrawn", { subject: what.subject, consent: "terms" });
  });
}

export async function liftObjection(context: EngineContext, what: Objection): Promise<void> {
  const at = context.clock.now();
  await context.db.transaction(async (tx) => {
    await tx.query(
      `update restriction set lifted_at = greatest($3::timestamptz, placed_at)
        where subject = $1 and lifted_at is null and items is not distinct from $2::text[]`,
      [handleBytes(what.subject), what.item === null ? null : [what.item], moment(at)],
    );
    await appendLeaf(tx, at, "consent_given", { subject: what.subject, consent: "terms" });
  });
}

export type OverlayRow = {
  readonly stopped: boolean;
  /** Items objected to, as lists; null: all of them. */
  readonly restrictions: readonly { readonly items: readonly string[] | null }[];
};

/** What lies over the records of a subject for a purpose. */
export async function overlayOf(
  sql: Sql,
  subject: Uint8Array,
  purpose: string,
): Promise<OverlayRow> {
  const [row] = await sql.query<OverlayRow>(
    `select coalesce((select stopped from purpose_stop
                       where purpose = $2 order by seq desc limit 1), false) as stopped,
            coalesce((select jsonb_agg(jsonb_build_object('items', items) order by seq)
                        from restriction
                       where subject = $1 and lifted_at is null), '[]'::jsonb) as restrictions`,
    [subject, purpose],
  );
  return row ?? { stopped: false, restrictions: [] };
}
