/** A clean clone installs from the lockfile alone, on any platform and from any registry. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const PACKAGES = (
  JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, Locked> }
).packages;

test("the lockfile names the packages of every platform", () => {
  const missing = Object.entries(PACKAGES).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        PACKAGES[`node_modules/${name}`] === undefined &&
        PACKAGES[`${path}/node_modules/${name}`] === undefined,
    ),
  );
  expect(missing, "npm ci refuses this lock: node scripts/complete-lock.mjs").toEqual([]);
});

test("the lockfile names no host to fetch from", () => {
  const hosts = Object.values(PACKAGES).filter(({ resolved }) => /^https?:/.test(resolved ?? ""));
  expect(hosts).toEqual([]);
});

test("what package.json asks for is pinned to one version", () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([name, version]) => PACKAGES[`node_modules/${name}`]?.version !== version,
  );
  expect(loose).toEqual([]);
});
