/** A custodian who was away is given what counts and loses what is past, without being asked. */
import { expect, test } from "vitest";

import { type Custodian, rootCustodian } from "../../src/keys/custody/custodian.ts";
import { openCustody } from "../../src/keys/custody/custody.ts";
import { type CustodianEvent, keepRepaired } from "../../src/keys/custody/keep-repaired.ts";
import { memoryRoots } from "../../src/keys/custody/memory-roots.ts";
import { openFileLog } from "../../src/keys/nodes/file-log.ts";
import { openShredTree } from "../../src/keys/tree/shred-tree.ts";
import { memoryFiles } from "./support/memory-files.ts";
import { systemRandom as random } from "./support/random.ts";

const NAMES = ["a", "b", "c"] as const;

async function makeHands() {
  const away = new Set<string>();
  /** Who does not carry out wipes, as if he went between a commit and its wipe. */
  const deaf = new Set<string>();
  const own = NAMES.map((name) => rootCustodian(name, memoryRoots()));
  const hands = own.map((custodian): Custodian => {
    const here =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>, is = away) =>
      async (...args: A): Promise<R> => {
        if (is.has(custodian.name) || away.has(custodian.name)) throw new Error("away");
        return call(...args);
      };
    return {
      ...custodian,
      status: here(custodian.status),
      setMark: here(custodian.setMark),
      store: here(custodian.store),
      replace: here(custodian.replace),
      load: here(custodian.load),
      wipe: here(custodian.wipe, deaf),
    };
  });
  const custody = openCustody(hands, { random });
  const files = memoryFiles();
  const nodes = await openFileLog("/log", { files });
  const tree = await openShredTree({ nodes, roots: custody, random });
  await tree.mint(1);
  const held = () =>
    Promise.all(own.map(async (each) => (await each.status(null)).shares.map((s) => s.epoch)));
  const events: CustodianEvent[] = [];
  const told = (event: CustodianEvent): void => void events.push(event);
  const repairing = keepRepaired(custody, { clock: { now: () => 0 }, told });
  repairing.stop();
  return { away, deaf, tree, held, events, repairing };
}

test("nothing is moved and nothing told while all hold what counts", async () => {
  const { repairing, held, events } = await makeHands();
  await repairing.look();
  expect(await held()).toEqual([[1], [1], [1]]);
  expect(events).toEqual([]);
});

test("who was away gets the present share, his elder one is wiped, and it is told once", async () => {
  const { away, tree, held, events, repairing } = await makeHands();
  away.add("b");
  await tree.destroy([1]);
  await repairing.look();
  await repairing.look();
  away.delete("b");
  expect(await held()).toEqual([[2], [1], [2]]);
  await repairing.look();
  await repairing.look();
  expect(await held()).toEqual([[2], [2], [2]]);
  expect(events).toEqual([{ away: ["b"] }, { away: [] }, { repaired: ["b"] }]);
});

test("who holds the present share and a past one loses the past one", async () => {
  const { deaf, tree, held, repairing } = await makeHands();
  deaf.add("c");
  await tree.destroy([1]);
  expect(await held()).toEqual([[2], [2], [1, 2]]);
  deaf.delete("c");
  await repairing.look();
  expect(await held()).toEqual([[2], [2], [2]]);
});

test("too few, or one who claims a later keeper, end no process: the next look goes on", async () => {
  const { away, tree, held, repairing } = await makeHands();
  away.add("a").add("b");
  await expect(tree.destroy([1])).rejects.toMatchObject({ code: "ERR_CUSTODIANS_TOO_FEW" });
  await repairing.look();
  away.clear();
  await tree.destroy([1]);
  await repairing.look();
  expect(await held()).toEqual([[2], [2], [2]]);
});
