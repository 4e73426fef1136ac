/** Whether there is anything to look for in the archive: the records know its name once there is. */
import { present } from "../../base/assert.ts";
import type { Database, Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { readSetting, writeSetting } from "../setting.ts";

/** The archive, when anything was ever moved to it; null: there is nothing to look for. */
export async function usedArchive(context: EngineContext): Promise<Database | null> {
  return (await readSetting(context.db, "archive")) === null ? null : context.archive();
}

/** Lets the records know which archive is theirs, before the first copy goes there. */
export async function rememberArchive(sql: Sql, archive: Database): Promise<void> {
  const name = present(await readSetting(archive, "archive"), "an archive has a name once open");
  if ((await readSetting(sql, "archive")) !== name) await writeSetting(sql, "archive", name);
}
