/** The ledger of provision (P3.8): what left, told to the person and shown to staff. */
import { present } from "../../base/assert.ts";
import { dayOf } from "../../base/calendar.ts";
import { bytes, hex } from "../../store/column-value.ts";
import type { EngineContext } from "../jikim.ts";
import { handleBytes } from "../subject.ts";
import type { BindingKind } from "./document.ts";
import { provisionPlace, readTexts } from "./provision-place.ts";
import { statisticPlace } from "./statistics.ts";

const MOST_LINES = 1_000;

/** One provision, as the person it was about is told of it (PIPA 35). */
export interface ProvisionTold {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly basis: "consent" | "authority";
  /** Id of a recipient of the policy, or the name of the authority. */
  readonly recipient: string;
  /** Purpose of the policy; `null`: what the document is for. */
  readonly purpose: string | null;
  readonly items: readonly string[];
  /** Kind of the document and the article it rests on. */
  readonly document: { readonly kind: BindingKind; readonly article: string } | null;
}

/** One line for staff. */
export interface ProvisionLine extends ProvisionTold {
  /** 32 hex digits. */
  readonly id: string;
  readonly subject: string;
}

type LedgerRow = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly basis: "consent" | "authority";
  readonly recipient: string | null;
  readonly purpose: string | null;
  readonly items: readonly string[];
  readonly at: number;
  readonly document: Uint8Array | null;
  readonly kind: BindingKind | null;
  readonly detail: Uint8Array | null;
};

/**
 * What was provided of a subject, newest first; at most 1,000. What a law bars from being told is
 * left out until it may be.
 */
export async function provisionsOf(
  context: EngineContext,
  subject: string,
): Promise<readonly ProvisionTold[]> {
  const rows = await context.db.query<LedgerRow>(
    `select ledger.subject, ledger.id, basis, recipient, purpose, ledger.items, at, document,
            demand.kind, demand.detail
       from provision as ledger
       left join provision_document as demand
              on demand.subject = ledger.subject and demand.id = ledger.document
      where ledger.subject = $1
        and (demand.untold_until is null or demand.untold_until < $2::date)
      order by at desc, ledger.id
      limit ${MOST_LINES}`,
    [handleBytes(subject), dayOf(context.clock.now(), context.plan.timeZone)],
  );
  const lines = await linesOf(context, rows);
  return lines.map(({ id: _id, subject: _subject, ...told }) => told);
}

/** The newest provisions of everyone; at most 1,000. */
export async function listProvisions(
  context: EngineContext,
  { limit }: { readonly limit: number },
): Promise<readonly ProvisionLine[]> {
  const rows = await context.db.query<LedgerRow>(
    `select ledger.subject, ledger.id, basis, recipient, purpose, ledger.items, at, document,
            demand.kind, demand.detail
       from provision as ledger
       left join provision_document as demand
              on demand.subject = ledger.subject and demand.id = ledger.document
      order by at desc, ledger.id
      limit $1`,
    [Math.min(limit, MOST_LINES)],
  );
  return linesOf(context, rows);
}

async function linesOf(
  { keeper }: EngineContext,
  rows: readonly LedgerRow[],
): Promise<readonly ProvisionLine[]> {
  const sealed = rows.flatMap(({ subject, document, detail }) =>
    document === null || detail === null
      ? []
      : [{ context: provisionPlace(hex(subject), hex(document)), sealed: detail }],
  );
  const opened = (await keeper.open(sealed)).map(readTexts);
  return rows.map(({ detail, kind, ...row }): ProvisionLine => {
    const texts = detail === null || row.document === null ? null : opened.shift();
    return Object.freeze({
      id: hex(row.id),
      subject: hex(row.subject),
      at: row.at,
      basis: row.basis,
      recipient: row.recipient ?? texts?.["authority"] ?? "",
      purpose: row.purpose,
      items: row.items,
      document: kind === null ? null : Object.freeze({ kind, article: texts?.["article"] ?? "" }),
    });
  });
}

