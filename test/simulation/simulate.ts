/** Runs steps until one leaves the world other than the oracle says it must be. */
import { join } from "node:path";
import { activate } from "../support/processors.ts";
import { REMOTEMEETING } from "../support/test-engine.ts";
import { act, type Run } from "./act.ts";
import { type Engine, SOUND } from "./engine.ts";
import { lookAtAll } from "./look.ts";
import { newOracle } from "./oracle.ts";
import { seoulDay } from "./plain-days.ts";
import { readFacts } from "./policy-facts.ts";
import type { Step } from "./step.ts";
import { openWorld } from "./world.ts";

/** A leap year is near, and the policy is in force. */
const START = Date.UTC(2027, 10, 20, 3);
const FACTS = readFacts(join(REMOTEMEETING, "policy.yaml"));

export interface Failure {
  /** Place of the step in the list. */
  readonly at: number;
  readonly step: Step;
  readonly today: string;
  readonly wrong: readonly string[];
}

export interface Simulated {
  readonly failure: Failure | null;
  /** How many steps were carried out. */
  readonly steps: number;
  readonly records: number;
  /** Day on which it ended. */
  readonly today: string;
}

export interface Simulation {
  readonly seed: number;
  readonly steps: readonly Step[];
  /** Spoils the engine, to show that the oracle sees it. */
  readonly spoil?: (engine: Engine) => Engine;
  readonly onStep?: (done: number, total: number) => void;
}

/** Steps after which everything is compared; after the others nothing has been destroyed. */
const TELLING = new Set<Step["do"]>(["keep", "leave", "hold", "clock back"]);

/** Carries the steps out in a world of their own. */
export async function simulate({ seed, steps, spoil, onStep }: Simulation): Promise<Simulated> {
  const world = await openWorld(START, seed);
  const engine = spoil === undefined ? SOUND : spoil(SOUND);
  const oracle = newOracle(FACTS, seoulDay(START));
  const run: Run = {
    engine,
    world,
    oracle,
    now: new Map(),
    entries: new Map(),
    holds: new Map(),
    faults: [],
  };
  try {
    await activate(world.context, "kcp");
    for (const [at, step] of steps.entries()) {
      const wrong = await carryOut(run, step);
      onStep?.(at + 1, steps.length);
      if (wrong.length === 0) continue;
      const failure = { at, step, today: oracle.today, wrong };
      return { failure, steps: at + 1, records: oracle.kept.length, today: oracle.today };
    }
    const records = oracle.kept.length;
    return { failure: null, steps: steps.length, records, today: oracle.today };
  } finally {
    await world.close();
  }
}

async function carryOut(run: Run, step: Step): Promise<readonly string[]> {
  try {
    await act(run, step);
  } catch (error) {
    return [
      `the step threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    ];
  }
  return TELLING.has(step.do) ? lookAtAll(run) : run.faults;
}

/**
 * The shortest list of steps, found by leaving parts out, that still fails: halves first, then
 * smaller parts (delta debugging, Zeller 1999). At most so many runs.
 */
export async function shorten(failing: Simulation, runs = 60): Promise<readonly Step[]> {
  let steps = failing.steps;
  let left = runs;
  for (let parts = 2; parts <= steps.length && left > 0;) {
    const size = Math.ceil(steps.length / parts);
    let shorter: readonly Step[] | null = null;
    for (let from = 0; from < steps.length && left > 0; from += size) {
      const some = [...steps.slice(0, from), ...steps.slice(from + size)];
      left -= 1;
      const { failure } = await simulate({ ...failing, steps: some });
      if (failure === null) continue;
      shorter = some.slice(0, failure.at + 1);
      break;
    }
    if (shorter === null) parts *= 2;
    else {
      steps = shorter;
      parts = Math.max(2, parts - 1);
    }
  }
  return steps;
}
