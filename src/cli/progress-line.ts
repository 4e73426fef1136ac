/** Progress of long work, for people only: it goes where remarks go, never into the answer. */
import type { CliIo } from "./io.ts";

const CELLS = 24;

export interface ProgressLine {
  /** Draws how far the work has come. */
  show(done: number): void;
  /** Takes the bar away, so that the answer stands alone. */
  end(): void;
}

/**
 * A bar where the terminal can draw a line again; one plain line before the work otherwise.
 * @param total what there is to do, as far as known: more than that fills the bar
 * @param says the total in words: `1240 records past the last day`
 */
export function progressLine(io: CliIo, total: number, says: string): ProgressLine {
  if (total === 0) return { show: () => undefined, end: () => undefined };
  if (io.live !== true) {
    io.err(`${says}\n`);
    return { show: () => undefined, end: () => undefined };
  }
  let drawn = "";
  const draw = (done: number): void => {
    const share = Math.min(1, done / total);
    const full = Math.round(share * CELLS);
    const bar = "#".repeat(full) + "-".repeat(CELLS - full);
    const text = `[${bar}] ${String(Math.floor(share * 100)).padStart(3)} %  ${says}`;
    if (text === drawn) return; // a terminal is slow: nothing new, nothing drawn
    drawn = text;
    io.err(`\r${text}`);
  };
  draw(0);
  return { show: draw, end: () => io.err("\r\u001b[K") };
}
