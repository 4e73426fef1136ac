/**
 * Answers framed requests on a UNIX socket. Everything is bounded: connections, requests at work
 * for one connection (then it is no longer read: backpressure), requests and bytes at work for
 * all (then the request is refused: ERR_PEER_BUSY), the size of a frame.
 */
import { createServer, type Server, type Socket } from "node:net";
import { renameSync, rmSync } from "node:fs";

import { JikimError } from "../../base/errors.ts";
import { takeLock } from "../root/lock-file.ts";
import {
  ANSWER,
  createFrameReader,
  encodeError,
  encodeFrame,
  type Frame,
  type FrameReader,
} from "./frame.ts";
import { makePrivateFolder, makeSocketPrivate } from "./private-path.ts";

export interface ServeOptions {
  /** Answers one request. The body is zeroed when it settles, and so is the answer once sent. */
  handle(kind: number, body: Uint8Array): Promise<Uint8Array>;
  /** Connections at once; 32. */
  readonly maxConnections?: number;
  /** Requests at work for one connection; 32. */
  readonly maxPerConnection?: number;
  /** Requests at work for all; 256. */
  readonly maxRequests?: number;
  /** Bytes of requests at work for all; 64 MiB. */
  readonly maxBytes?: number;
  /** A connection this long without a byte is ended, with a goodbye; 300,000. */
  readonly idleMs?: number;
}

export interface SocketServer {
  /** Requests at work. */
  readonly working: number;
  /** Answers what was begun, tells every client that the rest was not, and ends. */
  retire(): Promise<void>;
}

interface Serving {
  readonly options: Required<ServeOptions>;
  readonly server: Server;
  readonly guests: Set<Guest>;
  working: number;
  bytes: number;
  retiring: boolean;
}

interface Guest {
  readonly socket: Socket;
  readonly reader: FrameReader;
  working: number;
  /** Has been told goodbye: what still comes is not looked at. */
  leaving: boolean;
  /** Called when the last request at work was answered. */
  idle: () => void;
}

/**
 * Listens. The path's folder is made, mode 0700; the socket's mode is 0600. One server a path:
 * throws ERR_KEEPER_RUNNING when another one lives, ERR_PEER_UNSAFE when others may enter.
 * @example const server = await serveSocket("/run/jikim/keeper.sock", { handle });
 */
export async function serveSocket(path: string, options: ServeOptions): Promise<SocketServer> {
  makePrivateFolder(path);
  const lock = await takeLock(`${path}.lock`);
  const serving: Serving = {
    options: {
      maxConnections: 32,
      maxPerConnection: 32,
      maxRequests: 256,
      maxBytes: 67_108_864,
      idleMs: 300_000,
      ...options,
    },
    server: createServer(),
    guests: new Set(),
    working: 0,
    bytes: 0,
    retiring: false,
  };
  serving.server.maxConnections = serving.options.maxConnections;
  serving.server.on("connection", (socket) => welcome(serving, socket));
  try {
    await listen(serving.server, path);
  } catch (error) {
    lock.release();
    throw error;
  }
  serving.server.on("error", () => undefined); // a failed accept concerns that guest alone
  let ended: Promise<void> | null = null;
  return Object.freeze<SocketServer>({
    get working() {
      return serving.working;
    },
    retire: () =>
      (ended ??= retire(serving).finally(() => {
        rmSync(path, { force: true });
        lock.release();
      })),
  });
}

async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  // Made elsewhere and moved into place: nobody meets a socket whose mode is not yet right.
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  server.listen(draft, resolve);
  await promise;
  server.removeListener("error", reject);
  makeSocketPrivate(draft);
  renameSync(draft, path); // over what a dead server left: the lock is ours
}

function welcome(serving: Serving, socket: Socket): void {
  const reader = createFrameReader();
  const guest: Guest = { socket, reader, working: 0, leaving: false, idle: () => undefined };
  serving.guests.add(guest);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    reader.drop();
    serving.guests.delete(guest);
    if (guest.working === 0) guest.idle();
  });
  socket.setTimeout(serving.options.idleMs, () => {
    if (guest.working === 0) sayGoodbye(guest);
  });
  socket.on("data", (chunk: Buffer) => {
    if (guest.leaving) return;
    try {
      for (const frame of reader.push(chunk)) take(serving, guest, frame);
    } catch {
      socket.destroy(); // what follows a malformed frame cannot be understood
    }
  });
}

function take(serving: Serving, guest: Guest, frame: Frame): void {
  if (serving.retiring) {
    frame.body.fill(0); // the goodbye says that it was not begun
    return;
  }
  const { maxBytes, maxPerConnection, maxRequests } = serving.options;
  if (serving.working >= maxRequests || serving.bytes + frame.body.length > maxBytes) {
    frame.body.fill(0);
    answer(guest, { kind: ANSWER.failed, id: frame.id, body: encodeError(busy()) });
    return;
  }
  serving.working += 1;
  serving.bytes += frame.body.length;
  guest.working += 1;
  if (guest.working >= maxPerConnection) guest.socket.pause();
  void work(serving, guest, frame);
}

async function work(serving: Serving, guest: Guest, frame: Frame): Promise<void> {
  const { kind, id, body } = frame;
  let reply: Frame;
  try {
    reply = { kind: ANSWER.done, id, body: await serving.options.handle(kind, body) };
  } catch (error) {
    reply = { kind: ANSWER.failed, id, body: encodeError(error) };
  }
  body.fill(0);
  // At work until the answer has left: a guest who does not read is not read any more either.
  answer(guest, reply, () => {
    serving.working -= 1;
    serving.bytes -= body.length;
    guest.working -= 1;
    if (!serving.retiring && guest.working < serving.options.maxPerConnection) {
      guest.socket.resume();
    }
    if (guest.working === 0) guest.idle();
  });
}

function answer(guest: Guest, frame: Frame, sent: () => void = () => undefined): void {
  let bytes: Buffer;
  try {
    bytes = encodeFrame(frame);
  } catch (error) {
    bytes = encodeFrame({ kind: ANSWER.failed, id: frame.id, body: encodeError(error) });
  }
  frame.body.fill(0);
  const done = (): void => {
    bytes.fill(0);
    sent();
  };
  if (guest.socket.writable) guest.socket.write(bytes, done);
  else done();
}

async function retire(serving: Serving): Promise<void> {
  serving.retiring = true;
  const closed = new Promise<void>((resolve) => serving.server.close(() => resolve()));
  for (const guest of serving.guests) {
    guest.socket.pause();
    const idle = new Promise<void>((resolve) => (guest.idle = resolve));
    if (guest.working === 0) guest.idle();
    void idle.then(() => sayGoodbye(guest));
  }
  await closed;
}

/** How long a guest may take to leave after the goodbye. */
const LEAVE_MS = 1_000;

/**
 * The guest closes, once it has read the goodbye: were we to close first, a question that it is
 * just sending would fail, and the goodbye with it.
 */
function sayGoodbye(guest: Guest): void {
  if (guest.leaving) return;
  guest.leaving = true;
  guest.reader.drop();
  const { socket } = guest;
  const goodbye = { kind: ANSWER.goodbye, id: 0, body: new Uint8Array() };
  answer(guest, goodbye, () => socket.end());
  socket.resume();
  const late = setTimeout(() => socket.destroy(), LEAVE_MS);
  socket.once("close", () => clearTimeout(late));
}

function busy(): JikimError {
  return new JikimError("ERR_PEER_BUSY", "the other process has its hands full: ask again later");
}
