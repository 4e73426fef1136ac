/**
 * Small readers from tree to value. Each reports what is wrong and goes on with a harmless value
 * of the right type, so that one fault does not hide the next: all issues come at once, and a
 * document with an error yields no policy at all.
 */
import { isDay, isPeriod } from "../base/calendar.ts";
import { below } from "./document.ts";
import type { Node, Scalar } from "./document.ts";
import type { Issue, IssueCode, Place } from "./issue.ts";
import { makeIssue } from "./issue.ts";
import type { Day, Fact, Label, Lang, Period } from "./model.ts";

/** A node with its path and what readers share. */
export interface At {
  readonly node: Node;
  readonly path: string;
  /** Where to point: a scalar itself, a map or list by its key. */
  readonly place: Place;
  readonly keyPlace: Place;
  readonly shared: Shared;
}
export interface Shared {
  readonly issues: Issue[];
  /** Languages every label must have. */
  readonly languages: readonly Lang[];
  /** Paths of maps from id to thing: a key twice there is an id twice. */
  readonly idMaps: Set<string>;
}
export type Read<T> = (at: At) => T;

/** The keys of a map, asked for one by one; a key nobody asks for is unknown. */
export interface Fields {
  readonly at: At;
  readonly need: <T>(key: string, read: Read<T>, otherwise: T) => T;
  readonly may: <T>(key: string, read: Read<T>, otherwise: T) => T;
  readonly has: (key: string) => boolean;
}

export function report(at: At, code: IssueCode, message: string): void {
  at.shared.issues.push(makeIssue(code, at.place, at.path, message));
}

/** Reads a map whose keys are fixed. */
export function object<T>(build: (fields: Fields) => T): Read<T> {
  return (at) => {
    const entries = entriesOf(at);
    const asked = new Set<string>();
    const ask = (key: string): At | undefined => {
      asked.add(key);
      return entries.get(key);
    };
    const value = build({
      at,
      has: (key) => entries.has(key),
      may: (key, read, otherwise) => {
        const inner = ask(key);
        return inner ? read(inner) : otherwise;
      },
      need: (key, read, otherwise) => {
        const inner = ask(key);
        if (inner) return read(inner);
        if (at.node.kind === "map") {
          const path = below(at.path, key);
          report({ ...at, path }, "missing-key", `\`${key}\` is missing here`);
        }
        return otherwise;
      },
    });
    reportUnknown(at, asked);
    return value;
  };
}

/** Reads a map from id to thing; the reader also gets the id. */
export function mapOf<T>(
  read: (id: string, at: At) => T,
  pattern: RegExp = ID,
): Read<Readonly<Record<string, T>>> {
  return (at) => {
    at.shared.idMaps.add(at.path);
    // Without a prototype, `items["constructor"]` is nothing rather than a function.
    const things: Record<string, T> = Object.create(null) as Record<string, T>;
    for (const [key, inner] of entriesOf(at)) {
      const keyAt = { ...inner, place: inner.keyPlace };
      if (UNSAFE_IDS.has(key)) report(keyAt, "id-reserved", `\`${key}\` is reserved`);
      else if (!pattern.test(key)) report(keyAt, "id-invalid", `\`${clip(key)}\` is not an id`);
      else things[key] = read(key, inner);
    }
    return things;
  };
}

/** Reads a list. */
export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (at) => {
    if (at.node.kind !== "list") {
      wrongType(at, "a list");
      return [];
    }
    return at.node.entries.map((node, index) => {
      const { place } = node;
      return read({ ...at, node, path: `${at.path}[${index}]`, place, keyPlace: place });
    });
  };
}

/** Reads a list of words in which none stands twice. */
export function listOfUnique<T extends string>(read: Read<T>): Read<readonly T[]> {
  return (at) => {
    const seen = new Set<string>();
    return listOf((inner) => {
      const { length } = inner.shared.issues;
      const value = read(inner);
      if (inner.shared.issues.length > length) return value; // not what is written there
      if (seen.has(value)) report(inner, "listed-twice", `\`${value}\` again`);
      seen.add(value);
      return value;
    })(at);
  };
}

/** Reads text of 1 to `longest` characters. */
export function textUpTo(longest: number): Read<string> {
  return (at) => {
    const value = scalarOf(at);
    if (typeof value !== "string") {
      const quoting = typeof value === "number" ? "; put it in quotes" : "";
      wrongType(at, `text${quoting}`);
      return "";
    }
    if (value.trim() === "") report(at, "text-empty", "the text is empty");
    else if (value.length > longest) report(at, "text-too-long", `more than ${longest} characters`);
    return value;
  };
}

/** An id as a value: which thing is meant is checked where all of them are known. */
export function idMatching(pattern: RegExp): Read<string> {
  return (at) => {
    const value = scalarOf(at);
    if (typeof value !== "string") wrongType(at, "an id");
    else if (UNSAFE_IDS.has(value)) report(at, "id-reserved", `\`${value}\` is reserved`);
    else if (!pattern.test(value)) report(at, "id-invalid", `\`${clip(value)}\` is not an id`);
    else return value;
    return "";
  };
}

