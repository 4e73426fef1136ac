/**
 * A keeper as a process of its own: it alone holds the root, and others ask it over a UNIX socket
 * for sealed values and plaintext.
 *
 * Zeroing reaches the buffers we know of, not what a runtime may have copied. So some time after a
 * destruction the process ends and another takes its place (keeper-process.ts): then the memory
 * that knew the destroyed keys is gone too.
 */
import type { Clock } from "../../base/clock.ts";
import { JikimError } from "../../base/errors.ts";
import type { TreeKeeper } from "../open-keeper.ts";
import { MAX_TTL_MS } from "../pair-cache.ts";
import {
  type KeeperOp,
  type KeeperStatus,
  keeperOpOf,
  LEAST_VALUE_BYTES,
  readContext,
  readDays,
  readTagValues,
  writeKeeperStatus,
  writeMaybeSlots,
  writeReceipt,
  writeValues,
} from "./keeper-wire.ts";
import { memoryWeaknesses } from "./memory-weaknesses.ts";
import { serveSocket, type ServeOptions } from "./serve-socket.ts";
import { createReader, createWriter, malformed, type WireReader, type WireWriter } from "./wire.ts";

export interface ServeKeeperOptions extends Omit<ServeOptions, "handle"> {
  readonly clock: Clock;
  /**
   * How long after a destruction the process is to be replaced, in milliseconds; 60,000. The first
   * destruction counts, so that a long run of them does not put it off.
   */
  readonly forgetMs?: number;
}

export interface KeeperServer {
  /** Settles when the server has ended by itself or by `close`; the keeper is closed by then. */
  readonly ended: Promise<"closed" | "restart">;
  /** Answers what was begun, then closes keeper and socket. */
  close(): Promise<void>;
}

interface Serving {
  readonly keeper: TreeKeeper;
  readonly clock: Clock;
  readonly startedAt: number;
  /** When the process is to be replaced; null while nothing was destroyed. */
  forgetAt: number | null;
}

/** Those after which memory knows keys that are to be forgotten. */
const DESTROYS: ReadonlySet<KeeperOp> = new Set([
  "destroyDay",
  "destroySubject",
  "destroySlots",
  "endIndexEpoch",
]);

/**
 * Serves a keeper. Throws ERR_KEEPER_RUNNING, ERR_PEER_UNSAFE.
 * @example
 * const server = await serveKeeper(keeper, "/run/jikim/keeper.sock", { clock: systemClock });
 * process.exit((await server.ended) === "restart" ? RESTART : 0);
 */
export async function serveKeeper(
  keeper: TreeKeeper,
  path: string,
  options: ServeKeeperOptions,
): Promise<KeeperServer> {
  const { clock, forgetMs = MAX_TTL_MS, ...limits } = options;
  const serving: Serving = { keeper, clock, startedAt: clock.now(), forgetAt: null };
  const { promise: ended, resolve, reject } = Promise.withResolvers<"closed" | "restart">();
  let ending = false;
  const server = await serveSocket(path, {
    ...limits,
    async handle(kind, body) {
      const op = keeperOpOf(kind);
      if (op === null) throw malformed("no such operation");
      const from = createReader(body);
      const to = createWriter();
      if (op === "restart") {
        serving.forgetAt = clock.now();
      } else {
        // Before, not after: a destruction that fails half way has touched the keys too.
        if (DESTROYS.has(op)) serving.forgetAt ??= clock.now() + forgetMs;
        await answerers[op](serving, from, to).catch((error: unknown) => {
          // Only opening again can tell what happened: the next process does.
          if (isUncertain(error)) serving.forgetAt = clock.now();
          throw error;
        });
      }
      return to.done();
    },
  });
  const end = (why: "closed" | "restart"): void => {
    if (ending) return;
    ending = true;
    clearInterval(timer);
    server
      .retire()
      .then(() => keeper.close())
      .then(() => resolve(why), reject);
  };
  const timer = setInterval(() => {
    if (serving.forgetAt !== null && clock.now() >= serving.forgetAt) end("restart");
  }, 50);
  return Object.freeze<KeeperServer>({
    ended,
    async close() {
      end("closed");
      await ended;
    },
  });
}

function isUncertain(error: unknown): boolean {
  return error instanceof JikimError && error.code === "ERR_KEY_STORE_UNCERTAIN";
}

