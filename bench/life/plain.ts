/**
 * The same work in plain SQL: clear text, an index where one helps, a statement or a transaction for
 * each act, nothing kept of what was done. It is what a service without any of this would do.
 */
import { addDays } from "../../src/base/calendar.ts";
import type { Database } from "../../src/store/database.ts";
import { emailOf, type Person } from "./people.ts";

const BATCH = 1_000;

export async function makePlain(db: Database): Promise<void> {
  const statements = [
    `create table person (id bigint primary key, company_id text, user_id text, password text,
                          name text, email text, country text)`,
    "create index person_email on person (email)",
    `create table usage (id bigint generated always as identity primary key, person bigint not null,
                         day date not null, entry text)`,
    "create index usage_person on usage (person)",
    "create index usage_day on usage (day)",
    "create table contract (person bigint primary key, entry text)",
    "create table kept_contract (person bigint primary key, name text, email text, entry text)",
  ];
  for (const statement of statements) await db.query(statement);
}

export async function loadPlain(
  db: Database,
  people: readonly Person[],
  { password, today }: { readonly password: string; readonly today: string },
): Promise<void> {
  const numbers = people.map(({ number }) => String(number));
  await db.transaction(async (tx) => {
    await tx.query(
      `insert into person
       select n::bigint, 'company-' || n::bigint % 1000, 'user-' || n, $2, 'Person ' || n,
              'person-' || n || '@example.org', 'KR' from unnest($1::text[]) as n`,
      [numbers, password],
    );
    for (const day of [addDays(today, -30), addDays(today, -3)]) {
      await tx.query(
        `insert into usage (person, day, entry)
         select n::bigint, $2::date, 'meeting of ' || n::bigint % 60 || ' minutes'
           from unnest($1::text[]) as n`,
        [numbers, day],
      );
    }
    await tx.query(
      `insert into contract
       select n::bigint, 'plan ' || n::bigint % 7 from unnest($1::text[]) as n`,
      [numbers],
    );
  });
}

export async function collectPlain(db: Database, { number }: Person, day: string): Promise<void> {
  await db.query("insert into usage (person, day, entry) values ($1, $2, $3)", [
    number,
    day,
    `meeting of ${number % 60} minutes, ${number % 9} people`,
  ]);
}

export async function readPlain(db: Database, { number }: Person): Promise<string> {
  const [row] = await db.query<{ email: string }>("select name, email from person where id = $1", [
    number,
  ]);
  return row?.email ?? "";
}

export async function findPlain(db: Database, { number }: Person): Promise<boolean> {
  const rows = await db.query("select id from person where email = $1", [emailOf(number)]);
  return rows.length === 1;
}

/** Days of use that are over. */
export async function ageUsePlain(
  db: Database,
  people: readonly Person[],
  day: string,
): Promise<void> {
  await db.query(
    `insert into usage (person, day, entry)
     select n::bigint, $2::date, 'meeting' from unnest($1::text[]) as n`,
    [people.map(({ number }) => String(number)), day],
  );
}

export async function sweepPlain(db: Database, before: string): Promise<number> {
  for (let swept = 0; ;) {
    const gone = await db.query(
      `delete from usage where id in (select id from usage where day < $1 order by id limit ${BATCH})
       returning id`,
      [before],
    );
    if (gone.length === 0) return swept;
    swept += gone.length;
  }
}

export async function withdrawPlain(db: Database, { number }: Person): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query(
      `insert into kept_contract
       select person.id, person.name, person.email, contract.entry
         from person join contract on contract.person = person.id where person.id = $1`,
      [number],
    );
    await tx.query("delete from contract where person = $1", [number]);
    await tx.query("delete from usage where person = $1", [number]);
    await tx.query("delete from person where id = $1", [number]);
  });
}
