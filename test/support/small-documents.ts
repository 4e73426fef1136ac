import { readFileSync } from "node:fs";
import type { Law } from "../../src/policy/law.ts";
import { parseLaw } from "../../src/policy/parse-law.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import type { ParsedPolicy } from "../../src/policy/parse-policy.ts";
import { present } from "../../src/base/assert.ts";

/** A file under test/vectors/, as text. */
export function readVector(name: string): string {
  return readFileSync(new URL(`../vectors/${name}`, import.meta.url), "utf8");
}

export const SMALL_POLICY = readVector("small-policy.yaml");
export const SMALL_LAW = readVector("small-law.yaml");
export const SMALL_SENTENCES = { "retention/row": ["items", "period"] } as const;

// Frozen, so one serves all tests of a file; properties parse the policy hundreds of times.
let smallLaw: Law | null = null;

/** The text parsed as the small policy is, compared with the small law. */
export function parseSmall(text: string = SMALL_POLICY): ParsedPolicy {
  smallLaw ??= parseLaw(SMALL_LAW, { file: "small-law.yaml" }).law;
  return parsePolicy(text, {
    file: "small-policy.yaml",
    law: present(smallLaw, "the small law parses"),
    sentences: SMALL_SENTENCES,
  });
}

/** The small policy with one text in it replaced; the text must be there exactly once. */
export function replaceOnce(text: string, find: string, put: string): string {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`found ${parts.length - 1} times: ${find}`);
  return parts.join(put);
}
