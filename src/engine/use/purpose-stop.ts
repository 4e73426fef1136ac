/** A purpose stopped for everyone, or allowed again: one row, whatever the number of records. */
import { JikimError } from "../../base/errors.ts";
import { moment } from "../../store/column-value.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";

/**
 * Stops a purpose: from this moment no use names it, neither inside nor by a processor or a third
 * party. Throws ERR_USAGE for a purpose the policy lacks.
 */
export async function stopPurpose(context: EngineContext, purpose: string): Promise<void> {
  await turn(context, purpose, true);
}

/** Allows it again. Throws as {@link stopPurpose}. */
export async function resumePurpose(context: EngineContext, purpose: string): Promise<void> {
  await turn(context, purpose, false);
}

async function turn(context: EngineContext, purpose: string, stopped: boolean): Promise<void> {
  if (!context.plan.uses.has(purpose)) {
    throw new JikimError("ERR_USAGE", "the policy knows no such purpose");
  }
  const at = context.clock.now();
  await context.db.transaction(async (tx) => {
    await tx.query("insert into purpose_stop (purpose, stopped, at) values ($1, $2, $3)", [
      purpose,
      stopped,
      moment(at),
    ]);
    await appendLeaf(tx, at, stopped ? "purpose_stopped" : "purpose_resumed", { purpose });
  });
}
