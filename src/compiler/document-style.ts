/** The little style of the standalone document: readable on a phone, printed as a document. */
export const DOCUMENT_STYLE = `
:root {
  color-scheme: light dark;
  --accent: light-dark(#0b5f63, #7cc7c9);
  --line: light-dark(#c9c9c4, #55554f);
}
body {
  margin: 0;
  font: 1.0625rem/1.6 Pretendard, system-ui, sans-serif;
  word-break: keep-all;
  overflow-wrap: break-word;
}
main { max-width: 44rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.3; }
h2 { font-size: 1.2rem; margin-top: 2.5rem; }
a { color: var(--accent); }
dd { margin: 0; }
.policy-dates { display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; }
.policy-dates, .policy-mark { font-variant-numeric: tabular-nums; }
.policy-dates div { display: flex; gap: 0.5rem; }
.policy-summary-list { list-style: none; padding: 0; }
.policy-summary-item { margin: 0.5rem 0; }
.policy-summary-title { font-weight: 700; margin-right: 0.5rem; }
.policy-number { font-weight: 400; margin-right: 0.25rem; }
.policy-mark { font-size: 0.8rem; white-space: nowrap; }
.policy-note { border-left: 3px solid var(--line); padding-left: 0.75rem; }
.policy-table-scroll { overflow-x: auto; margin: 1.25rem 0; }
table { border-collapse: collapse; min-width: 100%; font-size: 0.95rem; }
caption { text-align: left; font-weight: 700; padding-bottom: 0.5rem; }
th, td {
  text-align: left;
  vertical-align: top;
  min-width: 6rem;
  padding: 0.6rem 0.75rem 0.6rem 0;
  border-top: 1px solid var(--line);
}
.policy-open { font-style: italic; }
@media print {
  @page { margin: 20mm; }
  main { max-width: none; padding: 0; }
  .policy-contents { display: none; }
  .policy-table-scroll { overflow: visible; }
  tr, .policy-sentence { break-inside: avoid; }
  h2, caption { break-after: avoid; }
  a { color: inherit; text-decoration: none; }
}
`;
