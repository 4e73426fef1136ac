/**
 * The first look at a document, before any tree is built: one pass over characters and one over
 * tokens, both flat. What a policy has no need of and an attacker might is refused here, so that
 * nothing deep, large or hidden ever reaches code that recurses or copies.
 */
import { CST, Lexer } from "yaml";
import type { IssueCode } from "./issue.ts";

/** Largest file, in bytes of UTF-8. */
export const MAX_BYTES = 1_000_000;
/** Deepest nesting of maps and lists. The policy's own shape needs six. */
export const MAX_DEPTH = 12;
/** Most tokens that carry a value or a structure; the shipped policy has about a tenth. */
export const MAX_TOKENS = 60_000;

/** Something refused at an offset of the text. */
export interface Refusal {
  readonly code: IssueCode;
  readonly offset: number;
  readonly message: string;
}

// C0 but for tab, line feed and the CR LF of some editors, DEL, C1, line and paragraph separators, and the characters that
// reorder what a reader sees (Unicode TR 36): bidirectional embeddings, overrides and isolates.
const HIDDEN =
  // eslint-disable-next-line no-control-regex
  /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u;

/** Offset of the first character a document may not hold, or -1. */
export function findHiddenCharacter(text: string): number {
  const hidden = text.search(HIDDEN);
  if (hidden !== -1) return hidden;
  // A lone surrogate has no UTF-8 form, so it has no hash either (RFC 8785 §3.2.2.2).
  return text.isWellFormed() ? -1 : text.search(/\p{Surrogate}/u);
}

/** The first reason to refuse the text, found without building anything; `null`: none. */
export function refuseText(text: string): Refusal | null {
  // A string has at least a third as many UTF-16 units as bytes: the cheap look comes first.
  if (text.length > MAX_BYTES || Buffer.byteLength(text) > MAX_BYTES) {
    return { code: "too-large", offset: 0, message: `the file is larger than ${MAX_BYTES} bytes` };
  }
  const hidden = findHiddenCharacter(text);
  if (hidden !== -1) {
    const point = text.codePointAt(hidden)?.toString(16).toUpperCase().padStart(4, "0") ?? "";
    const message = `the character U+${point} is refused`;
    return { code: "control-character", offset: hidden, message };
  }
  return refuseTokens(text);
}

const REFUSED_TOKENS: Partial<Record<CST.TokenType, { code: IssueCode; what: string }>> = {
  alias: { code: "alias-used", what: "an alias" },
  anchor: { code: "alias-used", what: "an anchor" },
  tag: { code: "tag-used", what: "a tag" },
  "directive-line": { code: "tag-used", what: "a directive" },
};

function refuseTokens(text: string): Refusal | null {
  let offset = 0;
  let tokens = 0;
  const depth = trackDepth();
  for (const { type, token } of tokensOf(text)) {
    const refused = REFUSED_TOKENS[type];
    if (refused) return { code: refused.code, offset, message: `${refused.what} is refused` };
    if (depth.see(type, token) > MAX_DEPTH) {
      return { code: "too-deep", offset, message: `more than ${MAX_DEPTH} levels deep` };
    }
    if (type !== "space" && type !== "newline" && type !== "comment") tokens += 1;
    if (tokens > MAX_TOKENS) {
      return { code: "too-many-nodes", offset, message: `more than ${MAX_TOKENS} tokens` };
    }
    offset += token.length;
  }
  return null;
}

interface Token {
  readonly type: CST.TokenType;
  readonly token: string;
}

/** The tokens of the text itself; the one-character marks the lexer adds are taken out. */
function* tokensOf(text: string): Generator<Token> {
  let plain = false;
  for (const token of new Lexer().lex(text)) {
    // What follows the mark of a scalar is its text, whatever its first character looks like.
    const type: Token["type"] = plain ? "scalar" : (CST.tokenType(token) ?? "scalar");
    const isMark: boolean =
      !plain && (type === "scalar" || type === "doc-mode" || type === "flow-error-end");
    plain = isMark && type === "scalar";
    if (!isMark) yield { type, token };
  }
}

/** Counts open brackets and, outside them, the columns at which blocks stand. */
function trackDepth(): { see: (type: CST.TokenType, token: string) => number } {
  const columns: number[] = [];
  let flow = 0;
  let column = 0;
  let opensBlock = true; // nothing but `-`, `?` and `:` stood on this line before
  return {
    see(type, token) {
      if (type === "flow-seq-start" || type === "flow-map-start") flow += 1;
      else if (type === "flow-seq-end" || type === "flow-map-end") flow = Math.max(0, flow - 1);
      else if (type !== "space" && type !== "newline" && type !== "comment") {
        if (flow === 0 && opensBlock) {
          while ((columns.at(-1) ?? -1) > column) columns.pop();
          if ((columns.at(-1) ?? -1) < column) columns.push(column);
        }
        if (!INDICATORS.has(type)) opensBlock = false;
      }
      const lineFeed = token.lastIndexOf("\n");
      column = lineFeed === -1 ? column + token.length : token.length - lineFeed - 1;
      if (lineFeed !== -1) opensBlock = true;
      return columns.length + flow;
    },
  };
}

const INDICATORS: ReadonlySet<string> = new Set([
  "seq-item-ind",
  "explicit-key-ind",
  "map-value-ind",
]);
