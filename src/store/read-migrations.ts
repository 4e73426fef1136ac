/** Migration files from disk, each compared with the hash it was shipped with. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { JikimError } from "../base/errors.ts";

/** Databases a service has: records of people, the separate archive, the keys. */
export type MigrationSet = "data" | "archive" | "keys";

export interface Migration {
  /** 1, 2, …: the order, without holes. */
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  readonly text: string;
}

const FOLDER = join(import.meta.dirname, "../../migrations");
const NAME = /^(\d{6})(?:_[a-z0-9_]+)?\.sql$/;

/**
 * Reads a set. Throws ERR_STORE_DRIFT when a file differs from `manifest.json`, is missing there
 * or leaves a hole in the numbers: a shipped migration is frozen.
 */
export async function readMigrations(
  set: MigrationSet,
  folder = FOLDER,
): Promise<readonly Migration[]> {
  const names = (await readdir(join(folder, set))).filter((name) => name.endsWith(".sql")).sort();
  const manifest = parseManifest(await readFile(join(folder, "manifest.json"), "utf8"));
  const migrations = await Promise.all(
    names.map(async (name, index) => {
      const text = await readFile(join(folder, set, name), "utf8");
      const sha256 = createHash("sha256").update(text).digest("hex");
      const number = Number(NAME.exec(name)?.[1]);
      if (number !== index + 1) throw drift(set, name, "its number is not the next");
      const shipped = manifest.get(`${set}/${name}`);
      if (shipped === undefined) throw drift(set, name, "manifest.json does not name it");
      if (shipped !== sha256) throw drift(set, name, "it is not the text that was shipped");
      return Object.freeze({ number, name, sha256, text });
    }),
  );
  const listed = [...manifest.keys()].filter((name) => name.startsWith(`${set}/`));
  if (listed.length !== migrations.length) throw drift(set, set, "a shipped file is missing");
  return migrations;
}

/** `manifest.json` is flat: `{"data/000001.sql": "<sha256>", …}`. */
function parseManifest(text: string): ReadonlyMap<string, string> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) return new Map();
  return new Map(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

function drift(set: string, name: string, why: string): JikimError {
  return new JikimError("ERR_STORE_DRIFT", `migration ${name}: ${why}`, { set, name });
}
