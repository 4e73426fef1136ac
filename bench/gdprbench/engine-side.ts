/**
 * Jikim as one side: the engine's own functions, on a policy made for the benchmark. A record is an
 * item of a subject; an update is the item collected again, of which the newest counts; a deletion
 * is an erasure, which ends with the keys destroyed and the root overwritten.
 *
 * The engine has no reading of a purpose as a whole. Here it is a look over the records by their
 * occasion, opened in calls of a few thousand, with an index that the engine's schema lacks.
 */
import { join } from "node:path";
import { present } from "../../src/base/assert.ts";
import type { Clock } from "../../src/base/clock.ts";
import type { Compiled } from "../../src/compiler/compile.ts";
import type { EngineContext, Jikim } from "../../src/engine/jikim.ts";
import { openCompiled } from "../../src/engine/open-jikim.ts";
import { openItems, type PlaceRow } from "../../src/engine/record.ts";
import { subjectRecords } from "../../src/engine/subject-records.ts";
import { overlaysOf } from "../../src/engine/use/overlay.ts";
import { resumePurpose, stopPurpose } from "../../src/engine/use/purpose-stop.ts";
import { liftRestriction, restrict } from "../../src/engine/use/restriction.ts";
import { hex } from "../../src/store/column-value.ts";
import { type BenchServer, settle } from "../support/bench-server.ts";
import { loadRecords } from "../support/load-records.ts";
import {
  benchPolicy,
  itemName,
  occasionName,
  PURPOSES,
  purposeName,
  secondName,
  SLOTS,
} from "./bench-policy.ts";
import { metadataRow, type Model, purposeOf } from "./model.ts";
import type { Side } from "./side.ts";
import type { Op } from "./workloads.ts";

const LOADED_AT_ONCE = 4_000;
const OPENED_AT_ONCE = 4_000;
const DAY_MS = 86_400_000;
const ITEMS = Array.from({ length: SLOTS }, (_, slot) => itemName(slot));

/** Time passes by the operation: what is collected later is newer, whatever the machine does. */
interface OpClock extends Clock {
  pass(ms: number): void;
}

function opClock(): OpClock {
  let now = Date.parse("2026-11-23T12:00:00+09:00");
  return {
    now: () => now,
    pass(ms) {
      now += ms;
    },
  };
}

interface Ground {
  readonly jikim: Jikim;
  readonly clock: OpClock;
  /** Handles by user. */
  readonly handles: string[];
  readonly users: ReadonlyMap<string, number>;
  /** Objections that hold, by user and item: their ids. */
  readonly placed: Map<string, readonly string[]>;
}

export async function openEngineSide(server: BenchServer, database: string): Promise<Side> {
  const url = await server.create(database);
  const compiled: Compiled = benchPolicy();
  const clock = opClock();
  const keys = join(server.keyFolder, database);
  const data = { url, keys };
  const jikim = await openCompiled(compiled, { data, clock, weakened: "a benchmark" });
  const { context } = jikim;
  const users = new Map<string, number>();
  const ground: Ground = { jikim, clock, handles: [], users, placed: new Map() };
  await context.db.query("create index if not exists record_occasion on record (occasion)");
  return {
    name: "jikim",
    async load(model) {
      for (let user = 0; user < model.users; user += 1) {
        const handle = hex(context.random.bytes(8));
        ground.handles.push(handle);
        users.set(handle, user);
      }
      await load(context, model, ground.handles);
    },
    settle: () => settle(server, context.db),
    async run(op) {
      clock.pass(1);
      return run(ground, op);
    },
    dump: () => dump(ground),
    async expire() {
      clock.pass(3 * DAY_MS);
      return (await jikim.keep()).records;
    },
    bytes: () => bytesOf(context),
    async close() {
      await jikim.close();
      await server.drop(database);
    },
  };
}

async function load(
  context: EngineContext,
  model: Model,
  handles: readonly string[],
): Promise<void> {
  const all = [...model.records.values()];
  for (let from = 0; from < all.length; from += LOADED_AT_ONCE) {
    await loadRecords(
      context,
      all.slice(from, from + LOADED_AT_ONCE).map(({ key, user, data }) => ({
        subject: present(handles[user], "a handle for each user"),
        occasion: occasionName(user),
        items: new Map([[itemOf(key, model.users), data]]),
      })),
    );
  }
}

function itemOf(key: number, users: number): string {
  return itemName(Math.floor(key / users));
}

async function run(ground: Ground, op: Op): Promise<readonly string[]> {
  const { jikim, handles } = ground;
  const { context } = jikim;
  const users = handles.length;
  const subject = present(handles[op.user], "a handle for each user");
  const item = itemOf(op.key, users);
  const purpose = purposeName(purposeOf(op.user));
  switch (op.kind) {
    case "insert":
    case "update-key":
      await jikim.collect(occasionName(op.user), { [item]: op.data }, { subject });
      return [];
    case "delete-key":
      await jikim.erase(subject, { items: [item] });
      return [];
    case "read-key":
      return Object.values(await jikim.read(subject, [item], { purpose }));
    case "read-user":
      return Object.values(await jikim.read(subject, ITEMS, { purpose }));
    case "read-purpose":
      return (await readPurpose(ground, op.purpose)).map(({ data }) => data);
    case "read-meta-key":
      return metadataOf(ground, op.user, item);
    case "read-meta-user":
      return metadataOf(ground, op.user, null);
    case "read-meta-purpose":
      return metadataOfPurpose(ground, op.purpose);
    case "meta-key":
    case "meta-user":
      await object(ground, { subject, item: op.kind === "meta-key" ? item : null, ...op });
      return [];
    case "meta-purpose":
      await (op.on ? stopPurpose : resumePurpose)(context, secondName(op.purpose));
      return [];
    case "logs":
      return (await jikim.log.newest(op.lines)).length === 0 ? ["no log"] : [];
    case "verify-deletion": {
      const { records } = await subjectRecords(context, subject);
      return records.some(({ items }) => items.includes(item)) ? ["there"] : [];
    }
    default:
      throw new Error("unknown operation", { cause: op.kind satisfies never });
  }
}

