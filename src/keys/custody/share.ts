/**
 * One custodian's part of a root: any two of three make the root, one alone tells nothing of it
 * (Shamir, "How to share a secret", 1979; over GF(256) by `shamir-secret-sharing`).
 *
 *   "JKSHR1" | index u8 | coordinates 3 | sequence u48 | set 16 | check 32 | mask 32 | y 32
 *
 * What is split is root ⊕ mask, the mask drawn anew for every split and given to all three: the
 * library leaves working copies in memory that nobody can zero, and these say nothing once the
 * masks are zeroed. It also draws its polynomial itself, out of the system's random numbers.
 *
 * check = HMAC-SHA256(root, "jikim/share/v1" | tree | epoch | set) binds a share to its tree, epoch
 * and split, and tells a false share from a true one. It can be had by whoever has a share, and is
 * worth nothing to him: a root is 256 random bits, so there is nothing to try it on.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

import { combine, split } from "shamir-secret-sharing";

import { assert, present } from "../../base/assert.ts";
import type { Random } from "../../base/clock.ts";
import { copyOfKey, keyBuffer } from "../secret.ts";
import { KEY_BYTES } from "../tree/node.ts";
import type { NextRoot } from "../tree/stores.ts";

export const CUSTODIANS = 3;
/** Shares that make a root, and wipes that unmake it. */
export const QUORUM = 2;

const MAGIC = "JKSHR1";
const SET_BYTES = 16;
const CHECK_BYTES = 32;
const COORDINATES_AT = MAGIC.length + 1;
const SEQUENCE_AT = COORDINATES_AT + CUSTODIANS;
const SET_AT = SEQUENCE_AT + 6;
const CHECK_AT = SET_AT + SET_BYTES;
const MASK_AT = CHECK_AT + CHECK_BYTES;
const Y_AT = MASK_AT + KEY_BYTES;
export const SHARE_BYTES = Y_AT + KEY_BYTES;

/** Which root a share is of. */
export type SharedRoot = Pick<NextRoot, "tree" | "epoch">;

/** What a share says without being a secret. */
export interface ShareLabel {
  readonly index: number;
  /** Sequence of the commit it was made for: a later keeper's share is not an elder's to touch. */
  readonly sequence: number;
  /** Which split it is of, hex. */
  readonly set: string;
}

/** The label of a share; null for bytes that are none. */
export function shareLabel(share: Uint8Array): ShareLabel | null {
  const bytes = view(share);
  if (bytes.length !== SHARE_BYTES || bytes.toString("latin1", 0, 6) !== MAGIC) return null;
  const index = bytes.readUInt8(MAGIC.length);
  const coordinates = bytes.subarray(COORDINATES_AT, SEQUENCE_AT);
  if (index >= CUSTODIANS || new Set(coordinates).size !== CUSTODIANS) return null;
  return {
    index,
    sequence: bytes.readUIntBE(SEQUENCE_AT, 6),
    set: bytes.toString("hex", SET_AT, CHECK_AT),
  };
}

/** Three fresh shares of a root, which the caller zeroes. */
export async function splitRoot(
  root: Uint8Array,
  next: NextRoot,
  random: Random,
): Promise<readonly Buffer[]> {
  assert(root.length === KEY_BYTES, "a root is 32 bytes");
  const mask = random.bytes(KEY_BYTES);
  const masked = plainBytes(KEY_BYTES);
  for (let i = 0; i < KEY_BYTES; i += 1) masked[i] = (root[i] ?? 0) ^ (mask[i] ?? 0);
  const points = await split(masked, CUSTODIANS, QUORUM);
  masked.fill(0);
  const set = random.bytes(SET_BYTES);
  const check = checkOf(root, next, set);
  const shares = points.map((point, index) => {
    const share = keyBuffer(SHARE_BYTES);
    share.write(MAGIC, 0, "latin1");
    share.writeUInt8(index, MAGIC.length);
    for (const [i, other] of points.entries()) share[COORDINATES_AT + i] = other[KEY_BYTES] ?? 0;
    share.writeUIntBE(next.sequence, SEQUENCE_AT, 6);
    share.set(set, SET_AT);
    share.set(check, CHECK_AT);
    share.set(mask, MASK_AT);
    share.set(point.subarray(0, KEY_BYTES), Y_AT);
    return share;
  });
  mask.fill(0);
  for (const point of points) point.fill(0);
  return shares;
}

/**
 * The root of two shares, for the caller to zero; null when they are not of one root, or when
 * either is false. One false share cannot make a root that the true one's check knows.
 */
export async function joinShares(
  a: Uint8Array,
  b: Uint8Array,
  of: SharedRoot,
): Promise<Buffer | null> {
  const labels = [shareLabel(a), shareLabel(b)];
  const [first, second] = labels;
  if (!first || !second || first.set !== second.set || first.index === second.index) return null;
  const masked = await pointAt(a, b, 0);
  const root = keyBuffer();
  const mask = view(a).subarray(MASK_AT, Y_AT);
  for (let i = 0; i < KEY_BYTES; i += 1) root[i] = (masked[i] ?? 0) ^ (mask[i] ?? 0);
  masked.fill(0);
  const check = checkOf(root, of, view(a).subarray(SET_AT, CHECK_AT));
  const same = [a, b].every((share) =>
    timingSafeEqual(check, view(share).subarray(CHECK_AT, MASK_AT)),
  );
  if (same) return root;
  root.fill(0);
  return null;
}

/**
 * The third custodian's share out of two that join, for the caller to zero: the very one he had,
 * so that nobody ever holds two points of one polynomial by losing one and asking again.
 */
export async function shareFor(index: number, a: Uint8Array, b: Uint8Array): Promise<Buffer> {
  const x = present(view(a)[COORDINATES_AT + index], "three coordinates");
  const share = copyOfKey(a);
  share.writeUInt8(index, MAGIC.length);
  const y = await pointAt(a, b, x);
  share.set(y, Y_AT);
  y.fill(0);
  return share;
}

/**
 * The polynomial of two shares at `x`. The library only interpolates at 0; in GF(256) adding is ⊕,
 * so f at x is g at 0 for g(t) = f(t ⊕ x), whose points lie at the shares' places ⊕ x.
 */
async function pointAt(a: Uint8Array, b: Uint8Array, x: number): Promise<Uint8Array> {
  const points = [a, b].map((share) => {
    const point = plainBytes(KEY_BYTES + 1);
    point.set(share.subarray(Y_AT));
    const index = share[MAGIC.length] ?? 0;
    point[KEY_BYTES] = (share[COORDINATES_AT + index] ?? 0) ^ x;
    return point;
  });
  try {
    return await combine(points);
  } finally {
    for (const point of points) point.fill(0);
  }
}

function checkOf(root: Uint8Array, { tree, epoch }: SharedRoot, set: Uint8Array): Buffer {
  const at = Buffer.alloc(8);
  at.writeBigUInt64BE(BigInt(epoch));
  const mac = createHmac("sha256", root).update("jikim/share/v1").update(tree, "hex");
  return mac.update(at).update(set).digest();
}

function view(share: Uint8Array): Buffer {
  return Buffer.from(share.buffer, share.byteOffset, share.length);
}

/** The library takes no Buffer; and outside V8's heap the bytes do not move (secret.ts). */
function plainBytes(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(128), 0, length);
}
