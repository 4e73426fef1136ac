/**
 * What an authority demands (exception B): a document that binds by law is registered with the
 * fields it names, then two different members of staff approve it. Whoever is not a public body may
 * not hand data over for an investigation on a letter alone (PIPA 18②): such a one is refused by
 * rule, whoever sends it.
 */
import { assert, present } from "../../base/assert.ts";
import { dayOf, isDay } from "../../base/calendar.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { archivedOf } from "../archive/archived-of.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext } from "../jikim.ts";
import { handleBytes, subjectExists, subjectUnknown } from "../subject.ts";
import { staffReasons } from "../use/staff-access.ts";
import { provisionPlace, textBytes } from "./provision-place.ts";
import { itemReasons, offers, type ProvisionReason, refuseProvision } from "./provision-rules.ts";

/** Documents there are. Only the first three bind. */
export const DOCUMENT_KINDS = ["warrant", "court_order", "statute", "letter"] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];
export type BindingKind = Exclude<DocumentKind, "letter">;

const ID_BYTES = 16;
const ID = /^[0-9a-f]{32}$/;
const MOST_TEXT = 200;

export interface NewDocument {
  readonly subject: string;
  readonly kind: DocumentKind;
  /** Who demands it, the number of the document, the article it rests on; 1 to 200 characters. */
  readonly authority: string;
  readonly number: string;
  readonly article: string;
  /** Items it names; nothing else can be released by it. */
  readonly items: readonly string[];
  /** Last day on which it may be carried out. */
  readonly validUntil: string;
  /** Last day on which a law bars telling the person. */
  readonly untoldUntil?: string;
  /** Member of staff who registers it. */
  readonly staff: string;
}

/** A document as the store has it. */
export type DocumentRow = {
  readonly subject: Uint8Array;
  readonly id: Uint8Array;
  readonly kind: BindingKind;
  readonly items: readonly string[];
  readonly valid_until: string;
  readonly first_approved_by: string | null;
  readonly second_approved_by: string | null;
  readonly released_at: number | null;
};

/**
 * Registers a document and returns its id (32 hex digits). Nothing is released by it yet.
 * Throws ERR_PROVISION_REFUSED (`facts.reasons`) and ERR_SUBJECT_UNKNOWN.
 */
