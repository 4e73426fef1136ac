/**
 * How a statement lies over the store: which tables of people it touches, and whether it stays with
 * one subject. A reader of our own lower-case SQL, not of SQL: what it does not understand counts as
 * a statement over many.
 */
export interface SqlLayout {
  /** Tables of people it names, sorted. */
  readonly personal: readonly string[];
  /** Every one of them is tied to one subject that is a parameter. */
  readonly oneSubject: boolean;
  /** They are tied to each other by their subjects, so a row meets only rows of its own shard. */
  readonly together: boolean;
  /** It says how many rows at most. */
  readonly limited: boolean;
}

interface Scope {
  readonly id: number;
  readonly parent: Scope | null;
  /** Name or alias → table, or null for a list that is none of ours. */
  readonly sources: Map<string, string | null>;
  /** The parts of a union: they answer under one name. */
  readonly parts: Scope[];
}

interface Reading {
  readonly tokens: readonly string[];
  readonly scopes: Scope[];
  /** Common tables of `with`: they answer for what is inside them. */
  readonly common: Map<string, Scope>;
  /** Queries that stand in a `from`, by the node of their alias. */
  readonly derived: Map<string, Scope>;
  /** Which columns `subject` are the same: a forest. */
  readonly tied: Map<string, string>;
  readonly isPersonal: (table: string) => boolean;
}

const ONE = "one subject";
const NO_ALIAS = new Set(
  (
    "where on join left inner cross full lateral group order having limit for set returning union " +
    "values select using as when offset not default overriding natural right except do"
  ).split(" "),
);
const STARTS = new Set(["select", "with", "insert", "update", "delete", "values"]);

/** @param isPersonal is this the name of a table whose rows belong to subjects? */
export function layoutOf(text: string, isPersonal: (table: string) => boolean): SqlLayout {
  const tokens = tokensOf(text);
  const reading: Reading = {
    tokens,
    scopes: [],
    common: new Map(),
    derived: new Map(),
    tied: new Map(),
    isPersonal,
  };
  const at = scopesOf(reading);
  tieColumns(reading, at);
  const used = reading.scopes.flatMap((scope) =>
    [...scope.sources].flatMap(([alias, table]) =>
      table !== null && isPersonal(table) ? [{ table, node: nodeOf(scope, alias) }] : [],
    ),
  );
  const roots = new Set(used.map(({ node }) => rootOf(reading, node)));
  return {
    personal: [...new Set(used.map(({ table }) => table))].toSorted(),
    oneSubject: used.length > 0 && [...roots].every((root) => root === rootOf(reading, ONE)),
    together: roots.size <= 1,
    limited: tokens.includes("limit"),
  };
}

function tokensOf(text: string): readonly string[] {
  const bare = text.replaceAll(/--[^\n]*/g, " ").toLowerCase();
  return bare.match(/'(?:[^']|'')*'|"[^"]*"|\$\d+|[a-z_]\w*|\d+|::|[<>!=|&@?-]+|[^\s\w]/g) ?? [];
}

/** The scope of every token: a query and each query inside it has its own tables. */
function scopesOf(reading: Reading): readonly Scope[] {
  const { tokens } = reading;
  const open = (parent: Scope | null, parts: Scope[] = []): Scope => {
    const scope: Scope = { id: reading.scopes.length, parent, sources: new Map(), parts };
    parts.push(scope);
    reading.scopes.push(scope);
    return scope;
  };
  let scope = open(null);
  const at: Scope[] = [];
  const former: (Scope | null)[] = [];
  for (const [i, token] of tokens.entries()) {
    if (token === "(") {
      const inner = STARTS.has(tokens[i + 1] ?? "");
      former.push(inner ? scope : null);
      if (inner) {
        scope = open(scope);
        nameScope(reading, i, scope);
      }
    }
    at.push(scope);
    if (token === ")") scope = former.pop() ?? scope;
    // Each part of a union asks for itself.
    if (token === "union" || token === "except") scope = open(scope.parent, scope.parts);
  }
  for (const i of tokens.keys()) readSources(reading, i, at);
  for (const [node, { parts }] of reading.derived) {
    for (const part of parts) {
      for (const own of part.sources.keys()) tie(reading, node, nodeOf(part, own));
    }
  }
  return at;
}

