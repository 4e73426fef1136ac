/** Text into markup. A policy comes from outside: whatever a label holds is shown, never run. */

const HTML: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For element content and quoted attributes alike. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML[character] ?? "");
}

/** Backslashes before whatever Markdown reads as markup; line breaks become spaces. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]<>#|~!]/g, "\\$&")
    .replace(/^([-+]|\d+[.)])(?=\s)/, "\\$1");
}

/** An address that a page may lead to; anything else (`javascript:`) is shown as text only. */
export function isSafeHref(href: string): boolean {
  return /^(https?:\/\/|mailto:|tel:)[^\s"'<>]+$/i.test(href);
}
