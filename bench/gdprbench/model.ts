/**
 * What the store should hold, kept in memory: every answer of both sides is compared with it.
 * Correctness comes before speed (the benchmark's first metric); one wrong answer ends the run.
 */
import { createHash } from "node:crypto";
import { present } from "../../src/base/assert.ts";
import { PURPOSES } from "./bench-policy.ts";

/** One record of the benchmark. */
export interface ModelRecord {
  readonly key: number;
  readonly user: number;
  data: string;
}

/** What can be read of a record besides its data. */
export interface Metadata {
  /** The user objects to the second use of everything. */
  readonly objects: boolean;
  /** The second use of the whole purpose is switched off. */
  readonly stopped: boolean;
  /** The user objects for this record alone. */
  readonly withheld: boolean;
}

export interface Model {
  /** Users; a record's user is its key modulo this. */
  readonly users: number;
  /** The next record that is inserted. */
  nextKey: number;
  readonly records: Map<number, ModelRecord>;
  readonly byUser: ReadonlyMap<number, Set<number>>;
  readonly objecting: Set<number>;
  readonly stopped: Set<number>;
  readonly withheld: Set<number>;
}

const DATA_CHARACTERS = 100;

/** 100 characters that are a record's alone, and of one version of it; letters: no card's number. */
export function dataOf(key: number, version: number): string {
  const mark = `${key}.${version}.`;
  const filler = createHash("sha512").update(mark).digest("hex").replaceAll(/[0-9]/g, letterOf);
  return mark + filler.slice(0, DATA_CHARACTERS - mark.length);
}

function letterOf(digit: string): string {
  return String.fromCodePoint("g".charCodeAt(0) + Number(digit));
}

export function createModel(records: number, users: number): Model {
  const model: Model = {
    users,
    nextKey: 0,
    records: new Map(),
    byUser: new Map(Array.from({ length: users }, (_, user) => [user, new Set<number>()])),
    objecting: new Set(),
    stopped: new Set(),
    withheld: new Set(),
  };
  for (let i = 0; i < records; i += 1) insert(model);
  return model;
}

export function insert(model: Model): ModelRecord {
  const key = model.nextKey;
  model.nextKey += 1;
  const record = { key, user: key % model.users, data: dataOf(key, 0) };
  model.records.set(key, record);
  keysOf(model, record.user).add(key);
  return record;
}

export function remove(model: Model, key: number): void {
  const record = model.records.get(key);
  if (record === undefined) return;
  model.records.delete(key);
  keysOf(model, record.user).delete(key);
}

export function keysOf(model: Model, user: number): Set<number> {
  return present(model.byUser.get(user), "a user of the model");
}

export function purposeOf(user: number): number {
  return user % PURPOSES;
}

export function keysOfPurpose(model: Model, purpose: number): readonly number[] {
  const keys: number[] = [];
  for (let user = purpose; user < model.users; user += PURPOSES) keys.push(...keysOf(model, user));
  return keys;
}

/** A record as an answer tells it. */
export function metadataRow(key: number, { objects, stopped, withheld }: Metadata): string {
  return `${key} ${objects ? 1 : 0}${stopped ? 1 : 0}${withheld ? 1 : 0}`;
}

export function metadataOf(model: Model, key: number): Metadata {
  const user = key % model.users;
  return {
    objects: model.objecting.has(user),
    stopped: model.stopped.has(purposeOf(user)),
    withheld: model.withheld.has(key),
  };
}

/** Rows in whatever order as a short text that is equal only for equal rows. */
export function digestOf(rows: readonly string[]): string {
  const hash = createHash("sha1").update(rows.toSorted().join("\n")).digest("hex");
  return `${rows.length} rows, ${hash.slice(0, 12)}`;
}