/** An objection against the second use of one item or of all, or the end of such objections. */
async function object(
  { jikim, placed }: Ground,
  what: { subject: string; item: string | null; user: number; on: boolean },
): Promise<void> {
  const { context } = jikim;
  const { subject, item } = what;
  const name = `${subject} ${item ?? ""}`;
  const held = placed.get(name) ?? [];
  const ids = await context.db.transaction(async (tx) => {
    if (!what.on) {
      for (const id of held) await liftRestriction(context, tx, subject, id);
      return [];
    }
    const purposes = [secondName(purposeOf(what.user))];
    const items = item === null ? {} : { items: [item] };
    return [
      ...held,
      await restrict(context, tx, { subject, reason: "objection", purposes, ...items }),
    ];
  });
  placed.set(name, ids);
}

function keyOf(user: number, item: string, users: number): number {
  return ITEMS.indexOf(item) * users + user;
}

/** What is held of a user and what has been said about it; no value is opened. */
async function metadataOf(
  { jikim, handles }: Ground,
  user: number,
  only: string | null,
): Promise<readonly string[]> {
  const { context } = jikim;
  const subject = present(handles[user], "a handle for each user");
  const { records } = await subjectRecords(context, subject);
  const second = secondName(purposeOf(user));
  const { stopped, restrictions } = (await overlaysOf(context.db, second, [subject]))(subject);
  const held = new Set(records.flatMap(({ items }) => items));
  return [...held]
    .filter((item) => only === null || item === only)
    .map((item) =>
      metadataRow(keyOf(user, item, handles.length), {
        stopped,
        objects: restrictions.some(({ items }) => items === null),
        withheld: restrictions.some(({ items }) => items?.includes(item) === true),
      }),
    );
}

function occasionsOf(purpose: number): readonly string[] {
  return [occasionName(purpose), occasionName(purpose + PURPOSES)];
}

type PurposeRow = PlaceRow & { readonly sealed: Uint8Array };

async function readPurpose(
  { jikim, handles, users }: Ground,
  purpose: number,
): Promise<readonly { readonly key: number; readonly data: string }[]> {
  const { context } = jikim;
  const rows = await context.db.query<PurposeRow>(
    `select subject, id, class, compartment, expires_on, sealed
       from record
      where occasion = any($1::text[]) and (expires_on is null or expires_on >= $2::date)
      order by subject, collected_at desc, id desc`,
    [occasionsOf(purpose), dayOfNow(context)],
  );
  const newest = new Map<number, string>();
  for (let from = 0; from < rows.length; from += OPENED_AT_ONCE) {
    const some = rows.slice(from, from + OPENED_AT_ONCE);
    const opened = await openItems(context.keeper, some);
    for (const [i, row] of some.entries()) {
      const user = present(users.get(hex(row.subject)), "a user of the benchmark");
      for (const [item, data] of Object.entries(opened[i] ?? {})) {
        const key = keyOf(user, item, handles.length);
        if (!newest.has(key)) newest.set(key, data);
      }
    }
  }
  return [...newest].map(([key, data]) => ({ key, data }));
}

async function metadataOfPurpose(
  { jikim, handles, users }: Ground,
  purpose: number,
): Promise<readonly string[]> {
  const { context } = jikim;
  const rows = await context.db.query<{
    subject: string;
    item: string;
    objects: boolean;
    withheld: boolean;
  }>(
    `select encode(record.subject, 'hex') as subject, item,
            coalesce(bool_or(restriction.id is not null and restriction.items is null), false)
              as objects,
            coalesce(bool_or(item = any(restriction.items)), false) as withheld
       from record
      cross join unnest(record.items) as item
       left join restriction on restriction.subject = record.subject and lifted_at is null
      where record.occasion = any($1::text[])
        and (record.expires_on is null or record.expires_on >= $2::date)
      group by record.subject, item`,
    [occasionsOf(purpose), dayOfNow(context)],
  );
  const nobody = "0".repeat(16);
  const overlay = await overlaysOf(context.db, secondName(purpose), [nobody]);
  const { stopped } = overlay(nobody);
  return rows.map(({ subject, item, objects, withheld }) => {
    const user = present(users.get(subject), "a user of the benchmark");
    return metadataRow(keyOf(user, item, handles.length), { objects, stopped, withheld });
  });
}

function dayOfNow({ clock }: EngineContext): string {
  return new Date(clock.now()).toISOString().slice(0, 10);
}

async function dump(ground: Ground): Promise<readonly string[]> {
  const all: string[] = [];
  for (let purpose = 0; purpose < PURPOSES; purpose += 1) {
    const metadata = new Map(
      (await metadataOfPurpose(ground, purpose)).map((row) => [Number(row.split(" ")[0]), row]),
    );
    for (const { key, data } of await readPurpose(ground, purpose)) {
      all.push(`${metadata.get(key) ?? "?"} ${data}`);
    }
  }
  return all;
}

/** Records with what was said about them, and the index of nothing else: the log is told apart. */
async function bytesOf({ db }: EngineContext): Promise<number> {
  const [row] = await db.query<{ bytes: number }>(
    `select pg_total_relation_size('record') + pg_total_relation_size('restriction') as bytes`,
  );
  return row?.bytes ?? 0;
}
