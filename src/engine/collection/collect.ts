/**
 * Collection: the gate, then everything in one transaction: one sealed record for each record
 * class that got items, look-up tags, consents and declarations as evidence, a leaf of the log.
 * Refused means nothing stored but one leaf that counts the rules.
 */
import { assert, present } from "../../base/assert.ts";
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import type { Gate } from "../../compiler/plan.ts";
import { bytes, hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf, type LeafId } from "../audit/append-leaf.ts";
import type { CollectOptions, EngineContext, Items } from "../jikim.ts";
import { isDayClosed } from "../destruction/closed-day.ts";
import { shareLocks } from "../locks.ts";
import { readEpochs } from "../search/index-epoch.ts";
import { isTaken, storeTags, tagRecords, uniqueValues } from "../search/tags.ts";
import { handleBytes, subjectState, subjectUnknown } from "../subject.ts";
import { hashOneWay } from "../use/one-way.ts";
import { checkGate, givenConsents, givenValues, methodOf, type Reason } from "./gate.ts";
import { storedForm } from "./normalise.ts";
import { type NewRecord, placesOf, sealRecords, storeRecord } from "./new-record.ts";
import { storeEvidence } from "./store-evidence.ts";

const HANDLE_BYTES = 8;

/** Days that ended while a collection waited: it is done again on the day it now is. */
const MOST_ATTEMPTS = 3;

/** What one act of collection stores, ready before the transaction begins. */
interface Act {
  readonly gate: Gate;
  readonly method: string;
  readonly subject: string;
  readonly values: ReadonlyMap<string, string>;
  readonly unique: readonly (readonly [string, string])[];
  readonly options: CollectOptions;
}

/**
 * Passes items through the gate of an occasion and stores them; returns the subject's handle.
 *
 * An isolated occasion always gets a handle of its own: what is never merged with the person's
 * other records must not share their handle either. An occasion that takes the same set as another
 * stores no second copy for a subject who has that set; a change to it is a correction.
 *
 * Throws ERR_COLLECTION_REFUSED (`facts.reasons`), ERR_SUBJECT_UNKNOWN and ERR_ITEM_UNKNOWN (an item
 * named unique cannot be looked up).
 * @example await collect(context, "sign_up", { email: "a@example.org" }, { consents: ["terms"] });
 */
export async function collect(
  context: EngineContext,
  occasion: string,
  items: Items,
  options: CollectOptions = {},
): Promise<string> {
  const at = context.clock.now();
  const gate = context.plan.gates.get(occasion);
  const held = gate !== undefined && (await holdsTheSame(context, gate, options, at));
  const reasons = checkGate(context.plan, occasion, items, options).filter(
    ({ rule }) => !(held && rule === "item-missing"),
  );
  if (reasons.length > 0 || gate === undefined) return refuse(context, occasion, at, reasons);
  const kept = held ? {} : items;
  if (!held && isEmpty(kept, options)) {
    return refuse(context, occasion, at, [{ rule: "nothing-given", name: null }]);
  }
  const act = await prepare(context, { gate, items: kept, options });
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const outcome = await context.db.transaction(async (tx) => store(context, tx, act));
    if (outcome === "taken") {
      return refuse(context, occasion, at, [{ rule: "unique-taken", name: null }]);
    }
    if (outcome === "day-ended") continue;
    options.onLeaf?.(outcome);
    return act.subject;
  }
  throw new JikimError("ERR_STORE_UNAVAILABLE", "the day ended under this collection", {
    reason: "day",
  });
}

async function prepare(
  context: EngineContext,
  asked: { gate: Gate; items: Items; options: CollectOptions },
): Promise<Act> {
  const { gate, options } = asked;
  const values = await storedValues(context, asked.items);
  return {
    gate,
    method: present(methodOf(gate, options), "the gate saw the method"),
    subject: subjectOf(context, gate, options),
    values,
    unique: uniqueValues(context, values, options.unique ?? []),
    options,
  };
}

/**
 * Sealing happens here and not before: from the look at the locks to the commit nobody can give
 * them up (locks.ts).
 */
