/**
 * The life of a record beside the same work in plain SQL, turn by turn in one run: collecting,
 * reading, finding, leaving, and the sweep with people at work. Stores grow from size to size, so
 * that what should be flat can be seen to be.
 */
import { join } from "node:path";
import { assert, present } from "../../src/base/assert.ts";
import { addDays, dayOf } from "../../src/base/calendar.ts";
import type { CliIo, ExitCode } from "../../src/cli/io.ts";
import { type ProgressLine, progressLine } from "../../src/cli/progress-line.ts";
import { collect } from "../../src/engine/collection/collect.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { openCompiled } from "../../src/engine/open-jikim.ts";
import { readPolicy } from "../../src/engine/read-policy.ts";
import { keep } from "../../src/engine/retention/sweep.ts";
import { find } from "../../src/engine/use/find.ts";
import { hashOneWay } from "../../src/engine/use/one-way.ts";
import { read } from "../../src/engine/use/read.ts";
import { hex } from "../../src/store/column-value.ts";
import { openPostgres } from "../../src/store/postgres.ts";
import { type BenchServer, settle, startBenchServer } from "../support/bench-server.ts";
import { type CountedDatabase, countStatements } from "../support/count-statements.ts";
import { machineOf, quantile, timed } from "../support/figures.ts";
import { loadRecords } from "../support/load-records.ts";
import { type OptionSpec, readOptions } from "../support/read-options.ts";
import { type Act, type ActFigures, ACTS, type LifeReport, type SweepFigures } from "./acts.ts";
import { actsOf, emailOf, type Person, useItems } from "./people.ts";
import {
  ageUsePlain,
  collectPlain,
  findPlain,
  loadPlain,
  makePlain,
  readPlain,
  sweepPlain,
  withdrawPlain,
} from "./plain.ts";
import { lifeText } from "./report.ts";
import { type Withdrawal, withdrawalOf } from "./withdrawal.ts";

const SPEC = {
  sizes: { is: "10000,50000", says: "people in the store, from small to large" },
  acts: { is: 200, says: "acts of each kind and size" },
  leaving: { is: 20, says: "people who leave, at each size" },
  sweep: { is: 20_000, says: "records that are over, swept at the last size" },
  quick: { is: false, says: "300 people, 10 acts: does it work at all" },
  json: { is: false, says: "figures as JSON" },
} as const satisfies Readonly<Record<string, OptionSpec>>;

const LOADED_AT_ONCE = 1_000;
const READINGS = 500;

interface Ground {
  readonly server: BenchServer;
  readonly context: EngineContext;
  readonly db: CountedDatabase;
  readonly plain: CountedDatabase;
  readonly people: Person[];
  readonly password: string;
  readonly withdrawal: Withdrawal;
  readonly today: string;
  /** The next who leaves. */
  leaving: number;
}

/** Exit code 2 for options that cannot be read, and where PostgreSQL is not installed. */
export async function lifeBench(args: readonly string[], io: CliIo): Promise<ExitCode> {
  const got = readOptions(args, SPEC);
  if ("usage" in got) {
    io.err(`usage: npm run bench life -- [options]\n\n${got.usage.text}`);
    return got.usage.status;
  }
  const options = got.options.quick
    ? { ...got.options, sizes: "200,300", acts: 10, leaving: 2, sweep: 200 }
    : got.options;
  const sizes = options.sizes.split(",").map(Number);
  const server = await startBenchServer();
  if (server === null) {
    io.err("PostgreSQL is not installed: there is nothing to compare with\n");
    return 2;
  }
  const largest = sizes.at(-1) ?? 0;
  const progress = progressLine(io, largest, `${largest} people, then the sweep`);
  try {
    const { ground, close } = await openGround(server);
    try {
      const machine = await machineOf(server.folder, server.version);
      const loads: LifeReport["loads"][number][] = [];
      const acts: ActFigures[] = [];
      for (const people of sizes) {
        loads.push(await grow(ground, people, progress));
        acts.push(...(await actAt(ground, people, options)));
      }
      const sweeps = await sweepBoth(ground, options.sweep);
      progress.end();
      const withdrawal = ground.withdrawal.says;
      const report: LifeReport = { machine, withdrawal, loads, acts, sweeps };
      io.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : lifeText(report));
      return 0;
    } finally {
      await close();
    }
  } finally {
    await server.stop();
  }
}

async function openGround(
  server: BenchServer,
): Promise<{ ground: Ground; close: () => Promise<void> }> {
  const compiled = await readPolicy(join(import.meta.dirname, "../../policies/remotemeeting"));
  const data = {
    url: await server.createApart("life"),
    keys: join(server.keyFolder, "life"),
    archive: await server.createApart("life_archive"),
  };
  const jikim = await openCompiled(compiled, { data, weakened: "a benchmark" });
  const plainDb = await openPostgres(await server.create("plain"));
  await makePlain(plainDb);
  const db = countStatements(jikim.context.db);
  const context = { ...jikim.context, db };
  const { clock, random, plan } = context;
  const ground: Ground = {
    server,
    context,
    db,
    plain: countStatements(plainDb),
    people: [],
    // One hash for all: signing up costs what Argon2 costs, and that is not what is measured.
    password: await hashOneWay("a long enough password", random),
    withdrawal: await withdrawalOf(),
    today: dayOf(clock.now(), plan.timeZone),
    leaving: 0,
  };
  const close = async (): Promise<void> => {
    await jikim.close();
    await plainDb.close();
  };
  return { ground, close };
}

