/** One run: a world lives and destroys, everything it left is examined, the findings are judged. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { canOpen, canTag, closure, fileKeyOf, type Loot, pairOf } from "./attack.ts";
import { type Drill, runDrill } from "./drill.ts";
import { MARKER } from "./forensic-policy.ts";
import { type MediumSearched, mediaSearched } from "./media.ts";
import { type Check, type Fault, type Size, type StandName, type WorldConfig } from "./plan.ts";
import { needlesOf, type Searched, searchFiles, searchMemory } from "./search.ts";
import {
  copyFolder,
  freshPglite,
  startRestored,
  startWorld,
  startWorstServer,
  type WorstServer,
} from "./stand.ts";
import { STORES } from "./stores.ts";
import {
  type Kind,
  readNodes,
  readTags,
  readTruth,
  type SealedThing,
  type Truth,
} from "./truth.ts";

/** So many of so many. */
export type Count = readonly [found: number, of: number];

export interface Findings {
  readonly stand: StandName;
  readonly fault: Fault | null;
  readonly counts: Readonly<Record<Check, Count>>;
  /** Values that must be dead, and that live, by what they are. */
  readonly kinds: Readonly<Record<Kind, readonly [dead: number, living: number]>>;
  /** The checks that failed. */
  readonly failed: readonly Check[];
  readonly searched: { readonly files: number; readonly megabytes: number };
  /** What was read of each medium; only where nothing is planted. */
  readonly media: readonly MediumSearched[];
  /** Copies of the same secrets in the keeper's memory before the destruction. */
  readonly memoryBefore: number;
  readonly memorySkipped: boolean;
  readonly drill: Drill | null;
  readonly seconds: number;
}

interface Scene {
  readonly config: WorldConfig;
  readonly base: string;
  /** Copies of before the destruction: data, keys without anything left out, files. */
  readonly c0: string;
  readonly worst: WorstServer | null;
}

/** Carries out a run. Returns null when the stand needs PostgreSQL and there is none. */
export async function runForensic(
  stand: StandName,
  size: Size,
  fault: Fault | null,
): Promise<Findings | null> {
  const started = performance.now();
  const worst = stand === "postgres" ? await startWorstServer() : null;
  if (stand === "postgres" && worst === null) return null;
  const base = mkdtempSync(join(tmpdir(), "jikim-forensic-"));
  const folder = join(base, "live");
  const truth = join(base, "truth");
  for (const path of [folder, truth]) mkdirSync(path);
  for (const { name, migrations } of stand === "files" ? STORES : []) {
    await freshPglite(join(folder, name), migrations);
  }
  const socket = worst?.server.folder ?? "";
  const config: WorldConfig = { ...size, stand, folder, truth, socket, fault };
  try {
    const scene = { config, base, c0: join(base, "c0"), worst };
    const findings = await examine(scene);
    return { ...findings, seconds: (performance.now() - started) / 1000 };
  } finally {
    worst?.stop();
    rmSync(base, { recursive: true, force: true });
  }
}

async function examine(scene: Scene): Promise<Omit<Findings, "seconds">> {
  const { config, c0, worst } = scene;
  const world = await startWorld(config);
  try {
    // A planted fault shows on the live disks; there the copy is of the keys alone.
    const copied = config.fault === null ? "" : "keys";
    copyFolder(join(config.folder, copied), join(c0, copied));
    const backup = config.fault === null ? (worst?.backUp("base-backup") ?? "") : "";
    const asStored = readTruth(config.truth);
    const formerRoot = readFileSync(join(c0, "keys/root"));
    const former = closure(readNodes(config.truth), formerRoot);
    const before = looksIntoMemory(config)
      ? searchMemory(world.pid, needlesOf(deadKeys(asStored, former)))
      : null;
    await world.tell("destroy");
    const truth = readTruth(config.truth);
    await world.tell("collect");
    const present = closure(
      readNodes(config.truth),
      readFileSync(join(config.folder, "keys/root")),
    );
    const secrets = secretsOf(truth, former, present);
    const memory = looksIntoMemory(config) ? searchMemory(world.pid, needlesOf(secrets)) : null;
    await world.tell("settle");
    await worst?.flush();
    await world.tell("close");
    if (config.fault === "oldroot") {
      writeFileSync(join(config.folder, "keys/root"), formerRoot);
    }
    const drill =
      config.fault === null ? await drillOf(scene, truth, { backup, formerRoot }) : null;
    return judge(scene, truth, { former, secrets, before, memory, drill });
  } finally {
    world.end();
  }
}

