/**
 * Fields of a message, written and read one after another. No JSON: a value that is secret never
 * becomes text on its way, and what arrives is believed field by field, each within its limit.
 */
import { JikimError } from "../../base/errors.ts";

const MAX_TEXT_BYTES = 65_535;
const U48 = 2 ** 48;

export interface WireWriter {
  u8(value: number): void;
  u32(value: number): void;
  /** Slots, epochs, counts: whole numbers below 2^48. */
  u48(value: number): void;
  text(value: string): void;
  bytes(value: Uint8Array): void;
  texts(values: readonly string[]): void;
  slots(values: readonly number[]): void;
  /** The message, in one buffer that the caller may zero. */
  done(): Buffer;
}

export interface WireReader {
  u8(): number;
  u32(): number;
  u48(): number;
  text(): string;
  /** A copy, so that zeroing the message does not reach it. */
  bytes(): Uint8Array;
  texts(): string[];
  slots(): number[];
  /** How many follow, of which each takes at least `leastBytes`. */
  count(leastBytes: number): number;
  /** Throws when something follows. */
  end(): void;
}

/** @example const to = createWriter(); to.text("usage"); to.u48(slot); const body = to.done(); */
export function createWriter(): WireWriter {
  let bytes = Buffer.allocUnsafeSlow(256);
  let at = 0;
  const room = (size: number): number => {
    if (at + size > bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, at + size));
      grown.set(bytes.subarray(0, at));
      bytes.fill(0); // it may hold plaintext
      bytes = grown;
    }
    at += size;
    return at - size;
  };
  // `room` may change `bytes`: it is called before `bytes` is looked at.
  const u32 = (value: number): void => {
    const from = room(4);
    bytes.writeUInt32BE(value, from);
  };
  const u48 = (value: number): void => {
    if (!Number.isSafeInteger(value) || value < 0 || value >= U48) throw tooLong();
    const from = room(6);
    bytes.writeUIntBE(value, from, 6);
  };
  const text = (value: string): void => {
    const length = Buffer.byteLength(value);
    if (length > MAX_TEXT_BYTES) throw tooLong();
    const from = room(2 + length);
    bytes.writeUInt16BE(length, from);
    bytes.write(value, from + 2);
  };
  return {
    u8(value) {
      const from = room(1);
      bytes.writeUInt8(value, from);
    },
    u32,
    u48,
    text,
    bytes(value) {
      u32(value.length);
      const from = room(value.length);
      bytes.set(value, from);
    },
    texts(values) {
      u32(values.length);
      for (const value of values) text(value);
    },
    slots(values) {
      u32(values.length);
      for (const value of values) u48(value);
    },
    done() {
      const whole = Buffer.allocUnsafeSlow(at);
      whole.set(bytes.subarray(0, at));
      bytes.fill(0);
      return whole;
    },
  };
}

/** Every read throws ERR_PEER_PROTOCOL when the message does not hold what is asked for. */
export function createReader(message: Uint8Array): WireReader {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
  let at = 0;
  const take = (size: number): number => {
    if (at + size > bytes.length) throw malformed("a message ends too early");
    at += size;
    return at - size;
  };
  const u32 = (): number => bytes.readUInt32BE(take(4));
  const u48 = (): number => bytes.readUIntBE(take(6), 6);
  const count = (leastBytes: number): number => {
    const found = u32();
    // Nothing is allocated for what cannot be there.
    if (found * leastBytes > bytes.length - at)
      throw malformed("a message counts more than it has");
    return found;
  };
  const text = (): string => {
    const length = bytes.readUInt16BE(take(2));
    const from = take(length);
    const found = bytes.toString("utf8", from, from + length);
    if (Buffer.byteLength(found) !== length) throw malformed("a text is not UTF-8");
    return found;
  };
  return {
    u8: () => bytes.readUInt8(take(1)),
    u32,
    u48,
    text,
    bytes() {
      const length = u32();
      const from = take(length);
      return new Uint8Array(bytes.subarray(from, from + length));
    },
    texts: () => Array.from({ length: count(2) }, text),
    slots: () => Array.from({ length: count(6) }, u48),
    count,
    end() {
      if (at !== bytes.length) throw malformed("a message is longer than it says");
    },
  };
}

export function malformed(why: string): JikimError {
  return new JikimError("ERR_PEER_PROTOCOL", `the other process is not understood: ${why}`);
}

function tooLong(): JikimError {
  return new JikimError("ERR_USAGE", "a value is too large to be sent to another process");
}
