/** The engine under the policy that ships, with a clock and randomness that tests own. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Clock, Random } from "../../src/base/clock.ts";
import type { Compiled } from "../../src/compiler/compile.ts";
import { JikimError } from "../../src/base/errors.ts";
import { adoptArchive, type ArchiveNeeds } from "../../src/engine/archive/open-archive.ts";
import { declareNames } from "../../src/engine/audit/declare-names.ts";
import type { EngineContext, Items } from "../../src/engine/jikim.ts";
import { readPolicy } from "../../src/engine/read-policy.ts";
import { ensureIndex } from "../../src/engine/search/index-epoch.ts";
import { openMemoryKeys } from "../../src/keys/open-memory-keys.ts";
import type { Database } from "../../src/store/database.ts";
import { archiveBesideTest } from "./databases.ts";

/** A clock that moves only when told. */
export interface TestClock extends Clock {
  /** Sets the time. @param at ISO 8601 with an offset, or milliseconds since the epoch */
  set(at: string | number): void;
}

export function testClock(start: string): TestClock {
  let now = Date.parse(start);
  return {
    now: () => now,
    set(at) {
      now = typeof at === "number" ? at : Date.parse(at);
    },
  };
}

/** Bytes that look random and are the same in every run: SHA-256 of seed and counter. */
export function testRandom(seed = "jikim"): Random {
  let counter = 0;
  return {
    bytes(size) {
      const out = new Uint8Array(size);
      for (let at = 0; at < size; at += 32) {
        const block = createHash("sha256").update(`${seed}/${counter}`).digest();
        counter += 1;
        out.set(block.subarray(0, Math.min(32, size - at)), at);
      }
      return out;
    },
  };
}

export const REMOTEMEETING = join(import.meta.dirname, "../../policies/remotemeeting");
export const NOON = "2026-11-23T12:00:00+09:00";

/** Synthetic people of nobody's: reserved domains (RFC 2606), numbers not given out. */
export const SIGN_UP: Items = Object.freeze({
  company_id: "acme-test",
  user_id: "kim-test",
  password: "correct horse battery",
  name: "김시험",
  email: "Kim.Test@Example.org",
  country: "KR",
});
export const SIGN_UP_OPTIONS = Object.freeze({
  consents: Object.freeze(["terms"]),
  declares: Object.freeze(["age_14_or_over"]),
  lang: "ko",
});

export interface TestEngine {
  readonly context: EngineContext;
  readonly compiled: Compiled;
  readonly clock: TestClock;
}

let remotemeeting: Promise<Compiled> | null = null;

/** An engine over a database, with the remotemeeting policy unless told otherwise. */
export async function testEngine(
  db: Database,
  options: {
    readonly compiled?: Compiled;
    readonly now?: string;
    /** An index of short tags. */
    readonly shortBits?: number;
  } = {},
): Promise<TestEngine> {
  remotemeeting ??= readPolicy(REMOTEMEETING);
  const compiled = options.compiled ?? (await remotemeeting);
  const clock = testClock(options.now ?? NOON);
  const random = testRandom();
  const keeper = await openMemoryKeys({ clock, random });
  const records = { plan: compiled.plan, db, keeper, clock, random };
  const context: EngineContext = { ...records, archive: archiveOf(records) };
  await declareNames(db, compiled.policy);
  await ensureIndex(context, options.shortBits ?? null);
  return { context, compiled, clock };
}

/** The archive of a suite's database, as the engine takes one; other databases have none. */
function archiveOf(records: ArchiveNeeds): () => Promise<Database> {
  let opening: Promise<Database> | null = null;
  const open = async (): Promise<Database> => {
    const beside = archiveBesideTest(records.db);
    if (beside === null) throw new JikimError("ERR_ARCHIVE_UNSET", "this test has no archive");
    const archive = await beside();
    await adoptArchive(archive, records);
    return archive;
  };
  return async () => (opening ??= open());
}
