/**
 * Who holds the root, as a document:
 *
 *   { "custodians": [
 *     { "name": "archive room", "socket": "/run/jikim/archive/s" },
 *     { "name": "memory", "socket": "/run/jikim/memory/s" },
 *     { "name": "own disk", "root": "/var/lib/jikim/root-share" } ] }
 *
 * `socket`: a process of his own (`jikim custodian serve`). `root`: a slot file that the keeper's
 * own process writes. Paths begin at the document's folder.
 */
import { readFileSync, statSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

import { JikimError } from "../base/errors.ts";
import type { CliIo } from "./io.ts";

export interface CustodianEntry {
  readonly name: string;
  readonly kind: "socket" | "root";
  readonly path: string;
}

const CUSTODIANS = 3;
const MAX_FILE_BYTES = 65_536;
/** Names go into receipts and tables. */
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,62}[\p{L}\p{N}])?$/u;

/** Is this a custodian's name? Letters, digits, and blanks, dots, hyphens between them; up to 64. */
export function isCustodianName(name: string): boolean {
  return NAME.test(name);
}

/**
 * Reads the document. Throws ERR_USAGE naming file, line or field, and what is wrong.
 * @example const entries = readCustodians(io, "custodians.json");
 */
export function readCustodians(io: CliIo, named: string): readonly CustodianEntry[] {
  const path = resolve(io.cwd, named);
  const short = relative(io.cwd, path);
  return parseCustodians(readWhole(path, named), {
    file: short.startsWith("..") ? path : short,
    folder: dirname(path),
  });
}

interface Document {
  readonly file: string;
  /** Where relative paths begin. */
  readonly folder: string;
}

/** The same from text. */
export function parseCustodians(text: string, document: Document): readonly CustodianEntry[] {
  const { file } = document;
  const whole = fieldsOf(readJson(text, file), "the document", file);
  refuseOthers(whole, ["custodians"], { file, at: "" });
  const list = whole["custodians"];
  if (!Array.isArray(list) || list.length !== CUSTODIANS) {
    throw wrong(file, "custodians", "is a list of three: any two of them have the root");
  }
  const entries = list.map((value: unknown, i) => entryOf(value, `custodians[${i}]`, document));
  for (const [i, { name, path }] of entries.entries()) {
    for (const other of entries.slice(0, i)) {
      if (other.name === name)
        throw wrong(file, `custodians[${i}].name`, "is another custodian's too");
      if (other.path === path) throw wrong(file, `custodians[${i}]`, "lies where another one does");
    }
  }
  return entries;
}

function entryOf(value: unknown, at: string, { file, folder }: Document): CustodianEntry {
  const fields = fieldsOf(value, at, file);
  refuseOthers(fields, ["name", "socket", "root"], { file, at: `${at}.` });
  const { name, socket, root } = fields;
  if (typeof name !== "string" || !isCustodianName(name)) {
    throw wrong(file, `${at}.name`, "is up to 64 letters, digits, blanks, dots and hyphens");
  }
  if ((socket === undefined) === (root === undefined)) {
    throw wrong(file, at, "has either a socket or a root");
  }
  const kind = socket === undefined ? "root" : "socket";
  const path = socket ?? root;
  if (typeof path !== "string" || path === "" || path.includes("\0")) {
    throw wrong(file, `${at}.${kind}`, "is a path");
  }
  return Object.freeze({ name, kind, path: resolve(folder, path) });
}

function readWhole(path: string, named: string): string {
  try {
    if (statSync(path).size <= MAX_FILE_BYTES) return readFileSync(path, "utf8");
  } catch {
    throw new JikimError("ERR_USAGE", `there is no file ${named} that can be read`);
  }
  throw new JikimError("ERR_USAGE", `${named} is larger than 64 KiB: that is no list of three`);
}

function readJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Node names the place of most mistakes, not of all.
    const line = Number(/\(line (\d+) column \d+\)/.exec(String(error))?.[1] ?? 0);
    const where = line === 0 ? file : `${file}:${line}`;
    throw new JikimError("ERR_USAGE", `${where} is not JSON`, { file, line });
  }
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, at: string, file: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value));
  }
  throw wrong(file, at, "is an object");
}

/** A misspelt field must not be taken for one that was left out. */
function refuseOthers(
  fields: Fields,
  known: readonly string[],
  { file, at }: { readonly file: string; readonly at: string },
): void {
  const other = Object.keys(fields).find((name) => !known.includes(name));
  if (other !== undefined) throw wrong(file, `${at}${other}`, "is no field here");
}

function wrong(file: string, field: string, why: string): JikimError {
  return new JikimError("ERR_USAGE", `${file}: ${field} ${why}`, { file, field });
}
