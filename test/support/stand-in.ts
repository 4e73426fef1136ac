/** Data as the first releases left them: sealed with one key file. Written apart from the reader. */
import { createCipheriv, createHash, createHmac, hkdfSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { SealContext } from "../../src/keys/keeper.ts";

/** Fields with their lengths, as HMAC and associated data see them. */
function bound(fields: readonly string[]): Buffer {
  return Buffer.concat(
    fields.map((field) => {
      const bytes = Buffer.from(field, "utf8");
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    }),
  );
}

const hmac = (key: Uint8Array, fields: readonly string[]): Buffer =>
  createHmac("sha256", key).update(bound(fields)).digest();

export function writeKeyFile(path: string, master: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const body = Buffer.concat([Buffer.from("JIKIMK01"), master]);
  const hash = createHash("sha256").update(body).digest();
  writeFileSync(path, Buffer.concat([body, hash]), { mode: 0o600 });
}

export function oldTag(master: Uint8Array, item: string, normalised: string): Buffer {
  return hmac(hmac(master, ["jikim/tag/v1"]), [item, normalised]).subarray(0, 16);
}

/** Padded to 32, 64, 128 … bytes with the length in front, as padding.ts says. */
export function oldSealed(master: Uint8Array, place: SealContext, padded: Uint8Array): Buffer {
  const info = [
    place.subject,
    place.compartment,
    place.recordClass,
    place.expiresOn ?? "until-event",
  ];
  const locks = [
    hmac(master, ["jikim/subject/v1", place.subject, place.compartment]),
    hmac(master, ["jikim/day/v1", place.recordClass, place.expiresOn ?? "until-event"]),
  ];
  const key = hkdfSync("sha256", Buffer.concat(locks), "jikim/2lock/v1", bound(info), 32);
  const nonce = createHash("sha256").update(bound(info)).update(padded).digest().subarray(0, 12);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key), nonce);
  cipher.setAAD(bound(["record", "1", place.column ?? "items", place.record, ...info]));
  const body = Buffer.concat([cipher.update(padded), cipher.final()]);
  return Buffer.concat([Uint8Array.of(1), nonce, body, cipher.getAuthTag()]);
}
