/**
 * Carrying a document out: once, by a member of staff, within its fields and its time, after two
 * approvals. What is disputed is not provided even then (P7.5); no other restriction stands against
 * a duty under law (PIPA 37②). The ledger and the access log have their lines first.
 */
import { hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import type { EngineContext, Items } from "../jikim.ts";
import { lockSubject } from "../processor/lock-subject.ts";
import type { StaffUse } from "../use/asked-use.ts";
import { type ArchivedRead, openArchived, archivedRows } from "../use/read-archived.ts";
import { overlaysOf } from "../use/overlay.ts";
import { openNewest } from "../use/read.ts";
import { logAccess, staffReasons } from "../use/staff-access.ts";
import { type DocumentRow, findDocument, lockedDocument, standing } from "./document.ts";
import { offers, type ProvisionReason, refuseProvision } from "./provision-rules.ts";

const ID_BYTES = 16;

export interface ReleaseAsked {
  /** Fewer items than the document names; all of them when not said. */
  readonly items?: readonly string[];
  /** Also what the separate database keeps; needs a member of staff with that charge. */
  readonly archive?: boolean;
  readonly by: StaffUse;
}

export interface Released {
  /** From the newest living record that holds each item. */
  readonly values: Items;
  /** From the separate database. */
  readonly archived: readonly ArchivedRead[];
}

/**
 * Releases what a document demands. Throws ERR_PROVISION_REFUSED (`facts.reasons`) and
 * ERR_RESTRICTED; then nothing is released and the document can still be carried out.
 * @example
 * await releaseDocument(context, id, { by: { staff: "12", reason: "warrant", from: "10.0.0.7" } });
 */
export async function releaseDocument(
  context: EngineContext,
  id: string,
  asked: ReleaseAsked,
): Promise<Released> {
  const reasons: ProvisionReason[] = [
    ...(await staffReasons(context.db, asked.by, asked.archive === true ? "archive" : null)),
  ];
  const document = await findDocument(context.db, id);
  if (document === null) reasons.push({ rule: "document-unknown", item: null });
  if (document === null || reasons.length > 0) return refuse(context, { document, asked, reasons });
  const items = [...new Set(asked.items ?? document.items)].toSorted();
  const first = await againstRelease(context, context.db, document, items);
  if (first.length > 0) return refuse(context, { document, asked, reasons: first });
  const released = await openFor(context, { document, asked, items });
  const done = await context.db.transaction(async (tx) => {
    await lockSubject(tx, document.subject);
    const locked = await lockedDocument(tx, id);
    const since = locked === null ? [] : await againstRelease(context, tx, locked, items);
    const held = [
      ...Object.keys(released.values),
      ...released.archived.flatMap(({ values }) => Object.keys(values)),
    ];
    if (locked === null || held.length === 0) return [{ rule: "item-gone", item: null } as const];
    if (since.length > 0) return since;
    await note(context, tx, { document, asked, items: [...new Set(held)].toSorted() });
    return [];
  });
  return done.length > 0 ? refuse(context, { document, asked, reasons: done }) : released;
}

/** The values, in memory only: they are handed over once the ledger has its line. */
async function openFor(
  context: EngineContext,
  leaving: {
    readonly document: DocumentRow;
    readonly asked: ReleaseAsked;
    readonly items: readonly string[];
  },
): Promise<Released> {
  const { document, asked, items } = leaving;
  const subject = hex(document.subject);
  const rows = asked.archive === true ? await archivedRows(context, subject, items) : [];
  return Object.freeze({
    values: await openNewest(context, document.subject, pairsOf(context, items)),
    archived: await openArchived(context, rows, items),
  });
}

async function refuse(
  context: EngineContext,
  what: {
    readonly document: DocumentRow | null;
    readonly asked: ReleaseAsked;
    readonly reasons: readonly ProvisionReason[];
  },
): Promise<never> {
  const { document, asked, reasons } = what;
  if (document !== null) {
    await logAccess(context, context.db, { ...accessOf(asked, document), refused: reasons });
  }
  return refuseProvision(context, "authority", reasons);
}

async function againstRelease(
  context: EngineContext,
  sql: Sql,
  document: DocumentRow,
  items: readonly string[],
): Promise<readonly ProvisionReason[]> {
  const reasons: ProvisionReason[] = [];
  const over = standing(context, document);
  if (!offers(context.plan, "authority")) {
    reasons.push({ rule: "exception-not-offered", item: null });
  }
  if (over !== null) reasons.push({ rule: over, item: null });
  if (document.second_approved_by === null) {
    reasons.push({ rule: "approvals-missing", item: null });
  }
  if (items.length === 0) reasons.push({ rule: "nothing-asked", item: null });
  const overlay = (await overlaysOf(sql, null, [hex(document.subject)]))(hex(document.subject));
  const disputed = overlay.restrictions.filter(({ reason }) => reason === "correction");
  for (const item of items) {
    const declared = context.plan.items.has(item) ? item : null;
    if (!document.items.includes(item)) reasons.push({ rule: "item-not-demanded", item: declared });
    if (disputed.some((each) => each.items === null || each.items.includes(item))) {
      reasons.push({ rule: "restricted", item: declared });
    }
  }
  return reasons;
}

/** Every occasion of an item: a law asks for the item, whatever it was collected for. */
function pairsOf(
  { plan }: EngineContext,
  items: readonly string[],
): readonly (readonly [string, string])[] {
  return [...plan.gates.values()].flatMap(({ occasion, allowed }) =>
    items.filter((item) => allowed.has(item)).map((item) => [item, occasion.id] as const),
  );
}

async function note(
  context: EngineContext,
  tx: Sql,
  leaving: {
    readonly document: DocumentRow;
    readonly asked: ReleaseAsked;
    readonly items: readonly string[];
  },
): Promise<void> {
  const { document, asked, items } = leaving;
  const id = context.random.bytes(ID_BYTES);
  const at = context.clock.now();
  await tx.query(
    `insert into provision (subject, id, basis, items, at, document, policy_hash)
     values ($1, $2, 'authority', $3, $4, $5, $6)`,
    [document.subject, id, items, moment(at), document.id, context.plan.hash],
  );
  await tx.query("update provision_document set released_at = $3 where subject = $1 and id = $2", [
    document.subject,
    document.id,
    moment(at),
  ]);
  await logAccess(context, tx, { ...accessOf(asked, document), items, refused: [] });
  await appendLeaf(tx, at, "provided", {
    subject: hex(document.subject),
    provision: hex(id),
    basis: "authority",
    recipient: null,
    items,
  });
}

function accessOf(
  asked: ReleaseAsked,
  document: DocumentRow,
): Omit<Parameters<typeof logAccess>[2], "refused"> {
  return {
    by: asked.by,
    subjects: [hex(document.subject)],
    items: asked.items ?? document.items,
    place: asked.archive === true ? "archive" : "live",
    purpose: null,
    ground: document.kind,
  };
}
