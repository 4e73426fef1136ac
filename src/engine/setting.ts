/** Facts a store keeps about itself. Text, as UTF-8 bytes. */
import type { Sql } from "../store/database.ts";

export type SettingName =
  /** The key tree this store is sealed with. */
  | "key_tree"
  /** The version whose shorter periods hold for every record there is. */
  | "clocks_of"
  /** Destructions of the key tree this store has seen. */
  | "key_epoch"
  /** Why destruction is promised only weakly, as JSON. */
  | "weaknesses"
  /** Name of the archive; in the records from the first move there on. */
  | "archive";

export async function readSetting(sql: Sql, name: SettingName): Promise<string | null> {
  const [row] = await sql.query<{ value: string }>(
    "select convert_from(value, 'UTF8') as value from setting where name = $1",
    [name],
  );
  return row?.value ?? null;
}

export async function writeSetting(sql: Sql, name: SettingName, value: string): Promise<void> {
  await sql.query(
    `insert into setting (name, value) values ($1, convert_to($2, 'UTF8'))
     on conflict (name) do update set value = excluded.value`,
    [name, value],
  );
}