async function grow(
  ground: Ground,
  size: number,
  progress: ProgressLine,
): Promise<LifeReport["loads"][number]> {
  const { server, context, plain, people, password, today } = ground;
  let [ms, plainMs, records] = [0, 0, 0];
  while (people.length < size) {
    const fresh = Array.from(
      { length: Math.min(LOADED_AT_ONCE, size - people.length) },
      (_, i): Person => ({
        number: people.length + i,
        subject: hex(context.random.bytes(8)),
      }),
    );
    const acts = fresh.flatMap((person) => actsOf(person, password, today));
    const loaded = await timed(() => loadRecords(context, acts));
    records += loaded.result;
    ms += loaded.ms;
    plainMs += (await timed(() => loadPlain(plain, fresh, { password, today }))).ms;
    people.push(...fresh);
    progress.show(people.length);
  }
  await settle(server, context.db);
  await settle(server, plain);
  return { people: size, records, ms, plainMs };
}

interface Turn {
  readonly plain: (person: Person) => Promise<unknown>;
  readonly ours: (person: Person) => Promise<unknown>;
}

function turnsOf({ context, plain, withdrawal, today }: Ground): Readonly<Record<Act, Turn>> {
  return {
    collect: {
      plain: (person) => collectPlain(plain, person, today),
      ours: ({ number, subject }) =>
        collect(context, "service_use", Object.fromEntries(useItems(number)), { subject }),
    },
    read: {
      plain: async (person) => same(await readPlain(plain, person), emailOf(person.number)),
      ours: async ({ number, subject }) => {
        const { email } = await read(context, subject, ["name", "email"], { purpose: "contract" });
        same(email, emailOf(number));
      },
    },
    find: {
      plain: async (person) => same(await findPlain(plain, person), true),
      ours: async ({ number, subject }) => {
        const items = { email: emailOf(number) };
        same((await find(context, items, { purpose: "user_management" }))[0], subject);
      },
    },
    withdraw: {
      plain: (person) => withdrawPlain(plain, person),
      ours: ({ subject }) => withdrawal.run(context, subject),
    },
  };
}

/** A quick answer that is wrong is none. */
function same(found: unknown, expected: unknown): void {
  assert(found === expected, "a side answered wrongly");
}

async function actAt(
  ground: Ground,
  size: number,
  counts: { readonly acts: number; readonly leaving: number },
): Promise<readonly ActFigures[]> {
  const { people, db, plain } = ground;
  const figures: ActFigures[] = [];
  for (const act of ACTS) {
    const turn = turnsOf(ground)[act];
    const times = { plain: [] as number[], ours: [] as number[] };
    const count = act === "withdraw" ? counts.leaving : counts.acts;
    const step = Math.max(1, Math.floor(size / (counts.acts + counts.leaving + 1)));
    [db, plain].forEach((each) => each.taken());
    for (let i = 0; i < count; i += 1) {
      // Those who leave are taken from the front, those who stay from all over behind them.
      const at = act === "withdraw" ? ground.leaving : (ground.leaving + (i + 1) * step) % size;
      const person = present(people[at], "a person of the store");
      for (const side of i % 2 === 0
        ? (["plain", "ours"] as const)
        : (["ours", "plain"] as const)) {
        times[side].push((await timed(() => turn[side](person))).ms);
      }
      if (act === "withdraw") ground.leaving += 1;
    }
    const statements = { plain: plain.taken() / count, ours: db.taken() / count };
    figures.push({ people: size, act, ...times, statements });
  }
  return figures;
}

/** Records that were over the day before yesterday, swept while somebody reads. */
async function sweepBoth(ground: Ground, records: number): Promise<readonly SweepFigures[]> {
  const { server, context, plain, people, today } = ground;
  const over = addDays(today, -368); // a year and two days
  const staying = people.slice(ground.leaving);
  for (let from = 0; from < records; from += LOADED_AT_ONCE) {
    const some = Array.from({ length: Math.min(LOADED_AT_ONCE, records - from) }, (_, i) =>
      present(staying[(from + i) % staying.length], "somebody stays"),
    );
    await ageUsePlain(plain, some, over);
    await loadRecords(
      context,
      some.map(({ number, subject }) => ({
        subject,
        occasion: "service_use",
        items: useItems(number),
        day: over,
      })),
    );
  }
  await settle(server, context.db);
  await settle(server, plain);
  const turns = turnsOf(ground);
  return [
    await sweepWith("plain", staying, turns.read.plain, () =>
      sweepPlain(plain, addDays(today, -365)),
    ),
    await sweepWith("ours", staying, turns.read.ours, async () => (await keep(context)).records),
  ];
}

async function sweepWith(
  side: SweepFigures["side"],
  people: readonly Person[],
  reading: (person: Person) => Promise<unknown>,
  sweep: () => Promise<number>,
): Promise<SweepFigures> {
  const readings = async (until: (times: readonly number[]) => boolean): Promise<number[]> => {
    const times: number[] = [];
    for (let i = 0; !until(times); i += 1) {
      const person = present(people[(i * 17) % people.length], "somebody stays");
      times.push((await timed(() => reading(person))).ms);
    }
    return times;
  };
  const quiet = await readings((times) => times.length === READINGS);
  let done = false;
  const [{ ms, result: records }, busy] = await Promise.all([
    timed(sweep).finally(() => {
      done = true;
    }),
    readings(() => done),
  ]);
  return { side, records, ms, quietP99: quantile(quiet, 0.99), busyP99: quantile(busy, 0.99) };
}
