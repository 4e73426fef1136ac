/**
 * The separate database (별도의 DB) of what a statute makes us keep of people who left. It is
 * opened when it is first needed, and it is refused when it is not separate: when it is the
 * database of the records or of the keys, when one side's role may connect to the other's
 * database, or when it is not the one these data were moved to.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { JikimError } from "../../base/errors.ts";
import { hex } from "../../store/column-value.ts";
import type { Database, Sql } from "../../store/database.ts";
import { openDatabase } from "../../store/open-database.ts";
import { openSession } from "../../store/open-session.ts";
import type { EngineContext } from "../jikim.ts";
import { readSetting, writeSetting } from "../setting.ts";
import { removeDeadArchived } from "./remove-dead-archived.ts";

/** A PostgreSQL of its own; `role`: what its sessions become, when the address logs in as another. */
export type ArchiveAddress = string | { readonly url: string; readonly role?: string };

/** `memory` (gone when closed), a folder, or a PostgreSQL. */
export type ArchivePlace =
  | "memory"
  | { readonly folder: string }
  | { readonly url: string; readonly role?: string };

export type ArchiveNeeds = Omit<EngineContext, "archive">;

export interface Archive {
  /** The one database, opened by the first who asks. A failure is told and tried anew. */
  open(): Promise<Database>;
  close(): Promise<void>;
}

const FOLDER = "archive";
const NAME_BYTES = 16;

/** The place beside a data folder. */
export function archiveBeside(data: string): { readonly folder: string } {
  return { folder: join(resolve(data), FOLDER) };
}

/** The place of an address. */
export function archiveAt(address: ArchiveAddress): ArchivePlace {
  return typeof address === "string" ? { url: address } : address;
}

/**
 * The archive of a store, not yet opened. `open` throws ERR_ARCHIVE_UNSET where there is none,
 * ERR_ARCHIVE_UNSAFE (`facts.reason`), ERR_ARCHIVE_OTHER, ERR_KEYS_OTHER, and what openDatabase
 * throws.
 */
export function createArchive(place: ArchivePlace | null, needs: ArchiveNeeds): Archive {
  let opening: Promise<Database> | null = null;
  return Object.freeze<Archive>({
    async open() {
      opening ??= openPlace(place, needs);
      const asked = opening;
      try {
        return await asked;
      } catch (error) {
        if (opening === asked) opening = null;
        throw error;
      }
    },
    async close() {
      const asked = opening;
      opening = null;
      await (await asked?.catch(() => null))?.close();
    },
  });
}

async function openPlace(place: ArchivePlace | null, needs: ArchiveNeeds): Promise<Database> {
  if (place === null) {
    throw new JikimError(
      "ERR_ARCHIVE_UNSET",
      "what a statute keeps of people who left needs a database of its own: name one",
    );
  }
  const known = await readSetting(needs.db, "archive");
  if (known !== null && typeof place === "object" && "folder" in place) {
    // A lost folder must not come back as an empty archive that has nothing to keep.
    if (!existsSync(place.folder)) throw otherArchive();
  }
  const archive = await openChecked(place, needs.db);
  try {
    await adoptArchive(archive, needs);
    return archive;
  } catch (error) {
    await archive.close();
    throw error;
  }
}

/**
 * Takes an open database for the archive of these data, and removes what a restore brought back.
 * Throws ERR_ARCHIVE_OTHER and ERR_KEYS_OTHER.
 */
export async function adoptArchive(archive: Database, needs: ArchiveNeeds): Promise<void> {
  await checkName(archive, needs, await readSetting(needs.db, "archive"));
  await checkKeys(archive, needs);
  await removeDeadArchived(needs, archive);
}

async function openChecked(place: ArchivePlace, db: Database): Promise<Database> {
  if (place === "memory") return openDatabase({ migrations: "archive" });
  if ("folder" in place) return openDatabase({ folder: place.folder, migrations: "archive" });
  await refuseTakenDatabase(place.url);
  const archive = await openDatabase({ ...place, migrations: "archive" });
  try {
    await refuseShared(archive, db);
    return archive;
  } catch (error) {
    await archive.close();
    throw error;
  }
}

