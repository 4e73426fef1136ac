/**
 * Signatures of the order protocol: Ed25519 (RFC 8032) over the canonical JSON (RFC 8785) of the
 * message behind its protocol's name, so that an order can never pass for an answer.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto";
import canonicalize from "canonicalize";
import { assert, present } from "../../base/assert.ts";
import type { AnswerMessage, OrderMessage, Signed } from "./protocol.ts";

/** A private key with what others need to know of it. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  /** Raw public key, 32 bytes, base64url. */
  readonly publicKey: string;
  readonly id: string;
}

const SEED_BYTES = 32;
// PKCS #8 around a seed (RFC 8410 §7).
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_KEY = /^[A-Za-z0-9_-]{43}$/;

/** The key of a seed of 32 bytes. */
export function keyFromSeed(seed: Uint8Array): SigningKey {
  assert(seed.length === SEED_BYTES, "an Ed25519 seed has 32 bytes");
  const der = Buffer.concat([PKCS8, seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  der.fill(0);
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  const publicKey = present(x, "an Ed25519 public key has x");
  return Object.freeze({ privateKey, publicKey, id: keyId(publicKey) });
}

/** Is this a raw Ed25519 public key in base64url that can be used? */
export function isPublicKey(text: string): boolean {
  return PUBLIC_KEY.test(text) && publicKeyOf(text) !== null;
}

/** First 16 hex digits of the SHA-256 of the raw public key. */
export function keyId(publicKey: string): string {
  const raw = Buffer.from(publicKey, "base64url");
  return createHash("sha256").update(raw).digest("hex").slice(0, 16);
}

/** The bytes that are signed: protocol, a line feed, canonical JSON. */
export function signedBytes(message: OrderMessage | AnswerMessage): Uint8Array {
  const text = present(canonicalize(message), "a message is JSON");
  return Buffer.from(`${message.protocol}\n${text}`, "utf8");
}

/** Signs a message. The same message and key give the same signature. */
export function signMessage<M extends OrderMessage | AnswerMessage>(
  message: M,
  key: SigningKey,
): Signed<M> {
  const signature = signBytes(null, signedBytes(message), key.privateKey).toString("base64url");
  return { message, key: key.id, signature };
}

/** Did the holder of this public key sign it? */
export function isSignedBy(
  signed: Signed<OrderMessage | AnswerMessage>,
  publicKey: string,
): boolean {
  const key = publicKeyOf(publicKey);
  if (key === null || signed.key !== keyId(publicKey)) return false;
  return verifyBytes(
    null,
    signedBytes(signed.message),
    key,
    Buffer.from(signed.signature, "base64url"),
  );
}

function publicKeyOf(text: string): KeyObject | null {
  try {
    return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: text }, format: "jwk" });
  } catch {
    return null;
  }
}
