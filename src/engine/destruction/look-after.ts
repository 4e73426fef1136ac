/**
 * The look after a destruction: a second principal searches every store of personal rows for some
 * of what was destroyed. What it found goes to the line of the ledger as a number; a line with
 * traces is looked at again by every sweep until they are gone.
 *
 * On PostgreSQL it has a connection of its own, with a role that may only read, where one is
 * configured (`context.looker`); otherwise it is a transaction that may not write.
 */
import { JikimError } from "../../base/errors.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Database, Sql } from "../../store/database.ts";
import { usedArchive } from "../archive/used-archive.ts";
import type { EngineContext } from "../jikim.ts";
import type { LineName } from "./look-sample.ts";

/** Lines one pass looks at. */
const LINES_AT_ONCE = 200;
/** What a role that may only read cannot have on the records. */
const WRITES = "insert, update, delete, truncate";

interface Sample {
  readonly line: LineName;
  readonly subject: string;
  readonly needles: readonly string[];
}

/**
 * Looks at every line whose rows are gone and that was not looked at, or not cleanly.
 * @returns how many lines were looked at
 */
export async function lookAfter(context: EngineContext): Promise<number> {
  const lines = await waitingLines(context.db);
  if (lines.length === 0) return 0;
  const samples = await samplesOf(context.db, lines);
  const { found, stores, by } = await searchAll(context, samples);
  const at = context.clock.now();
  for (const line of lines) {
    const own = samples.filter((sample) => nameOf(sample.line) === nameOf(line));
    const needles = own.reduce((sum, sample) => sum + sample.needles.length, 0);
    const traces = found.get(nameOf(line)) ?? 0;
    await context.db.transaction(async (tx) =>
      storeLook(tx, line, { at, by, examined: needles * stores, found: traces }),
    );
  }
  return lines.length;
}

/**
 * The look where it can be had. What stops it (a role that may not read, an archive that is away)
 * stops no destruction: the line stays without a look, without a certificate, and red once it is
 * late.
 */
export async function lookIfPossible(context: EngineContext): Promise<void> {
  try {
    await lookAfter(context);
  } catch (error) {
    if (!(error instanceof JikimError)) throw error;
  }
}

async function waitingLines(sql: Sql): Promise<readonly LineName[]> {
  const rows = await sql.query<{ run: Uint8Array; class: string; expired_on: string }>(
    `select run, class, expired_on
       from destruction
      where rows_removed_at is not null and (looked_at is null or look_found > 0)
      order by rows_removed_at, run, class, expired_on
      limit ${LINES_AT_ONCE}`,
  );
  return rows.map((row) => ({
    run: hex(row.run),
    recordClass: row.class,
    expiredOn: row.expired_on,
  }));
}

async function samplesOf(sql: Sql, lines: readonly LineName[]): Promise<readonly Sample[]> {
  const rows = await sql.query<{
    subject: Uint8Array;
    run: Uint8Array;
    class: string;
    expired_on: string;
    needles: readonly string[];
  }>(
    `select subject, run, class, expired_on, needles
       from look_sample
      where (run, class, expired_on) in (
              select decode(run, 'hex'), class, day::date
                from unnest($1::text[], $2::text[], $3::text[]) as line (run, class, day))
      order by subject, run, id`,
    [
      lines.map(({ run }) => run),
      lines.map(({ recordClass }) => recordClass),
      lines.map(({ expiredOn }) => expiredOn),
    ],
  );
  return rows.map((row) => ({
    line: { run: hex(row.run), recordClass: row.class, expiredOn: row.expired_on },
    subject: hex(row.subject),
    needles: row.needles,
  }));
}

interface Search {
  /** Traces by line. */
  readonly found: ReadonlyMap<string, number>;
  /** Tables that were searched. */
  readonly stores: number;
  readonly by: "role" | "transaction";
}

async function searchAll(context: EngineContext, samples: readonly Sample[]): Promise<Search> {
  const archive = await usedArchive(context);
  const own = context.looker ?? null;
  const places: readonly Database[] = [own ?? context.db, ...(archive === null ? [] : [archive])];
  const found = new Map<string, number>();
  let stores = 0;
  for (const place of places) {
    await place.transaction(async (tx) => {
      await tx.query("set transaction read only");
      if (place === own) await refuseWriter(tx);
      const [all] = await tx.query<{ stores: number }>(
        "select count(*) as stores from personal_store",
      );
      stores += all?.stores ?? 0;
      for (const { line, found: more } of await search(tx, samples)) {
        found.set(line, (found.get(line) ?? 0) + more);
      }
    });
  }
  return { found, stores, by: own === null ? "transaction" : "role" };
}

/** A second principal that could write is none. */
async function refuseWriter(tx: Sql): Promise<void> {
  const [role] = await tx.query<{ writes: boolean }>(
    `select has_table_privilege('record', '${WRITES}') as writes`,
  );
  if (role?.writes === false) return;
  throw new JikimError("ERR_LOOK_ROLE", "the role of the look may write: give it select alone");
}

async function search(
  tx: Sql,
  samples: readonly Sample[],
): Promise<readonly { readonly line: string; readonly found: number }[]> {
  const pairs = samples.flatMap(({ line, subject, needles }) =>
    needles.map((needle) => ({ line: nameOf(line), subject, needle })),
  );
  if (pairs.length === 0) return [];
  return tx.query<{ line: string; found: number }>(
    `select line, sum(found)::bigint as found
       from find_traces($1::text[], $2::text[], $3::text[])
      group by line
      order by line`,
    [
      pairs.map(({ line }) => line),
      pairs.map(({ subject }) => subject),
      pairs.map(({ needle }) => needle),
    ],
  );
}

async function storeLook(
  tx: Sql,
  line: LineName,
  look: {
    readonly at: number;
    readonly by: Search["by"];
    readonly examined: number;
    readonly found: number;
  },
): Promise<void> {
  const name = [bytes(line.run), line.recordClass, line.expiredOn] as const;
  await tx.query(
    `update destruction
        set looked_at = $4, look_by = $5, look_examined = $6, look_found = $7
      where run = $1 and class = $2 and expired_on = $3`,
    [...name, moment(look.at), look.by, look.examined, look.found],
  );
  if (look.found > 0) return;
  await tx.query("delete from look_sample where run = $1 and class = $2 and expired_on = $3", name);
}

function nameOf({ run, recordClass, expiredOn }: LineName): string {
  return `${run} ${recordClass} ${expiredOn}`;
}
