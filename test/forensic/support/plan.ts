/** How large a run is, which fault is planted in it, and what must see each fault. */

export type StandName = "files" | "postgres";

/** What a run looks at. Letters as in docs/guides/destruction.md. */
export const CHECKS = [
  "A1",
  "A2",
  "B1",
  "B2",
  "B3",
  "C1",
  "C2",
  "D1",
  "D2",
  "D3",
  "E1",
  "F1",
] as const;
export type Check = (typeof CHECKS)[number];

export interface Size {
  readonly subjects: number;
  /** Days on which records are collected; each gives every class a day key. */
  readonly days: number;
  /** Subjects who leave, some before the disks are copied; a quarter as many stay and have a part
   * erased. */
  readonly withdrawn: number;
  /** Sealed files; each third one is destroyed by its own lock. */
  readonly files: number;
}

export const FULL: Size = { subjects: 500, days: 30, withdrawn: 40, files: 60 };
export const QUICK: Size = { subjects: 40, days: 6, withdrawn: 8, files: 12 };
/** Faults show in a handful of people. */
export const SMALL: Size = { subjects: 12, days: 4, withdrawn: 3, files: 3 };

/** Each fault and the checks that must see it. A check may see more; one of these is enough. */
export const FAULTS = {
  nowipe: { says: "the former root is not wiped", seenBy: ["A2", "B1"] },
  oldroot: { says: "the former root is brought back from a copy", seenBy: ["A2", "B1"] },
  plainlog: { says: "one value is written down in clear, then deleted", seenBy: ["A1"] },
  keylog: { says: "one key is written down as hex in a log", seenBy: ["A2"] },
  noleafzero: { says: "destroyed slots stay in their leaves", seenBy: ["B1"] },
  nodekeys: { says: "nodes are sealed again under keys used before", seenBy: ["B1"] },
  rowsonly: { says: "rows are deleted and no key dies", seenBy: ["B1"] },
  noindex: { says: "the index keeps its key", seenBy: ["D1"] },
  archivekey: { says: "the archive's class-day keeps its lock", seenBy: ["B1"] },
  archiverow: { says: "the archive keeps rows that are removed in a history", seenBy: ["C2"] },
  copiedkey: { says: "a copy of a key is kept in a variable", seenBy: ["E1"] },
} as const satisfies Readonly<
  Record<string, { readonly says: string; readonly seenBy: readonly Check[] }>
>;
export type Fault = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly Fault[];

/** What the process under examination is told, as JSON in its first argument. */
export interface WorldConfig extends Size {
  readonly stand: StandName;
  /** Everything that service, database, log and backup write lies under it. */
  readonly folder: string;
  /** Ground truth for the examiner; no disk of the service's. */
  readonly truth: string;
  /** Folder of the PostgreSQL server's socket; empty in the stand of files. */
  readonly socket: string;
  readonly fault: Fault | null;
}
