/**
 * GDPRbench from its description (shared notes: the published client does not compile and sets no
 * expiry), Jikim beside compliant PostgreSQL in one run: same server, same driver, the same list of
 * operations, round by round, and every answer compared with a model of what must be held.
 */
import type { CliIo, ExitCode } from "../../src/cli/io.ts";
import { progressLine, type ProgressLine } from "../../src/cli/progress-line.ts";
import { type BenchServer, startBenchServer } from "../support/bench-server.ts";
import { type Machine, machineOf, timed } from "../support/figures.ts";
import { type OptionSpec, type Options, readOptions } from "../support/read-options.ts";
import { openBaseline } from "./baseline.ts";
import { openEngineSide } from "./engine-side.ts";
import { createModel, digestOf, metadataOf, metadataRow, type Model, remove } from "./model.ts";
import { type Report, reportText } from "./report.ts";
import type { Side } from "./side.ts";
import {
  createDice,
  drawOps,
  type Op,
  type OpKind,
  type Workload,
  WORKLOADS,
} from "./workloads.ts";

const SPEC = {
  records: { is: 100_000, says: "records in the store; users are a tenth of them" },
  ops: { is: 1_000, says: "operations of each workload" },
  rounds: { is: 3, says: "rounds; ratios are taken within each" },
  connections: { is: 1, says: "operations at once; with more than one, facts are not compared" },
  only: { is: "all", says: "workloads whose name begins so" },
  seed: { is: 7, says: "operations are drawn from it" },
  quick: { is: false, says: "1,000 records, 40 operations, one round: does it work at all" },
  json: { is: false, says: "figures as JSON" },
} as const satisfies Readonly<Record<string, OptionSpec>>;
type RunOptions = Options<typeof SPEC>;

/** What one side did in one workload of one round. */
export interface Measured {
  readonly side: string;
  readonly workload: Workload;
  readonly round: number;
  readonly opsPerSecond: number;
  /** Milliseconds of each operation, by kind. */
  readonly times: Readonly<Partial<Record<OpKind, readonly number[]>>>;
}

/** Loading, expiry and space of one side in one round. */
export interface Whole {
  readonly side: string;
  readonly round: number;
  readonly loadMs: number;
  readonly expireMs: number;
  readonly expired: number;
  readonly bytes: number;
}

const USAGE = "usage: npm run bench gdprbench -- [options]\n\n";
/** The least that has every purpose, period and class of objection. */
const LEAST_USERS = 100;

/** Exit code 1 when an answer was wrong, 2 for options that cannot be read or no PostgreSQL. */
export async function gdprbench(args: readonly string[], io: CliIo): Promise<ExitCode> {
  const read = readOptions(args, SPEC);
  if ("usage" in read) {
    io.err(USAGE + read.usage.text);
    return read.usage.status;
  }
  const options = read.options.quick
    ? { ...read.options, records: 1_000, ops: 40, rounds: 1 }
    : read.options;
  const server = await startBenchServer();
  if (server === null) {
    io.err("PostgreSQL is not installed: there is nothing to compare with\n");
    return 2;
  }
  const workloads = (Object.keys(WORKLOADS) as Workload[]).filter(
    (name) => options.only === "all" || name.startsWith(options.only),
  );
  const steps = options.rounds * (workloads.length + 2) * 2;
  const progress = progressLine(io, steps, `${options.rounds} rounds of ${workloads.length} mixes`);
  try {
    const before = await machineOf(server.folder, server.version);
    const measured: Measured[] = [];
    const wholes: Whole[] = [];
    const ground = { server, options, workloads, progress, done: { steps: 0 } };
    for (let round = 0; round < options.rounds; round += 1) {
      await runRound(ground, round, { measured, wholes });
    }
    progress.end();
    const report: Report = { options, machine: before, measured, wholes };
    io.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
    return 0;
  } catch (error) {
    progress.end();
    if (!(error instanceof WrongAnswer)) throw error;
    io.err(`${error.message}\n`);
    return 1;
  } finally {
    await server.stop();
  }
}

/** One answer that was not the model's. */
class WrongAnswer extends Error {}

interface Ground {
  readonly server: BenchServer;
  readonly options: RunOptions;
  readonly workloads: readonly Workload[];
  readonly progress: ProgressLine;
  readonly done: { steps: number };
}

