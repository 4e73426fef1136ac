import { JikimError } from "../../base/errors.ts";
import { hex } from "../../store/column-value.ts";
import type { LogReport } from "../jikim.ts";
import type { AuditLog } from "./open-log.ts";

/** Signs the log at the end of a daily run. A log that must not be signed stops nobody from being
 * forgotten: what is due was carried out, and the report says what is wrong. */
export async function signReport(log: AuditLog): Promise<LogReport> {
  try {
    const { size, root } = await log.checkpoint();
    return { state: "signed", size, root: hex(root) };
  } catch (error) {
    if (error instanceof JikimError) return { state: "refused", code: error.code };
    throw error;
  }
}