async function store(
  context: EngineContext,
  tx: Sql,
  act: Act,
): Promise<LeafId | "taken" | "day-ended"> {
  const { plan } = context;
  const { gate, options, subject, values } = act;
  const at = context.clock.now();
  const today = dayOf(at, plan.timeZone);
  const places = placesOf(context, { gate, subject, today, values });
  const days = places.flatMap(({ place: { recordClass, expiresOn } }) =>
    expiresOn === null ? [] : [{ recordClass, day: expiresOn }],
  );
  const compartments = places.map(({ place: { compartment } }) => ({ subject, compartment }));
  await shareLocks(tx, ["index", ...compartments, ...days]);
  if (await isDayClosed(tx, days)) return "day-ended";
  const handle = bytes(subject);
  const state = await subjectState(tx, handle);
  if (options.subject === subject && state !== "present") throw subjectUnknown();
  assert(options.subject === subject || state === "unknown", "a new handle is nobody's");
  const epochs = await readEpochs(tx);
  const unique = { unique: act.unique, today };
  if (await isTaken(context, tx, epochs.present, unique)) return "taken";
  const records = await sealRecords(context, places, options.source);
  const origin = {
    occasion: gate.occasion.id,
    method: act.method,
    takenBy: options.by?.staff ?? null,
    policyVersion: plan.policy.effective,
    policyHash: plan.hash,
    today,
    at,
  };
  for (const record of records) await storeRecord(tx, record, origin);
  await storeTags(tx, handle, await tagRecords(context, epochs, values, records));
  await storeEvidence(context, tx, { subject, at, method: act.method, values, options });
  return tellCollected(context, tx, { at, occasion: gate.occasion.id, subject, records });
}

async function tellCollected(
  context: EngineContext,
  tx: Sql,
  what: { at: number; occasion: string; subject: string; records: readonly NewRecord[] },
): Promise<LeafId> {
  return appendLeaf(tx, what.at, "collected", {
    occasion: what.occasion,
    subject: what.subject,
    records: what.records.length,
    items: what.records.reduce((sum, { items }) => sum + items.length, 0),
    policy: context.plan.hash,
  });
}

/** Values as they are sealed: one spelling, passwords as hashes. */
async function storedValues(
  context: EngineContext,
  items: Items,
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (const [name, value] of givenValues(items)) {
    const item = present(context.plan.items.get(name), "the gate let only declared items pass");
    const text = storedForm(item, value);
    const oneWay = item.stored === "one_way";
    values.set(name, oneWay ? await hashOneWay(text, context.random) : text);
  }
  return values;
}

/** The subject already has the set this occasion would take again. */
async function holdsTheSame(
  context: EngineContext,
  gate: Gate,
  options: CollectOptions,
  at: number,
): Promise<boolean> {
  const { sameAs, isolated } = gate.occasion;
  if (sameAs === null || isolated || options.subject === undefined) return false;
  const [row] = await context.db.query<{ held: boolean }>(
    `select exists (select from record
              where subject = $1 and occasion = $2
                and (expires_on is null or expires_on >= $3::date)) as held`,
    [handleBytes(options.subject), sameAs, dayOf(at, context.plan.timeZone)],
  );
  return row?.held === true;
}

function subjectOf(context: EngineContext, gate: Gate, options: CollectOptions): string {
  if (options.subject === undefined || gate.occasion.isolated) {
    return hex(context.random.bytes(HANDLE_BYTES));
  }
  return hex(handleBytes(options.subject));
}

function isEmpty(items: Items, options: CollectOptions): boolean {
  const evidence = givenConsents(options).length + (options.declares ?? []).length;
  return givenValues(items).size === 0 && evidence === 0;
}

async function refuse(
  context: EngineContext,
  occasion: string,
  at: number,
  reasons: readonly Reason[],
): Promise<never> {
  const rules: Record<string, number> = {};
  for (const { rule } of reasons) rules[rule] = (rules[rule] ?? 0) + 1;
  const known = context.plan.gates.has(occasion);
  await appendLeaf(context.db, at, "collection_refused", {
    occasion: known ? occasion : null,
    rules,
  });
  throw new JikimError("ERR_COLLECTION_REFUSED", "the policy does not allow this collection", {
    occasion: known ? occasion : null,
    reasons,
  });
}
