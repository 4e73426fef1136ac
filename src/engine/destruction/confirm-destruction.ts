/**
 * The officer looks at what a run destroyed and says that it was (표준 개인정보 보호지침 제10조). Only
 * what is complete can be confirmed, once, and by an officer.
 */
import { JikimError } from "../../base/errors.ts";
import { bytes, moment } from "../../store/column-value.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { listStaff, type Staff } from "../staff/staff.ts";
import { certificateOf, type Confirmation, confirmationOf } from "./certificate.ts";

/** Why a confirmation was refused. */
export type ConfirmationRule = "needs-officer" | "not-complete";

/**
 * Confirms a run. A second confirmation changes nothing and answers the first.
 *
 * Throws ERR_CONFIRMATION_REFUSED (`facts.rule`: `needs-officer`, `not-complete`), ERR_RUN_UNKNOWN,
 * ERR_USAGE.
 * @param run 32 hex digits
 * @example await confirmDestruction(context, run, { id: "1", roles: ["officer"] });
 */
export async function confirmDestruction(
  context: EngineContext,
  run: string,
  by: Staff,
): Promise<Confirmation> {
  const { db, clock } = context;
  if (!(await isOfficer(context, by))) throw refused("needs-officer");
  const certificate = await certificateOf(context, run);
  if (certificate.confirmation !== null) return certificate.confirmation;
  if (certificate.state !== "complete") throw refused("not-complete");
  const at = clock.now();
  return db.transaction(async (tx) => {
    const made = await tx.query(
      `insert into destruction_confirmation (run, confirmed_at, confirmed_by) values ($1, $2, $3)
           on conflict (run) do nothing
        returning run`,
      [bytes(run), moment(at), by.id],
    );
    if (made.length === 0) return (await confirmationOf(tx, run)) ?? { at, by: by.id };
    const lines = certificate.lines.length;
    await appendLeaf(tx, at, "destruction_confirmed", { run, lines, by: by.id });
    return { at, by: by.id };
  });
}

/** What the caller says of the roles is held against the register. */
async function isOfficer({ db }: EngineContext, by: Staff): Promise<boolean> {
  const entry = (await listStaff(db)).find(({ id }) => id === by.id);
  return entry?.endedAt === null && entry.roles.includes("officer");
}

function refused(rule: ConfirmationRule): JikimError {
  return new JikimError("ERR_CONFIRMATION_REFUSED", `the run is not confirmed: ${rule}`, { rule });
}
