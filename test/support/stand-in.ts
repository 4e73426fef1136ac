/** Data as the first releases left them: sealed with one key file. Written apart from the reader. */
import { createCipheriv, createHash, createHmac, hkdfSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { normalise } from "../../src/engine/collection/normalise.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { openItems, type PlaceRow, placeOf } from "../../src/engine/record.ts";
import type { SealContext } from "../../src/keys/keeper.ts";
import { pad } from "../../src/keys/padding.ts";

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

/** Turns a store into one as the first releases left it, with its key file in `folder`. */
export async function intoOldStore(
  context: EngineContext,
  folder: string,
  master: Uint8Array,
): Promise<void> {
  const { db, keeper, plan } = context;
  const rows = await db.query<PlaceRow & { sealed: Uint8Array; source: Uint8Array | null }>(
    "select subject, id, class, compartment, expires_on, sealed, source from record",
  );
  for (const row of rows) {
    const place = placeOf(row);
    const again = async (column: "items" | "source", sealed: Uint8Array): Promise<Uint8Array> => {
      const [plain = new Uint8Array()] = await keeper.open([
        { context: { ...place, column }, sealed },
      ]);
      return oldSealed(master, { ...place, column }, pad(plain));
    };
    const source = row.source === null ? null : await again("source", row.source);
    const sealed = await again("items", row.sealed);
    const [items = {}] = await openItems(keeper, [row]);
    await db.query("update record set sealed = $3, source = $4 where subject = $1 and id = $2", [
      row.subject,
      row.id,
      sealed,
      source,
    ]);
    for (const [item, value] of Object.entries(items)) {
      const { format } = plan.items.get(item) ?? { format: "text" };
      const tag = oldTag(master, item, normalise(format, value, plan.policy.controller.country));
      await db.query(
        "update lookup set tag = $4, epoch = '' where subject = $1 and record = $2 and item = $3",
        [row.subject, row.id, item, new Uint8Array(tag)],
      );
    }
  }
  await db.query("delete from setting");
  await db.query("insert into setting (name, value) values ('key_check', $1)", [
    new Uint8Array(oldTag(master, "jikim/key-check", "v1")),
  ]);
  writeKeyFile(join(folder, "master.key"), master);
}
