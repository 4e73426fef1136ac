/** Records about to be stored: items grouped by record class, sealed at their place. */
import { present } from "../../base/assert.ts";
import type { Gate } from "../../compiler/plan.ts";
import type { SealContext } from "../../keys/keeper.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { CollectOptions, EngineContext } from "../jikim.ts";
import { itemBytes, withOwnLocks } from "../record.ts";
import { expiresOn } from "../retention/expiry.ts";

const ID_BYTES = 16;

export interface NewRecord {
  readonly place: SealContext;
  /** Names of the items inside. */
  readonly items: readonly string[];
  readonly sealed: Uint8Array;
  readonly source: Uint8Array | null;
}

export interface Making {
  readonly gate: Gate;
  readonly subject: string;
  /** Day of collection. */
  readonly today: string;
  readonly values: ReadonlyMap<string, string>;
}

/** Where a record will be, and what will be in it. */
export interface Place {
  readonly place: SealContext;
  readonly content: ReadonlyMap<string, string>;
}

/** One place for each class of the occasion that got items. */
export function placesOf(context: EngineContext, making: Making): readonly Place[] {
  return [...byClass(making)].map(([name, content]) => ({
    place: placeOf(context, making, name),
    content,
  }));
}

/** Records sealed at their places, with their source where they came from somebody else. */
export async function sealRecords(
  context: EngineContext,
  planned: readonly Place[],
  source: CollectOptions["source"],
): Promise<readonly NewRecord[]> {
  const locked = await withOwnLocks(
    context.keeper,
    planned.map(({ place }) => place),
  );
  const places = planned.map(({ content }, index) => ({
    place: present(locked[index], "a place for each record"),
    content,
  }));
  const sealed = await context.keeper.seal(
    places.map(({ place, content }) => ({
      context: place,
      plain: itemBytes(Object.fromEntries(content)),
    })),
  );
  const sources =
    source === undefined
      ? []
      : await context.keeper.seal(
          places.map(({ place }) => ({
            context: { ...place, column: "source" as const },
            plain: itemBytes({
              name: source.name,
              receivedOn: source.receivedOn,
              basis: source.basis,
            }),
          })),
        );
  return places.map(({ place, content }, index) => ({
    place,
    items: [...content.keys()].toSorted(),
    sealed: present(sealed[index], "every value came back sealed"),
    source: sources[index] ?? null,
  }));
}

function byClass(making: Making): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const groups = new Map<string, Map<string, string>>();
  for (const [item, value] of making.values) {
    const name = present(making.gate.classOf.get(item), "every item of an occasion has a class");
    const group = groups.get(name) ?? new Map<string, string>();
    groups.set(name, group.set(item, value));
  }
  return groups;
}

function placeOf(context: EngineContext, making: Making, recordClass: string): SealContext {
  // Nothing is kept by default: a class without a clock cannot be written at all (P5.10).
  const clock = present(context.plan.clocks.get(recordClass), "every class has a clock");
  return {
    subject: making.subject,
    record: hex(context.random.bytes(ID_BYTES)),
    recordClass,
    compartment: clock.compartment,
    expiresOn: expiresOn(clock, new Map([["collected", making.today]])),
  };
}

/** What the row says beside the sealed value. */
export interface Origin {
  readonly occasion: string;
  readonly method: string;
  /** Number of the staff who took it down; null: the person themselves. */
  readonly takenBy: string | null;
  readonly policyVersion: string;
  readonly policyHash: string;
  readonly today: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Writes the row of a record. */
export async function storeRecord(tx: Sql, record: NewRecord, origin: Origin): Promise<void> {
  const { place } = record;
  await tx.query(
    `insert into record (subject, id, class, compartment, occasion, method, policy_version,
                         policy_hash, collected_on, collected_at, expires_on, items, source, sealed,
                         taken_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      bytes(place.subject),
      bytes(place.record),
      place.recordClass,
      place.compartment,
      origin.occasion,
      origin.method,
      origin.policyVersion,
      origin.policyHash,
      origin.today,
      moment(origin.at),
      place.expiresOn,
      record.items,
      record.source,
      record.sealed,
      origin.takenBy,
    ],
  );
}
