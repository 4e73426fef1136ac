/** A database that counts what it is asked. */
import type { Database, Sql } from "../../src/store/database.ts";

export interface CountedDatabase extends Database {
  /** Statements since the last look, `begin` and `commit` among them. */
  taken(): number;
}

export function countStatements(db: Database): CountedDatabase {
  let statements = 0;
  const counted = (sql: Sql): Sql => ({
    query(text, params) {
      statements += 1;
      return sql.query(text, params);
    },
  });
  return {
    ...db,
    ...counted(db),
    transaction(work) {
      statements += 2;
      return db.transaction((tx) => work(counted(tx)));
    },
    taken() {
      const now = statements;
      statements = 0;
      return now;
    },
  };
}
