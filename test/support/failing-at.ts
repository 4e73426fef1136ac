import type { Database } from "../../src/store/database.ts";

/** A database that fails at the n-th statement of a transaction matching a pattern, once. */
export function failingAt(db: Database, pattern: RegExp, nth: number): Database {
  let seen = 0;
  return {
    ...db,
    transaction: async (work) =>
      db.transaction(async (tx) =>
        work({
          query: async (text, params) => {
            if (pattern.test(text)) seen += 1;
            if (pattern.test(text) && seen === nth) throw new Error("killed here");
            return tx.query(text, params);
          },
        }),
      ),
  };
}