/** A document, as staff see it who are to approve it. */
export interface DocumentLine {
  /** 32 hex digits. */
  readonly id: string;
  readonly subject: string;
  readonly kind: BindingKind;
  readonly authority: string;
  readonly number: string;
  readonly article: string;
  readonly items: readonly string[];
  readonly validUntil: string;
  readonly registeredAt: number;
  readonly registeredBy: string;
  /** Staff who approved it, in order. */
  readonly approvedBy: readonly string[];
  readonly releasedAt: number | null;
}

type DocumentDetail = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly kind: BindingKind;
  readonly items: readonly string[];
  readonly valid_until: string;
  readonly registered_at: number;
  readonly registered_by: string;
  readonly first_approved_by: string | null;
  readonly second_approved_by: string | null;
  readonly released_at: number | null;
  readonly detail: Uint8Array;
};

/** The newest documents; at most 1,000. */
export async function listDocuments(
  context: EngineContext,
  { limit }: { readonly limit: number },
): Promise<readonly DocumentLine[]> {
  const rows = await context.db.query<DocumentDetail>(
    `select subject, id, kind, items, valid_until, registered_at, registered_by,
            first_approved_by, second_approved_by, released_at, detail
       from provision_document
      order by registered_at desc, id
      limit $1`,
    [Math.min(limit, MOST_LINES)],
  );
  return openDocuments(context, rows);
}

/** One document; null where nobody registered it. */
export async function findDocumentLine(
  context: EngineContext,
  id: string,
): Promise<DocumentLine | null> {
  const rows = /^[0-9a-f]{32}$/.test(id)
    ? await context.db.query<DocumentDetail>(
        `select subject, id, kind, items, valid_until, registered_at, registered_by,
                first_approved_by, second_approved_by, released_at, detail
           from provision_document
          where id = $1`,
        [bytes(id)],
      )
    : [];
  const [line] = await openDocuments(context, rows);
  return line ?? null;
}

async function openDocuments(
  { keeper }: EngineContext,
  rows: readonly DocumentDetail[],
): Promise<readonly DocumentLine[]> {
  const opened = await keeper.open(
    rows.map(({ subject, id, detail }) => ({
      context: provisionPlace(hex(subject), hex(id)),
      sealed: detail,
    })),
  );
  return rows.map((row, index): DocumentLine => {
    const texts = readTexts(present(opened[index], "every document opened"));
    const approvers = [row.first_approved_by, row.second_approved_by];
    return Object.freeze({
      id: hex(row.id),
      subject: hex(row.subject),
      kind: row.kind,
      authority: texts["authority"] ?? "",
      number: texts["number"] ?? "",
      article: texts["article"] ?? "",
      items: row.items,
      validUntil: row.valid_until,
      registeredAt: row.registered_at,
      registeredBy: row.registered_by,
      approvedBy: approvers.filter((staff) => staff !== null),
      releasedAt: row.released_at,
    });
  });
}

/** A table of counts that left. */
export interface StatisticLine {
  readonly id: string;
  readonly at: number;
  /** `null`: it stayed inside. */
  readonly recipient: string | null;
  readonly purpose: string;
  readonly item: string;
  readonly smallest: number;
  readonly cells: number;
  readonly suppressed: number;
}

/** The newest tables of counts; at most 1,000. */
export async function listStatistics(
  context: EngineContext,
  { limit }: { readonly limit: number },
): Promise<readonly StatisticLine[]> {
  const rows = await context.db.query<
    Omit<StatisticLine, "id" | "recipient"> & {
      readonly id: Uint8Array;
      readonly recipient: Uint8Array | null;
    }
  >(
    `select id, at, recipient, purpose, item, smallest, cells, suppressed
       from provision_statistic
      order by at desc, id
      limit $1`,
    [Math.min(limit, MOST_LINES)],
  );
  const opened = (
    await context.keeper.open(
      rows.flatMap(({ id, recipient }) =>
        recipient === null ? [] : [{ context: statisticPlace(hex(id)), sealed: recipient }],
      ),
    )
  ).map(readTexts);
  return rows.map(({ id, recipient, ...row }) =>
    Object.freeze({
      ...row,
      id: hex(id),
      recipient: recipient === null ? null : (opened.shift()?.["recipient"] ?? null),
    }),
  );
}