/** `name as (`, `name as materialized (` of a `with`. */
function nameScope({ tokens, common }: Reading, i: number, scope: Scope): void {
  const back = tokens[i - 1] === "materialized" ? i - 1 : i;
  const name = tokens[back - 2];
  const before = tokens[back - 3] ?? "";
  const isCommon = tokens[back - 1] === "as" && ["with", ",", "recursive"].includes(before);
  if (isCommon && name !== undefined) common.set(name, scope);
}

/** Tables and lists after `from`, `join`, `update`, `into` and `using`. */
function readSources(reading: Reading, i: number, at: readonly Scope[]): void {
  const { tokens } = reading;
  const token = tokens[i] ?? "";
  const before = tokens[i - 1] ?? "";
  const scope = at[i];
  if (scope === undefined || !["from", "join", "update", "into", "using"].includes(token)) return;
  if (token === "update" && (before === "for" || before === "do" || before === "key")) return;
  if (token === "from" && before === "distinct" && tokens[i - 2] === "is") return;
  if (token === "using" && tokens[i + 1] === "(") return;
  for (let next = i + 1; ;) {
    if (tokens[next] === "lateral" || tokens[next] === "only") next += 1;
    next = readSource(reading, next, { at, scope });
    if (token !== "from" || tokens[next] !== ",") return;
    next += 1;
  }
}

/** One source from a token on; returns where it ends. */
function readSource(
  reading: Reading,
  from: number,
  { at, scope }: { readonly at: readonly Scope[]; readonly scope: Scope },
): number {
  const { tokens, common } = reading;
  const name = tokens[from] ?? "";
  if (name !== "(" && !/^[a-z_]\w*$/.test(name)) return from;
  const isList = name !== "(" && tokens[from + 1] === "(" && tokens[from - 1] !== "into";
  let end = from + 1;
  if (name === "(" || isList) end = closing(tokens, isList ? from + 1 : from) + 1;
  let alias = name;
  const bare = tokens[end] ?? "";
  if (bare === "as") {
    alias = tokens[end + 1] ?? "";
    end += 2;
  } else if (/^[a-z_]\w*$/.test(bare) && !NO_ALIAS.has(bare)) {
    alias = bare;
    end += 1;
  }
  if (tokens[end] === "(" && (isList || name === "(")) end = closing(tokens, end) + 1;
  const inner = name === "(" ? at[from] : common.get(name);
  scope.sources.set(alias, name === "(" || isList || inner !== undefined ? null : name);
  if (inner !== undefined && inner !== scope) reading.derived.set(nodeOf(scope, alias), inner);
  return end;
}

function closing(tokens: readonly string[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i += 1) {
    if (tokens[i] === "(") depth += 1;
    if (tokens[i] === ")") depth -= 1;
    if (depth === 0) return i;
  }
  return tokens.length;
}

function tieColumns(reading: Reading, at: readonly Scope[]): void {
  const { tokens } = reading;
  for (const [i, token] of tokens.entries()) {
    const scope = at[i];
    if (scope === undefined) continue;
    if (token === "=" && tokens[i - 1] === "subject") {
      const left = columnAt(reading, i - 1, scope);
      const right = valueAt(reading, i + 1, scope);
      if (left !== null && right !== null) tie(reading, left, right);
    }
    if (token === "using" && tokens[i + 1] === "(") tieUsing(reading, i, scope);
    if (token === "into") tieInserted(reading, i, at);
    if (token === "in" && tokens[i - 1] === ")") tieRows(reading, i, at);
  }
}

/** `$1`, `x.subject`, `decode(x.subject, 'hex')`; null for anything else. */
function valueAt(reading: Reading, i: number, scope: Scope): string | null {
  const { tokens } = reading;
  const token = tokens[i] ?? "";
  if (/^\$\d+$/.test(token)) return ONE;
  if (token === "decode") return valueAt(reading, i + 2, scope);
  if (token === "subject") return columnAt(reading, i, scope);
  if (tokens[i + 1] === "." && tokens[i + 2] === "subject") return columnAt(reading, i + 2, scope);
  return null;
}

