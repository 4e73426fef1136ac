/**
 * A keeper that destroys and mints without end, and says on its output what it asked for and what
 * was acknowledged, until it is killed: by its parent, or by itself at a named step.
 */
import { writeSync } from "node:fs";
import { join } from "node:path";

import pg from "pg";

import { diskFiles } from "../../../src/keys/files.ts";
import { openFileLog } from "../../../src/keys/nodes/file-log.ts";
import { openPgNodes } from "../../../src/keys/nodes/pg-nodes.ts";
import { takeLock } from "../../../src/keys/root/lock-file.ts";
import { openRootFile } from "../../../src/keys/root/root-file.ts";
import { openShredTree } from "../../../src/keys/tree/shred-tree.ts";
import type { RootStore } from "../../../src/keys/tree/stores.ts";
import { systemRandom as random } from "./random.ts";
import { session } from "./temp-postgres.ts";

const [store, folder, socket, dieAt, order] = process.argv.slice(2);
const say = (line: string): number => writeSync(1, `${line}\n`);

let passes = 0;
const [step, times] = (dieAt ?? "never:0").split(":");
function pass(name: string): void {
  if (name !== step) return;
  passes += 1;
  if (passes === Number(times)) process.kill(process.pid, "SIGKILL");
}

const guard = await takeLock(join(folder ?? "", "lock"));
async function openNodes() {
  if (store === "file") {
    const files = diskFiles;
    return openFileLog(join(folder ?? "", "log"), {
      files,
      guard: guard.check,
      wasteBytes: 300_000,
    });
  }
  const client = new pg.Client({ host: socket ?? "", user: "keys", database: "crash" });
  client.on("error", () => process.exit(3));
  await client.connect();
  return openPgNodes(session(client), {});
}

/** The mistake the test must catch: the old root goes before the commit. */
function twist(roots: RootStore): RootStore {
  if (order !== "wipe-first") return roots;
  return {
    ...roots,
    async prepare(next, root) {
      await roots.prepare(next, root);
      await roots.wipe(next.epoch, false);
    },
  };
}

const roots = await openRootFile(join(folder ?? "", "root"), {
  files: diskFiles,
  random,
  allowWeak: "wherever tests run",
  guard: guard.check,
});
const tree = await openShredTree({
  nodes: await openNodes(),
  roots: twist(roots),
  random,
  tap: { step: pass, sealed: () => pass("sealed") },
});
say("open");
if (tree.head.leaves === 0) await tree.mint(3);
for (let round = 0; ; round += 1) {
  const total = tree.head.leaves * 256;
  const count = 1 + ((random.bytes(1)[0] ?? 0) % 6);
  const slots = Array.from(
    { length: count },
    () => Buffer.from(random.bytes(4)).readUInt32BE() % total,
  );
  say(`ask ${slots.join()}`);
  await tree.destroy(slots);
  say(`done ${slots.join()}`);
  if (round % 5 === 4 && tree.head.leaves < 12) await tree.mint(1);
}
