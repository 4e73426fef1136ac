/**
 * Signed notes (C2SP signed-note, version 1) with Ed25519: a text, an empty line, and lines of
 * signatures that name their key. Other programs that know the format can verify ours.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { sign as signBytes, verify as verifyBytes } from "node:crypto";
import { assert } from "../../base/assert.ts";

/** Longest note that is looked at, in characters. */
export const LONGEST_NOTE = 4_096;
export const SEED_BYTES = 32;

const ED25519 = 1; // signature type of the format
const ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const MOST_SIGNATURES = 16;
const KEY_NAME = /^[^\s+\p{Cc}]{1,200}$/u;
// RFC 8410: PKCS #8 and SubjectPublicKeyInfo of an Ed25519 key, without the key.
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/** What is needed to verify. */
export interface VerifierKey {
  readonly name: string;
  /** 8 hex digits. */
  readonly id: string;
  readonly publicKey: KeyObject;
  /** `<name>+<id>+<base64>`, to be printed and kept. */
  readonly text: string;
}

export interface SigningKey {
  readonly verifier: VerifierKey;
  /** `PRIVATE+KEY+…`, for the key file and nowhere else. */
  readonly secret: string;
  sign(text: string): Uint8Array;
}

/** The key of a seed of 32 random bytes. The name is the log's origin. */
export function signingKey(name: string, seed: Uint8Array): SigningKey {
  assert(seed.length === SEED_BYTES && KEY_NAME.test(name), "a key has a seed and a name");
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, seed]),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const verifier = verifierKey(name, spki.subarray(SPKI_HEAD.length));
  const keyed = Buffer.concat([Uint8Array.of(ED25519), seed]).toString("base64");
  return Object.freeze<SigningKey>({
    verifier,
    secret: `PRIVATE+KEY+${name}+${verifier.id}+${keyed}`,
    sign: (text) => new Uint8Array(signBytes(null, Buffer.from(text, "utf8"), privateKey)),
  });
}

/** The key of a `PRIVATE+KEY+…` text; null when it is none. */
export function parseSigningKey(text: string): SigningKey | null {
  const [head, kind, name = "", id, ...rest] = text.trim().split("+");
  const bytes = decodeBase64(rest.join("+"));
  if (head !== "PRIVATE" || kind !== "KEY" || !KEY_NAME.test(name)) return null;
  if (bytes === null || bytes.length !== 1 + SEED_BYTES || bytes[0] !== ED25519) return null;
  const key = signingKey(name, bytes.subarray(1));
  return key.verifier.id === id ? key : null;
}

function verifierKey(name: string, publicKey: Uint8Array): VerifierKey {
  const typed = Buffer.concat([Uint8Array.of(ED25519), publicKey]);
  const id = createHash("sha256")
    .update(`${name}\n`, "utf8")
    .update(typed)
    .digest("hex")
    .slice(0, 2 * ID_BYTES);
  return Object.freeze({
    name,
    id,
    publicKey: createPublicKey({
      key: Buffer.concat([SPKI_HEAD, publicKey]),
      format: "der",
      type: "spki",
    }),
    text: `${name}+${id}+${typed.toString("base64")}`,
  });
}

/** The key of a `<name>+<id>+<base64>` text; null when it is none. */
export function parseVerifierKey(text: string): VerifierKey | null {
  const [name = "", id, ...rest] = text.trim().split("+");
  const bytes = decodeBase64(rest.join("+"));
  if (!KEY_NAME.test(name) || bytes === null) return null;
  if (bytes.length !== 1 + 32 || bytes[0] !== ED25519) return null;
  const key = verifierKey(name, bytes.subarray(1));
  return key.id === id ? key : null;
}

/** The note: the text, which ends in a newline, with the key's signature. */
export function signNote(text: string, key: SigningKey): string {
  const { id, name } = key.verifier;
  const signature = Buffer.concat([Buffer.from(id, "hex"), key.sign(text)]).toString("base64");
  const note = `${text}\n— ${name} ${signature}\n`;
  assert(isNoteText(text) && note.length <= LONGEST_NOTE, "a note is short lines of text");
  return note;
}

export interface OpenedNote {
  readonly text: string;
  /** The key that signed it. */
  readonly key: VerifierKey;
}

/**
 * The text of a note, when one of these keys signed it; null otherwise. Signatures of keys not
 * asked about are passed over; a wrong one of a key asked about spoils the note.
 */
export function openNote(note: string, keys: readonly VerifierKey[]): OpenedNote | null {
  const parts = partsOf(note);
  if (parts === null) return null;
  let signer: VerifierKey | null = null;
  for (const { name, id, signature } of parts.signatures) {
    const key = keys.find((each) => each.name === name && each.id === id);
    if (key === undefined) continue;
    const bytes = Buffer.from(parts.text, "utf8");
    if (signature.length !== SIGNATURE_BYTES) return null;
    if (!verifyBytes(null, bytes, key.publicKey, signature)) return null;
    signer ??= key;
  }
  return signer === null ? null : { text: parts.text, key: signer };
}

/** Names and ids of the keys a note says it is signed with; nothing is verified. */
export function signersOf(note: string): readonly { readonly name: string; readonly id: string }[] {
  return partsOf(note)?.signatures.map(({ name, id }) => ({ name, id })) ?? [];
}

interface Signature {
  readonly name: string;
  readonly id: string;
  readonly signature: Uint8Array;
}

function partsOf(note: string): { text: string; signatures: readonly Signature[] } | null {
  const at = note.lastIndexOf("\n\n");
  if (at < 0 || note.length > LONGEST_NOTE || !note.endsWith("\n")) return null;
  const text = note.slice(0, at + 1);
  const lines = note.slice(at + 2, -1).split("\n");
  const signatures = lines.map(signatureOf);
  if (!isNoteText(text) || lines.length > MOST_SIGNATURES) return null;
  const whole = signatures.filter((each) => each !== null);
  return whole.length === signatures.length ? { text, signatures: whole } : null;
}

function signatureOf(line: string): Signature | null {
  const [dash, name = "", encoded = "", ...rest] = line.split(" ");
  const bytes = decodeBase64(encoded);
  if (dash !== "—" || rest.length > 0 || !KEY_NAME.test(name)) return null;
  if (bytes === null || bytes.length <= ID_BYTES) return null;
  const id = bytes.subarray(0, ID_BYTES).toString("hex");
  return { name, id, signature: bytes.subarray(ID_BYTES) };
}

/** No control characters but newlines, and one at the end (the format forbids others). */
function isNoteText(text: string): boolean {
  return text.length > 1 && text.endsWith("\n") && !/\p{Cc}/u.test(text.replaceAll("\n", ""));
}

/** Standard Base64 in its one spelling; null when it is none. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  return text !== "" && bytes.toString("base64") === text ? bytes : null;
}
