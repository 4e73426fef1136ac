/**
 * Tables for spreadsheets: RFC 4180, UTF-8 with a mark in front, because a spreadsheet reads Korean
 * wrongly without it. A cell that would start a formula is led in by an apostrophe.
 */

/** Rows as a CSV text. */
export function toCsv(rows: readonly (readonly string[])[]): string {
  return `\u{FEFF}${rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("")}`;
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