/** Faults that leave the memory alone need no look into it. */
function looksIntoMemory({ fault }: WorldConfig): boolean {
  return fault === null || fault === "copiedkey";
}

/** The root, and the keys made of the locks of all that must die, those of files with them. */
function deadKeys({ things }: Truth, former: Loot): readonly Buffer[] {
  const dead = things.filter(isDead);
  const keys = dead.flatMap((thing) => [pairOf(thing, former), fileKeyOf(thing, former)]);
  return distinct([...former.roots, ...keys.filter((key) => key !== null)]);
}

const isDead = ({ fate }: SealedThing): boolean => fate === "dead";

/** Those, and every key that was within reach before and is not any more: locks, nodes, index. */
function secretsOf(truth: Truth, former: Loot, present: Loot): readonly Buffer[] {
  const all = ({ slots, nodeKeys }: Loot): Buffer[] => [...slots.values(), nodeKeys].flat();
  const left = new Set(all(present).map((key) => key.toString("latin1")));
  const lost = all(former).filter((key) => !left.has(key.toString("latin1")));
  return distinct([...deadKeys(truth, former), ...lost]);
}

function distinct(keys: readonly Buffer[]): readonly Buffer[] {
  return [...new Map(keys.map((key) => [key.toString("latin1"), key])).values()];
}

async function drillOf(
  { config, c0 }: Scene,
  { things }: Truth,
  former: { readonly backup: string; readonly formerRoot: Buffer },
): Promise<Drill> {
  const { formerRoot } = former;
  if (config.stand === "files") {
    const place = `${c0}-restored`;
    copyFolder(c0, place);
    return runDrill(config, things, { place, formerRoot });
  }
  const restored = startRestored(former.backup);
  try {
    return await runDrill(config, things, { place: restored.folder, formerRoot });
  } finally {
    restored.stop();
  }
}

interface Evidence {
  readonly former: Loot;
  /** Keys that must be nowhere in the end. */
  readonly secrets: readonly Buffer[];
  readonly before: Searched | null;
  readonly memory: Searched | null;
  readonly drill: Drill | null;
}

function judge(scene: Scene, truth: Truth, evidence: Evidence): Omit<Findings, "seconds"> {
  const { config } = scene;
  const { former, secrets } = evidence;
  const tags = readTags(config.truth);
  // Anew, for the fault that brings a former root back.
  const present = closure(readNodes(config.truth), readFileSync(join(config.folder, "keys/root")));
  const dead = truth.things.filter(isDead);
  const living = truth.things.filter(({ fate }) => fate === "lives");
  const copied = dead.filter((thing) => thing.copied);
  const erased = truth.indexed.filter((value) => value.dead);
  const kept = truth.indexed.filter((value) => !value.dead);
  const hits = searchDisks(scene, truth, secrets);
  const { memory, drill } = evidence;
  const kinds: Record<Kind, [dead: number, living: number]> = {
    file: [0, 0],
    record: [0, 0],
    archived: [0, 0],
    held: [0, 0],
    beside: [0, 0],
  };
  for (const { kind } of dead) kinds[kind][0] += 1;
  for (const { kind } of living) kinds[kind][1] += 1;
  const counts: Record<Check, Count> = {
    A1: [hits.markers, hits.markerForms],
    A2: [hits.keys, hits.keyForms],
    B1: [dead.filter((thing) => canOpen(thing, present)).length, dead.length],
    B2: [living.filter((thing) => canOpen(thing, present)).length, living.length],
    B3: [copied.filter((thing) => canOpen(thing, former)).length, copied.length],
    C1: [hits.remains, hits.rows],
    C2: [dead.filter(({ stored }) => stored).length, dead.length],
    D1: [erased.filter((value) => canTag(value, present, tags)).length, erased.length],
    D2: [kept.filter((value) => canTag(value, present, tags)).length, kept.length],
    D3: [erased.filter((value) => canTag(value, former, tags)).length, erased.length],
    E1: [memory?.found.size ?? 0, secrets.length],
    F1: [drill?.deadOpened ?? 0, drill?.returned ?? 0],
  };
  return {
    stand: config.stand,
    fault: config.fault,
    counts,
    kinds,
    failed: failedOf(counts, evidence, {
      media: hits.media,
      // A world in which nothing of a kind died, or lived, would prove nothing of it.
      whole:
        config.fault !== null ||
        Object.values(kinds)
          .flat()
          .every((count) => count > 0),
    }),
    media: hits.media,
    searched: { files: hits.files, megabytes: Math.round(hits.bytes / 1e6) },
    memoryBefore: evidence.before?.found.size ?? 0,
    memorySkipped: memory === null,
    drill,
  };
}

