/** A keeper's process for tests: folder, socket, milliseconds from a destruction to its end. */
import { randomBytes } from "node:crypto";

import { openKeys } from "../../../src/keys/open-keys.ts";
import { runKeeperProcess } from "../../../src/keys/socket/keeper-process.ts";

const [folder = "", path = "", forgetMs = "60000"] = process.argv.slice(2);
const clock = { now: () => Date.now() };
const random = { bytes: (size: number) => randomBytes(size) };
const open = () => openKeys(folder, { clock, random, allowWeakRoot: "wherever tests run" });
try {
  process.exit(await runKeeperProcess(open, path, { clock, forgetMs: Number(forgetMs) }));
} catch {
  process.exit(1);
}
