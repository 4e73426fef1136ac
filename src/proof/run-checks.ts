/**
 * Runs every check and keeps the verdicts. The looks happen in one read-only transaction; only
 * then are the verdicts written, so a check cannot mend what it finds.
 */
import { JikimError } from "../base/errors.ts";
import type { Compiled } from "../compiler/compile.ts";
import type { PolicyPromise } from "../compiler/promise.ts";
import type { Clock } from "../base/clock.ts";
import { readSetting } from "../engine/setting.ts";
import type { Database, Sql } from "../store/database.ts";
import { CHECKS } from "./checks.ts";
import { type Found, type Look, wordsOnly } from "./check.ts";
import { isStale } from "./stale.ts";
import type { Status, Verdict } from "./verdict.ts";

/** What proof needs: the compiled policy, the records, the time. */
export interface ProofContext {
  readonly compiled: Compiled;
  readonly db: Database;
  readonly clock: Clock;
  /** Opens the separate database; only asked for when something was moved there. */
  readonly archive?: () => Promise<Database>;
}

/** The separate database for the looks: open, never needed, or the reason why it is not there. */
interface ArchiveLook {
  readonly archive: Database | null;
  readonly away: JikimError | null;
}

/** Opened before the looks begin: inside a transaction the one connection is taken. */
async function openArchiveLook({ db, archive }: ProofContext): Promise<ArchiveLook> {
  try {
    if ((await readSetting(db, "archive")) === null) return { archive: null, away: null };
    if (archive !== undefined) return { archive: await archive(), away: null };
    throw new JikimError("ERR_ARCHIVE_UNSET", "nobody said where the archive is");
  } catch (error) {
    if (!(error instanceof JikimError)) throw error;
    return { archive: null, away: error };
  }
}

/** Both databases, as they are looked at. */
interface Stores {
  readonly sql: Sql;
  readonly archive: Sql | null;
  readonly away: JikimError | null;
}

/** A check that could not look has found nothing out: that is `unknown`, never `kept`. */
async function lookAt(
  context: ProofContext,
  { sql, archive, away }: Stores,
  promise: PolicyPromise,
): Promise<Found> {
  const check = CHECKS[promise.form];
  if (typeof check === "string") return wordsOnly(check);
  const stores = archive === null ? [sql] : [sql, archive];
  for (const store of stores) await store.query("savepoint look");
  const look: Look = {
    compiled: context.compiled,
    sql,
    now: context.clock.now(),
    async archive() {
      if (away !== null) throw away;
      return Promise.resolve(archive);
    },
  };
  try {
    return await check(look, promise);
  } catch (error) {
    // A store that cannot answer is an answer; anything else is a bug and is not caught.
    if (!(error instanceof JikimError)) throw error;
    for (const store of stores) await store.query("rollback to savepoint look");
    const evidence = [{ code: "look-failed", facts: { error: error.code } }];
    return { status: "unknown", examined: 0, violations: 0, evidence };
  }
}

/**
 * Looks at every promise of the policy in force and stores the verdicts.
 * @returns One verdict a promise, in the order of the policy.
 * @example const broken = (await runChecks(context)).filter((v) => v.status === "broken");
 */
export async function runChecks(context: ProofContext): Promise<readonly Verdict[]> {
  const at = context.clock.now();
  const { archive, away } = await openArchiveLook(context);
  const results = await context.db.transaction(async (sql) => {
    await sql.query("set transaction read only");
    if (archive === null) return lookAtAll(context, { sql, archive, away });
    return archive.transaction(async (tx) => {
      await tx.query("set transaction read only");
      return lookAtAll(context, { sql, archive: tx, away });
    });
  });
  await context.db.transaction(async (tx) => {
    for (const { promise, result } of results) {
      await storeVerdict(tx, { promise, result, at, hash: context.compiled.hash });
    }
  });
  return latestVerdicts(context);
}

interface Looked {
  readonly promise: PolicyPromise;
  readonly result: Found;
}

async function lookAtAll(context: ProofContext, stores: Stores): Promise<readonly Looked[]> {
  const all: Looked[] = [];
  for (const promise of context.compiled.promises) {
    all.push({ promise, result: await lookAt(context, stores, promise) });
  }
  return all;
}

async function storeVerdict(
  tx: Sql,
  verdict: { promise: PolicyPromise; result: Found; at: number; hash: string },
): Promise<void> {
  const { promise, result, at, hash } = verdict;
  await tx.query(
    `insert into verdict
            (promise_key, promise, status, since, at, examined, violations, evidence, policy_hash)
     values ($1, $2, $3, to_timestamp($4::float8 / 1000), to_timestamp($4::float8 / 1000),
             $5, $6, $7::jsonb, $8)
     on conflict (promise_key) do update
        set promise = excluded.promise,
            since = case when verdict.status = excluded.status
                         then verdict.since else excluded.since end,
            status = excluded.status,
            at = excluded.at,
            examined = excluded.examined,
            violations = excluded.violations,
            evidence = excluded.evidence,
            policy_hash = excluded.policy_hash`,
    [
      promise.key,
      promise.id,
      result.status,
      at,
      result.examined,
      result.violations,
      JSON.stringify(result.evidence),
      hash,
    ],
  );
}

interface VerdictRow {
  readonly promise_key: string;
  readonly status: Status;
  readonly since: number;
  readonly at: number;
  readonly examined: number;
  readonly violations: number;
  readonly evidence: Verdict["evidence"];
  readonly policy_hash: string;
}

/**
 * The last verdict of every promise. A look that is too old, or of another version, is `unknown`.
 */
export async function latestVerdicts(context: ProofContext): Promise<readonly Verdict[]> {
  const rows = await context.db.query<VerdictRow & Record<string, unknown>>(
    `select promise_key, status, since, at, examined, violations, evidence, policy_hash
       from verdict
      order by promise_key`,
  );
  const byKey = new Map(rows.map((row) => [row.promise_key, row]));
  const now = context.clock.now();
  return context.compiled.promises.map((promise) => {
    const row = byKey.get(promise.key);
    const { id, key } = promise;
    if (row === undefined) return unseen(id, key, "never-looked");
    if (row.policy_hash !== context.compiled.hash)
      return unseen(id, key, "looked-at-other-version");
    if (isStale(row.at, now)) return { ...unseen(id, key, "look-too-old"), at: row.at };
    return {
      promise: id,
      key,
      status: row.status,
      since: row.since,
      at: row.at,
      examined: row.examined,
      violations: row.violations,
      evidence: row.evidence,
    };
  });
}

function unseen(promise: string, key: string, code: string): Verdict {
  return {
    promise,
    key,
    status: "unknown",
    since: null,
    at: null,
    examined: 0,
    violations: 0,
    evidence: [{ code, facts: {} }],
  };
}
