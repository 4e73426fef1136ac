/**
 * A custodian as a process of his own, on a UNIX socket only his user may open. He answers the
 * keeper, and nobody else asks. His memory or his slot file is the second or third place a root
 * has to be wrung from; on another machine the socket is forwarded by what the operator trusts.
 */
import { type ConnectOptions, connectSocket } from "../socket/connect-socket.ts";
import { serveSocket, type SocketServer } from "../socket/serve-socket.ts";
import {
  createReader,
  createWriter,
  malformed,
  type WireReader,
  type WireWriter,
} from "../socket/wire.ts";
import type { Custodian } from "./custodian.ts";
import {
  CUSTODIAN_OP,
  type CustodianOp,
  custodianOpOf,
  readMark,
  readNext,
  readStatus,
  readTree,
  writeMark,
  writeNext,
  writeStatus,
} from "./custodian-wire.ts";
import { SHARE_BYTES } from "./share.ts";

/** A custodian on this machine answers at once; one that does not is away. Milliseconds. */
const TIMEOUT_MS = 5_000;
const ABSENT_MS = 100;

/**
 * Serves a custodian until `retire`. Throws ERR_KEEPER_RUNNING, ERR_PEER_UNSAFE.
 * @example const server = await serveCustodian(rootCustodian("memory", memoryRoots()), path);
 */
export async function serveCustodian(custodian: Custodian, path: string): Promise<SocketServer> {
  const server = await serveSocket(path, {
    async handle(kind, body) {
      const op = custodianOpOf(kind);
      if (op === null) throw malformed("no such operation");
      const to = createWriter();
      await answerers[op](custodian, createReader(body), to);
      return to.done();
    },
  });
  return Object.freeze<SocketServer>({
    get working() {
      return server.working;
    },
    async retire() {
      await server.retire();
      await custodian.close();
    },
  });
}

type Answerer = (custodian: Custodian, from: WireReader, to: WireWriter) => Promise<void>;

const answerers: Record<CustodianOp, Answerer> = {
  async status(custodian, from, to) {
    const tree = from.u8() === 1 ? readTree(from) : null;
    from.end();
    writeStatus(to, await custodian.status(tree));
  },
  async setMark(custodian, from) {
    const mark = readMark(from);
    from.end();
    await custodian.setMark(mark);
  },
  async store(custodian, from) {
    const next = readNext(from);
    await withShare(from, (share) => custodian.store(next, share));
  },
  async replace(custodian, from) {
    const present = readNext(from);
    await withShare(from, (share) => custodian.replace(present, share));
  },
  async load(custodian, from, to) {
    const [tree, epoch] = [readTree(from), from.u48()];
    from.end();
    const share = await custodian.load(tree, epoch);
    to.bytes(share ?? new Uint8Array());
    share?.fill(0);
  },
  async wipe(custodian, from, to) {
    const [by, epoch, above] = [from.u48(), from.u48(), from.u8() === 1];
    from.end();
    to.slots(await custodian.wipe(by, epoch, above));
  },
};

async function withShare(from: WireReader, use: (share: Uint8Array) => Promise<void>) {
  const share = from.bytes();
  try {
    from.end();
    if (share.length !== SHARE_BYTES) throw malformed("a share is of one length");
    await use(share);
  } finally {
    share.fill(0);
  }
}

/**
 * A custodian reached over a socket; asked for the first time when he is needed. Calls throw what
 * he throws, and ERR_PEER_UNREACHABLE when he is away.
 * @param name who has to answer there.
 * @example const remote = connectCustodian("memory", "/run/jikim/memory.sock", { clock });
 */
export function connectCustodian(name: string, path: string, options: ConnectOptions): Custodian {
  const client = connectSocket(path, { timeoutMs: TIMEOUT_MS, absentMs: ABSENT_MS, ...options });
  const ask = async <T>(
    op: CustodianOp,
    write: (to: WireWriter) => void,
    read: (from: WireReader) => T,
  ): Promise<T> => {
    const to = createWriter();
    write(to);
    const answer = await client.call(CUSTODIAN_OP[op], to.done());
    try {
      const from = createReader(answer);
      const found = read(from);
      from.end();
      return found;
    } finally {
      answer.fill(0);
    }
  };
  const nothing = (): void => undefined;
  return Object.freeze<Custodian>({
    name,
    status: (tree) =>
      ask(
        "status",
        (to) => {
          to.u8(tree === null ? 0 : 1);
          if (tree !== null) to.text(tree);
        },
        readStatus,
      ),
    setMark: (mark) => ask("setMark", (to) => writeMark(to, mark), nothing),
    store: (next, share) => ask("store", writeShare(next, share), nothing),
    replace: (present, share) => ask("replace", writeShare(present, share), nothing),
    load: (tree, epoch) =>
      ask(
        "load",
        (to) => {
          to.text(tree);
          to.u48(epoch);
        },
        readShare,
      ),
    wipe: (by, epoch, above) =>
      ask(
        "wipe",
        (to) => {
          to.u48(by);
          to.u48(epoch);
          to.u8(above ? 1 : 0);
        },
        (from) => from.slots(),
      ),
    close: () => client.close(),
  });
}

function writeShare(next: Parameters<Custodian["store"]>[0], share: Uint8Array) {
  return (to: WireWriter): void => {
    writeNext(to, next);
    to.bytes(share);
  };
}

function readShare(from: WireReader): Buffer | null {
  const share = from.bytes();
  return share.length === 0 ? null : Buffer.from(share.buffer, share.byteOffset, share.length);
}
