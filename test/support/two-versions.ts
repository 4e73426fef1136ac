/** A folder with the shipped policy and later versions of it, made by changing its text. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { POLICY } from "./remotemeeting.ts";

/** Old text → new text; each must stand in the document. */
export type Edits = Readonly<Record<string, string>>;

const DATES = "announced: 2021-01-21, effective: 2021-01-28";

/** Other dates, and usage records kept for two years instead of one. */
export const LONGER: Edits = {
  [DATES]: "announced: 2026-11-20, effective: 2026-12-23",
  "    keep: P1Y\n    from: collected": "    keep: P2Y\n    from: collected",
};

export interface PolicyFolder {
  readonly path: string;
  /** Writes the running document. */
  run(edits: Edits): void;
  /** Writes a file into `versions/`. */
  add(name: string, edits: Edits): void;
  remove(): void;
}

/** A folder of its own in which the shipped document stands as `policy.yaml`. */
export function policyFolder(): PolicyFolder {
  const shipped = readFileSync(join(POLICY, "policy.yaml"), "utf8");
  const path = mkdtempSync(join(tmpdir(), "policy-versions-"));
  mkdirSync(join(path, "versions"));
  writeFileSync(join(path, "policy.yaml"), shipped);
  return {
    path,
    run: (edits) => writeFileSync(join(path, "policy.yaml"), edited(shipped, edits)),
    add: (name, edits) => writeFileSync(join(path, "versions", name), edited(shipped, edits)),
    remove: () => rmSync(path, { recursive: true }),
  };
}

function edited(text: string, edits: Edits): string {
  let result = text;
  for (const [old, fresh] of Object.entries(edits)) {
    if (!result.includes(old)) throw new Error(`the document does not say ${old}`);
    result = result.replace(old, () => fresh);
  }
  return result;
}
