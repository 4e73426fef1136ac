/** Paper comes in, and moves to the separate cabinet when its purpose is achieved. */
import { present } from "../../base/assert.ts";
import { isDay } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import type { Clock } from "../../compiler/plan.ts";
import { hex, moment } from "../../store/column-value.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { expiresOn } from "../retention/expiry.ts";
import { STAFF_HANDLE } from "../staff/staff-handle.ts";
import { handleBytes } from "../subject.ts";
import { paperNumbered, todayOf } from "./paper.ts";

const BYTES_OF_ID = 16;
const BYTES_OF_HANDLE = 8;
/** Lock of notes about paper; each has one of its own as well. */
const PAPER_COMPARTMENT = "paper";
const CABINET = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u;
const LONGEST_NOTE = 200;

/** Why paper is not taken as asked. */
export type PaperRule =
  | "no-paper-in-policy"
  | "class-unknown"
  | "cabinet-malformed"
  | "cabinet-not-separate"
  | "day-impossible"
  | "note-too-long"
  | "by-malformed"
  | "paper-unknown"
  | "paper-gone"
  | "paper-moved"
  | "nothing-named"
  | "method-not-promised"
  | "same-person-twice"
  | "not-due"
  | "box-or-weight";

/** ERR_PAPER_REFUSED with every rule that was broken. */
export function paperRefused(rules: readonly PaperRule[]): JikimError {
  return new JikimError("ERR_PAPER_REFUSED", `not taken into the register: ${rules.join(", ")}`, {
    rules,
  });
}

export interface PaperArrived {
  readonly recordClass: string;
  /** Name of the cabinet, at most 40 letters and digits. */
  readonly cabinet: string;
  /** It is the separate cabinet of what is only kept. */
  readonly separate?: boolean;
  readonly arrivedOn: string;
  /** The day its clock started, where it starts with something else than the arrival. */
  readonly startedOn?: string;
  /** Whose it is, where that is known here. */
  readonly subject?: string;
  /** What it is, at most 200 characters; sealed, and gone with the paper. */
  readonly note?: string;
  /** Staff handle. */
  readonly by: string;
}

/**
 * Writes paper into the register; returns its number, to be written on it. What is only kept must
 * lie in the separate cabinet, where the policy promises one.
 *
 * Throws ERR_PAPER_REFUSED (`facts.rules`) and ERR_SUBJECT_UNKNOWN for what is no handle.
 * @example await registerPaper(context, { recordClass: "complaint", cabinet: "B-2", arrivedOn, by: "7" });
 */
export async function registerPaper(context: EngineContext, paper: PaperArrived): Promise<number> {
  const clock = context.plan.clocks.get(paper.recordClass);
  const rules = faultsOf(context, paper, clock);
  if (rules.length > 0 || clock === undefined) throw paperRefused(rules);
  const last = lastDayOf(clock, paper);
  const apart = paper.separate === true;
  if (mustBeSeparate(context, clock, last) && !apart) throw paperRefused(["cabinet-not-separate"]);
  const { db, random } = context;
  const handle =
    paper.subject === undefined ? random.bytes(BYTES_OF_HANDLE) : handleBytes(paper.subject);
  const id = random.bytes(BYTES_OF_ID);
  const note = await sealNote(context, { handle, id, note: paper.note });
  const at = context.clock.now();
  return db.transaction(async (tx) => {
    const [made] = await tx.query<{ number: number }>(
      `insert into paper_item (subject, id, class, cabinet, separate, arrived_on, expires_on, note,
                               registered_at, registered_by)
       values ($1, $2, $3, $4, $5, $6::date, $7::date, $8, $9, $10)
       returning number`,
      [
        handle,
        id,
        paper.recordClass,
        paper.cabinet,
        apart,
        paper.arrivedOn,
        last,
        note,
        moment(at),
        paper.by,
      ],
    );
    await appendLeaf(tx, at, "paper_registered", {
      paper: hex(id),
      class: paper.recordClass,
      by: paper.by,
    });
    return present(made, "a row was written").number;
  });
}

/** What has happened to paper. */
export interface PaperMoved {
  readonly cabinet: string;
  /** The day its clock started. */
  readonly startedOn: string;
  readonly by: string;
}

