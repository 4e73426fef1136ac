/** Shares of a whole as one strip of blocks, in a fixed order; each share is also told in words. */
import { trusted } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { MarkStatus } from "./verdict-mark.ts";

const WIDTH = 1000;
const GAP = 4;

/** One block a status with at least one member; hatched where nothing was shown to be true. */
export function shareStrip(shares: readonly (readonly [MarkStatus, number])[]): Markup {
  const whole = shares.reduce((sum, [, share]) => sum + share, 0);
  const shown = shares.filter(([, share]) => share > 0);
  const room = WIDTH - GAP * Math.max(0, shown.length - 1);
  let x = 0;
  const blocks = shown.map(([status, share]) => {
    const width = (share / whole) * room;
    const block = `<rect class="share share-${status}" x="${x.toFixed(1)}" width="${width.toFixed(1)}" height="20"/>`;
    x += width + GAP;
    return block;
  });
  return trusted(
    `<svg class="share-strip" viewBox="0 0 ${WIDTH} 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">${blocks.join("")}</svg>`,
  );
}
