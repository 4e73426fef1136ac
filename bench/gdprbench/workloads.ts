/**
 * The mixes of GDPRbench: `repo` as the published workload files have them, `paper` as its Table 2,
 * and the controller's without the purpose-wide change. Operations are drawn before they are timed,
 * with the answer the model gives to each; both sides carry out the same list. Reading by objection
 * or decision is reading by purpose here: it is the same fetch of a 25th of the store.
 */
import { present } from "../../src/base/assert.ts";
import { PURPOSES, SLOTS } from "./bench-policy.ts";
import {
  dataOf,
  digestOf,
  insert,
  keysOf,
  keysOfPurpose,
  type Metadata,
  metadataOf,
  metadataRow,
  type Model,
  remove,
} from "./model.ts";

export type OpKind =
  | "insert"
  | "delete-key"
  | "read-key"
  | "read-user"
  | "read-purpose"
  | "read-meta-key"
  | "read-meta-user"
  | "read-meta-purpose"
  | "update-key"
  | "meta-key"
  | "meta-user"
  | "meta-purpose"
  | "logs"
  | "verify-deletion";

/** One operation with what it is to answer. */
export interface Op {
  readonly kind: OpKind;
  readonly key: number;
  readonly user: number;
  readonly purpose: number;
  /** What is written; the value a fact is set to; lines of the log. */
  readonly data: string;
  readonly on: boolean;
  readonly lines: number;
  /** What holds for a record that is inserted. */
  readonly metadata: Metadata;
  /** Digest of the answer; null for what answers nothing. */
  readonly expected: string | null;
}

interface Mix {
  readonly shares: readonly (readonly [share: number, kind: OpKind])[];
  readonly zipf: boolean;
}

export const WORKLOADS = {
  "controller/repo": {
    shares: [
      [25, "insert"],
      [25, "delete-key"],
      [25, "meta-purpose"],
      [25, "meta-user"],
    ],
    zipf: false,
  },
  "controller/usr": {
    shares: [
      [25, "insert"],
      [25, "delete-key"],
      [50, "meta-user"],
    ],
    zipf: false,
  },
  "customer/repo": {
    shares: [
      [20, "read-key"],
      [10, "read-meta-purpose"],
      [10, "read-meta-user"],
      [20, "update-key"],
      [10, "meta-purpose"],
      [10, "meta-user"],
      [20, "delete-key"],
    ],
    zipf: true,
  },
  "customer/paper": {
    shares: [
      [20, "read-user"],
      [20, "read-meta-key"],
      [20, "update-key"],
      [20, "meta-key"],
      [20, "delete-key"],
    ],
    zipf: true,
  },
  "processor/repo": {
    shares: [
      [20, "read-key"],
      [40, "read-meta-purpose"],
      [40, "read-meta-user"],
    ],
    zipf: false,
  },
  "processor/paper": {
    shares: [
      [80, "read-key"],
      [20, "read-purpose"],
    ],
    zipf: true,
  },
  "regulator/paper": {
    shares: [
      [46, "read-meta-user"],
      [31, "logs"],
      [23, "verify-deletion"],
    ],
    zipf: true,
  },
} as const satisfies Readonly<Record<string, Mix>>;
export type Workload = keyof typeof WORKLOADS;

const MOST_LINES = 1_000;
const ZIPF = 0.99;

export interface Dice {
  /** 0 ≤ x < 1. */
  next(): number;
  below(limit: number): number;
}

/** The same numbers in every run of a seed (mulberry32). */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, below: (limit) => Math.floor(next() * limit) };
}

