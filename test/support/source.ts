/** Reads the repository's own source as syntax trees, so that house rules can be looked at. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAst } from "vitest/node";

/** A node of the tree: an object with a type; everything else is looked at with care. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

export interface SourceModule {
  /** Path from the root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly nodes: readonly SyntaxNode[];
}

const SKIPPED = new Set(["node_modules", ".git", ".tmp", "dist", "coverage", "data"]);

/** Paths of all files under a folder (from the root) whose names end so; sorted. */
export function listFiles(folder: string, ending: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
    // `data` is a data folder only at the root; migrations have one too.
    const skipped = SKIPPED.has(entry.name) && (entry.name !== "data" || folder === ".");
    if (entry.isDirectory() && !skipped) found.push(...listFiles(path, ending));
    if (entry.isFile() && entry.name.endsWith(ending)) found.push(path);
  }
  return found.toSorted();
}

/** Parses a text as the module at a path. Throws when it is no TypeScript. */
export function parseModule(path: string, text: string): SourceModule {
  const nodes: SyntaxNode[] = [];
  const stack: unknown[] = [parseAst(text, { lang: "ts" })];
  while (stack.length > 0) {
    const value = stack.pop();
    if (Array.isArray(value)) stack.push(...value.toReversed());
    else if (typeof value === "object" && value !== null) {
      if (isNode(value)) nodes.push(value);
      stack.push(...Object.values(value).toReversed());
    }
  }
  return { path, text, nodes };
}

/** All modules under the folders. */
export function readModules(folders: readonly string[]): SourceModule[] {
  return folders
    .flatMap((folder) => listFiles(folder, ".ts"))
    .map((path) => parseModule(path, readFileSync(join(process.cwd(), path), "utf8")));
}

/** 1-based line of a position. */
export function lineOf(module: SourceModule, position: number): number {
  return module.text.slice(0, position).split("\n").length;
}

/** A property that is a node itself. */
export function child(node: SyntaxNode, key: string): SyntaxNode | null {
  const value = node[key];
  return typeof value === "object" && value !== null && isNode(value) ? value : null;
}

/** A property that is a list of nodes. */
export function children(node: SyntaxNode, key: string): readonly SyntaxNode[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter((each): each is SyntaxNode => isNode(each)) : [];
}

/** `Date.now` of a member expression with plain names; null otherwise. */
export function memberName(node: SyntaxNode): string | null {
  if (node.type !== "MemberExpression") return null;
  const object = child(node, "object");
  const property = child(node, "property");
  if (object?.type !== "Identifier" || property === null) return null;
  const name = property.type === "Literal" ? property["value"] : property["name"];
  return `${String(object["name"])}.${String(name)}`;
}

function isNode(value: object | null): value is SyntaxNode {
  return value !== null && "type" in value && typeof value.type === "string" && "start" in value;
}
