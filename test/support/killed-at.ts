import type { EngineContext } from "../../src/engine/jikim.ts";
import type { Database, Sql } from "../../src/store/database.ts";

export interface Killable {
  readonly context: EngineContext;
  /** Steps so far: each statement, commit and call of the keeper is one. */
  steps(): number;
}

/**
 * A context whose process dies at the n-th step: before a statement, before a commit, after one, or
 * before the keeper is asked. Whatever it does afterwards fails too: the dead do nothing.
 */
export function killedAt(context: EngineContext, nth: number): Killable {
  let seen = 0;
  const step = (): void => {
    seen += 1;
    if (seen >= nth) throw new Error("killed here");
  };
  const sqlOf = (sql: Sql): Sql => ({
    async query(text, params) {
      step();
      return sql.query(text, params);
    },
  });
  const databaseOf = (db: Database): Database => ({
    ...db,
    ...sqlOf(db),
    async transaction(work) {
      step();
      const result = await db.transaction(async (tx) => {
        const done = await work(sqlOf(tx));
        step();
        return done;
      });
      step();
      return result;
    },
  });
  const keeper = new Proxy(
    { ...context.keeper },
    {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return async (...args: unknown[]): Promise<unknown> => {
          step();
          return Reflect.apply(member, target, args) as unknown;
        };
      },
    },
  );
  const killable: EngineContext = {
    ...context,
    db: databaseOf(context.db),
    keeper,
    async archive() {
      step();
      return databaseOf(await context.archive());
    },
  };
  return { context: killable, steps: () => seen };
}
