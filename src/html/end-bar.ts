/**
 * How long something stays, as a bar from its first day to its last: what has passed is filled,
 * today is a tick. The dates stand in words beside it, so the drawing itself is hidden from readers.
 */
import { daysBetween } from "../base/calendar.ts";
import { trusted } from "./markup.ts";
import type { Markup } from "./markup.ts";

/** A span of days; `to` null while the end hangs on an event. */
export interface Span {
  readonly from: string;
  readonly to: string | null;
  readonly today: string;
}

const WIDTH = 240;
const HEIGHT = 12;

/** Share of the span that has passed, 0 to 1. An empty span has passed. */
export function passedShare(span: Span & { readonly to: string }): number {
  const whole = daysBetween(span.from, span.to);
  if (whole <= 0) return 1;
  return Math.min(1, Math.max(0, daysBetween(span.from, span.today) / whole));
}

/** The bar. An open end fades out as dashes instead of claiming a length. */
export function endBar(span: Span): Markup {
  const open = `<svg class="end-bar" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false">`;
  if (span.to === null) {
    return trusted(
      `${open}<path class="rest" d="M0 6h${WIDTH / 2}"/><path class="dash" d="M${WIDTH / 2} 6H${WIDTH}"/></svg>`,
    );
  }
  const at = Math.round(passedShare({ ...span, to: span.to }) * WIDTH * 10) / 10;
  const tick = Math.min(Math.max(at, 1.5), WIDTH - 1.5);
  return trusted(
    `${open}<path class="rest" d="M0 6h${WIDTH}"/><path class="gone" d="M0 6h${at}"/><path class="tick" d="M${tick} 0v${HEIGHT}"/></svg>`,
  );
}
