/** The keeper of another process, to be used like one's own. No key ever comes over. */
import { JikimError } from "../../base/errors.ts";
import type { SealContext } from "../keeper.ts";
import type { TreeKeeper } from "../open-keeper.ts";
import { connectSocket, type ConnectOptions } from "./connect-socket.ts";
import {
  KEEPER_OP,
  type KeeperOp,
  type KeeperStatus,
  readKeeperStatus,
  readMaybeSlots,
  readReceipt,
  readValues,
  type TagValue,
  writeContext,
  writeDays,
  writeTagValues,
} from "./keeper-wire.ts";
import { createReader, createWriter, malformed, type WireReader, type WireWriter } from "./wire.ts";

/** Values of one request: what comes back, padded and sealed, must fit a frame. */
const MAX_BATCH_VALUES = 4096;
const MAX_BATCH_BYTES = 4_194_304;
/** A destruction among hundreds of millions of keys takes a while; 5 minutes. */
const DESTROY_TIMEOUT_MS = 300_000;

export interface RemoteKeeper extends TreeKeeper {
  /** Lets the keeper's process be replaced now, after a run of destructions. */
  restart(): Promise<void>;
  /** How the process is that answers now. */
  status(): Promise<KeeperStatus>;
}

type Write = (to: WireWriter) => void;
type Ask = <T>(op: KeeperOp, write: Write, read: (from: WireReader) => T) => Promise<T>;

/**
 * Connects to a keeper. Beyond a keeper's own errors its calls throw ERR_PEER_BUSY (ask again
 * later), ERR_PEER_UNREACHABLE (nothing or something was done: every call but `renew`, `renewDay`
 * and `reserve` may be repeated without harm), ERR_PEER_UNSAFE, ERR_PEER_PROTOCOL, ERR_PEER_FAILED.
 * @example const keeper = await connectKeeper("/run/jikim/keeper.sock", { clock: systemClock });
 */
export async function connectKeeper(path: string, options: ConnectOptions): Promise<RemoteKeeper> {
  const client = connectSocket(path, options);
  const ask: Ask = async (op, write, read) => {
    const to = createWriter();
    write(to);
    const timeoutMs = isDestruction(op) ? DESTROY_TIMEOUT_MS : undefined;
    const answer = await client.call(KEEPER_OP[op], to.done(), timeoutMs);
    try {
      const from = createReader(answer);
      const found = read(from);
      from.end();
      return found;
    } finally {
      answer.fill(0);
    }
  };
  try {
    const weaknesses = await ask("hello", nothing, (from) => from.texts());
    return remoteKeeper(ask, weaknesses, () => client.close());
  } catch (error) {
    await client.close();
    throw error;
  }
}

function isDestruction(op: KeeperOp): boolean {
  return op.startsWith("destroy") || op === "endIndexEpoch";
}

const nothing = (): void => undefined;

