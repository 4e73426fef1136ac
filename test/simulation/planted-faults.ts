/** Faults an engine could have. Each must be found, or the simulator's silence means nothing. */
import type { EngineContext } from "../../src/engine/jikim.ts";
import { bytes } from "../../src/store/column-value.ts";
import type { Engine } from "./engine.ts";

type Spoil = (engine: Engine) => Engine;

export const FAULTS: Readonly<Record<string, Spoil>> = {
  "the daily run forgets a class": (engine) => ({
    ...engine,
    keep: async (context) => engine.keep(blind(context, "visit")),
  }),
  "a clock is one day too long": (engine) => ({
    ...engine,
    async collect(context, occasion, items, options) {
      const subject = await engine.collect(context, occasion, items, options);
      await context.db.query(
        "update record set expires_on = expires_on + 1 where subject = $1 and class = 'usage'",
        [bytes(options?.subject ?? subject)],
      );
      return subject;
    },
  }),
  "the separate database loses a record": (engine) => ({
    ...engine,
    async withdraw(context, subject, options) {
      const done = await engine.withdraw(context, subject, options);
      const archive = await context.archive();
      await archive.query(
        `delete from archived_event where (subject, record) in
                (select subject, id from archived_record where subject = $1 limit 1)`,
        [bytes(subject)],
      );
      await archive.query(
        `delete from archived_record where (subject, id) in
                (select subject, id from archived_record where subject = $1 order by id limit 1)`,
        [bytes(subject)],
      );
      return done;
    },
  }),
  "a member's data stays after leaving": (engine) => ({
    ...engine,
    async withdraw(context, subject, options) {
      await context.db.query(
        `create temp table if not exists kept_by_mistake as select * from record where false`,
      );
      await context.db.query("delete from kept_by_mistake");
      await context.db.query(
        "insert into kept_by_mistake select * from record where subject = $1 and class = 'profile'",
        [bytes(subject)],
      );
      const done = await engine.withdraw(context, subject, options);
      await context.db.query("insert into record select * from kept_by_mistake");
      return done;
    },
  }),
  "advertising goes on without consent": (engine) => ({
    ...engine,
    read: async (context, subject, items, use) =>
      engine.read(context, subject, items, {
        ...use,
        purpose: use.purpose === "marketing" ? "contract" : use.purpose,
      }),
  }),
  "a hold does not hold": (engine) => ({
    ...engine,
    async placeHold(context, asked) {
      const placed = await engine.placeHold(context, asked);
      await context.db.query("update hold set until_on = until_on - 400 where id = $1", [
        bytes(placed.id),
      ]);
      return placed;
    },
  }),
  "an order goes out twice": (engine) => ({
    ...engine,
    async withdraw(context, subject, options) {
      const done = await engine.withdraw(context, subject, options);
      await context.db.query(
        `insert into processor_order (subject, id, processor, kind, reason, items, covers, round,
                                      state, placed_at, due_on, next_at)
         select subject, substring(sha256(id) from 1 for 16), processor, kind, reason, items,
                covers, round + 1, 'queued', placed_at, due_on, placed_at
           from processor_order where subject = $1 and round = 0`,
        [bytes(subject)],
      );
      return done;
    },
  }),
  "an event is not written down": (engine) => ({
    ...engine,
    recordEvent: async (context, what) =>
      what.event === "prize_delivered" ? 0 : engine.recordEvent(context, what),
  }),
  "a clock that went back is believed": (engine) => ({
    ...engine,
    async keep(context) {
      await context.db.query("update sweep_run set started_at = started_at - interval '9 days'");
      await engine.keep(context);
    },
  }),
};

/** A context whose database does not tell the sweep of a class. */
function blind(context: EngineContext, recordClass: string): EngineContext {
  const { db } = context;
  return {
    ...context,
    db: {
      ...db,
      async query(text, params) {
        const rows = await db.query<Record<string, unknown>>(text, params);
        const isDue = text.includes("distinct expires_on, class");
        const shown = isDue ? rows.filter((row) => row["class"] !== recordClass) : rows;
        return shown as readonly never[];
      },
    },
  };
}