/**
 * The purpose of a paper is achieved: its clock starts, and it moves to the separate cabinet.
 * Throws ERR_PAPER_REFUSED (`facts.rules`); a clock that runs is never moved.
 * @example await movePaper(context, 12, { cabinet: "B-2", startedOn: "2026-11-23", by: "7" });
 */
export async function movePaper(
  context: EngineContext,
  number: number,
  moved: PaperMoved,
): Promise<void> {
  const rules: PaperRule[] = [];
  if (!CABINET.test(moved.cabinet)) rules.push("cabinet-malformed");
  if (!isPast(context, moved.startedOn)) rules.push("day-impossible");
  if (!STAFF_HANDLE.test(moved.by)) rules.push("by-malformed");
  if (rules.length > 0) throw paperRefused(rules);
  const at = context.clock.now();
  await context.db.transaction(async (tx) => {
    const [item] = await paperNumbered(context, tx, [number]);
    if (item === undefined) throw paperRefused(["paper-unknown"]);
    if (item.state === "destroyed") throw paperRefused(["paper-gone"]);
    const clock = context.plan.clocks.get(item.recordClass);
    if (item.lastDay !== null && item.separate) throw paperRefused(["paper-moved"]);
    if (clock === undefined) throw paperRefused(["class-unknown"]);
    if (moved.startedOn < item.arrivedOn) throw paperRefused(["day-impossible"]);
    const last = item.lastDay ?? lastDayOf(clock, { ...item, startedOn: moved.startedOn });
    const [row] = await tx.query<{ id: Uint8Array }>(
      `update paper_item set cabinet = $2, separate = true, expires_on = $3::date
        where number = $1
      returning id`,
      [number, moved.cabinet, last],
    );
    await appendLeaf(tx, at, "paper_moved", {
      paper: hex(present(row, "the row was locked").id),
      by: moved.by,
    });
  });
}

function faultsOf(
  context: EngineContext,
  paper: PaperArrived,
  clock: Clock | undefined,
): readonly PaperRule[] {
  const rules: PaperRule[] = [];
  if (context.plan.policy.destruction.paper === null) rules.push("no-paper-in-policy");
  if (clock === undefined) rules.push("class-unknown");
  if (!CABINET.test(paper.cabinet)) rules.push("cabinet-malformed");
  const { arrivedOn, startedOn = arrivedOn } = paper;
  const possible = isPast(context, arrivedOn) && isPast(context, startedOn);
  if (!possible || startedOn < arrivedOn) rules.push("day-impossible");
  if ((paper.note ?? "").length > LONGEST_NOTE) rules.push("note-too-long");
  if (!STAFF_HANDLE.test(paper.by)) rules.push("by-malformed");
  return rules;
}

/** Is it a day that has come? */
function isPast(context: EngineContext, day: string): boolean {
  return isDay(day) && day <= todayOf(context);
}

/** By the clock of its class: paper is kept exactly as long as the record it would be. */
function lastDayOf(
  clock: Clock,
  { arrivedOn, startedOn }: { readonly arrivedOn: string; readonly startedOn?: string },
): string | null {
  const events = clock.recordClass.from.laterOf.filter((event) => event !== "collected");
  const happened = new Map([["collected", arrivedOn]]);
  if (startedOn !== undefined) for (const event of events) happened.set(event, startedOn);
  return expiresOn(clock, happened);
}

/** Its purpose is achieved, and a law keeps it: then it lies apart. */
function mustBeSeparate({ plan }: EngineContext, clock: Clock, lastDay: string | null): boolean {
  return plan.policy.destruction.paper?.separate === true && clock.statutory && lastDay !== null;
}

async function sealNote(
  { keeper }: EngineContext,
  of: { readonly handle: Uint8Array; readonly id: Uint8Array; readonly note: string | undefined },
): Promise<Uint8Array | null> {
  const text = of.note?.trim() ?? "";
  if (text === "") return null;
  const [ownLock] = await keeper.reserve(1);
  const [sealed] = await keeper.seal([
    {
      context: {
        subject: hex(of.handle),
        record: hex(of.id),
        recordClass: "paper",
        compartment: PAPER_COMPARTMENT,
        expiresOn: null,
        ownLock: present(ownLock, "one lock was asked for"),
      },
      plain: new Uint8Array(Buffer.from(text, "utf8")),
    },
  ]);
  return present(sealed, "one value was sealed");
}
