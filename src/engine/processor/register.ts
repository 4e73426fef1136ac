/**
 * The register of processors: what the policy says of each, what the operator recorded, and what
 * is missing before it may go live. A processor the policy does not name is not in it.
 */
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import type { Processor } from "../../policy/model.ts";
import { moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { NO_FACTS, type ProcessorFacts } from "./facts.ts";
import { type Missing, missingOf } from "./missing.ts";

export type ProcessorState = "draft" | "active" | "ended";

export interface RegisterEntry {
  readonly processor: Processor;
  readonly state: ProcessorState;
  readonly facts: ProcessorFacts;
  readonly missing: readonly Missing[];
  /** Milliseconds since the epoch, or null. */
  readonly activeAt: number | null;
  readonly endedAt: number | null;
}

type StateRow = {
  readonly processor: string;
  readonly state: ProcessorState;
  readonly facts: string;
  readonly active_at: number | null;
  readonly ended_at: number | null;
};

/** Every processor of the policy, in its order. */
export async function processorRegister(context: EngineContext): Promise<readonly RegisterEntry[]> {
  const rows = await context.db.query<StateRow>(
    "select processor, state, facts, active_at, ended_at from processor_state order by processor",
  );
  const byId = new Map(rows.map((row) => [row.processor, row]));
  const recorded = await isRecorded(context, context.db);
  return [...context.plan.processors.values()].map(({ processor }) =>
    entryOf(context, processor, byId.get(processor.id), recorded),
  );
}

/** One entry, locked against a change of its state until the transaction ends. */
export async function lockedEntry(
  context: EngineContext,
  tx: Sql,
  id: string,
): Promise<RegisterEntry | null> {
  const processor = context.plan.processors.get(id)?.processor;
  if (processor === undefined) return null;
  const [row] = await tx.query<StateRow>(
    `select processor, state, facts, active_at, ended_at
       from processor_state where processor = $1 for share`,
    [id],
  );
  return entryOf(context, processor, row, await isRecorded(context, tx));
}

/**
 * Records what the operator knows of a processor. An active one goes on; what it now lacks stops
 * its exports. Throws ERR_PROCESSOR_REFUSED for one the policy does not name.
 */
export async function recordFacts(
  context: EngineContext,
  id: string,
  facts: ProcessorFacts,
): Promise<void> {
  listed(context, id);
  await context.db.query(
    `insert into processor_state (processor, state, facts) values ($1, 'draft', $2)
     on conflict (processor) do update set facts = excluded.facts`,
    [id, JSON.stringify(facts)],
  );
}

/**
 * Lets a processor go live, or again after an end. Throws ERR_PROCESSOR_REFUSED with everything
 * that is missing in `facts.missing`.
 * @example await activateProcessor(context, "kcp");
 */
export async function activateProcessor(context: EngineContext, id: string): Promise<void> {
  listed(context, id);
  const at = context.clock.now();
  await context.db.transaction(async (tx) => {
    const entry = await lockedEntry(context, tx, id);
    const missing = entry?.missing ?? [];
    if (missing.length > 0) {
      throw new JikimError(
        "ERR_PROCESSOR_REFUSED",
        `${id} cannot go live: ${missing.join(", ")} missing`,
        { processor: id, missing },
      );
    }
    if (entry?.state === "active") return;
    await tx.query(
      `update processor_state
          set state = 'active', policy_hash = $2, active_at = $3, ended_at = null
        where processor = $1`,
      [id, context.plan.hash, moment(at)],
    );
    await appendLeaf(tx, at, "processor_active", { processor: id, hash: context.plan.hash });
  });
}

/** A processor of the policy, or ERR_PROCESSOR_REFUSED: the list is closed (PIPA 26②). */
export function listed(context: EngineContext, id: string): Processor {
  const processor = context.plan.processors.get(id)?.processor;
  if (processor !== undefined) return processor;
  throw new JikimError("ERR_PROCESSOR_REFUSED", "the policy names no such processor", {
    missing: ["unlisted"],
  });
}

function entryOf(
  context: EngineContext,
  processor: Processor,
  row: StateRow | undefined,
  recorded: boolean,
): RegisterEntry {
  const facts: ProcessorFacts =
    row === undefined ? NO_FACTS : { ...NO_FACTS, ...JSON.parse(row.facts) };
  const today = dayOf(context.clock.now(), context.plan.timeZone);
  return Object.freeze({
    processor,
    state: row?.state ?? "draft",
    facts,
    missing: missingOf({ plan: context.plan, processor, facts, today, recorded }),
    activeAt: row?.active_at ?? null,
    endedAt: row?.ended_at ?? null,
  });
}

async function isRecorded(context: EngineContext, sql: Sql): Promise<boolean> {
  const rows = await sql.query("select hash from policy_version where hash = $1", [
    context.plan.hash,
  ]);
  return rows.length > 0;
}
