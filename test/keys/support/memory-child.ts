/** A keeper that destroys a day when it is told to, and stays alive to be looked into. */
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

import { openKeys } from "../../../src/keys/open-keys.ts";
import { systemRandom as random } from "./random.ts";

const keeper = await openKeys(process.argv[2] ?? "", {
  clock: { now: () => Date.now() },
  random,
  allowWeakRoot: "wherever tests run",
});
const context = {
  subject: "0011223344556677",
  record: "000102030405060708090a0b0c0d0e0f",
  recordClass: "usage",
  compartment: "service",
  expiresOn: "2026-11-23",
};
const [sealed] = await keeper.seal([{ context, plain: new Uint8Array(20) }]);
await keeper.open([{ context, sealed: sealed ?? new Uint8Array() }]);
writeSync(1, `${Buffer.from(sealed ?? []).toString("hex")}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "destroy") await keeper.destroyDay("usage", "2026-11-23");
  for (let i = 0; line === "collect" && i < 5; i += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  writeSync(1, `${line} done\n`);
}
