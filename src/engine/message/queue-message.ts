/**
 * Puts a message to a person into the outbox, in the transaction of what it tells. The address is
 * read through the gate when it is sent; only where the person's records will be gone by then it
 * lies beside the message, sealed under a lock of its own that dies once it has left.
 */
import { assert, present } from "../../base/assert.ts";
import type { SealContext } from "../../keys/keeper.ts";
import type { Lang } from "../../policy/model.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { handleBytes } from "../subject.ts";
import { checkMessageFacts, type MessageFacts, type MessageKind } from "./message-facts.ts";

const ID_BYTES = 16;
const LONGEST_ADDRESS = 320;
/** Lock of addresses that wait; no class of a policy has it. */
export const MESSAGE_COMPARTMENT = "message";

export interface NewMessage<K extends MessageKind = MessageKind> {
  readonly subject: string;
  readonly kind: K;
  /** Language of the person; one the policy does not publish becomes its first. */
  readonly lang: string;
  readonly facts: MessageFacts<K>;
  /** What it answers (32 hex digits): with its last day it is queued once. Needs `dueOn`. */
  readonly about?: string;
  /** Last day for sending it. */
  readonly dueOn?: string;
  /** Only for a person whose records are gone when it is sent. */
  readonly address?: string;
}

/**
 * Queues a message; returns its id, or null when it was queued before. It is sent by the next
 * `runMessages`. Facts that are not those of the kind stop the work.
 * @param sql the transaction of what it tells
 * @example
 * await queueMessage(context, tx, {
 *   subject, kind: "marketing_result", lang: "ko",
 *   facts: { consent: "marketing", given: false, day: "2026-11-23" },
 * });
 */
export async function queueMessage<K extends MessageKind>(
  context: EngineContext,
  sql: Sql,
  message: NewMessage<K>,
): Promise<string | null> {
  const { clock, random } = context;
  const names = checkMessageFacts(message.kind, message.facts);
  const handle = handleBytes(message.subject);
  const id = random.bytes(ID_BYTES);
  const address =
    message.address === undefined
      ? null
      : await sealAddress(context, addressPlace(message.subject, hex(id)), message.address);
  const at = moment(clock.now());
  const queued = await sql.query<{ fits: boolean; added: boolean }>(
    `with known as (
       select count(*) = cardinality($10::text[]) as fits
         from audit_name where name = any($10::text[])
     ), added as (
       insert into message (subject, id, kind, about, lang, facts, address, state, queued_at,
                            next_at, due_on)
       select $1::bytea, $2::bytea, $3, $4::bytea, $5, $6, $7::bytea, 'queued', $8::timestamptz,
              $8::timestamptz, $9::date
         from known where fits
       on conflict do nothing
       returning id
     )
     select fits, exists (select from added) as added from known`,
    [
      handle,
      id,
      message.kind,
      message.about === undefined ? null : bytes(message.about),
      langOf(context, message.lang),
      JSON.stringify(message.facts),
      address,
      at,
      message.dueOn ?? null,
      [...new Set(names)],
    ],
  );
  const { fits, added } = present(queued[0], "the look answers");
  assert(fits, `a ${message.kind} message names only what is published`);
  return added ? hex(id) : null;
}

/** The language it is written in: one the policy publishes. */
export function langOf({ plan }: Pick<EngineContext, "plan">, lang: string): Lang {
  const { languages } = plan.policy;
  return (
    languages.find((each) => each === lang) ?? present(languages[0], "a policy has a language")
  );
}

/** Where a sealed address belongs. */
export function addressPlace(subject: string, message: string): SealContext {
  return {
    subject,
    record: message,
    recordClass: "message",
    compartment: MESSAGE_COMPARTMENT,
    expiresOn: null,
  };
}

async function sealAddress(
  { keeper }: EngineContext,
  place: SealContext,
  address: string,
): Promise<Uint8Array> {
  assert(address !== "" && address.length <= LONGEST_ADDRESS, "an address was read");
  const [ownLock] = await keeper.reserve(1);
  const plain = new Uint8Array(Buffer.from(address, "utf8"));
  const context = { ...place, ownLock: present(ownLock, "one lock was reserved") };
  const [sealed] = await keeper.seal([{ context, plain }]);
  return present(sealed, "one value was sealed");
}