/** What each figure must be for its check to hold. */
function failedOf(
  counts: Readonly<Record<Check, Count>>,
  evidence: Evidence,
  { media, whole }: { readonly media: readonly MediumSearched[]; readonly whole: boolean },
): readonly Check[] {
  const none = ([found]: Count): boolean => found === 0;
  const all = ([found, of]: Count): boolean => found === of && of > 0;
  const some = ([found]: Count): boolean => found > 0;
  const { drill, before, memory } = evidence;
  const drillHolds =
    drill === null ||
    (drill.deadOpened === 0 &&
      drill.returned > 0 &&
      drill.living > 0 &&
      drill.livingOpened === drill.living &&
      drill.left > 0 &&
      drill.deadLeft === 0 &&
      drill.leftOpened === drill.left &&
      drill.formerRoot === "ERR_KEY_ROOT_STALE");
  // A scan that saw nothing before has no say about afterwards.
  const memoryHolds = memory === null || (none(counts.E1) && (before?.found.size ?? 0) > 0);
  const holds: Readonly<Record<Check, boolean>> = {
    A1: none(counts.A1),
    A2: none(counts.A2),
    B1: none(counts.B1),
    B2: all(counts.B2),
    B3: all(counts.B3),
    C1: whole && some(counts.C1) && media.every(({ ok }) => ok),
    C2: none(counts.C2),
    D1: none(counts.D1),
    D2: all(counts.D2),
    D3: all(counts.D3),
    E1: memoryHolds,
    F1: drillHolds,
  };
  return (Object.keys(holds) as Check[]).filter((check) => !holds[check]);
}

/** Forms in which something may be written down: as it is, as hex in both cases, as base64. */
function markerForms(): readonly Buffer[] {
  const plain = Buffer.from(MARKER);
  const hex = plain.toString("hex");
  const shifted = [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), plain]).toString("base64");
    // only what does not depend on the bytes around it
    return whole.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + plain.length) * 8) / 6));
  });
  const texts = [hex, hex.toUpperCase(), ...shifted].map((form) => Buffer.from(form));
  return [plain, Buffer.from(MARKER, "utf16le"), ...texts];
}

function searchDisks({ config, c0, worst }: Scene, truth: Truth, secrets: readonly Buffer[]) {
  const markers = markerForms();
  const keys = secrets.flatMap((key) => {
    const hex = key.toString("hex");
    return [
      key,
      Buffer.from(hex),
      Buffer.from(hex.toUpperCase()),
      key.toString("base64").slice(0, 42),
    ].map((form) => Buffer.from(form));
  });
  const dead = truth.things.filter((thing) => isDead(thing) && thing.kind !== "file");
  // 24 bytes out of the middle of the ciphertext, as bytes and as hex in a log
  const remains = dead.flatMap(({ sealed }) => {
    const bytes = Buffer.from(sealed, "base64").subarray(-64, -40);
    return [bytes, Buffer.from(bytes.toString("hex"))];
  });
  const needles = needlesOf([...markers, ...keys, ...remains]);
  const disks = [config.folder, ...(worst === null ? [] : [worst.server.folder])];
  const formerRootFile = join(c0, "keys/root");
  const live = searchFiles(disks, needles, () => false);
  const copy = searchFiles([c0], needles, (path) => path === formerRootFile);
  const found = new Set([...live.found.keys(), ...copy.found.keys()]);
  const within = (set: { has(i: number): boolean }, from: number, length: number): number =>
    Array.from({ length }, (_, i) => from + i).filter((i) => set.has(i)).length;
  const rowsIn = (needlesFound: { has(i: number): boolean }): number => {
    const at = (i: number): number => markers.length + keys.length + 2 * i;
    return dead.filter((_, i) => needlesFound.has(at(i)) || needlesFound.has(at(i) + 1)).length;
  };
  const read = [...live.read, ...copy.read];
  return {
    markers: within(found, 0, markers.length),
    markerForms: markers.length,
    keys: within(found, markers.length, keys.length),
    keyForms: keys.length,
    remains: rowsIn(live.found),
    media: config.fault === null ? mediaSearched(config.stand, read, rowsIn) : [],
    rows: dead.length,
    files: live.files + copy.files,
    bytes: live.bytes + copy.bytes,
  };
}
