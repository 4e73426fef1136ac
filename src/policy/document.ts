/**
 * From text to a plain tree of maps, lists and scalars, each with its place. Nothing of the YAML
 * library leaves this file.
 */
import { LineCounter, isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { Document, Node as YamlNode } from "yaml";
import type { Issue, Place } from "./issue.ts";
import { makeIssue } from "./issue.ts";
import { findHiddenCharacter, refuseText } from "./scan.ts";

/** Longest key, in UTF-16 units. */
const MAX_KEY = 100;

export type Scalar = string | number | boolean | null;
export type Node =
  | { readonly kind: "map"; readonly entries: readonly Entry[]; readonly place: Place }
  | { readonly kind: "list"; readonly entries: readonly Node[]; readonly place: Place }
  | { readonly kind: "scalar"; readonly value: Scalar; readonly place: Place };
export interface Entry {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: Node;
}
type Locate = (offset: number) => Place;

/**
 * Reads a YAML document under the limits of `scan.ts`. Strings come back in Unicode NFC.
 * @param file name that places of issues carry; nothing is opened.
 * @returns the root, or `null` with the issues that refused it.
 */
export function readDocument(
  text: string,
  file: string,
): { readonly root: Node | null; readonly issues: readonly Issue[] } {
  const refusal = refuseText(text);
  if (refusal) {
    const place = placeOfOffset(text, refusal.offset, file);
    return { root: null, issues: [makeIssue(refusal.code, place, "", refusal.message)] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: "1.2",
    schema: "core",
    merge: false,
    resolveKnownTags: false,
    prettyErrors: false,
    // The library compares each key with every other; ours below is linear.
    uniqueKeys: false,
  });
  const locate: Locate = (offset) => {
    const { line, col } = lines.linePos(offset);
    return Object.freeze({ file, line: Math.max(1, line), column: Math.max(1, col) });
  };
  const broken = syntaxIssues(document, locate);
  if (broken.length > 0) return { root: null, issues: broken };
  const issues: Issue[] = [];
  const root = toNode(document.contents, { path: "", at: 0, locate, issues });
  return { root, issues };
}

/** The path of a key below a path: `items` and `email` give `items.email`. */
export function below(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function syntaxIssues(document: Document, locate: Locate): readonly Issue[] {
  return [...document.errors, ...document.warnings].map((fault) =>
    makeIssue(
      fault.code === "MULTIPLE_DOCS"
        ? "many-documents"
        : fault.code === "TAG_RESOLVE_FAILED"
          ? "tag-used"
          : "not-yaml",
      locate(fault.pos[0]),
      "",
      fault.message,
    ),
  );
}

interface Walk {
  readonly path: string;
  /** Offset to use for an empty value, which has none of its own. */
  readonly at: number;
  readonly locate: Locate;
  readonly issues: Issue[];
}

function toNode(node: YamlNode | null, walk: Walk): Node {
  const offset = node?.range?.[0] ?? walk.at;
  const place = walk.locate(offset);
  if (isMap(node)) {
    return Object.freeze({ kind: "map", entries: toEntries(node.items, offset, walk), place });
  }
  if (isSeq(node)) {
    const entries = node.items.map((item, index) =>
      toNode(item as YamlNode | null, { ...walk, at: offset, path: `${walk.path}[${index}]` }),
    );
    return Object.freeze({ kind: "list", entries: Object.freeze(entries), place });
  }
  const value = isScalar(node) ? toScalar(node.value) : null;
  return Object.freeze({ kind: "scalar", value: cleanText(value, place, walk), place });
}

function toEntries(
  pairs: readonly { key: unknown; value: unknown }[],
  at: number,
  walk: Walk,
): readonly Entry[] {
  const seen = new Set<string>();
  const entries: Entry[] = [];
  for (const pair of pairs) {
    const keyNode = pair.key as YamlNode | null;
    const keyOffset = keyNode?.range?.[0] ?? at;
    const keyPlace = walk.locate(keyOffset);
    const written = isScalar(keyNode) ? keyNode.value : undefined;
    if (typeof written !== "string") {
      walk.issues.push(makeIssue("key-not-text", keyPlace, walk.path, "the key is not plain text"));
      continue;
    }
    const key = written.normalize("NFC");
    const path = below(walk.path, key);
    cleanText(key, keyPlace, walk);
    // Paths repeat their keys for everything below: long keys would multiply.
    if (key.length > MAX_KEY) {
      const message = `the key is longer than ${MAX_KEY} characters`;
      walk.issues.push(makeIssue("text-too-long", keyPlace, walk.path, message));
      continue;
    }
    if (seen.has(key)) {
      walk.issues.push(makeIssue("duplicate-key", keyPlace, path, `\`${key}\` stands twice`));
      continue;
    }
    seen.add(key);
    const valueAt = keyNode?.range?.[1] ?? keyOffset;
    const value = toNode(pair.value as YamlNode | null, { ...walk, path, at: valueAt });
    entries.push(Object.freeze({ key, keyPlace, value }));
  }
  return Object.freeze(entries);
}

function toScalar(value: unknown): Scalar {
  if (typeof value === "string") return value.normalize("NFC");
  if (typeof value === "number" || typeof value === "boolean") return value;
  return null;
}

/** Escapes (`"\u202E"`) pass the scan of the raw text; their result may not. */
function cleanText(value: Scalar, place: Place, walk: Walk): Scalar {
  if (typeof value !== "string" || findHiddenCharacter(value) === -1) return value;
  const message = "an escape writes a character that is refused";
  walk.issues.push(makeIssue("control-character", place, walk.path, message));
  return value;
}

function placeOfOffset(text: string, offset: number, file: string): Place {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return Object.freeze({ file, line, column: offset - before.lastIndexOf("\n") });
}
