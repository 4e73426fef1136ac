/** People with a history in real stores, a process that lets them leave, and what must hold. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { exportTo } from "../../src/engine/processor/export-to.ts";
import type { Jikim } from "../../src/engine/jikim.ts";
import { type DataPlace, openJikim } from "../../src/engine/open-jikim.ts";
import { openItems, type PlaceRow } from "../../src/engine/record.ts";
import type { WithdrawalStep } from "../../src/engine/withdrawal/withdrawal-row.ts";
import { hex } from "../../src/store/column-value.ts";
import { emptyDatabase } from "../support/databases.ts";
import { activate } from "../support/processors.ts";
import { NOON, REMOTEMEETING } from "../support/test-engine.ts";
import { classesOf, leavesOf, memberWithHistory } from "../engine/withdrawal/support.ts";

const CHILD = fileURLToPath(new URL("./child.ts", import.meta.url));
const NOW = Date.parse(NOON);

export interface Stand {
  readonly data: DataPlace;
  readonly subjects: readonly string[];
  /** Sealed records from before anybody left, by subject. */
  readonly copies: ReadonlyMap<string, readonly Copy[]>;
  remove(): Promise<void>;
}

type Copy = PlaceRow & { readonly sealed: Uint8Array };

/** The engine over the stand; what a crash left is finished by its opening. */
export function openStand(data: DataPlace): Promise<Jikim> {
  const clock = { now: () => NOW };
  return openJikim({ policy: REMOTEMEETING, data, clock, weakened: "wherever tests run" });
}

/**
 * Makes a stand of so many people.
 * @param server PostgreSQL to make databases on; null: folders
 */
export async function makeStand(server: string | null, people: number): Promise<Stand> {
  const folder = mkdtempSync(join(tmpdir(), "jikim-leave-"));
  const bases = server === null ? [] : [await emptyDatabase(server), await emptyDatabase(server)];
  const [records, archive] = bases;
  const data: DataPlace =
    records === undefined || archive === undefined
      ? folder
      : { url: records.url, archive: archive.url, keys: join(folder, "keys") };
  const jikim = await openStand(data);
  const subjects: string[] = [];
  await activate(jikim.context, "kcp");
  for (let person = 0; person < people; person += 1) {
    const history = { payments: 2, usages: 2, userId: `leaver-${person}` };
    const subject = await memberWithHistory(jikim.context, history);
    const asked = { processor: "kcp", work: "payment", items: ["card"] };
    await exportTo(jikim.context, subject, asked);
    subjects.push(subject);
  }
  const rows = await jikim.context.db.query<Copy>(
    "select subject, id, class, compartment, expires_on, sealed from record order by subject, id",
  );
  await jikim.close();
  return {
    data,
    subjects,
    copies: Map.groupBy(rows, (row) => hex(row.subject)),
    async remove() {
      for (const each of bases) await each.drop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** How a process ends: before a step of the first person's, or so many milliseconds after opening. */
export type Death = { readonly before: WithdrawalStep } | { readonly afterMs: number };

/**
 * Lets people leave in a process of their own until it is killed.
 * @returns the lines it said
 */
export async function leaveUntilKilled(
  data: DataPlace,
  subjects: readonly string[],
  death: Death,
): Promise<readonly string[]> {
  const dieBefore = "before" in death ? death.before : null;
  const order = JSON.stringify({ data, now: NOW, subjects, dieBefore });
  const child = spawn(process.execPath, [CHILD, order], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let trouble = "";
  child.stderr.on("data", (bytes: Buffer) => void (trouble += bytes.toString()));
  child.stdout.on("data", (bytes: Buffer) => {
    if (said === "" && "afterMs" in death) setTimeout(() => child.kill("SIGKILL"), death.afterMs);
    said += bytes.toString();
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once("close", (...ended) => resolve(ended));
  });
  // Whoever is quicker than its killer has ended well.
  if (signal !== "SIGKILL" && code !== 0) throw new Error(`the service broke: ${trouble}`);
  return said.split("\n").slice(0, -1);
}

const LIVE = { recording: 3, usage: 2, visit: 2 };
const APART = { complaint: 1, contract: 1, payment: 2 };
const ONE_OF_EACH = {
  restriction: 1,
  withdrawal: 1,
  message: 1,
  processor_order: 1,
  lookup: 0,
  session: 0,
  reseal: 0,
  archive_move: 0,
};

/** What does not hold of somebody who has left; empty: everything does. */
export async function faultsOf(jikim: Jikim, stand: Stand, subject: string): Promise<string[]> {
  const { context } = jikim;
  const { db } = context;
  const faults: string[] = [];
  const expect = (what: string, found: unknown, wanted: unknown): void => {
    const [is, should] = [JSON.stringify(found), JSON.stringify(wanted)];
    if (is !== should) faults.push(`${what}: ${is} instead of ${should}`);
  };
  expect("live records", await classesOf(db, subject), LIVE);
  const archive = await context.archive();
  expect("moved", await classesOf(archive, subject, "archived_record"), APART);
  expect("rows", await rowsOf(jikim, subject), ONE_OF_EACH);
  const leaves = await leavesOf(db, subject);
  expect("confirmed", leaves["withdrawal_confirmed"], 1);
  expect("told in the log", leaves["withdrawn"], 1);
  const [line] = await db.query<{ step: string; lines: number }>(
    `select step, (select count(*) from destruction
                    where run = withdrawal.id and caches_drained_at is not null) as lines
       from withdrawal where subject = $1`,
    [handle(subject)],
  );
  expect("the last step", line, { step: "told", lines: 4 });
  const living = await openable(jikim, await liveRows(jikim, subject));
  expect("what is kept opens", living, ["recording", "usage", "visit"]);
  expect("what went opens in no copy", await openable(jikim, stand.copies.get(subject) ?? []), [
    "visit",
  ]);
  return faults;
}

const handle = (subject: string): Uint8Array => new Uint8Array(Buffer.from(subject, "hex"));

async function rowsOf({ context }: Jikim, subject: string): Promise<Record<string, number>> {
  const [row] = await context.db.query<Record<string, number>>(
    `select (select count(*) from restriction where subject = $1) as restriction,
            (select count(*) from withdrawal where subject = $1) as withdrawal,
            (select count(*) from message
              where subject = $1 and kind = 'withdrawal_done') as message,
            (select count(*) from processor_order where subject = $1) as processor_order,
            (select count(*) from lookup where subject = $1) as lookup,
            (select count(*) from session where subject = $1) as session,
            (select count(*) from reseal where subject = $1) as reseal,
            (select count(*) from archive_move where subject = $1) as archive_move`,
    [handle(subject)],
  );
  return { ...row };
}

function liveRows({ context }: Jikim, subject: string): Promise<readonly Copy[]> {
  return context.db.query<Copy>(
    `select subject, id, class, compartment, expires_on, sealed
       from record where subject = $1 order by class, id`,
    [handle(subject)],
  );
}

async function openable({ context }: Jikim, rows: readonly Copy[]): Promise<readonly string[]> {
  const opens = new Set<string>();
  for (const row of rows) {
    const items = await openItems(context.keeper, [row]).catch(() => null);
    if (items !== null) opens.add(row.class);
  }
  return [...opens].toSorted();
}
