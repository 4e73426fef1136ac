import type { Clock } from "../../../src/base/clock.ts";
import { openFileLog } from "../../../src/keys/nodes/file-log.ts";
import { openKeeper, type TreeKeeper } from "../../../src/keys/open-keeper.ts";
import { openRootFile } from "../../../src/keys/root/root-file.ts";
import { openFileSlots } from "../../../src/keys/slots/file-slots.ts";
import { openShredTree } from "../../../src/keys/tree/shred-tree.ts";
import type { RootStore } from "../../../src/keys/tree/stores.ts";
import { memoryFiles } from "./memory-files.ts";
import { systemRandom as random } from "./random.ts";

/** A whole keeper, every part of it real, on files in memory. */
export async function openMemoryKeeper(
  clock: Clock = { now: () => 1_700_000_000_000 },
  files = memoryFiles(),
  roots?: RootStore,
): Promise<TreeKeeper> {
  const root = roots ?? (await openRootFile("/root", { files, random }));
  const slots = await openFileSlots("/slots", { files });
  const nodes = await openFileLog("/log", { files });
  const tree = await openShredTree({ nodes, roots: root, random, assigned: slots.assigned });
  return openKeeper({ tree, slots, clock, random, custodians: root.custodians });
}
