/**
 * Column values as this package reads them, the same from both drivers. Drivers hand over the
 * text form; the object identifiers are those of PostgreSQL's catalogue (pg_type.dat), stable
 * since its beginning.
 */
import { assert } from "../base/assert.ts";

export const INT8_OID = 20;
export const BYTEA_OID = 17;
export const DATE_OID = 1082;
export const TIMESTAMPTZ_OID = 1184;

/** `int8` as a number; a count past 2^53 would be a lie, so it stops the work. */
export function readInt8(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), "an int8 column fits a safe integer");
  return value;
}

/** `date` as `YYYY-MM-DD`: a day has no time zone, so it never becomes a Date. */
export function readDate(text: string): string {
  assert(/^\d{4}-\d{2}-\d{2}$/.test(text), "a date column is a day of the common era, ISO style");
  return text;
}

/** `timestamptz` in ISO style with a numeric offset as milliseconds since the epoch. */
export function readTimestamptz(text: string): number {
  const parts =
    /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)([+-]\d{2})(?::?(\d{2}))?$/.exec(text);
  assert(parts !== null, "a timestamptz column is in ISO style");
  const [, day, time, hours, minutes] = parts;
  const value = Date.parse(`${day}T${time}${hours}:${minutes ?? "00"}`);
  assert(Number.isSafeInteger(value), "a timestamptz column is a moment");
  return value;
}

/** A moment as a parameter for a `timestamptz`. @param at milliseconds since the epoch */
export function moment(at: number): string {
  return new Date(at).toISOString();
}

/** `bytea` as hexadecimal, for handles and ids. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** Bytes of a hexadecimal handle or id. */
export function bytes(text: string): Uint8Array {
  assert(/^(?:[0-9a-f]{2})+$/.test(text), "handles and ids are lower-case hex");
  return new Uint8Array(Buffer.from(text, "hex"));
}
