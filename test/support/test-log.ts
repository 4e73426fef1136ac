/** A log over a database, with a key, a clock and leaves that tests own. */
import type { Facts, LeafKind } from "../../src/engine/audit/leaf-kinds.ts";
import { appendLeaf, type LeafId } from "../../src/engine/audit/append-leaf.ts";
import { declareNames } from "../../src/engine/audit/declare-names.ts";
import { exportLog } from "../../src/engine/audit/export-log.ts";
import { type LogNeeds, makeCheckpoint } from "../../src/engine/audit/make-checkpoint.ts";
import { signingKey } from "../../src/engine/audit/note.ts";
import type { Database, Sql } from "../../src/store/database.ts";
import { NOON, type TestClock, testClock, testRandom } from "./test-engine.ts";

export const ORIGIN = "shop.example/audit";

export interface TestLog extends LogNeeds {
  readonly clock: TestClock;
  /** Appends so many leaves, each unlike the others. */
  append(count: number, sql?: Sql): Promise<readonly LeafId[]>;
  /** Lines of an export of everything, without their newlines. */
  lines(): Promise<string[]>;
}

export async function testLog(db: Database, seed = "log"): Promise<TestLog> {
  const clock = testClock(NOON);
  const random = testRandom(seed);
  const key = signingKey(ORIGIN, random.bytes(32));
  await declareNames(db, { occasions: { sign_up: {} }, records: { visit: {} } });
  let made = 0;
  const log: TestLog = {
    db,
    clock,
    key,
    async append(count, sql = db) {
      const added: LeafId[] = [];
      for (let index = 0; index < count; index += 1) {
        const [kind, facts] = leafOf((made += 1), Buffer.from(random.bytes(16)).toString("hex"));
        added.push(await appendLeaf(sql, clock.now() + made, kind, facts));
      }
      return added;
    },
    async lines() {
      const until = await makeCheckpoint(log);
      const lines: string[] = [];
      for await (const line of exportLog(db, key, until)) lines.push(line.trimEnd());
      return lines;
    },
  };
  return log;
}

function leafOf(number: number, chance: string): [LeafKind, Facts] {
  const subject = chance.slice(0, 16);
  if (number % 3 === 0) {
    return ["collection_refused", { occasion: null, rules: { "item-undeclared": number } }];
  }
  if (number % 3 === 1) {
    const policy = chance.repeat(2);
    return ["collected", { occasion: "sign_up", subject, records: 1, items: number, policy }];
  }
  const counts = { records: number, subjects: 1, keys: 1, irrecoverable: true, overdue: false };
  return ["destroyed", { run: chance, class: "visit", expired_on: "2026-11-22", ...counts }];
}

export async function* streamOf(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield line;
}
