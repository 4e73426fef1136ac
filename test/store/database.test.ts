/** One contract, two drivers: the same values out, all or nothing, and errors fit to be shown. */
import { expect, test } from "vitest";
import { JikimError } from "../../src/base/errors.ts";
import { moment } from "../../src/store/column-value.ts";
import { eachDatabase } from "../support/databases.ts";

eachDatabase((kind, open) => {
  test("values come back in the same types from both", async () => {
    const db = await open();
    expect(db.kind).toBe(kind);
    const at = Date.parse("2026-11-23T12:00:00.123Z");
    const rows = await db.query(
      `select $1::bytea as bytes, $2::date as day, $3::timestamptz as at, $4::text[] as names,
              $5::boolean as yes, $6::int8 as big, $7::jsonb as json, count(*) as count,
              null::date as none, '1066-10-14 00:00:00+00'::timestamptz as old`,
      [
        new Uint8Array([0, 1, 255]),
        "2024-02-29",
        moment(at),
        ["a", 'b,"c', "한"],
        true,
        Number.MAX_SAFE_INTEGER,
        JSON.stringify({ n: [1, { deep: null }] }),
      ],
    );
    expect(rows).toEqual([
      {
        bytes: new Uint8Array([0, 1, 255]),
        day: "2024-02-29",
        at,
        names: ["a", 'b,"c', "한"],
        yes: true,
        big: Number.MAX_SAFE_INTEGER,
        json: { n: [1, { deep: null }] },
        count: 1,
        none: null,
        old: Date.parse("1066-10-14T00:00:00Z"),
      },
    ]);
    expect(rows[0]?.["bytes"]?.constructor).toBe(Uint8Array);
  });

  test("a count past 2^53 stops the work instead of lying", async () => {
    const db = await open();
    await expect(db.query("select 9007199254740993::int8 as n")).rejects.toThrow();
  });

  test("a transaction that throws leaves nothing and hands the error through", async () => {
    const db = await open();
    const mine = new Error("mine");
    const insert = `insert into setting (name, value) values ('probe', '\\x00')`;
    await expect(
      db.transaction(async (tx) => {
        await tx.query(insert);
        throw mine;
      }),
    ).rejects.toBe(mine);
    expect(await db.query("select * from setting")).toEqual([]);
    await db.transaction(async (tx) => tx.query(insert));
    expect(await db.query("select * from setting")).toHaveLength(1);
  });

  test("a refused statement tells its state and none of its values", async () => {
    const db = await open();
    const secret = "kim.test@example.org";
    const insert = `insert into setting (name, value) values ($1, '\\x00')`;
    await db.query(insert, [secret]);
    for (const [statement, sqlstate] of [
      [insert, "23505"],
      ["select $1::int8", "22P02"],
      ["select * from nowhere where name = $1", "42P01"],
    ] as const) {
      const error = await db.query(statement, [secret]).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(JikimError);
      expect(error).toMatchObject({ code: "ERR_STORE_STATEMENT", facts: { sqlstate } });
      const all = Object.getOwnPropertyNames(error).map((name) =>
        String(Reflect.get(error as object, name)),
      );
      expect(all.join(" ")).not.toContain(secret);
    }
  });

  test("statistics are off for every sealed column and tag", async () => {
    const db = await open();
    const rows = await db.query<{ name: string }>(
      `select relname || '.' || attname as name from pg_attribute join pg_class on oid = attrelid
        where attnum > 0 and attstattarget = 0 and relkind = 'r' and relnamespace = 'public'::regnamespace
        order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual([
      "access_log.detail",
      "archive_move.sealed",
      "held_record.sealed",
      "held_record.source",
      "hold.document",
      "lookup.proof",
      "lookup.tag",
      "message.address",
      "paper_item.note",
      "processor_order.detail",
      "processor_reference.sealed",
      "provision_document.detail",
      "provision_statistic.recipient",
      "record.sealed",
      "record.source",
      "withdrawal.address",
    ]);
  });

  test("every table about people begins its primary key with the subject", async () => {
    const db = await open();
    const rows = await db.query<{ name: string; first: string }>(
      `select relname as name, attname as first
         from pg_index
         join pg_class on pg_class.oid = indrelid
         join pg_attribute on attrelid = indrelid and attnum = indkey[0]
        where indisprimary and relnamespace = 'public'::regnamespace
          and exists (select from pg_attribute as own
                       where own.attrelid = indrelid and own.attname = 'subject')
        order by 1`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(5);
    expect(rows.filter(({ first }) => first !== "subject")).toEqual([]);
  });
});
