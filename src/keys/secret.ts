/**
 * Buffers for keys. V8 keeps typed arrays of up to 64 bytes inside its own heap, where the
 * garbage collector moves them and leaves the old copy behind; zeroing the array then misses it.
 * A key is a view of a larger buffer, which lies outside that heap and never moves.
 */
import type { Random } from "../base/clock.ts";

const KEY_BYTES = 32;
const OUTSIDE_HEAP_BYTES = 128;

/** Room for a key, 32 bytes when not said, to be zeroed by whoever holds it last. */
export function keyBuffer(bytes: number = KEY_BYTES): Buffer {
  return Buffer.allocUnsafeSlow(Math.max(bytes, OUTSIDE_HEAP_BYTES)).subarray(0, bytes);
}

/** A copy of a key, to be zeroed like the key itself. */
export function copyOfKey(key: Uint8Array): Buffer {
  const copy = keyBuffer(key.length);
  copy.set(key);
  return copy;
}

/** A fresh key. More is drawn than is needed, because the draw too must lie outside the heap. */
export function freshKey(random: Random): Buffer {
  const drawn = random.bytes(OUTSIDE_HEAP_BYTES);
  const key = copyOfKey(drawn.subarray(0, KEY_BYTES));
  drawn.fill(0);
  return key;
}
