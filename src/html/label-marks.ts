/** Five marks of our own drawing for the label summary: one line weight, one grid of 32. */
export type LabelMarkName = "what" | "why" | "how_long" | "who_else" | "rights";

const DRAWINGS: Record<LabelMarkName, string> = {
  // a form with three lines filled in
  what: `<path d="M7 3.5h13l5 5v20H7z"/><path d="M20 3.5v5h5"/><path d="M11 14.5h10M11 19h10M11 23.5h6"/>`,
  // an arrow that reaches its ring
  why: `<circle cx="18" cy="14" r="9.5"/><circle cx="18" cy="14" r="4"/><path d="M18 14L5 27m0-5v5h5"/>`,
  // a sand-glass
  how_long: `<path d="M8 4h16M8 28h16M10 4v5c0 3 6 5 6 7s-6 4-6 7v5M22 4v5c0 3-6 5-6 7s6 4 6 7v5"/>`,
  // a hand-over between two houses
  who_else: `<rect x="3.5" y="12" width="9" height="14"/><rect x="19.5" y="12" width="9" height="14"/><path d="M8 7.5h16m-3.5-3.5L24 7.5 20.5 11"/>`,
  // a key of one's own
  rights: `<circle cx="10" cy="11" r="6"/><path d="M14.5 15.5L27 28m-6.5-6.5l3.5-3.5m-.5 6.5l3-3"/>`,
};

/** The mark as text, for renderers that join strings; its meaning stands in words beside it. */
export function labelMarkText(name: LabelMarkName): string {
  return `<svg class="label-mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">${DRAWINGS[name]}</svg>`;
}
