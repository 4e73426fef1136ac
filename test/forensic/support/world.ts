/**
 * The process under examination: the real engine over real stores, with people in it. It stores,
 * waits, destroys, waits, and says each time when it is done; the examiner looks at it from outside.
 *
 * Records die in every way there is: their person leaves (what a statute keeps moves to the archive
 * and dies there with its class-day), by an order to erase a person's records or a part of them,
 * with their own lock and then their day's when their clock starts, with their class-day, when the
 * hold ends that kept them longer; files with a lock of their own; tags with the key of the index.
 */
import { mkdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { present } from "../../../src/base/assert.ts";
import { addDays } from "../../../src/base/calendar.ts";
import { erase } from "../../../src/engine/destruction/erase.ts";
import type { Jikim } from "../../../src/engine/jikim.ts";
import { openCompiled } from "../../../src/engine/open-jikim.ts";
import { referenceFor } from "../../../src/engine/processor/reference.ts";
import { registerDocument } from "../../../src/engine/provision/document.ts";
import { recordEvent } from "../../../src/engine/retention/record-event.ts";
import { addStaff } from "../../../src/engine/staff/staff.ts";
import { makeFileKey } from "../../../src/keys/stream/file-key.ts";
import { sealFile } from "../../../src/keys/stream/seal-file.ts";
import type { SealContext } from "../../../src/keys/keeper.ts";
import type { TreeKeeper } from "../../../src/keys/open-keeper.ts";
import { bytes, hex } from "../../../src/store/column-value.ts";
import type { Database } from "../../../src/store/database.ts";
import { systemRandom } from "../../keys/support/random.ts";
import { testClock, type TestClock } from "../../support/test-engine.ts";
import { openFaultyKeys } from "./faulty-keys.ts";
import { FIRST_DAY, FIRST_ENDS, forensicPolicy, MARKER } from "./forensic-policy.ts";
import { kindOf, mustDie, type Person, roleOf, SERVICE, SERVICE_CLASSES } from "./people.ts";
import type { WorldConfig } from "./plan.ts";
import { dataAt, storedValues } from "./stores.ts";
import { recordTags, type SealedThing, writeTruth } from "./truth.ts";

const STAFF = "7";

interface StoredFile {
  readonly path: string;
  readonly context: SealContext;
  readonly sealed: string;
  /** Dies alone, by its own lock. */
  readonly alone: boolean;
  readonly dead: boolean;
  /** Its person leaves before the disks are copied: its lock is gone by then. */
  readonly early: boolean;
}

/** A value the keeper was given to seal, whatever became of it. */
interface Sealed {
  readonly context: SealContext;
  /** Base64. */
  readonly sealed: string;
  /** Sealed once the orders to erase had been carried out. */
  readonly late: boolean;
}

interface World {
  readonly config: WorldConfig;
  readonly clock: TestClock;
  readonly keeper: TreeKeeper;
  readonly jikim: Jikim;
  readonly people: Person[];
  readonly files: StoredFile[];
  readonly seals: Sealed[];
  /** Holds that end. */
  readonly holds: string[];
  /** What was in the databases when the disks were copied. */
  readonly copied: Set<string>;
  /** Records erased by order. */
  readonly visits: Set<string>;
  readonly progress: { late: boolean };
}

async function openWorld(config: WorldConfig): Promise<World> {
  const clock = testClock(`${FIRST_DAY}T09:00:00+09:00`);
  const seals: Sealed[] = [];
  const progress = { late: false };
  const keeper = tapped(await openFaultyKeys(config, clock), seals, progress);
  const { stand, folder, socket } = config;
  const data = dataAt({ stand, place: stand === "files" ? folder : socket }, config);
  const jikim = await openCompiled(forensicPolicy(), { data, keeper, clock });
  await addStaff(jikim.context, STAFF, ["staff"]);
  if (config.fault === "archiverow") await keepHistory(await jikim.context.archive());
  return {
    config,
    clock,
    keeper,
    jikim,
    people: [],
    files: [],
    seals,
    holds: [],
    copied: new Set(),
    visits: new Set(),
    progress,
  };
}

/** Writes down everything that is ever sealed. */
function tapped(keeper: TreeKeeper, seals: Sealed[], progress: { readonly late: boolean }) {
  return {
    ...keeper,
    async seal(values: Parameters<TreeKeeper["seal"]>[0]) {
      const sealed = await keeper.seal(values);
      for (const [index, { context }] of values.entries()) {
        const value = Buffer.from(present(sealed[index], "a sealed value each"));
        seals.push({ context, sealed: value.toString("base64"), late: progress.late });
      }
      return sealed;
    },
  };
}

/** What a database administrator may have put there. */
async function keepHistory(archive: Database): Promise<void> {
  await archive.query("create table history (like archived_record)");
  await archive.query(
    `create function keep_history() returns trigger language plpgsql as
       $$ begin insert into history select old.*; return old; end $$`,
  );
  await archive.query(
    `create trigger history before delete on archived_record
       for each row execute function keep_history()`,
  );
}

async function bothStores({ jikim: { context } }: World): Promise<readonly Database[]> {
  return [context.db, await context.archive()];
}

async function storedNow(world: World): Promise<ReadonlySet<string>> {
  const all: string[] = [];
  for (const db of await bothStores(world)) all.push(...(await storedValues(db)));
  return new Set(all);
}

/** No digits, which may look like the number of a card. */
function secret(): string {
  const letters = hex(systemRandom.bytes(12)).replace(/\d/g, (digit) =>
    "ghijklmnop".charAt(+digit),
  );
  return `${MARKER}${letters}`;
}

/** Six records a person, three in each compartment, on days of their own. */
async function enrol({ config, clock, jikim, people }: World, n: number): Promise<void> {
  clock.set(`${addDays(FIRST_DAY, n % config.days)}T10:00:00+09:00`);
  const email = `${secret()}@example.org`;
  const subject = await jikim.collect("sign_up", { email, name: `김 ${secret()}` });
  for (let visit = 0; visit < 2; visit += 1) {
    await jikim.collect("visit", { trace: secret() }, { subject });
  }
  for (let order = 0; order < 3; order += 1) {
    await jikim.collect("order", { order_line: secret() }, { subject });
  }
  people.push({ subject, email, ...roleOf(n, config) });
}

/** What stands beside records: looks of staff, documents of authorities, names at a processor. */
async function useRecords({ config, jikim, people }: World): Promise<void> {
  const { context } = jikim;
  for (const { subject } of people.filter((_, n) => n % config.days === 1)) {
    const by = { staff: STAFF, reason: secret(), from: "192.0.2.1" };
    await jikim.read(subject, ["email"], { purpose: "contract", by });
    await registerDocument(context, {
      subject,
      kind: "warrant",
      items: ["name"],
      authority: secret(),
      number: secret(),
      article: secret(),
      validUntil: "2027-12-31",
      staff: STAFF,
    });
    await context.db.transaction(async (tx) => referenceFor(context, tx, subject, "host"));
  }
}

async function placeHolds({ jikim, people, holds }: World): Promise<void> {
  for (const { subject, holds: asked } of people) {
    for (const { classes, released } of asked) {
      const document = secret();
      const until = addDays(FIRST_ENDS, 300);
      const { id } = await jikim.placeHold({ subject, classes, document, until, by: STAFF });
      if (released) holds.push(id);
    }
  }
}

/** The nine steps: what a statute keeps moves to the archive, the rest dies. */
async function leave({ jikim, people }: World, when: "early" | "late"): Promise<void> {
  for (const { subject, leaves, early } of people) {
    if (leaves !== "withdrawal" || early !== (when === "early")) continue;
    const { step } = await jikim.withdraw(subject, { confirmedBy: "member", channel: "site" });
    if (step !== "told") throw new Error(`a withdrawal ended with ${step}`);
  }
}

/** Some belong to people who leave, some die alone, some live. */
async function storeFiles(world: World): Promise<void> {
  const folder = join(world.config.folder, "files");
  mkdirSync(folder);
  for (let n = 0; n < world.config.files; n += 1) {
    const person = present(world.people[n], "more people than files");
    const [ownLock] = await world.keeper.reserve(1);
    const context = {
      subject: person.subject,
      record: hex(systemRandom.bytes(16)),
      recordClass: "usage",
      compartment: SERVICE,
      expiresOn: null,
    };
    const own = present(ownLock, "one lock");
    const file = await makeFileKey(world.keeper, { ...context, ownLock: own }, systemRandom);
    const parts: Uint8Array[] = [];
    const plain = Buffer.alloc(100_000, `${secret()} `);
    for await (const part of sealFile(file, [plain])) parts.push(part);
    const path = join(folder, `${context.record}.sealed`);
    writeFileSync(path, Buffer.concat(parts));
    const alone = n % 3 === 2;
    world.files.push({
      path,
      context: { ...context, ownLock: own },
      sealed: Buffer.concat(parts.slice(0, 2)).toString("base64"),
      alone,
      early: person.early,
      dead: alone || person.leaves === "withdrawal" || person.leaves === "erasure",
    });
  }
}

/** The people whose clock starts tell it now; what they had is sealed again under its day. */
async function startClocks({ config, clock, jikim, people }: World): Promise<void> {
  const day = addDays(FIRST_DAY, config.days);
  clock.set(`${day}T12:00:00+09:00`);
  for (const { subject, leaves } of people) {
    if (leaves !== "clock") continue;
    await recordEvent(jikim.context, { subject, event: "withdrawal", day });
  }
}

/** Of every part-erasing person a visit. */
function erasedVisits({ people, seals }: World): ReadonlyMap<string, string> {
  const visits = new Map<string, string>();
  for (const { subject } of people.filter(({ erasesPart }) => erasesPart)) {
    const own = seals.filter(
      ({ context: { subject: whose, recordClass, expiresOn, ownLock } }) =>
        whose === subject &&
        recordClass === "usage" &&
        expiresOn !== FIRST_ENDS &&
        ownLock === undefined, // a file has one
    );
    const [first] = own.map(({ context }) => context.record).toSorted();
    if (first !== undefined) visits.set(subject, first);
  }
  return visits;
}

/** Everything that was ever sealed, and what must have become of it. */
async function tellTruth(world: World): Promise<void> {
  const { people, files, seals, copied, visits, config } = world;
  const bySubject = new Map(people.map((person) => [person.subject, person]));
  const stored = await storedNow(world);
  const onDisk = new Set(files.map(({ context }) => context.record));
  const things = seals
    .filter(({ context }) => !onDisk.has(context.record)) // a file's key stands in its header
    .map(({ context, sealed, late }): SealedThing => {
      const person = bySubject.get(context.subject);
      const dead = person !== undefined && mustDie(person, context, { late, visits });
      const fate = dead ? "dead" : stored.has(sealed) ? "lives" : "left";
      const where = { copied: copied.has(sealed), stored: stored.has(sealed) };
      return { kind: kindOf(context), context, sealed, fate, ...where };
    });
  const filed = files.map(({ context, sealed, dead, early }): SealedThing => {
    const fate = dead ? "dead" : "lives";
    return { kind: "file", context, sealed, fate, copied: !early, stored: false };
  });
  writeTruth(config.truth, {
    things: [...things, ...filed],
    indexed: people.map(({ email, leaves }) => ({ normalised: email, dead: leaves !== null })),
  });
}

async function noteTags({ config, jikim }: World): Promise<void> {
  const rows = await jikim.context.db.query<{ tag: Uint8Array }>("select tag from lookup");
  recordTags(
    config.truth,
    rows.map(({ tag }) => tag),
  );
}

/** Orders to erase: all a person has in the compartment, or a name and one visit. */
async function eraseByOrder(world: World): Promise<void> {
  const { jikim, people, seals, visits, progress } = world;
  const partly = erasedVisits(world);
  for (const { subject, leaves } of people) {
    if (leaves !== "erasure") continue;
    const own = seals
      .map(({ context }) => context)
      .filter(
        ({ subject: whose, recordClass, ownLock, compartment }) =>
          whose === subject &&
          compartment === SERVICE &&
          SERVICE_CLASSES.includes(recordClass) &&
          (recordClass === "profile" || ownLock === undefined),
      );
    await erase(jikim.context, subject, { records: own.map(({ record }) => record) });
  }
  progress.late = true;
  for (const { subject } of people.filter(({ erasesPart }) => erasesPart)) {
    await erase(jikim.context, subject, { items: ["name"] });
    const visit = partly.get(subject);
    if (visit === undefined) continue;
    await erase(jikim.context, subject, { records: [visit] });
    visits.add(visit);
  }
}

async function destroyAll(world: World): Promise<void> {
  const { config, clock, keeper, jikim, files, holds } = world;
  await leave(world, "late");
  await eraseByOrder(world);
  const alone = files.filter((file) => file.alone).map(({ context }) => context.ownLock);
  await keeper.destroySlots(alone.filter((slot) => slot !== undefined));
  for (const { path, dead } of files) if (dead) rmSync(path);
  await keepOn(world, addDays(FIRST_DAY, config.days + 1));
  await keepOn(world, addDays(FIRST_ENDS, 1));
  clock.set(`${addDays(FIRST_ENDS, 1)}T12:00:00+09:00`);
  for (const id of holds) await jikim.releaseHold(id, { by: STAFF });
  await keepOn(world, addDays(FIRST_ENDS, 2));
  if (config.fault === "plainlog") {
    const { db } = jikim.context;
    const plain = bytes(Buffer.from(`debug ${MARKER} 010-0000-0000`).toString("hex"));
    await db.query("insert into setting (name, value) values ('debug', $1)", [plain]);
    await db.query("delete from setting where name = 'debug'");
  }
  await noteTags(world);
  await tellTruth(world);
}

/** The daily run; what it could not carry out is no subject of an examination. */
async function keepOn({ clock, jikim }: World, day: string): Promise<void> {
  clock.set(`${day}T00:10:00+09:00`);
  const report = await jikim.keep();
  if (report.archive !== undefined) throw new Error(`the archive is away: ${report.archive}`);
}

async function settle(world: World): Promise<void> {
  for (const db of await bothStores(world)) {
    await db.query("vacuum");
    await db.query("analyze");
    await db.query("checkpoint");
  }
}

const config = JSON.parse(process.argv[2] ?? "{}") as WorldConfig;
const world = await openWorld(config);
for (let n = 0; n < config.subjects; n += 1) await enrol(world, n);
await noteTags(world);
await storeFiles(world);
await startClocks(world);
await useRecords(world);
await placeHolds(world);
await leave(world, "early");
for (const value of await storedNow(world)) world.copied.add(value);
await tellTruth(world);
await noteTags(world);
await settle(world);
writeSync(1, "stored\n");
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "destroy") await destroyAll(world);
  if (line === "settle") await settle(world);
  for (let i = 0; line === "collect" && i < 5; i += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (line === "close") await world.jikim.close();
  writeSync(1, `${line}\n`);
  if (line === "close") break;
}
process.exit(0);
