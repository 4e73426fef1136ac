/**
 * Frames on a byte stream, the same both ways:
 *
 *   length u32 (of what follows) | version u8 = 1 | kind u8 | id u32 | body
 *
 * In a request `kind` names the operation, in an answer it is one of ANSWER.
 */
import { ERROR_CODES, type ErrorCode, JikimError } from "../../base/errors.ts";
import { createReader, createWriter, malformed } from "./wire.ts";

const VERSION = 1;
const LENGTH_BYTES = 4;
const HEAD_BYTES = 6;
/** Largest frame: what a batch of values needs once it is padded and sealed. */
export const MAX_FRAME_BYTES = 16_777_216;

/** `goodbye`: what was asked and not answered before it was not begun, and may be asked again. */
export const ANSWER = { done: 0, failed: 1, goodbye: 2 } as const;

export interface Frame {
  readonly kind: number;
  readonly id: number;
  readonly body: Uint8Array;
}

/** Throws ERR_USAGE for a frame beyond the limit. */
export function encodeFrame({ kind, id, body }: Frame): Buffer {
  const length = HEAD_BYTES + body.length;
  if (length > MAX_FRAME_BYTES) {
    throw new JikimError("ERR_USAGE", "a message to another process is at most 16 MiB", { length });
  }
  const bytes = Buffer.allocUnsafeSlow(LENGTH_BYTES + length);
  bytes.writeUInt32BE(length);
  bytes.writeUInt8(VERSION, 4);
  bytes.writeUInt8(kind, 5);
  bytes.writeUInt32BE(id, 6);
  bytes.set(body, LENGTH_BYTES + HEAD_BYTES);
  return bytes;
}

export interface FrameReader {
  /**
   * Takes what arrived, and zeroes it. Returns the frames it made whole; their bodies are the
   * caller's to zero. Throws ERR_PEER_PROTOCOL, after which nothing more of this stream is read.
   */
  push(chunk: Buffer): readonly Frame[];
  /** Zeroes what is left of an unfinished frame. */
  drop(): void;
}

export function createFrameReader(maxBytes: number = MAX_FRAME_BYTES): FrameReader {
  const head = Buffer.allocUnsafeSlow(LENGTH_BYTES);
  let headHeld = 0;
  let frame: Buffer | null = null;
  let held = 0;
  const finish = (whole: Buffer): Frame => {
    if (whole[0] !== VERSION) throw malformed("another version");
    return {
      kind: whole.readUInt8(1),
      id: whole.readUInt32BE(2),
      body: whole.subarray(HEAD_BYTES),
    };
  };
  return {
    push(chunk) {
      const frames: Frame[] = [];
      try {
        for (let at = 0; at < chunk.length;) {
          if (frame === null) {
            const taken = Math.min(LENGTH_BYTES - headHeld, chunk.length - at);
            head.set(chunk.subarray(at, at + taken), headHeld);
            at += taken;
            headHeld += taken;
            if (headHeld < LENGTH_BYTES) break;
            const length = head.readUInt32BE();
            if (length < HEAD_BYTES || length > maxBytes)
              throw malformed("a frame of no valid size");
            frame = Buffer.allocUnsafeSlow(length);
            held = 0;
          }
          const taken = Math.min(frame.length - held, chunk.length - at);
          frame.set(chunk.subarray(at, at + taken), held);
          at += taken;
          held += taken;
          if (held < frame.length) break;
          frames.push(finish(frame));
          frame = null;
          headHeld = 0;
        }
        return frames;
      } finally {
        chunk.fill(0);
      }
    },
    drop() {
      frame?.fill(0);
      frame = null;
      headHeld = 0;
    },
  };
}

/** An error on its way. What is not a JikimError is a bug over there, and its text stays there. */
export function encodeError(error: unknown): Buffer {
  const known =
    error instanceof JikimError
      ? error
      : new JikimError("ERR_PEER_FAILED", "the other process met a fault of its own");
  const to = createWriter();
  to.text(known.code);
  to.text(known.message.slice(0, 1000));
  const facts = Object.entries(known.facts).filter(([, value]) => isPlain(value));
  to.text(JSON.stringify(Object.fromEntries(facts)).slice(0, 4096));
  return to.done();
}

/** Facts cross as they are when they are plain; they are never secret and never personal. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.length <= 32 && value.every(isPlain);
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

export function decodeError(body: Uint8Array): JikimError {
  const from = createReader(body);
  const code = from.text();
  const message = from.text();
  const facts = factsOf(from.text());
  from.end();
  if (!isErrorCode(code)) throw malformed("an error of no known code");
  return new JikimError(code, message, facts);
}

function isErrorCode(code: string): code is ErrorCode {
  return (ERROR_CODES as readonly string[]).includes(code);
}

function factsOf(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {}; // cut at the limit
  }
}