function remoteKeeper(
  ask: Ask,
  weaknesses: readonly string[],
  close: () => Promise<void>,
): RemoteKeeper {
  return Object.freeze<RemoteKeeper>({
    weaknesses: Object.freeze([...weaknesses]),
    seal: (values) =>
      inBatches(
        ask,
        "seal",
        values.map(({ context, plain }) => ({ context, bytes: plain })),
      ),
    open: (values) =>
      inBatches(
        ask,
        "open",
        values.map(({ context, sealed }) => ({ context, bytes: sealed })),
      ),
    tags: (values) => inTagBatches(ask, null, values),
    tagsOf: (epoch, values) => inTagBatches(ask, epoch, values),
    destroyDay: (recordClass, day) => ask("destroyDay", texts(recordClass, day), readReceipt),
    destroySubject: (subject, compartments) =>
      ask(
        "destroySubject",
        (to) => {
          to.text(subject);
          to.texts(compartments);
        },
        readReceipt,
      ),
    renew: (subject, compartment) =>
      ask("renew", texts(subject, compartment), (from) => from.slots()[0] ?? null),
    reserve: (count) =>
      ask(
        "reserve",
        (to) => to.u32(count),
        (from) => from.slots(),
      ),
    destroySlots: (slots) => ask("destroySlots", (to) => to.slots(slots), readReceipt),
    beginIndexEpoch: (epoch) => ask("beginIndexEpoch", texts(epoch), nothing),
    indexEpochs: () => ask("indexEpochs", nothing, (from) => from.texts()),
    endIndexEpoch: (epoch, slots = []) =>
      ask(
        "endIndexEpoch",
        (to) => {
          to.text(epoch);
          to.slots(slots);
        },
        readReceipt,
      ),
    identity: () => ask("identity", nothing, (from) => ({ tree: from.text(), epoch: from.u48() })),
    daySlots: (days) => inParts(days, (part) => askDays(ask, part)),
    renewDay: (recordClass, day) =>
      ask("renewDay", texts(recordClass, day), (from) => from.slots()[0] ?? null),
    gone: (slots) =>
      inParts(slots, (part) =>
        ask(
          "gone",
          (to) => to.slots(part),
          (from) => from.slots(),
        ),
      ),
    restart: () => ask("restart", nothing, nothing),
    status: () => ask("status", nothing, readKeeperStatus),
    close,
  });
}

function texts(...values: readonly string[]): Write {
  return (to) => {
    for (const value of values) to.text(value);
  };
}

/** Names and slots are small: as many as values go in one request. */
async function inParts<T, R>(
  values: readonly T[],
  askPart: (part: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const all: R[] = [];
  for (const part of batchesOf(values, () => 0)) all.push(...(await askPart(part)));
  return all;
}

async function askDays(
  ask: Ask,
  days: Parameters<TreeKeeper["daySlots"]>[0],
): Promise<(number | null)[]> {
  const slots = await ask("daySlots", (to) => writeDays(to, days), readMaybeSlots);
  if (slots.length !== days.length) throw malformed("not as many slots came back as days");
  return slots;
}

interface Value {
  readonly context: SealContext;
  readonly bytes: Uint8Array;
}

/** One request after another: a large call does not crowd out others' small ones. */
async function inBatches(
  ask: Ask,
  op: "seal" | "open",
  values: readonly Value[],
): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for (const batch of batchesOf(values, ({ bytes }) => bytes.length)) {
    const write = (to: WireWriter): void => {
      to.u32(batch.length);
      for (const { context, bytes } of batch) {
        writeContext(to, context);
        to.bytes(bytes);
      }
    };
    all.push(...(await ask(op, write, (from) => readExactly(from, batch.length))));
  }
  return all;
}

async function inTagBatches(
  ask: Ask,
  epoch: string | null,
  values: readonly TagValue[],
): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for (const batch of batchesOf(values, ({ normalised }) => normalised.length)) {
    const write = (to: WireWriter): void => {
      if (epoch !== null) to.text(epoch);
      writeTagValues(to, batch);
    };
    const op = epoch === null ? "tags" : "tagsOf";
    all.push(...(await ask(op, write, (from) => readExactly(from, batch.length))));
  }
  return all;
}

function readExactly(from: WireReader, count: number): Uint8Array[] {
  const found = readValues(from);
  if (found.length !== count) throw malformed("not as many values came back as were sent");
  return found;
}

function* batchesOf<T>(values: readonly T[], sizeOf: (value: T) => number): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const value of values) {
    const size = sizeOf(value);
    if (size > MAX_BATCH_BYTES) {
      throw new JikimError("ERR_USAGE", "a sealed value holds at most 1 MiB", { bytes: size });
    }
    if (batch.length === MAX_BATCH_VALUES || bytes + size > MAX_BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(value);
    bytes += size;
  }
  // An empty call is asked too: it fails like any other when nobody is there.
  if (batch.length > 0 || values.length === 0) yield batch;
}
