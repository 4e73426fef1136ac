/**
 * Measurements by name: `npm run bench <name> [words]`. Each is a folder here with a `bench.ts`,
 * which reads the words that follow its name.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const fileOf = (name: string): string => join(import.meta.dirname, name, "bench.ts");
const names = readdirSync(import.meta.dirname)
  .filter((name) => existsSync(fileOf(name)))
  .toSorted();

const [name] = process.argv.splice(2, 1);
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`usage: npm run bench <name> [words]; names: ${names.join(", ")}\n`);
  process.exit(2);
}
await import(pathToFileURL(fileOf(name)).href);