async function runRound(
  ground: Ground,
  round: number,
  into: { readonly measured: Measured[]; readonly wholes: Whole[] },
): Promise<void> {
  const { server, options } = ground;
  const users = Math.max(LEAST_USERS, Math.floor(options.records / 1_000) * 100);
  const model = createModel(options.records, users);
  const dice = createDice(options.seed + round);
  const sides = [
    await openBaseline(server, `base_${round}`, { sealed: false }),
    await openEngineSide(server, `jikim_${round}`),
  ];
  const sealed = await openBaseline(server, `sealed_${round}`, { sealed: true });
  try {
    const loads = new Map<string, number>();
    for (const side of [...inTurn(sides, round), sealed]) {
      loads.set(side.name, (await timed(() => side.load(model))).ms);
      await checkWhole(side, model, options);
      await side.settle();
      step(ground);
    }
    // The processor reads only: what seals on the server is measured before anything changes.
    for (const workload of ground.workloads.toSorted(byReading)) {
      const ops = drawOps(workload, model, dice, options.ops);
      const readsOnly = workload.startsWith("processor");
      for (const side of readsOnly ? [...inTurn(sides, round), sealed] : inTurn(sides, round)) {
        into.measured.push({ ...(await carryOut(side, ops, options)), workload, round });
        await checkWhole(side, model, options);
        step(ground);
      }
    }
    for (const side of inTurn(sides, round)) {
      into.wholes.push(await wholeOf(side, round, loads.get(side.name) ?? Number.NaN));
      step(ground);
    }
    for (const key of model.records.keys()) if (isFirstToEnd(model, key)) remove(model, key);
    for (const side of sides) await checkWhole(side, model, options);
  } finally {
    for (const side of [...sides, sealed]) await side.close();
  }
}

function step({ progress, done }: Ground): void {
  done.steps += 1;
  progress.show(done.steps);
}

/** Whoever went first goes last in the next round. */
function inTurn(sides: readonly Side[], round: number): readonly Side[] {
  return round % 2 === 0 ? sides : sides.toReversed();
}

function byReading(a: Workload, b: Workload): number {
  const order = ["processor", "regulator", "customer", "controller"];
  const place = (name: Workload): number => order.indexOf(name.split("/")[0] ?? "");
  return place(a) - place(b);
}

function isFirstToEnd({ users }: Model, key: number): boolean {
  return (key % users) % 10 === 0;
}

/** Carries out the operations, each side in lanes; a user's stay in one lane and in their order. */
async function carryOut(
  side: Side,
  ops: readonly Op[],
  { connections }: RunOptions,
): Promise<Omit<Measured, "workload" | "round">> {
  const lanes = Array.from({ length: connections }, (): Op[] => []);
  for (const op of ops) lanes[op.kind === "meta-purpose" ? 0 : op.user % connections]?.push(op);
  const times: Partial<Record<OpKind, number[]>> = {};
  let busy = 0;
  const { ms } = await timed(async () => {
    await Promise.all(
      lanes.map(async (lane) => {
        for (const op of lane) {
          const { ms: took, result } = await timed(() => side.run(op));
          (times[op.kind] ??= []).push(took);
          busy += took;
          if (connections === 1) checkAnswer(side, op, result);
        }
      }),
    );
  });
  // With one lane the comparing between two operations does not count.
  const spent = connections === 1 ? busy : ms;
  return { side: side.name, opsPerSecond: (ops.length * 1_000) / spent, times };
}

function checkAnswer(side: Side, op: Op, rows: readonly string[]): void {
  const { expected } = op;
  if (expected === null ? rows.length === 0 : digestOf(rows) === expected) return;
  const found = digestOf(rows);
  throw new WrongAnswer(
    `wrong answer of ${side.name} to ${op.kind} of ${op.key}: ${found}, not ${expected ?? "none"}`,
  );
}

/** The whole store against the whole model, beside what is measured. */
async function checkWhole(side: Side, model: Model, { connections }: RunOptions): Promise<void> {
  const alone = connections === 1;
  const expected = [...model.records.values()].map(({ key, data }) =>
    alone ? `${metadataRow(key, metadataOf(model, key))} ${data}` : `${key} ${data}`,
  );
  const rows = await side.dump();
  const held = alone ? rows : rows.map((row) => row.replace(/^(\d+) \d+/, "$1"));
  if (digestOf(held) === digestOf(expected)) return;
  throw new WrongAnswer(
    `${side.name} holds ${digestOf(held)}; the model says ${digestOf(expected)}`,
  );
}

async function wholeOf(side: Side, round: number, loadMs: number): Promise<Whole> {
  const bytes = await side.bytes();
  const { ms: expireMs, result: expired } = await timed(() => side.expire());
  return { side: side.name, round, loadMs, expireMs, expired, bytes };
}

export type { Machine, RunOptions };