/** YCSB's scrambled Zipf: a few numbers far more often, and not the smallest ones. */
function zipfian(dice: Dice, size: number): () => number {
  let zeta = 0;
  for (let i = 1; i <= size; i += 1) zeta += 1 / i ** ZIPF;
  const alpha = 1 / (1 - ZIPF);
  const eta = (1 - (2 / size) ** (1 - ZIPF)) / (1 - (1 + 0.5 ** ZIPF) / zeta);
  return () => {
    const u = dice.next();
    const uz = u * zeta;
    const rank =
      uz < 1 ? 0 : uz < 1 + 0.5 ** ZIPF ? 1 : Math.floor(size * (eta * u - eta + 1) ** alpha);
    return Math.imul(rank ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  };
}

/** Draws operations and plays each on the model. */
export function drawOps(workload: Workload, model: Model, dice: Dice, count: number): Op[] {
  const { shares, zipf } = WORKLOADS[workload] as Mix;
  const skewed = zipf ? zipfian(dice, model.nextKey) : null;
  const versions = { next: 1 };
  return Array.from({ length: count }, () => {
    let left = dice.below(100);
    const [, kind] = present(
      shares.find(([share]) => (left -= share) < 0),
      "shares add up to a hundred",
    );
    const number = skewed === null ? dice.below(model.nextKey) : skewed() % model.nextKey;
    return play(kind, model, { number, dice, versions });
  });
}

interface Draw {
  readonly number: number;
  readonly dice: Dice;
  readonly versions: { next: number };
}

function play(kind: OpKind, model: Model, { number, dice, versions }: Draw): Op {
  const user = number % model.users;
  const base = {
    kind,
    key: number,
    user,
    purpose: number % PURPOSES,
    data: "",
    on: false,
    lines: 0,
    metadata: metadataOf(model, number),
    expected: null,
  };
  switch (kind) {
    case "insert": {
      const room = model.nextKey < model.users * SLOTS;
      const record = insert(present(room ? model : null, "room for another record of each user"));
      const { key, user: owner, data } = record;
      return { ...base, key, user: owner, data, metadata: metadataOf(model, key) };
    }
    case "delete-key":
      remove(model, number);
      return base;
    case "update-key": {
      // Who corrects a record has it: the nearest one that is there.
      const key = living(model, number);
      const data = dataOf(key, versions.next);
      versions.next += 1;
      present(model.records.get(key), "a living record").data = data;
      return { ...base, key, user: key % model.users, data };
    }
    case "meta-key":
    case "meta-user":
    case "meta-purpose":
      return { ...base, ...change(kind, model, base) };
    case "logs":
      return { ...base, lines: 1 + dice.below(MOST_LINES) };
    default:
      return { ...base, expected: digestOf(answerOf(kind, model, base)) };
  }
}

/** A fact is turned around, so that each change is one. */
function change(
  kind: "meta-key" | "meta-user" | "meta-purpose",
  model: Model,
  { key, user, purpose }: Pick<Op, "key" | "user" | "purpose">,
): Partial<Op> {
  const flip = (set: Set<number>, each: number): boolean => {
    if (set.delete(each)) return false;
    set.add(each);
    return true;
  };
  if (kind === "meta-purpose") return { on: flip(model.stopped, purpose) };
  if (kind === "meta-user") return { on: flip(model.objecting, user) };
  const own = living(model, key);
  return { key: own, user: own % model.users, on: flip(model.withheld, own) };
}

function living(model: Model, number: number): number {
  for (let i = 0; i < model.nextKey; i += 1) {
    const key = (number + i) % model.nextKey;
    if (model.records.has(key)) return key;
  }
  throw new Error("no record is left");
}

/** What a reading answers by the model. */
function answerOf(
  kind: OpKind,
  model: Model,
  { key, user, purpose }: Pick<Op, "key" | "user" | "purpose">,
): readonly string[] {
  const data = (keys: Iterable<number>): string[] =>
    [...keys].flatMap((each) => model.records.get(each)?.data ?? []);
  const metadata = (keys: Iterable<number>): string[] =>
    [...keys].flatMap((each) =>
      model.records.has(each) ? [metadataRow(each, metadataOf(model, each))] : [],
    );
  switch (kind) {
    case "read-key":
      return data([key]);
    case "read-user":
      return data(keysOf(model, user));
    case "read-purpose":
      return data(keysOfPurpose(model, purpose));
    case "read-meta-key":
      return metadata([key]);
    case "read-meta-user":
      return metadata(keysOf(model, user));
    case "read-meta-purpose":
      return metadata(keysOfPurpose(model, purpose));
    case "verify-deletion":
      return model.records.has(key) ? ["there"] : [];
    default:
      return [];
  }
}