/** Looked at before a table is made there. */
async function refuseTakenDatabase(url: string): Promise<void> {
  const session = await openSession(url);
  try {
    const [found] = await session.query(
      `select to_regclass('record') is not null as data, to_regclass('key_node') is not null as keys`,
    );
    if (found?.["data"] === true || found?.["keys"] === true) {
      throw unsafe(
        "taken",
        "the archive's database holds the records or the keys: it needs its own",
      );
    }
  } finally {
    await session.close();
  }
}

type Server = { readonly role: string; readonly super: boolean; readonly database: string };

/**
 * Two databases of one server are apart only when neither's role may connect to the other.
 * PostgreSQL lets everyone connect to a new database until that is revoked.
 */
async function refuseShared(archive: Database, db: Database): Promise<void> {
  if (db.kind !== "postgres") return;
  const own = await serverOf(archive);
  if (own.super) throw unsafe("superuser", "the archive's role is a superuser: it could read all");
  const records = await serverOf(db);
  if (!(await isSameServer(archive, db))) return;
  const reads = await mayConnect(archive, records.database);
  const isRead = await mayConnect(db, own.database);
  if (own.role === records.role || reads || isRead) {
    throw unsafe(
      reads ? "reads-records" : isRead ? "read-by-records" : "same-role",
      "records and archive lie on one server and a role may connect to both: give each a role " +
        "and revoke connect on each database from public",
    );
  }
}

async function serverOf(db: Sql): Promise<Server> {
  const [row] = await db.query<Server>(
    `select current_user::text as role, current_database()::text as database,
            (select rolsuper from pg_roles where rolname = current_user) as super`,
  );
  if (row === undefined) throw unsafe("unknown", "the archive's server does not say who it is");
  return row;
}

/** A server that does not tell its number is taken for the same. */
async function isSameServer(archive: Sql, db: Sql): Promise<boolean> {
  const [one, other] = [await serverNumber(archive), await serverNumber(db)];
  return one === null || other === null || one === other;
}

async function serverNumber(db: Sql): Promise<string | null> {
  try {
    const [row] = await db.query<{ number: string }>(
      "select system_identifier::text as number from pg_control_system()",
    );
    return row?.number ?? null;
  } catch (error) {
    if (error instanceof JikimError && error.code === "ERR_STORE_STATEMENT") return null;
    throw error;
  }
}

async function mayConnect(db: Sql, database: string): Promise<boolean> {
  const [row] = await db.query<{ may: boolean }>(
    `select exists (select from pg_database
                     where datname = $1 and has_database_privilege(oid, 'connect')) as may`,
    [database],
  );
  return row?.may === true;
}

/** Each archive has a name, so that an empty or a foreign one is not taken for ours. */
async function checkName(
  archive: Database,
  { random }: ArchiveNeeds,
  known: string | null,
): Promise<void> {
  const own = await readSetting(archive, "archive");
  if (known !== null && own !== known) throw otherArchive();
  if (own === null) await writeSetting(archive, "archive", hex(random.bytes(NAME_BYTES)));
}

async function checkKeys(archive: Database, { keeper }: ArchiveNeeds): Promise<void> {
  const { tree } = await keeper.identity();
  const known = await readSetting(archive, "key_tree");
  if (known === null) await writeSetting(archive, "key_tree", tree);
  else if (known !== tree) {
    throw new JikimError("ERR_KEYS_OTHER", "the keys are not those this archive was sealed with");
  }
}

function otherArchive(): JikimError {
  return new JikimError(
    "ERR_ARCHIVE_OTHER",
    "this is not the archive these data were moved to: nothing is moved or destroyed there",
  );
}

function unsafe(reason: string, message: string): JikimError {
  return new JikimError("ERR_ARCHIVE_UNSAFE", message, { reason });
}
