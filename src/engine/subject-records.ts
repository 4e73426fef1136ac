/** What is held about one person, for "my data": which records, why, until when. No values. */
import { hex } from "../store/column-value.ts";
import type { EngineContext } from "./jikim.ts";
import { handleBytes } from "./subject.ts";

const MOST_RECORDS = 1_000;
const MOST_ACTS = 1_000;

export interface SubjectRecord {
  /** 32 hex digits. */
  readonly id: string;
  readonly recordClass: string;
  readonly occasion: string;
  readonly method: string;
  readonly collectedOn: string;
  /** Names of the items inside. */
  readonly items: readonly string[];
  /** Last day it is kept; `null` while it waits for `endsWith`. */
  readonly endsOn: string | null;
  /** Events its clock waits for; empty when the last day is known. */
  readonly endsWith: readonly string[];
}

export interface SubjectConsent {
  readonly consent: string;
  readonly given: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly lang: string;
  readonly policyHash: string;
}

export interface SubjectData {
  /** Newest first, at most 1,000. */
  readonly records: readonly SubjectRecord[];
  /** How many records there are in all. */
  readonly total: number;
  /** Every act of consent and withdrawal, newest first; the first of each consent counts. */
  readonly consents: readonly SubjectConsent[];
  readonly declarations: readonly { readonly declaration: string; readonly at: number }[];
}

/**
 * Everything held about a subject, without opening any value. What has ended but is not yet
 * destroyed is told too: it is still held. An unknown handle holds nothing.
 */
export async function subjectRecords(
  context: EngineContext,
  subject: string,
): Promise<SubjectData> {
  const handle = handleBytes(subject);
  const [total] = await context.db.query<{ total: number }>(
    "select count(*) as total from record where subject = $1",
    [handle],
  );
  return {
    records: await recordsOf(context, handle),
    total: total?.total ?? 0,
    consents: await consentsOf(context, handle),
    declarations: await context.db.query<{ declaration: string; at: number }>(
      `select declaration, at from declaration
        where subject = $1 order by at desc, id limit ${MOST_ACTS}`,
      [handle],
    ),
  };
}

async function recordsOf(
  context: EngineContext,
  handle: Uint8Array,
): Promise<readonly SubjectRecord[]> {
  const rows = await context.db.query<{
    id: Uint8Array;
    class: string;
    occasion: string;
    method: string;
    collected_on: string;
    expires_on: string | null;
    items: readonly string[];
    seen: readonly string[];
  }>(
    `select id, class, occasion, method, collected_on, expires_on, items,
            array(select event from record_event
                   where record_event.subject = record.subject
                     and record_event.record = record.id) as seen
       from record
      where subject = $1
      order by collected_at desc, id
      limit ${MOST_RECORDS}`,
    [handle],
  );
  return rows.map((row) => {
    const events = context.plan.clocks.get(row.class)?.recordClass.from.laterOf ?? [];
    const waits = events.filter((event) => event !== "collected" && !row.seen.includes(event));
    return {
      id: hex(row.id),
      recordClass: row.class,
      occasion: row.occasion,
      method: row.method,
      collectedOn: row.collected_on,
      items: row.items,
      endsOn: row.expires_on,
      endsWith: row.expires_on === null ? waits : [],
    };
  });
}

async function consentsOf(
  context: EngineContext,
  handle: Uint8Array,
): Promise<readonly SubjectConsent[]> {
  const rows = await context.db.query<{
    consent: string;
    given: boolean;
    at: number;
    lang: string;
    policy_hash: string;
  }>(
    `select consent, given, at, lang, policy_hash from consent
      where subject = $1 order by seq desc limit ${MOST_ACTS}`,
    [handle],
  );
  return rows.map(({ policy_hash: policyHash, ...act }) => ({ ...act, policyHash }));
}
