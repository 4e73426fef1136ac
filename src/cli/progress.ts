/** Progress on the terminal's other channel: a bar that is drawn over, or a line at the end. */
import type { CliIo } from "./io.ts";

const WIDTH = 24;

/**
 * Shows how far a piece of work is.
 * @example showProgress(io, "copying", { done: 3, total: 8 }) // copying  [#########---------------]  3/8
 */
export function showProgress(
  io: CliIo,
  says: string,
  { done, total }: { readonly done: number; readonly total: number },
): void {
  const ended = done >= total;
  // Without a terminal a bar would be a page of lines: only its end is told.
  if (!io.colour && !ended) return;
  const full = total === 0 ? WIDTH : Math.round((WIDTH * Math.min(done, total)) / total);
  const bar = `${"#".repeat(full)}${"-".repeat(WIDTH - full)}`;
  io.err(`${io.colour ? "\r" : ""}${says}  [${bar}]  ${done}/${total}${ended ? "\n" : ""}`);
}
