/** What is said between a keeper's process and those who use it. Keys are never said. */
import type { KeyReceipt, SealContext } from "../keeper.ts";
import type { ClassDayName } from "../open-keeper.ts";
import { malformed, type WireReader, type WireWriter } from "./wire.ts";

/** Operations by number. A number is never given to another operation. */
export const KEEPER_OP = {
  hello: 1,
  seal: 2,
  open: 3,
  tags: 4,
  destroyDay: 5,
  destroySubject: 6,
  renew: 7,
  reserve: 8,
  destroySlots: 9,
  beginIndexEpoch: 10,
  indexEpochs: 11,
  tagsOf: 12,
  endIndexEpoch: 13,
  restart: 14,
  identity: 15,
  daySlots: 16,
  renewDay: 17,
  gone: 18,
  status: 19,
} as const;
export type KeeperOp = keyof typeof KEEPER_OP;

export function keeperOpOf(kind: number): KeeperOp | null {
  const found = Object.entries(KEEPER_OP).find(([, value]) => value === kind);
  return found === undefined ? null : (found[0] as KeeperOp);
}

const HAS = { day: 1, column: 2, together: 4, ownLock: 8 } as const;

/** Shortest context and value: four texts, the flags, one length. */
export const LEAST_VALUE_BYTES = 4 * 2 + 1 + 4;

export function writeContext(to: WireWriter, context: SealContext): void {
  const { column, expiresOn, ownLock, together } = context;
  to.u8(
    (expiresOn === null ? 0 : HAS.day) +
      (column === undefined ? 0 : HAS.column) +
      (together === undefined ? 0 : HAS.together) +
      (ownLock === undefined ? 0 : HAS.ownLock),
  );
  to.text(context.subject);
  to.text(context.record);
  to.text(context.recordClass);
  to.text(context.compartment);
  if (expiresOn !== null) to.text(expiresOn);
  if (column !== undefined) to.text(column);
  if (together !== undefined) {
    to.text(together.subject);
    to.text(together.rule);
  }
  if (ownLock !== undefined) to.u48(ownLock);
}

export function readContext(from: WireReader): SealContext {
  const flags = from.u8();
  if (flags > 15) throw malformed("a context of unknown parts");
  const has = (flag: number): boolean => (flags & flag) !== 0;
  return {
    subject: from.text(),
    record: from.text(),
    recordClass: from.text(),
    compartment: from.text(),
    expiresOn: has(HAS.day) ? from.text() : null,
    ...(has(HAS.column) ? { column: readColumn(from) } : {}),
    ...(has(HAS.together) ? { together: readTogether(from) } : {}),
    ...(has(HAS.ownLock) ? { ownLock: from.u48() } : {}),
  };
}

function readColumn(from: WireReader): NonNullable<SealContext["column"]> {
  const column = from.text();
  if (column === "items" || column === "source" || column === "tag") return column;
  throw malformed("a column of no known name");
}

function readTogether(from: WireReader): NonNullable<SealContext["together"]> {
  const subject = from.text();
  const rule = from.text();
  if (rule === "all-of" || rule === "any-of") return { subject, rule };
  throw malformed("a rule of no known name");
}

export function writeValues(to: WireWriter, values: readonly Uint8Array[]): void {
  to.u32(values.length);
  for (const value of values) to.bytes(value);
}

export function readValues(from: WireReader): Uint8Array[] {
  return Array.from({ length: from.count(4) }, () => from.bytes());
}

export interface TagValue {
  readonly item: string;
  readonly normalised: string;
}

export function writeTagValues(to: WireWriter, values: readonly TagValue[]): void {
  to.u32(values.length);
  for (const { item, normalised } of values) {
    to.text(item);
    to.text(normalised);
  }
}

export function readTagValues(from: WireReader): TagValue[] {
  return Array.from({ length: from.count(4) }, () => {
    const item = from.text();
    return { item, normalised: from.text() };
  });
}

/** How the keeper's process is: what `jikim keeper status` shows. */
export interface KeeperStatus {
  /** Number of the process, as it sees itself. */
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** When it will be replaced, after a destruction; null while nothing was destroyed. */
  readonly forgetAt: number | null;
  readonly tree: string;
  readonly epoch: number;
  /** Who holds the root. */
  readonly custodians: readonly string[];
  readonly weaknesses: readonly string[];
  /** What could write this process's memory to a disk. */
  readonly memory: readonly string[];
}

export function writeKeeperStatus(to: WireWriter, status: KeeperStatus): void {
  to.u32(status.pid);
  to.u48(status.startedAt);
  to.slots(status.forgetAt === null ? [] : [status.forgetAt]);
  to.text(status.tree);
  to.u48(status.epoch);
  to.texts(status.custodians);
  to.texts(status.weaknesses);
  to.texts(status.memory);
}

export function readKeeperStatus(from: WireReader): KeeperStatus {
  return {
    pid: from.u32(),
    startedAt: from.u48(),
    forgetAt: from.slots()[0] ?? null,
    tree: from.text(),
    epoch: from.u48(),
    custodians: from.texts(),
    weaknesses: from.texts(),
    memory: from.texts(),
  };
}

export function writeDays(to: WireWriter, days: readonly ClassDayName[]): void {
  to.u32(days.length);
  for (const { recordClass, day } of days) {
    to.text(recordClass);
    to.text(day);
  }
}

export function readDays(from: WireReader): ClassDayName[] {
  return Array.from({ length: from.count(4) }, () => {
    const recordClass = from.text();
    return { recordClass, day: from.text() };
  });
}

/** Slots of which some are not there. */
export function writeMaybeSlots(to: WireWriter, slots: readonly (number | null)[]): void {
  to.u32(slots.length);
  for (const slot of slots) {
    to.u8(slot === null ? 0 : 1);
    if (slot !== null) to.u48(slot);
  }
}

export function readMaybeSlots(from: WireReader): (number | null)[] {
  return Array.from({ length: from.count(1) }, () => (from.u8() === 1 ? from.u48() : null));
}

export function writeReceipt(to: WireWriter, receipt: KeyReceipt): void {
  to.u48(receipt.keys);
  to.u8(receipt.irrecoverable ? 1 : 0);
  // The optional parts as lists of none or one.
  to.slots(receipt.epoch === undefined ? [] : [receipt.epoch]);
  to.texts(receipt.slotsHash === undefined ? [] : [receipt.slotsHash]);
  to.u8(receipt.custodians === undefined ? 0 : 1);
  to.texts(receipt.custodians ?? []);
  to.u8(receipt.weaknesses === undefined ? 0 : 1);
  to.texts(receipt.weaknesses ?? []);
}

export function readReceipt(from: WireReader): KeyReceipt {
  const keys = from.u48();
  const irrecoverable = from.u8() === 1;
  const [epoch] = from.slots();
  const [slotsHash] = from.texts();
  const hasCustodians = from.u8() === 1;
  const custodians = from.texts();
  const hasWeaknesses = from.u8() === 1;
  const weaknesses = from.texts();
  return {
    keys,
    irrecoverable,
    ...(epoch === undefined ? {} : { epoch }),
    ...(slotsHash === undefined ? {} : { slotsHash }),
    ...(hasCustodians ? { custodians } : {}),
    ...(hasWeaknesses ? { weaknesses } : {}),
  };
}
