/** Slot map in the key database, beside the tree, in the keeper's own session. */
import { assert } from "../../base/assert.ts";
import {
  asNumber,
  holdKeeperLock,
  type KeyDatabase,
  type KeySql,
  type KeySqlValue,
} from "../nodes/key-database.ts";
import {
  MAX_NAME_BYTES,
  poolByte,
  type SlotEntry,
  type SlotMap,
  type SlotPool,
} from "./slot-map.ts";

const ROWS = 500;

/** Opens the slot map of a session that holds the keeper's lock (`openPgNodes`). */
export async function openPgSlots(db: KeyDatabase): Promise<SlotMap> {
  const last = new Map<string, number>();
  let assigned = 0;
  for (const row of await db.query("select pool, last, assigned from key_pool order by pool")) {
    last.set(String(row["pool"]), asNumber(row["last"]));
    assigned += asNumber(row["assigned"]);
  }
  return Object.freeze<SlotMap>({
    get assigned() {
      return assigned;
    },
    last: (pool) => last.get(pool) ?? null,
    find: (names) => findSlots(db, names),
    async assign(entries) {
      if (entries.length === 0) return;
      const byPool = Map.groupBy(entries, ({ pool }) => pool);
      await db.transaction(async (tx) => {
        await holdKeeperLock(tx);
        for (const [pool, own] of byPool) await movePool(tx, pool, own);
        await upsertSlots(tx, entries);
      });
      for (const { pool, slot } of entries) last.set(pool, slot);
      assigned += entries.length;
    },
    list: (pool) => listSlots(db, pool),
    close: async () => undefined, // the session is the node store's
  });
}

async function findSlots(
  db: KeySql,
  names: readonly Uint8Array[],
): Promise<readonly (number | undefined)[]> {
  const found = new Map<string, number>();
  for (let from = 0; from < names.length; from += ROWS) {
    const some = names.slice(from, from + ROWS);
    const rows = await db.query(
      `select encode(name, 'hex') as name, slot
         from key_slot
        where name in (${some.map((_, i) => `$${i + 1}`).join(", ")})`,
      some,
    );
    for (const row of rows) found.set(String(row["name"]), asNumber(row["slot"]));
  }
  return names.map((name) => found.get(Buffer.from(name).toString("hex")));
}

/** The pool's last slot only rises: a map that fell back is seen here. */
async function movePool(tx: KeySql, pool: SlotPool, own: readonly SlotEntry[]): Promise<void> {
  const lastSlot = Math.max(...own.map(({ slot }) => slot));
  const rows = await tx.query(
    `insert into key_pool as pool (pool, last, assigned)
     values ($1, $2, $3)
         on conflict (pool) do update
        set last = excluded.last, assigned = pool.assigned + excluded.assigned
      where pool.last < excluded.last
  returning last`,
    [pool, lastSlot, own.length],
  );
  assert(rows.length === 1, "a pool's slots only rise");
}

async function upsertSlots(tx: KeySql, entries: readonly SlotEntry[]): Promise<void> {
  const named = entries.filter(({ name }) => name !== null);
  for (let from = 0; from < named.length; from += ROWS) {
    const batch = named.slice(from, from + ROWS);
    assert(
      batch.every(({ name }) => name !== null && name.length <= MAX_NAME_BYTES),
      "a slot's name is at most 160 bytes",
    );
    const params = batch.flatMap(({ name, slot }): KeySqlValue[] => [name, slot]);
    const rows = batch.map((_, i) => `($${i * 2 + 1}::bytea, $${i * 2 + 2}::bigint)`);
    await tx.query(
      `insert into key_slot (name, slot)
       values ${rows.join(", ")}
           on conflict (name) do update set slot = excluded.slot`,
      params,
    );
  }
}

async function listSlots(db: KeySql, pool: "index") {
  const rows = await db.query(
    `select name, slot
       from key_slot
      where name >= $1 and name < $2
      order by slot`,
    // Every name begins with its pool: a range of the primary key, among however many others.
    [Uint8Array.of(poolByte(pool)), Uint8Array.of(poolByte(pool) + 1)],
  );
  return rows.map((row) => {
    assert(row["name"] instanceof Uint8Array, "bytea arrives as bytes");
    return { name: row["name"], slot: asNumber(row["slot"]) };
  });
}
