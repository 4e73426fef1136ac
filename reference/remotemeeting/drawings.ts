/** Drawings of the service: a wordmark and a meeting window, in the line of our label marks. */
import type { Markup } from "jikim";
import { trusted } from "jikim";

/** Two rings that overlap: two people in one room. */
export function wordmark(): Markup {
  return trusted(
    `<svg viewBox="0 0 28 20" width="28" height="20" aria-hidden="true" focusable="false"><g fill="none" stroke="currentColor" stroke-width="2.6"><circle cx="9.5" cy="10" r="7.5"/><circle cx="18.5" cy="10" r="7.5"/></g></svg>`,
  );
}

const person = (x: number, y: number, scale: number): string =>
  `<g transform="translate(${x} ${y}) scale(${scale})"><circle cx="0" cy="-16" r="14"/><path d="M-31 36c1-22 13-32 31-32s30 10 31 32z"/></g>`;

/** A window with four people, one of them speaking, and the mark that tells all of a recording. */
export function meetingWindow(): Markup {
  return trusted(`<svg class="meeting" viewBox="0 0 480 336" aria-hidden="true" focusable="false">
<rect class="pane" x="1.5" y="1.5" width="477" height="333" rx="10"/>
<rect class="tile speaking" x="20" y="20" width="284" height="248" rx="5"/>
<rect class="tile" x="318" y="20" width="142" height="116" rx="5"/>
<rect class="tile" x="318" y="150" width="142" height="118" rx="5"/>
<g class="people">${person(162, 176, 2.55)}${person(389, 96, 1.1)}${person(389, 228, 1.1)}</g>
<path class="voice" d="M40 236v12m9-20v28m9-22v16m9-24v32m9-20v8"/>
<g class="controls"><circle cx="180" cy="302" r="13"/><circle cx="220" cy="302" r="13"/><circle cx="260" cy="302" r="13"/><rect x="290" y="289" width="46" height="26" rx="13" class="leave"/></g>
</svg>`);
}