/** One word of a closed set; where it cannot be read, `otherwise` or the first of them. */
export function oneOf<const T extends string>(
  options: readonly [T, ...T[]],
  otherwise: NoInfer<T> = options[0],
): Read<T> {
  return (at) => {
    const value = scalarOf(at);
    const found = options.find((option) => option === value);
    if (found !== undefined) return found;
    const known = options.join(", ");
    if (typeof value === "string") report(at, "not-one-of", `\`${clip(value)}\`, not ${known}`);
    else wrongType(at, `one of ${known}`);
    return otherwise;
  };
}

export const flag: Read<boolean> = (at) => {
  const value = scalarOf(at);
  if (typeof value === "boolean") return value;
  wrongType(at, "true or false");
  return false;
};

export function wholeNumber(least: number, most: number): Read<number> {
  return (at) => {
    const value = scalarOf(at);
    if (typeof value !== "number") wrongType(at, "a whole number");
    else if (Number.isInteger(value) && value >= least && value <= most) return value;
    else report(at, "out-of-range", `${value} is not a whole number from ${least} to ${most}`);
    return least;
  };
}

export const period: Read<Period> = (at) => {
  const value = scalarOf(at);
  if (typeof value === "string" && isPeriod(value)) return value;
  report(at, "period-invalid", `\`${clip(String(value))}\` is not a period`);
  return "P1D";
};

/** A number behind a word: a period, or so many of something. */
export const amount: Read<Period | number> = (at) => {
  const value = scalarOf(at);
  if (typeof value === "string") return period(at);
  if (typeof value === "number") return wholeNumber(0, 1_000_000_000)(at);
  wrongType(at, "a period or a whole number");
  return 0;
};

export const day: Read<Day> = (at) => {
  const value = scalarOf(at);
  if (typeof value === "string" && isDay(value)) return value;
  report(at, "day-invalid", `\`${clip(String(value))}\` is not a day`);
  return "1970-01-01";
};

export const country: Read<string> = (at) => {
  const value = scalarOf(at);
  if (typeof value === "string" && /^[A-Z]{2}$/.test(value)) return value;
  report(at, "country-invalid", `\`${clip(String(value))}\` is not a country code`);
  return "";
};

/** Our own site is reached over https only; some outside agencies still publish http addresses. */
export const httpsUrl: Read<string> = (at) => urlMatching(/^https:\/\/[^/\s]+/, at);
export const webUrl: Read<string> = (at) => urlMatching(/^https?:\/\/[^/\s]+/, at);

function urlMatching(pattern: RegExp, at: At): string {
  const value = scalarOf(at);
  if (typeof value === "string" && value.length <= 500 && pattern.test(value)) {
    if (URL.canParse(value)) return value;
  }
  report(at, "url-invalid", `\`${clip(String(value))}\` is not a web address`);
  return "";
}

/** A fact, or the plain word `unconfirmed` for one the text leaves open. */
export function fact<T>(read: Read<T>): Read<Fact<T>> {
  return (at) => (scalarOf(at) === "unconfirmed" ? UNCONFIRMED : read(at));
}
export const UNCONFIRMED = Object.freeze({ unconfirmed: true } as const);

/** The label of a thing whose other keys stand beside it. */
export function labelIn(fields: Fields): Label {
  const label: Partial<Record<Lang, string>> = {};
  for (const lang of fields.at.shared.languages) {
    if (fields.has(lang)) label[lang] = fields.may(lang, textUpTo(MAX_LABEL), "");
    else if (fields.at.node.kind === "map") {
      report(fields.at, "label-missing-language", `the text in \`${lang}\` is missing`);
    }
  }
  return label;
}
/** A label that stands alone. */
export const label: Read<Label> = object(labelIn);

const MAX_LABEL = 2_000;
/** Ids of declared things. */
export const ID = /^[a-z][a-z0-9_]{0,47}$/;
const UNSAFE_IDS: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  "prototype",
]);

/** The value of a scalar; `undefined` for maps and lists. */
export function scalarOf(at: At): Scalar | undefined {
  return at.node.kind === "scalar" ? at.node.value : undefined;
}

export function wrongType(at: At, wanted: string): void {
  report(at, "wrong-type", `${wanted} is needed here, not ${describe(at.node)}`);
}

function describe(node: Node): string {
  if (node.kind !== "scalar") return `a ${node.kind}`;
  if (node.value === null) return "nothing";
  return typeof node.value === "string" ? "text" : `a ${typeof node.value}`;
}

/** Messages quote at most this much of a file that may be hostile. */
export function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function entriesOf(at: At): ReadonlyMap<string, At> {
  const inner = new Map<string, At>();
  if (at.node.kind !== "map") {
    wrongType(at, "a map");
    return inner;
  }
  for (const { key, keyPlace, value } of at.node.entries) {
    const place = value.kind === "scalar" ? value.place : keyPlace;
    inner.set(key, { ...at, node: value, path: below(at.path, key), place, keyPlace });
  }
  return inner;
}

function reportUnknown(at: At, asked: ReadonlySet<string>): void {
  if (at.node.kind !== "map") return;
  for (const { key, keyPlace } of at.node.entries) {
    if (asked.has(key)) continue;
    const message = `\`${clip(key)}\` is not known here; known: ${[...asked].join(", ")}`;
    at.shared.issues.push(makeIssue("unknown-key", keyPlace, below(at.path, key), message));
  }
}