type Answerer = (serving: Serving, from: WireReader, to: WireWriter) => Promise<void>;

const answerers: Record<Exclude<KeeperOp, "restart">, Answerer> = {
  async hello({ keeper }, from, to) {
    from.end();
    to.texts(keeper.weaknesses);
  },
  async seal({ keeper }, from, to) {
    const values = Array.from({ length: from.count(LEAST_VALUE_BYTES) }, () => {
      const context = readContext(from);
      return { context, plain: from.bytes() };
    });
    from.end();
    try {
      writeValues(to, await keeper.seal(values));
    } finally {
      for (const { plain } of values) plain.fill(0);
    }
  },
  async open({ keeper }, from, to) {
    const values = Array.from({ length: from.count(LEAST_VALUE_BYTES) }, () => {
      const context = readContext(from);
      return { context, sealed: from.bytes() };
    });
    from.end();
    const opened = await keeper.open(values);
    writeValues(to, opened);
    for (const plain of opened) plain.fill(0);
  },
  async tags({ keeper }, from, to) {
    const values = readTagValues(from);
    from.end();
    writeValues(to, await keeper.tags(values));
  },
  async destroyDay({ keeper }, from, to) {
    const [recordClass, day] = [from.text(), from.text()];
    from.end();
    writeReceipt(to, await keeper.destroyDay(recordClass, day));
  },
  async destroySubject({ keeper }, from, to) {
    const [subject, compartments] = [from.text(), from.texts()];
    from.end();
    writeReceipt(to, await keeper.destroySubject(subject, compartments));
  },
  async renew({ keeper }, from, to) {
    const [subject, compartment] = [from.text(), from.text()];
    from.end();
    const former = await keeper.renew(subject, compartment);
    to.slots(former === null ? [] : [former]);
  },
  async reserve({ keeper }, from, to) {
    const count = from.u32();
    from.end();
    if (count > MAX_RESERVED) throw tooMany(count);
    to.slots(await keeper.reserve(count));
  },
  async destroySlots({ keeper }, from, to) {
    const slots = from.slots();
    from.end();
    writeReceipt(to, await keeper.destroySlots(slots));
  },
  async beginIndexEpoch({ keeper }, from) {
    const epoch = from.text();
    from.end();
    await keeper.beginIndexEpoch(epoch);
  },
  async indexEpochs({ keeper }, from, to) {
    from.end();
    to.texts(await keeper.indexEpochs());
  },
  async tagsOf({ keeper }, from, to) {
    const [epoch, values] = [from.text(), readTagValues(from)];
    from.end();
    writeValues(to, await keeper.tagsOf(epoch, values));
  },
  async endIndexEpoch({ keeper }, from, to) {
    const [epoch, slots] = [from.text(), from.slots()];
    from.end();
    writeReceipt(to, await keeper.endIndexEpoch(epoch, slots));
  },
  async identity({ keeper }, from, to) {
    from.end();
    const { tree, epoch } = await keeper.identity();
    to.text(tree);
    to.u48(epoch);
  },
  async daySlots({ keeper }, from, to) {
    const days = readDays(from);
    from.end();
    writeMaybeSlots(to, await keeper.daySlots(days));
  },
  async renewDay({ keeper }, from, to) {
    const [recordClass, day] = [from.text(), from.text()];
    from.end();
    const former = await keeper.renewDay(recordClass, day);
    to.slots(former === null ? [] : [former]);
  },
  async gone({ keeper }, from, to) {
    const slots = from.slots();
    from.end();
    to.slots(await keeper.gone(slots));
  },
  async status(serving, from, to) {
    from.end();
    writeKeeperStatus(to, await statusOf(serving));
  },
};

/** Nothing is destroyed here: the receipt of no locks names those who hold the root. */
async function statusOf({ keeper, startedAt, forgetAt }: Serving): Promise<KeeperStatus> {
  const { tree, epoch } = await keeper.identity();
  const { custodians = [] } = await keeper.destroySlots([]);
  const { weaknesses } = keeper;
  const memory = memoryWeaknesses();
  return { pid: process.pid, startedAt, forgetAt, tree, epoch, custodians, weaknesses, memory };
}

const MAX_RESERVED = 10_000;

function tooMany(count: number): JikimError {
  return new JikimError("ERR_USAGE", "at most 10,000 locks are reserved at once", { count });
}
