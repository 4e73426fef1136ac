/**
 * Opens rows and seals them again, with everything that is sealed beside them: under the lock of a
 * day that has become known, or under a fresh lock of their compartment. The rows are locked by
 * the caller's transaction, which also holds or shares the names of the locks (locks.ts).
 */
import { present } from "../../base/assert.ts";
import type { SealContext } from "../../keys/keeper.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { type PlaceRow, placeOf, sealingPlace } from "../record.ts";

export type SealedRow = PlaceRow & {
  readonly sealed: Uint8Array;
  readonly source: Uint8Array | null;
};

export interface Change {
  /** The last day of rows that had none; as it was when not said. */
  readonly expiresOn?: (row: SealedRow) => string;
  /** A lock of its own for a row whose end is unknown again (a ticket opened again). */
  readonly ownLock?: (row: SealedRow) => number;
  /** Items that are left out, of the rows named; nothing when not said. */
  readonly leaveOut?: (row: SealedRow) => ReadonlySet<string>;
}

/** A sealed value of a row. */
interface Part {
  readonly row: SealedRow;
  readonly column: "items" | "source" | "tag";
  readonly sealed: Uint8Array;
  /** For a tag: where it stands. */
  readonly tag: { readonly item: string; readonly epoch: string } | null;
}

const NOTHING = new Uint8Array();

type ProofRow = {
  readonly subject: Uint8Array;
  readonly record: Uint8Array;
  readonly item: string;
  readonly epoch: string;
  readonly proof: Uint8Array;
};

/** Seals rows again. What is left out must not be all a row holds: such a row is removed instead. */
export async function resealRecords(
  context: EngineContext,
  tx: Sql,
  rows: readonly SealedRow[],
  change: Change,
): Promise<void> {
  if (rows.length === 0) return;
  const { keeper } = context;
  const parts = await partsOf(tx, rows);
  const opened = await keeper.open(
    parts.map(({ row, column, sealed }) => ({ context: { ...placeOf(row), column }, sealed })),
  );
  const names = new Map<string, readonly string[]>();
  const plains = parts.map(({ row, column }, index) => {
    const plain = present(opened[index], "every part opened");
    if (column !== "items") return plain;
    const kept = withoutItems(plain, change.leaveOut?.(row) ?? new Set());
    names.set(hex(row.id), kept.names);
    return kept.plain;
  });
  const sealed = await keeper.seal(
    parts.map(({ row, column }, index) => ({
      context: { ...newPlace(row, change), column },
      plain: present(plains[index], "every part is kept"),
    })),
  );
  for (const plain of [...opened, ...plains]) plain.fill(0);
  await storeRows(tx, rows, { parts, sealed, names, change });
}

/** With its end known a record leaves the lock it had for itself. */
function newPlace(row: SealedRow, { expiresOn, ownLock }: Change): SealContext {
  if (ownLock !== undefined) return { ...placeOf(row), expiresOn: null, ownLock: ownLock(row) };
  const last = expiresOn?.(row) ?? null;
  return last === null ? sealingPlace(row) : { ...placeOf(row), expiresOn: last };
}

async function partsOf(tx: Sql, rows: readonly SealedRow[]): Promise<readonly Part[]> {
  const parts: Part[] = [];
  const byId = new Map(rows.map((row) => [hex(row.id), row]));
  for (const row of rows) {
    parts.push({ row, column: "items", sealed: row.sealed, tag: null });
    if (row.source !== null) parts.push({ row, column: "source", sealed: row.source, tag: null });
  }
  const proofs = await tx.query<ProofRow>(
    `select subject, record, item, epoch, proof
       from lookup
      where proof is not null
        and (subject, record) in (select decode(subject, 'hex'), decode(id, 'hex')
                                    from unnest($1::text[], $2::text[]) as row (subject, id))
      order by subject, record, item, epoch`,
    [rows.map(({ subject }) => hex(subject)), rows.map(({ id }) => hex(id))],
  );
  for (const { record, item, epoch, proof } of proofs) {
    const row = present(byId.get(hex(record)), "tags of these rows only");
    parts.push({ row, column: "tag", sealed: proof, tag: { item, epoch } });
  }
  return parts;
}

/** The items as JSON without those left out. */
function withoutItems(
  plain: Uint8Array,
  out: ReadonlySet<string>,
): { readonly plain: Uint8Array; readonly names: readonly string[] } {
  const items = JSON.parse(Buffer.from(plain).toString("utf8")) as Record<string, string>;
  const names = Object.keys(items).filter((name) => !out.has(name));
  if (names.length === Object.keys(items).length) return { plain: plain.slice(), names };
  const kept = Object.fromEntries(names.map((name) => [name, items[name]]));
  return { plain: new Uint8Array(Buffer.from(JSON.stringify(kept), "utf8")), names };
}

async function storeRows(
  tx: Sql,
  rows: readonly SealedRow[],
  made: {
    readonly parts: readonly Part[];
    readonly sealed: readonly Uint8Array[];
    readonly names: ReadonlyMap<string, readonly string[]>;
    readonly change: Change;
  },
): Promise<void> {
  const bySource = new Map<string, Uint8Array>();
  const byItems = new Map<string, Uint8Array>();
  const proofs: { row: SealedRow; item: string; epoch: string; proof: Uint8Array }[] = [];
  for (const [index, { row, column, tag }] of made.parts.entries()) {
    const value = present(made.sealed[index], "every part is sealed again");
    if (column === "items") byItems.set(hex(row.id), value);
    else if (column === "source") bySource.set(hex(row.id), value);
    else proofs.push({ row, ...present(tag, "a tag knows its place"), proof: value });
  }
  // One statement however many rows. An array holds no arrays of different lengths: names of items
  // never hold a space and travel as one text; an empty text stands for none.
  await tx.query(
    `update record
        set expires_on = nullif(made.expires_on, '')::date,
            sealed = decode(made.sealed, 'hex'),
            source = decode(nullif(made.source, ''), 'hex'),
            items = string_to_array(made.items, ' ')
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
              as made (subject, id, expires_on, sealed, source, items)
      where record.subject = decode(made.subject, 'hex') and record.id = decode(made.id, 'hex')`,
    [
      rows.map(({ subject }) => hex(subject)),
      rows.map(({ id }) => hex(id)),
      rows.map((row) => newPlace(row, made.change).expiresOn ?? ""),
      rows.map(({ id }) => hex(present(byItems.get(hex(id)), "the items are sealed again"))),
      rows.map(({ id }) => hex(bySource.get(hex(id)) ?? NOTHING)),
      rows.map(({ id }) =>
        present(made.names.get(hex(id)), "a record names its items")
          .toSorted()
          .join(" "),
      ),
    ],
  );
  if (proofs.length === 0) return;
  await tx.query(
    `update lookup
        set proof = decode(made.proof, 'hex')
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
              as made (subject, record, item, epoch, proof)
      where lookup.subject = decode(made.subject, 'hex')
        and lookup.record = decode(made.record, 'hex')
        and lookup.item = made.item and lookup.epoch = made.epoch`,
    [
      proofs.map(({ row }) => hex(row.subject)),
      proofs.map(({ row }) => hex(row.id)),
      proofs.map(({ item }) => item),
      proofs.map(({ epoch }) => epoch),
      proofs.map(({ proof }) => hex(proof)),
    ],
  );
}
