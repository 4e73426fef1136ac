/**
 * Where two values of JSON differ, as a flat list. It knows nothing of policies, so nothing can
 * differ without being listed: what a difference means is decided afterwards.
 */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export interface Difference {
  readonly on: "added" | "removed" | "changed" | "reordered";
  /** Keys and elements from the root, joined by dots: `occasions.sign_up.requires.phone`. */
  readonly path: string;
  readonly before: Json;
  readonly after: Json;
}

/**
 * All differences. Lists of words are compared as sets with an order, lists of things by their
 * ids, other lists by place.
 * @param whole paths that differ as one, without looking inside.
 */
export function differences(
  before: Json,
  after: Json,
  whole: (path: string) => boolean,
): readonly Difference[] {
  const found: Difference[] = [];
  compare({ path: "", before, after }, { found, whole });
  return found;
}

/** Equal as canonical JSON, in which the order of keys counts for nothing (RFC 8785 §3.2.3). */
export function sameValue(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (isList(one) && isList(other)) {
    return one.length === other.length && one.every((part, at) => sameValue(part, other[at]));
  }
  if (!isMap(one) || !isMap(other)) return false;
  return [...Object.keys(one), ...Object.keys(other)].every((key) =>
    sameValue(one[key], other[key]),
  );
}

interface Pair {
  readonly path: string;
  readonly before: Json;
  readonly after: Json;
}
interface Search {
  readonly found: Difference[];
  readonly whole: (path: string) => boolean;
}

function compare(pair: Pair, search: Search): void {
  const { path, before, after } = pair;
  const [some, others] = search.whole(path) ? [null, null] : [keyed(before), keyed(after)];
  const alreadyFound = search.found.length;
  if (some !== null && others !== null) compareParts(path, { some, others }, search);
  // Also where the parts agree but the whole does not, as for `[1]` and `{ "0": 1 }`.
  if (search.found.length === alreadyFound && !sameValue(before, after)) {
    search.found.push({ on: "changed", path, before, after });
  }
}

type Parts = ReadonlyMap<string, Json>;

function compareParts(
  path: string,
  { some, others }: { readonly some: Parts; readonly others: Parts },
  search: Search,
): void {
  const below = (key: string): string => (path === "" ? key : `${path}.${key}`);
  for (const [key, before] of some) {
    const after = others.get(key);
    if (after !== undefined) compare({ path: below(key), before, after }, search);
    else search.found.push({ on: "removed", path: below(key), before, after: null });
  }
  for (const [key, after] of others) {
    if (some.has(key)) continue;
    search.found.push({ on: "added", path: below(key), before: null, after });
  }
  // The rows and numbers of the page follow this order, in maps too, though no value differs.
  const before = [...some.keys()].filter((key) => others.has(key));
  const after = [...others.keys()].filter((key) => some.has(key));
  if (before.some((key, at) => key !== after[at])) {
    search.found.push({ on: "reordered", path, before, after });
  }
}

/** The parts of a map or list by the key that names them; `null` where it has no such parts. */
function keyed(value: Json): Parts | null {
  if (isMap(value)) return new Map(Object.entries(value).filter(([, part]) => part !== undefined));
  if (!isList(value)) return null;
  const keys = value.map((part, at) => (typeof part === "string" ? part : (idOf(part) ?? `${at}`)));
  if (new Set(keys).size !== keys.length) return null;
  return new Map(value.map((part, at) => [keys[at] ?? "", part]));
}

function idOf(part: Json): string | null {
  return isMap(part) && typeof part["id"] === "string" ? part["id"] : null;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