export async function registerDocument(
  context: EngineContext,
  document: NewDocument,
): Promise<string> {
  const { subject, kind, staff } = document;
  const handle = handleBytes(subject);
  const reasons = await documentReasons(context, document);
  if (reasons.length > 0) return refuseProvision(context, "authority", reasons);
  const known =
    (await subjectExists(context.db, handle)) || (await archivedOf(context, subject)).length > 0;
  if (!known) throw subjectUnknown();
  const id = context.random.bytes(ID_BYTES);
  const { authority, number, article } = document;
  const [detail] = await context.keeper.seal([
    {
      context: provisionPlace(subject, hex(id)),
      plain: textBytes({ authority, number, article }),
    },
  ]);
  const at = context.clock.now();
  const items = [...new Set(document.items)].toSorted();
  await context.db.transaction(async (tx) => {
    await tx.query(
      `insert into provision_document (subject, id, kind, items, valid_until, untold_until,
                                       registered_at, registered_by, detail)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        handle,
        id,
        kind,
        items,
        document.validUntil,
        document.untoldUntil ?? null,
        moment(at),
        staff,
        present(detail, "one value was sealed"),
      ],
    );
    await appendLeaf(tx, at, "provision_document_registered", {
      subject,
      document: hex(id),
      kind,
      items,
      by: staff,
    });
  });
  return hex(id);
}

async function documentReasons(
  { plan, clock, db }: EngineContext,
  document: NewDocument,
): Promise<readonly ProvisionReason[]> {
  const reasons: ProvisionReason[] = [];
  const because = (rule: ProvisionReason["rule"]): void => {
    reasons.push({ rule, item: null });
  };
  if (!offers(plan, "authority")) because("exception-not-offered");
  if (bindingKind(document.kind) === null) because("document-not-binding");
  const { authority, number, article, validUntil, untoldUntil } = document;
  const texts = [authority, number, article];
  const whole = texts.every((text) => text.trim().length > 0 && text.length <= MOST_TEXT);
  if (!whole || (untoldUntil !== undefined && !isDay(untoldUntil))) because("document-incomplete");
  const today = dayOf(clock.now(), plan.timeZone);
  if (!isDay(validUntil) || validUntil < today) because("document-over");
  // It names its items itself: whatever is declared and readable may stand in it.
  reasons.push(...itemReasons(plan, document.items, document.items));
  const by = { staff: document.staff, reason: "registers", from: "-" };
  return [...reasons, ...(await staffReasons(db, by, null))];
}

/**
 * One of the two approvals; a second by the same person is refused. Returns how many there are.
 * Throws ERR_PROVISION_REFUSED (`facts.reasons`).
 */
export async function approveDocument(
  context: EngineContext,
  id: string,
  staff: string,
): Promise<1 | 2> {
  const by = { staff, reason: "approves", from: "-" };
  const reasons: ProvisionReason[] = [...(await staffReasons(context.db, by, null))];
  if (reasons.length > 0) return refuseProvision(context, "authority", reasons);
  const done = await context.db.transaction(async (tx) => approve(context, tx, id, staff));
  return typeof done === "number" ? done : refuseProvision(context, "authority", [done]);
}

async function approve(
  context: EngineContext,
  tx: Sql,
  id: string,
  staff: string,
): Promise<1 | 2 | ProvisionReason> {
  const document = await lockedDocument(tx, id);
  const refusal = document === null ? "document-unknown" : standing(context, document);
  if (refusal !== null || document === null) {
    return { rule: refusal ?? "document-unknown", item: null };
  }
  if (document.first_approved_by === staff) return { rule: "approved-by-the-same", item: null };
  if (document.second_approved_by !== null) return 2;
  const at = context.clock.now();
  const approvals = document.first_approved_by === null ? 1 : 2;
  const changed =
    approvals === 1
      ? await tx.query(
          `update provision_document set first_approved_by = $3, first_approved_at = $4
            where subject = $1 and id = $2 returning id`,
          [document.subject, document.id, staff, moment(at)],
        )
      : await tx.query(
          `update provision_document set second_approved_by = $3, second_approved_at = $4
            where subject = $1 and id = $2 returning id`,
          [document.subject, document.id, staff, moment(at)],
        );
  assert(changed.length === 1, "a document that is locked is there");
  await appendLeaf(tx, at, "provision_document_approved", { document: id, approvals, by: staff });
  return approvals;
}

/** Why a document can no longer be carried out; null: it can. */
export function standing(
  { plan, clock }: Pick<EngineContext, "plan" | "clock">,
  document: DocumentRow,
): "document-used" | "document-over" | null {
  if (document.released_at !== null) return "document-used";
  return document.valid_until < dayOf(clock.now(), plan.timeZone) ? "document-over" : null;
}

/** The document with this id; null when there is none. */
export async function findDocument(sql: Sql, id: string): Promise<DocumentRow | null> {
  if (!ID.test(id)) return null;
  const [row] = await sql.query<DocumentRow>(
    `select subject, id, kind, items, valid_until, first_approved_by, second_approved_by,
            released_at
       from provision_document
      where id = $1`,
    [bytes(id)],
  );
  return row ?? null;
}

/** The same, locked until the transaction ends. */
export async function lockedDocument(tx: Sql, id: string): Promise<DocumentRow | null> {
  if (!ID.test(id)) return null;
  await tx.query("select from provision_document where id = $1 for update", [bytes(id)]);
  return findDocument(tx, id);
}

/** The kind of a document that binds; null for a letter and for what is no kind. */
export function bindingKind(kind: string): BindingKind | null {
  const known = DOCUMENT_KINDS.find((each) => each === kind);
  return known === undefined || known === "letter" ? null : known;
}
