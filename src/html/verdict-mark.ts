/**
 * A verdict as a mark: shape, word and colour, never colour alone. Shapes are our own drawing so
 * that they look the same on every machine and stay visible in print and forced colours.
 */
import { html, trusted } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { UiLang } from "./reader.ts";

export type MarkStatus = "kept" | "broken" | "unknown" | "not_applicable" | "words_only";

/** The words, short enough for a margin. */
export const STATUS_WORDS: Record<UiLang, Record<MarkStatus, string>> = {
  ko: {
    kept: "지켜짐",
    broken: "어겨짐",
    unknown: "확인 안 됨",
    not_applicable: "해당 없음",
    words_only: "말뿐",
  },
  en: {
    kept: "Kept",
    broken: "Broken",
    unknown: "Not checked",
    not_applicable: "Not applicable",
    words_only: "Words only",
  },
};

const SHAPES: Record<MarkStatus, string> = {
  kept: `<circle cx="8" cy="8" r="7" class="fill"/><path d="M4.6 8.3l2.3 2.3 4.6-5" class="cut"/>`,
  broken: `<path d="M5 .9h6L15.1 5v6L11 15.1H5L.9 11V5z" class="fill"/><path d="M5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2" class="cut"/>`,
  unknown: `<rect x="1.5" y="1.5" width="13" height="13" rx="2" class="line"/><path d="M5.9 6.2c.1-1.3 1-2 2.2-2s2.1.7 2.1 1.9c0 1.6-2.1 1.7-2.1 3.2m0 1.9v.9" class="line"/>`,
  not_applicable: `<path d="M3.5 8h9" class="line"/>`,
  words_only: `<path d="M2 3.5h12v7.5H8.2L5 14v-3H2z" class="line"/>`,
};

/** The shape alone, for places where the word stands beside it already. */
export function statusShape(status: MarkStatus): Markup {
  return trusted(shapeText(status));
}

function shapeText(status: MarkStatus): string {
  return `<svg class="shape" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">${SHAPES[status]}</svg>`;
}

/** Shape and word. */
export function verdictMark(status: MarkStatus, lang: UiLang): Markup {
  return html`<span class="verdict verdict-${status}"
    >${statusShape(status)}<span>${STATUS_WORDS[lang][status]}</span></span
  >`;
}

/** A verdict in front of a number, for renderers that join strings: a shape and its hidden word. */
export function verdictText(status: MarkStatus, lang: UiLang): string {
  const word = STATUS_WORDS[lang][status];
  return (
    `<span class="verdict-${status}" title="${word}">${shapeText(status)}</span>` +
    `<span class="unseen">${word} </span>`
  );
}
