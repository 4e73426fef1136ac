/**
 * Asks a process on a UNIX socket. Connects when there is something to ask and again when the
 * connection went. What was sent and not answered fails (whether it was done is not known), unless
 * the other said goodbye; what was not sent waits for the other to come back, a while.
 */
import { connect, type Socket } from "node:net";

import type { Clock } from "../../base/clock.ts";
import { JikimError } from "../../base/errors.ts";
import { ANSWER, createFrameReader, decodeError, encodeFrame, type Frame } from "./frame.ts";
import { privateSocket } from "./private-path.ts";
import { malformed } from "./wire.ts";

export interface ConnectOptions {
  readonly clock: Clock;
  /** The user the other process runs as; this process's own when not said. */
  readonly uid?: number;
  /** How long an answer may take; 30,000. */
  readonly timeoutMs?: number;
  /** How long an unsent question waits for the other to be there; 5,000. */
  readonly absentMs?: number;
  /** Questions waiting at once; 1,024. */
  readonly maxPending?: number;
  /** Bytes of questions waiting at once; 64 MiB. */
  readonly maxPendingBytes?: number;
}

export interface SocketClient {
  /**
   * Asks and returns the answer, which the caller zeroes. The question is zeroed when it settles.
   * Throws what the other threw, by code; ERR_PEER_BUSY, ERR_PEER_UNREACHABLE, ERR_PEER_UNSAFE,
   * ERR_PEER_PROTOCOL.
   */
  call(kind: number, body: Uint8Array, timeoutMs?: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface Pending {
  readonly frame: Buffer;
  readonly timeoutMs: number;
  /** When it was asked, sent, or handed back unanswered, whichever was last. */
  since: number;
  sent: boolean;
  settle(outcome: Uint8Array | JikimError): void;
}

interface State {
  readonly path: string;
  readonly options: Required<Omit<ConnectOptions, "uid">> & { readonly uid: number | undefined };
  readonly pending: Map<number, Pending>;
  bytes: number;
  nextId: number;
  socket: Socket | null;
  ready: boolean;
  closed: boolean;
  timer: NodeJS.Timeout | null;
}

/** How often absent servers are tried and deadlines are looked at, in milliseconds. */
const TICK_MS = 25;

/** @example const peer = connectSocket("/run/jikim/keeper.sock", { clock: systemClock }); */
export function connectSocket(path: string, options: ConnectOptions): SocketClient {
  const state: State = {
    path,
    options: {
      timeoutMs: 30_000,
      absentMs: 5_000,
      maxPending: 1024,
      maxPendingBytes: 67_108_864,
      uid: undefined,
      ...options,
    },
    pending: new Map(),
    bytes: 0,
    nextId: 1,
    socket: null,
    ready: false,
    closed: false,
    timer: null,
  };
  return Object.freeze<SocketClient>({
    call: (kind, body, timeoutMs = state.options.timeoutMs) =>
      ask(state, { kind, body, timeoutMs }),
    async close() {
      state.closed = true;
      settleAll(state, () => unreachable("this side closed the connection"));
      state.socket?.destroy();
      state.socket = null;
      stopTicking(state);
    },
  });
}

function ask(
  state: State,
  question: { readonly kind: number; readonly body: Uint8Array; readonly timeoutMs: number },
): Promise<Uint8Array> {
  const { kind, body, timeoutMs } = question;
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  try {
    if (state.closed) throw unreachable("this side closed the connection");
    const { maxPending, maxPendingBytes } = state.options;
    if (state.pending.size >= maxPending || state.bytes + body.length > maxPendingBytes) {
      throw new JikimError("ERR_PEER_BUSY", "too many questions wait for the other process");
    }
    const id = state.nextId;
    state.nextId = id === 0xffff_ffff ? 1 : id + 1;
    const frame = encodeFrame({ kind, id, body });
    state.bytes += frame.length;
    state.pending.set(id, {
      frame,
      timeoutMs,
      since: state.options.clock.now(),
      sent: false,
      settle(outcome) {
        state.pending.delete(id);
        state.bytes -= frame.length;
        frame.fill(0);
        if (outcome instanceof JikimError) reject(outcome);
        else resolve(outcome);
      },
    });
    state.timer ??= setInterval(() => tick(state), TICK_MS);
    if (state.socket === null) reach(state);
    else flush(state);
  } catch (error) {
    reject(error instanceof Error ? error : new Error(String(error)));
  } finally {
    body.fill(0);
  }
  return promise;
}

/** Connects, once the path has been found to be the owner's alone. */
function reach(state: State): void {
  let seen: string | null;
  try {
    seen = privateSocket(state.path, state.options.uid);
  } catch (error) {
    settleAll(state, () => asJikim(error));
    return;
  }
  if (seen === null) return; // not there yet; the next tick looks again
  const socket = connect(state.path);
  const reader = createFrameReader();
  state.socket = socket;
  let lost: JikimError = unreachable("the other process is gone; what it did is not known");
  let saidGoodbye = false;
  socket.on("connect", () => {
    if (isSame(state, seen)) {
      state.ready = true;
      flush(state);
    } else {
      socket.destroy(); // exchanged while connecting: the next tick looks again
    }
  });
  socket.on("data", (chunk: Buffer) => {
    try {
      for (const frame of reader.push(chunk)) {
        if (frame.kind === ANSWER.goodbye) saidGoodbye = true;
        else take(state, frame);
      }
    } catch (error) {
      lost = asJikim(error);
      socket.destroy();
    }
  });
  socket.on("error", () => undefined); // "close" follows
  socket.on("close", () => {
    reader.drop();
    if (state.socket !== socket) return;
    state.socket = null;
    state.ready = false;
    for (const pending of state.pending.values()) {
      if (!pending.sent) continue;
      if (saidGoodbye) setSent(state, pending, false);
      else pending.settle(lost);
    }
  });
}

function isSame(state: State, seen: string): boolean {
  try {
    return privateSocket(state.path, state.options.uid) === seen;
  } catch {
    return false;
  }
}

function flush(state: State): void {
  if (!state.ready) return;
  for (const pending of state.pending.values()) {
    if (pending.sent) continue;
    setSent(state, pending, true);
    state.socket?.write(pending.frame);
  }
}

function setSent(state: State, pending: Pending, sent: boolean): void {
  pending.sent = sent;
  pending.since = state.options.clock.now();
}

function take(state: State, { id, kind, body }: Frame): void {
  const pending = state.pending.get(id);
  if (pending === undefined) {
    body.fill(0); // the answer to a question that was given up
    return;
  }
  if (!pending.sent) throw malformed("an answer without a question");
  if (kind === ANSWER.done) pending.settle(body);
  else if (kind === ANSWER.failed) pending.settle(decodeError(body));
  else throw malformed("an answer of no known kind");
}

function tick(state: State): void {
  const now = state.options.clock.now();
  for (const pending of state.pending.values()) {
    const { since, sent, timeoutMs } = pending;
    const limit = sent ? timeoutMs : Math.min(timeoutMs, state.options.absentMs);
    if (now - since >= limit) {
      pending.settle(
        unreachable(sent ? "no answer in time; what it did is not known" : "nobody is there"),
      );
    }
  }
  if (state.pending.size === 0) stopTicking(state);
  else if (state.socket === null) reach(state);
}

function stopTicking(state: State): void {
  if (state.timer !== null) clearInterval(state.timer);
  state.timer = null;
}

function settleAll(state: State, error: () => JikimError): void {
  for (const pending of state.pending.values()) pending.settle(error());
}

function unreachable(why: string): JikimError {
  return new JikimError("ERR_PEER_UNREACHABLE", `the other process does not answer: ${why}`);
}

function asJikim(error: unknown): JikimError {
  return error instanceof JikimError ? error : unreachable(String(error));
}
