// Names in package-lock.json the packages of other platforms that the registry at hand did not
// offer when the lock was made. Without them `npm ci` refuses the lock, here and elsewhere.
//
//   node scripts/complete-lock.mjs
import { readFileSync, writeFileSync } from "node:fs";

const FILE = new URL("../package-lock.json", import.meta.url);
const SYSTEMS = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];

const lock = JSON.parse(readFileSync(FILE, "utf8"));
let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const there = [`node_modules/${name}`, `${path}/node_modules/${name}`];
    const platform = platformOf(name);
    if (there.some((each) => each in lock.packages) || platform === null) continue;
    const dev = entry.dev ? { dev: true } : {};
    lock.packages[there[0]] = { version, ...dev, optional: true, ...platform };
    added += 1;
  }
}
const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, "en"));
lock.packages = Object.fromEntries(sorted);
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added} added\n`);

/** `@oxfmt/binding-linux-x64-musl` → system, processor and C library, as npm compares them. */
function platformOf(name) {
  const parts = name.split(/[/-]/);
  const os = SYSTEMS.find((system) => parts.includes(system));
  const cpu = parts[parts.indexOf(os) + 1];
  if (os === undefined || cpu === undefined) return null;
  const libc = parts.includes("musl") ? ["musl"] : parts.includes("gnu") ? ["glibc"] : null;
  return { cpu: [cpu], os: [os], ...(libc === null ? {} : { libc }) };
}
