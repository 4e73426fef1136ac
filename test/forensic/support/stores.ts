/**
 * The databases of the service: each is made, backed up, restored and examined. Which of their
 * columns hold what is sealed is asked of the catalogue, so that no table is forgotten.
 */
import { join } from "node:path";

import type { ArchiveAddress } from "../../../src/engine/archive/open-archive.ts";
import type { Database } from "../../../src/store/database.ts";
import { openDatabase } from "../../../src/store/open-database.ts";
import type { StandName, WorldConfig } from "./plan.ts";

export const STORES = [
  { name: "records", migrations: "data" },
  { name: "archive", migrations: "archive" },
] as const;
export type Store = (typeof STORES)[number];

/** A folder with the embedded databases in it, or the socket folder of a server. */
export interface Site {
  readonly stand: StandName;
  readonly place: string;
}

/** Address of a server's database, by the role that owns it. */
export function addressOf(socket: string, name: Store["name"]): string {
  return `postgres://${name}@localhost/${name}?host=${encodeURIComponent(socket)}`;
}

/** Where the service finds its databases at a site. */
export function dataAt(
  { stand, place }: Site,
  { folder }: Pick<WorldConfig, "folder">,
): string | { readonly url: string; readonly keys: string; readonly archive: ArchiveAddress } {
  if (stand === "files") return place;
  return {
    url: addressOf(place, "records"),
    keys: join(folder, "keys"),
    archive: addressOf(place, "archive"),
  };
}

export function openStoreAt({ stand, place }: Site, { name, migrations }: Store) {
  return stand === "files"
    ? openDatabase({ folder: join(place, name), migrations })
    : openDatabase({ url: addressOf(place, name), migrations });
}

const SHORTEST = 32;

/** Every value of bytes that may be sealed, of every table; base64. */
export async function storedValues(db: Database): Promise<ReadonlySet<string>> {
  const columns = await db.query<{ store: string; name: string }>(
    `select table_name as store, column_name as name
       from information_schema.columns
      where table_schema = 'public' and data_type = 'bytea'
        and table_name in (select table_name from information_schema.tables
                            where table_schema = 'public' and table_type = 'BASE TABLE')
      order by table_name, column_name`,
  );
  const looks = columns.map(({ store, name }) => `select "${name}" as value from "${store}"`);
  const rows = await db.query<{ value: Uint8Array }>(
    `select value from (${looks.join(" union all ")}) as stored
      where octet_length(value) >= ${SHORTEST}`,
  );
  return new Set(rows.map(({ value }) => Buffer.from(value).toString("base64")));
}

/** Sealed values of the tables that hold records; base64. */
export async function storedRecords(db: Database): Promise<readonly string[]> {
  const [archive] = await db.query<{ is: boolean }>(
    "select to_regclass('archived_record') is not null as is",
  );
  const rows = await db.query<{ sealed: Uint8Array }>(
    `select sealed from ${archive?.is === true ? "archived_record" : "record"}
      union all
     select sealed from held_record`,
  );
  return rows.map(({ sealed }) => Buffer.from(sealed).toString("base64"));
}
