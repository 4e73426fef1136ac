/**
 * The name by which a processor knows a person: 16 random bytes, made for this one processor and
 * sealed in the store. It leads to nobody elsewhere, and never to our handle.
 */
import { assert, present } from "../../base/assert.ts";
import type { SealContext } from "../../keys/keeper.ts";
import { bytes, hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";

const ID_BYTES = 16;
/** Lock of what orders need: it must outlive the records the person leaves behind. */
export const PROCESSOR_COMPARTMENT = "processor";

type ReferenceRow = { readonly id: Uint8Array; readonly sealed: Uint8Array };

/** The reference of a subject at a processor, 32 hex digits; made at the first call. */
export async function referenceFor(
  context: EngineContext,
  tx: Sql,
  subject: string,
  processor: string,
): Promise<string> {
  const known = await findReference(context, tx, subject, processor);
  if (known !== null) return known;
  const { keeper, random } = context;
  const id = random.bytes(ID_BYTES);
  const plain = random.bytes(ID_BYTES);
  const [sealed] = await keeper.seal([{ context: referencePlace(subject, hex(id)), plain }]);
  const made = await tx.query(
    `insert into processor_reference (subject, processor, id, sealed) values ($1, $2, $3, $4)
     on conflict (subject, processor) do nothing
     returning id`,
    [bytes(subject), processor, id, present(sealed, "one value was sealed")],
  );
  if (made.length > 0) return hex(plain);
  return present(
    await findReference(context, tx, subject, processor),
    "another transaction has just made it",
  );
}

/** The reference, or null where none was ever made. */
export async function findReference(
  context: EngineContext,
  sql: Sql,
  subject: string,
  processor: string,
): Promise<string | null> {
  const [row] = await sql.query<ReferenceRow>(
    "select id, sealed from processor_reference where subject = $1 and processor = $2",
    [bytes(subject), processor],
  );
  if (row === undefined) return null;
  const place = referencePlace(subject, hex(row.id));
  const [opened] = await context.keeper.open([{ context: place, sealed: row.sealed }]);
  assert(opened?.length === ID_BYTES, "a reference has 16 bytes");
  return hex(opened);
}

function referencePlace(subject: string, id: string): SealContext {
  return {
    subject,
    record: id,
    recordClass: "processor_reference",
    compartment: PROCESSOR_COMPARTMENT,
    expiresOn: null,
  };
}