/** The node of a column `subject`, qualified or not. */
function columnAt({ tokens }: Reading, i: number, from: Scope): string | null {
  const alias = tokens[i - 1] === "." ? tokens[i - 2] : undefined;
  for (let scope: Scope | null = from; scope !== null; scope = scope.parent) {
    if (alias !== undefined && scope.sources.has(alias)) return nodeOf(scope, alias);
    const [only, more] = scope.sources.keys();
    if (alias === undefined && only !== undefined) {
      return more === undefined ? nodeOf(scope, only) : null;
    }
  }
  return null;
}

/** `join b using (subject, …)`: the same in all sources of the scope so far. */
function tieUsing(reading: Reading, i: number, scope: Scope): void {
  const { tokens } = reading;
  if (!tokens.slice(i + 2, closing(tokens, i + 1)).includes("subject")) return;
  const [first, ...others] = scope.sources.keys();
  if (first === undefined) return;
  for (const other of others) tie(reading, nodeOf(scope, first), nodeOf(scope, other));
}

/** `(subject, id) in (select subject, id …)`. */
function tieRows(reading: Reading, i: number, at: readonly Scope[]): void {
  const { tokens } = reading;
  const open = tokens.findLastIndex((token, k) => token === "(" && k < i && closing(tokens, k) < i);
  const [outer, inner] = [at[i], at[i + 2]];
  if (outer === undefined || inner === undefined || tokens[i + 2] !== "select") return;
  const place = itemsFrom(tokens, open + 1).findIndex(
    (start) => tokens[start] === "subject" || tokens[start + 2] === "subject",
  );
  const start = itemsFrom(tokens, open + 1)[place];
  const value = itemsFrom(tokens, i + 3)[place];
  if (start === undefined || value === undefined) return;
  const left = columnAt(reading, tokens[start] === "subject" ? start : start + 2, outer);
  const right = valueAt(reading, value, inner);
  if (left !== null && right !== null) tie(reading, left, right);
}

/** `insert into t (subject, …) values ($1, …)` or `select $1, …` or `select x.subject, …`. */
function tieInserted(reading: Reading, i: number, at: readonly Scope[]): void {
  const { tokens } = reading;
  const table = tokens[i + 1] ?? "";
  const scope = at[i];
  if (scope === undefined || tokens[i + 2] !== "(") return;
  const end = closing(tokens, i + 2);
  const place = itemsFrom(tokens, i + 3).findIndex(
    (start, k, all) => tokens[start] === "subject" && (all[k + 1] ?? end + 1) - start <= 2,
  );
  const first = end + (tokens[end + 1] === "values" ? 3 : 2);
  const value = itemsFrom(tokens, first)[place];
  if (place === -1 || value === undefined) return;
  const inside = at[value] ?? scope;
  const found = valueAt(reading, value, inside === scope ? withoutTarget(scope, table) : inside);
  if (found !== null) tie(reading, nodeOf(scope, table), found);
}

/** In `insert … select subject from x` the column is that of x. */
function withoutTarget(scope: Scope, table: string): Scope {
  const sources = new Map([...scope.sources].filter(([alias]) => alias !== table));
  return { ...scope, sources };
}

/** Where each item of a list begins, up to its end. */
function itemsFrom(tokens: readonly string[], start: number): readonly number[] {
  const starts = [start];
  let depth = 0;
  for (let i = start; i < tokens.length && depth >= 0; i += 1) {
    if (tokens[i] === "(") depth += 1;
    if (tokens[i] === ")") depth -= 1;
    if (depth === 0 && tokens[i] === "from") break;
    if (depth === 0 && tokens[i] === ",") starts.push(i + 1);
  }
  return starts;
}

function nodeOf(scope: Scope, alias: string): string {
  return `${scope.id} ${alias}`;
}

function rootOf({ tied }: Reading, node: string): string {
  let root = node;
  for (let next = tied.get(root); next !== undefined; next = tied.get(root)) root = next;
  return root;
}

function tie(reading: Reading, a: string, b: string): void {
  const [left, right] = [rootOf(reading, a), rootOf(reading, b)];
  if (left !== right) reading.tied.set(left, right);
}
