#!/usr/bin/env node
// The command `jikim`. In development it runs src/cli/main.ts by type stripping, under Node 24.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const main = new URL("../src/cli/main.ts", import.meta.url);
if (Number(process.versions.node.split(".")[0]) >= 24) {
  await import(main.href);
} else {
  const own = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url));
  const args = [fileURLToPath(main), ...process.argv.slice(2)];
  const result = spawnSync(own, args, { stdio: "inherit" });
  if (result.error !== undefined) {
    process.stderr.write(`jikim needs Node 24 (this is ${process.version}); run npm ci first\n`);
  }
  process.exit(result.status ?? 1);
}
