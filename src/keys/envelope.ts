/**
 * The two-lock envelope: a value is sealed under a key made of two locks, one shared by what the
 * subject keeps for one reason (compartment), one shared by what ends on one day (class and day).
 * Losing either lock is enough to lose the value, in every copy.
 *
 *   pair   = HKDF-SHA256(ikm = lockOfSubject || lockOfDay, salt = "jikim/2lock/v1", info = place)
 *   sealed = version(1) || nonce(12) || AES-256-GCM(pair, nonce, aad = place, padded) || tag(16)
 *
 * HKDF (RFC 5869) is written out as its two HMAC steps, which for 32 bytes is the whole of it and
 * twice as fast as `hkdfSync`; a test holds the two equal.
 */
import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { assert } from "../base/assert.ts";
import { JikimError } from "../base/errors.ts";
import { bindFields } from "./bind-fields.ts";
import type { SealContext } from "./keeper.ts";
import { pad, unpad } from "./padding.ts";

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SALT = "jikim/2lock/v1";
/** Stands for the day of a record whose clock has not started: its subject lock alone ends it. */
const UNTIL_EVENT = "until-event";

/** HKDF-SHA256 of one block: extract, then expand once. */
export function pairKey(
  lockOfSubject: Uint8Array,
  lockOfDay: Uint8Array,
  place: SealContext,
): Buffer {
  const ikm = Buffer.concat([lockOfSubject, lockOfDay]);
  const extracted = createHmac("sha256", SALT).update(ikm).digest();
  const key = createHmac("sha256", extracted)
    .update(bindFields(pairInfo(place)))
    .update(Uint8Array.of(1))
    .digest();
  ikm.fill(0);
  extracted.fill(0);
  return key;
}

/** The info of the pair key, in order. */
export function pairInfo(place: SealContext): readonly string[] {
  return [place.subject, place.compartment, place.recordClass, dayOf(place)];
}

/** The fields of the day's lock. */
export function dayOf(place: SealContext): string {
  return place.expiresOn ?? UNTIL_EVENT;
}

/** Seals padded plaintext at its place. @param nonce 12 bytes never used before with this key */
export function sealValue(
  key: Uint8Array,
  nonce: Uint8Array,
  place: SealContext,
  plain: Uint8Array,
): Uint8Array {
  assert(nonce.length === NONCE_BYTES, "a nonce has 12 bytes");
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(placeBytes(place));
  const padded = pad(plain);
  const sealed = Buffer.concat([
    Uint8Array.of(VERSION),
    nonce,
    cipher.update(padded),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  padded.fill(0);
  return new Uint8Array(sealed);
}

/** Opens a sealed value. Throws ERR_SEALED_VALUE_DAMAGED when it is not what was sealed here. */
export function openValue(key: Uint8Array, place: SealContext, sealed: Uint8Array): Uint8Array {
  const body = 1 + NONCE_BYTES;
  if (sealed.length < body + TAG_BYTES || sealed[0] !== VERSION) throw damaged();
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(1, body), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(placeBytes(place));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  let padded: Buffer;
  try {
    const end = sealed.length - TAG_BYTES;
    padded = Buffer.concat([decipher.update(sealed.subarray(body, end)), decipher.final()]);
  } catch {
    throw damaged();
  }
  const plain = unpad(padded);
  padded.fill(0);
  if (plain === null) throw damaged();
  return plain;
}

/** The place as associated data: a value moved to another row, class or day does not open. */
function placeBytes(place: SealContext): Uint8Array {
  return bindFields([
    "record",
    String(VERSION),
    place.column ?? "items",
    place.record,
    ...pairInfo(place),
  ]);
}

function damaged(): JikimError {
  return new JikimError(
    "ERR_SEALED_VALUE_DAMAGED",
    "a sealed value does not open at its place: it was changed, moved or sealed by other keys",
  );
}
