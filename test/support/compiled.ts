/** The policies that ship, read once and compiled: what most tests of later stages start from. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { present } from "../../src/base/assert.ts";
import { compile, type Compiled } from "../../src/compiler/compile.ts";
import { SENTENCE_PLACEHOLDERS } from "../../src/compiler/sentences.ts";
import { parseLaw } from "../../src/policy/parse-law.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";

export const SHIPPED = ["remotemeeting", "paper-lane"] as const;
export type Shipped = (typeof SHIPPED)[number];

const cache = new Map<Shipped, Compiled>();

export function shipped(name: Shipped): Compiled {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const file = `policies/${name}/policy.yaml`;
  const parsed = parsePolicy(text(file), { file, sentences: SENTENCE_PLACEHOLDERS });
  const policy = present(parsed.policy, `${file} parses: ${JSON.stringify(parsed.issues)}`);
  const lawFile = `laws/${policy.law}.yaml`;
  const law = present(parseLaw(text(lawFile), { file: lawFile }).law, `${lawFile} parses`);
  const compiled = compile(policy, law);
  cache.set(name, compiled);
  return compiled;
}

function text(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");
}
