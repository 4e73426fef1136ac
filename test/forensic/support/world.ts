/**
 * The process under examination: the real engine over real stores, with people in it. It stores,
 * waits, destroys, waits, and says each time when it is done; the examiner looks at it from outside.
 */
import { mkdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { present } from "../../../src/base/assert.ts";
import { addDays } from "../../../src/base/calendar.ts";
import { collect } from "../../../src/engine/collection/collect.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { keep } from "../../../src/engine/retention/sweep.ts";
import { makeFileKey } from "../../../src/keys/stream/file-key.ts";
import { sealFile } from "../../../src/keys/stream/seal-file.ts";
import type { SealContext } from "../../../src/keys/keeper.ts";
import type { TreeKeeper } from "../../../src/keys/open-keeper.ts";
import { bytes, hex } from "../../../src/store/column-value.ts";
import type { Database } from "../../../src/store/database.ts";
import { openDatabase } from "../../../src/store/open-database.ts";
import { systemRandom } from "../../keys/support/random.ts";
import { testClock, type TestClock } from "../../support/test-engine.ts";
import { openFaultyKeys } from "./faulty-keys.ts";
import { forensicPolicy, MARKER } from "./forensic-policy.ts";
import type { WorldConfig } from "./plan.ts";
import { recordTags, type SealedThing, writeTruth } from "./truth.ts";

const FIRST_DAY = "2026-03-02";
const SERVICE = "service";

interface Person {
  readonly subject: string;
  readonly email: string;
  readonly withdraws: boolean;
}

interface StoredFile {
  readonly path: string;
  readonly context: SealContext;
  readonly sealed: string;
  /** Dies alone, by its own lock. */
  readonly alone: boolean;
  readonly dead: boolean;
}

interface World {
  readonly config: WorldConfig;
  readonly clock: TestClock;
  readonly keeper: TreeKeeper;
  readonly main: EngineContext;
  readonly archive: EngineContext;
}

async function openWorld(config: WorldConfig): Promise<World> {
  const clock = testClock(`${FIRST_DAY}T09:00:00+09:00`);
  const keeper = await openFaultyKeys(config, clock);
  const { plan } = forensicPolicy();
  const database = (name: string): Promise<Database> =>
    openDatabase({
      ...(config.stand === "files"
        ? { folder: join(config.folder, name) }
        : { url: `postgres://keys@localhost/${name}?host=${encodeURIComponent(config.socket)}` }),
      migrations: "data",
    });
  const context = { plan, keeper, clock, random: systemRandom };
  const main = { ...context, db: await database("records") };
  return { config, clock, keeper, main, archive: { ...context, db: await database("archive") } };
}

const secret = (): string => `${MARKER}${hex(systemRandom.bytes(12))}`;

/** Six records a person, three in each compartment, on days of their own. */
async function enrol(world: World, n: number): Promise<Person> {
  const { config, clock, main } = world;
  clock.set(`${addDays(FIRST_DAY, n % config.days)}T10:00:00+09:00`);
  const email = `${secret()}@example.org`;
  const subject = await collect(main, "sign_up", { email, name: `김 ${secret()}` });
  for (let visit = 0; visit < 2; visit += 1) {
    await collect(main, "visit", { trace: secret() }, { subject });
  }
  for (let order = 0; order < 3; order += 1) {
    await collect(main, "order", { order_line: secret() }, { subject });
  }
  return { subject, email, withdraws: n < config.withdrawn };
}

/** What a statute keeps moves to a database of its own, sealed as it is. */
async function moveToArchive({ main, archive }: World): Promise<void> {
  const columns = `subject, id, class, compartment, occasion, method, policy_version, policy_hash,
                   collected_on, collected_at, expires_on, items, source, sealed`;
  const rows = await main.db.query<Record<string, Uint8Array | string>>(
    `select ${columns.replace("collected_at", "collected_at::text")} from record
      where class = 'order'`,
  );
  await archive.db.transaction(async (tx) => {
    for (const row of rows) {
      const values = Object.values(row);
      await tx.query(
        `insert into record (${columns}) values (${values.map((_, i) => `$${i + 1}`).join(", ")})`,
        values,
      );
    }
  });
  await main.db.query("delete from record where class = 'order'");
}

async function storeFiles(world: World, people: readonly Person[]): Promise<StoredFile[]> {
  const folder = join(world.config.folder, "files");
  mkdirSync(folder);
  const files: StoredFile[] = [];
  for (let n = 0; n < world.config.files; n += 1) {
    // The first third belongs to people who withdraw, as far as there are such.
    const person = present(people[n], "more people than files");
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
    files.push({
      path,
      context: { ...context, ownLock: own },
      sealed: Buffer.concat(parts.slice(0, 2)).toString("base64"),
      alone,
      dead: alone || person.withdraws,
    });
  }
  return files;
}

/** Every sealed row of a database. */
async function rowsOf(
  db: Database,
  kind: SealedThing["kind"],
  dead: (row: SealContext) => boolean,
) {
  const rows = await db.query<{
    subject: Uint8Array;
    id: Uint8Array;
    class: string;
    compartment: string;
    expires_on: string | null;
    sealed: Uint8Array;
  }>("select subject, id, class, compartment, expires_on, sealed from record");
  return rows.map((row): SealedThing => {
    const context = {
      subject: hex(row.subject),
      record: hex(row.id),
      recordClass: row.class,
      compartment: row.compartment,
      expiresOn: row.expires_on,
    };
    const sealed = Buffer.from(row.sealed).toString("base64");
    return { kind, context, sealed, dead: dead(context) };
  });
}

async function tellTruth(
  world: World,
  people: readonly Person[],
  files: readonly StoredFile[],
): Promise<void> {
  const withdrawn = new Set(people.filter((each) => each.withdraws).map((each) => each.subject));
  const firstEnds = addDays(FIRST_DAY, 365);
  const dead = ({ subject, compartment, expiresOn }: SealContext): boolean =>
    (compartment === SERVICE && withdrawn.has(subject)) || expiresOn === firstEnds;
  writeTruth(world.config.truth, {
    things: [
      ...(await rowsOf(world.main.db, "record", dead)),
      ...(await rowsOf(world.archive.db, "archived", dead)),
      ...files.map((file): SealedThing => ({ ...file, kind: "file" })),
    ],
    indexed: people.map(({ email, withdraws }) => ({ normalised: email, dead: withdraws })),
  });
}

async function noteTags({ config, main }: World): Promise<void> {
  const rows = await main.db.query<{ tag: Uint8Array }>("select tag from lookup");
  recordTags(
    config.truth,
    rows.map(({ tag }) => tag),
  );
}

/** Withdrawal: locks and the index key in one batch, then the rows. */
async function withdraw(world: World, people: readonly Person[], round: number): Promise<void> {
  const { keeper, main, config } = world;
  const gone = people.map(({ subject }) => subject);
  const handles = `(select decode(gone, 'hex') from unnest($1::text[]) as gone)`;
  await main.db.query(`delete from lookup where subject in ${handles}`, [gone]);
  const former = config.fault === "noindex" ? null : await rebuildIndex(world, `next-${round}`);
  if (config.fault !== "rowsonly") {
    await Promise.all([
      ...gone.map((subject) => keeper.destroySubject(subject, [SERVICE])),
      ...(former === null ? [] : [keeper.endIndexEpoch(former)]),
    ]);
  }
  await main.db.query(
    `delete from record where compartment = '${SERVICE}' and subject in ${handles}`,
    [gone],
  );
}

/** Tags of the living under a new key. Returns the epoch whose key is to die. */
async function rebuildIndex({ keeper, main }: World, next: string): Promise<string> {
  const former = present((await keeper.indexEpochs()).at(-1), "an epoch the tags were made in");
  await keeper.beginIndexEpoch(next);
  const rows = await main.db.query<{
    subject: Uint8Array;
    id: Uint8Array;
    class: string;
    compartment: string;
    expires_on: string | null;
    sealed: Uint8Array;
  }>(
    `select record.subject, id, class, compartment, expires_on, sealed
       from lookup join record on record.subject = lookup.subject and record.id = lookup.record`,
  );
  for (const row of rows) {
    const context = {
      subject: hex(row.subject),
      record: hex(row.id),
      recordClass: row.class,
      compartment: row.compartment,
      expiresOn: row.expires_on,
    };
    const [plain] = await keeper.open([{ context, sealed: row.sealed }]);
    const { email } = JSON.parse(Buffer.from(present(plain, "opened")).toString()) as {
      email: string;
    };
    const [tag] = await keeper.tagsOf(next, [{ item: "email", normalised: email }]);
    await main.db.query("update lookup set tag = $1 where subject = $2 and record = $3", [
      present(tag, "one tag"),
      row.subject,
      row.id,
    ]);
  }
  return former;
}

async function destroyAll(
  world: World,
  people: readonly Person[],
  files: readonly StoredFile[],
): Promise<void> {
  const { config, clock, keeper, main, archive } = world;
  const leaving = people.filter(({ withdraws }) => withdraws);
  const half = Math.ceil(leaving.length / 2);
  await withdraw(world, leaving.slice(0, half), 1);
  await withdraw(world, leaving.slice(half), 2);
  const alone = files.filter((file) => file.alone).map(({ context }) => context.ownLock);
  await keeper.destroySlots(alone.filter((slot) => slot !== undefined));
  for (const { path, dead } of files) if (dead) rmSync(path);
  clock.set(`${addDays(FIRST_DAY, 366)}T00:10:00+09:00`);
  for (const context of [main, archive]) {
    const destroyDay: TreeKeeper["destroyDay"] = async () => ({ keys: 0, irrecoverable: false });
    await keep(
      config.fault === "rowsonly" ? { ...context, keeper: { ...keeper, destroyDay } } : context,
    );
  }
  if (config.fault === "plainlog") {
    const plain = bytes(Buffer.from(`debug ${MARKER} 010-0000-0000`).toString("hex"));
    await main.db.query("insert into setting (name, value) values ('debug', $1)", [plain]);
    await main.db.query("delete from setting where name = 'debug'");
  }
  await noteTags(world);
}

async function settle({ main, archive }: World): Promise<void> {
  for (const { db } of [main, archive]) {
    await db.query("vacuum");
    await db.query("analyze");
    await db.query("checkpoint");
  }
}

const config = JSON.parse(process.argv[2] ?? "{}") as WorldConfig;
const world = await openWorld(config);
const people: Person[] = [];
for (let n = 0; n < config.subjects; n += 1) people.push(await enrol(world, n));
await moveToArchive(world);
const files = await storeFiles(world, people);
await tellTruth(world, people, files);
await noteTags(world);
await settle(world);
writeSync(1, "stored\n");
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "destroy") await destroyAll(world, people, files);
  if (line === "settle") await settle(world);
  for (let i = 0; line === "collect" && i < 5; i += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (line === "close") {
    await world.keeper.close();
    await world.main.db.close();
    await world.archive.db.close();
  }
  writeSync(1, `${line}\n`);
  if (line === "close") break;
}
process.exit(0);
