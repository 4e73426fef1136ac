/** Compares what the oracle expects with what is there and with what the public faces answer. */
import type { Run } from "./act.ts";
import { expected, mayAdvertise } from "./oracle.ts";
import { found, isRefused } from "./world.ts";

const REFUSALS = ["ERR_USE_REFUSED", "ERR_SUBJECT_UNKNOWN", "ERR_RESTRICTED"];

/** Everything that differs; empty: all is as it must be. */
export async function lookAtAll(run: Run): Promise<readonly string[]> {
  const wrong = [...run.faults];
  for (const place of ["live", "archive", "held"] as const) {
    const want = expected(run.oracle, place);
    const have = await found(run.world, place);
    for (const line of without(want, have)) wrong.push(`${place}: missing ${line}`);
    for (const line of without(have, want)) wrong.push(`${place}: must not exist ${line}`);
  }
  wrong.push(...(await lookAtOrders(run)), ...(await lookAtUse(run)));
  return wrong;
}

function without(from: readonly string[], those: readonly string[]): readonly string[] {
  const left = [...those];
  return from.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** One order for each time a person left with something at a processor, and never a second. */
async function lookAtOrders({ oracle, world }: Run): Promise<readonly string[]> {
  const rows = await world.context.db.query<{ subject: string; orders: number }>(
    `select encode(subject, 'hex') as subject, count(*) as orders
       from processor_order where kind = 'erase' group by subject`,
  );
  const placed = new Map(rows.map(({ subject, orders }) => [subject, orders]));
  const wrong: string[] = [];
  for (const { owner, orders } of oracle.people.values()) {
    const have = placed.get(world.handles.get(owner) ?? "") ?? 0;
    // Settled ones are forgotten after their time, so fewer may be there later; more never.
    if (have > orders) wrong.push(`orders: ${owner} has ${have} of ${orders}`);
  }
  return wrong;
}

/** Advertising reads the opted-in and nobody else; who left is read for nothing. */
async function lookAtUse(run: Run): Promise<readonly string[]> {
  const { engine, oracle, world } = run;
  const wrong: string[] = [];
  for (const { owner, left } of oracle.people.values()) {
    const handle = world.handles.get(owner) ?? "";
    const reads = async (purpose: string): Promise<boolean> => {
      let empty = false;
      const look = engine.read(world.context, handle, ["email"], { purpose }).then((items) => {
        empty = items["email"] === undefined;
      });
      return !(await isRefused(look, REFUSALS)) && !empty;
    };
    const advertises = await reads("marketing");
    if (advertises !== mayAdvertise(oracle, owner)) {
      wrong.push(`use: advertising to ${owner} is ${advertises ? "" : "not "}possible`);
    }
    if (left && (await reads("contract"))) wrong.push(`use: ${owner} left and is still read`);
  }
  return wrong;
}
