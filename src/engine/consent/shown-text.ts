/**
 * What was shown before a consent, word for word and in order. It is public text, the same for
 * everyone, so each version of it stands once under its hash; a text that holds a value of the
 * person is theirs, is not stored, and leaves only its hash as evidence.
 */
import { createHash } from "node:crypto";
import type { Sql } from "../../store/database.ts";

/** Shorter values (a country, a number) stand in public texts by chance. */
const SHORTEST_VALUE = 4;
/** Of the JSON, in bytes; more is evidence by its hash alone. */
const LONGEST_STORED = 262_144;

/** SHA-256 of the JSON array of the texts, in the order shown. */
export function shownHash(shown: readonly string[]): Uint8Array {
  return new Uint8Array(createHash("sha256").update(JSON.stringify(shown)).digest());
}

/**
 * Stores the texts, once, and returns their hash.
 * @param values what the person gave in the same act, in clear; none of it is stored
 */
export async function storeShown(
  tx: Sql,
  shown: readonly string[],
  values: Iterable<string>,
): Promise<Uint8Array> {
  const hash = shownHash(shown);
  const texts = JSON.stringify(shown);
  if (shown.length === 0 || Buffer.byteLength(texts) > LONGEST_STORED) return hash;
  if (holdsAny(shown, values)) return hash;
  await tx.query(
    "insert into shown_text (hash, texts) values ($1, $2) on conflict (hash) do nothing",
    [hash, texts],
  );
  return hash;
}

/** The texts of a hash, in the order shown; null where they were not stored. */
export async function readShown(
  sql: Sql,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await sql.query<{ hash: string; texts: string }>(
    `select encode(hash, 'hex') as hash, texts
       from shown_text
      where hash in (select decode(hash, 'hex') from unnest($1::text[]) as hash)`,
    [[...new Set(hashes)]],
  );
  return new Map(rows.map(({ hash, texts }) => [hash, JSON.parse(texts) as readonly string[]]));
}

function holdsAny(shown: readonly string[], values: Iterable<string>): boolean {
  const text = shown.join("\n").normalize("NFC").toLowerCase();
  for (const value of values) {
    const own = value.trim().normalize("NFC").toLowerCase();
    if (own.length >= SHORTEST_VALUE && text.includes(own)) return true;
  }
  return false;
}
