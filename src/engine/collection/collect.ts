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
import { appendLeaf } from "../audit/append-leaf.ts";
import type { CollectOptions, EngineContext, Items } from "../jikim.ts";
import { handleBytes, subjectExists, subjectUnknown } from "../subject.ts";
import { hashOneWay } from "../use/one-way.ts";
import { checkGate, givenConsents, givenValues, methodOf, type Reason } from "./gate.ts";
import { storedForm } from "./normalise.ts";
import { type NewRecord, sealRecords, storeRecord } from "./new-record.ts";
import { storeEvidence } from "./store-evidence.ts";
import { isTaken, storeTags, type Tag, tagItems, uniqueTags } from "./tags.ts";

const HANDLE_BYTES = 8;

/** What one act of collection stores, ready before the transaction begins. */
interface Act {
  readonly gate: Gate;
  readonly at: number;
  readonly today: string;
  readonly method: string;
  readonly records: readonly NewRecord[];
  readonly tags: readonly Tag[];
  readonly unique: readonly Tag[];
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
  const act = await prepare(context, { gate, at, items: kept, options });
  const stored = await context.db.transaction(async (tx) => store(context, tx, act));
  if (stored.taken) {
    return refuse(context, occasion, at, [{ rule: "unique-taken", name: null }]);
  }
  return stored.subject;
}

async function prepare(
  context: EngineContext,
  asked: { gate: Gate; at: number; items: Items; options: CollectOptions },
): Promise<Act> {
  const { gate, at, options } = asked;
  const { plan } = context;
  const values = await storedValues(context, asked.items);
  const today = dayOf(at, plan.timeZone);
  const subject = subjectOf(context, gate, options);
  const records = await sealRecords(context, {
    gate,
    subject,
    today,
    values,
    source: options.source,
  });
  return {
    gate,
    at,
    today,
    method: present(methodOf(gate, options), "the gate saw the method"),
    records,
    tags: await tagItems(context, values, records),
    unique: await uniqueTags(context, values, options.unique ?? []),
    options,
  };
}

async function store(
  context: EngineContext,
  tx: Sql,
  act: Act,
): Promise<{ subject: string; taken: boolean }> {
  const subject = act.records[0]?.place.subject ?? subjectOf(context, act.gate, act.options);
  const handle = bytes(subject);
  const known = await subjectExists(tx, handle);
  if (act.options.subject === subject && !known) throw subjectUnknown();
  assert(act.options.subject === subject || !known, "a new handle is nobody's");
  if (await isTaken(tx, act.unique, act.today)) return { subject, taken: true };
  const { plan } = context;
  for (const record of act.records) {
    await storeRecord(tx, record, {
      occasion: act.gate.occasion.id,
      method: act.method,
      policyVersion: plan.policy.effective,
      policyHash: plan.hash,
      today: act.today,
      at: act.at,
    });
  }
  await storeTags(tx, handle, act.tags);
  await storeEvidence(context, tx, {
    handle,
    at: act.at,
    method: act.method,
    options: act.options,
  });
  await appendLeaf(tx, act.at, "collected", {
    occasion: act.gate.occasion.id,
    subject,
    records: act.records.length,
    items: act.records.reduce((sum, { items }) => sum + items.length, 0),
    policy: plan.hash,
  });
  return { subject, taken: false };
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
