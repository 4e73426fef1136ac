/** Schema changes: forward only, all pending ones in one transaction, one process at a time. */
import { JikimError } from "../base/errors.ts";
import type { Migration } from "./read-migrations.ts";
import type { ScriptDatabase } from "./script-database.ts";

const LOCK = 7_114_206_581; // any number; the same in every process that migrates

/**
 * Brings the schema up to date and returns how many migrations ran.
 *
 * Throws ERR_STORE_DRIFT when an applied migration is not the one we ship, and ERR_STORE_NEWER
 * when the store has migrations we do not know: older code on a newer schema would not see what
 * the newer one protects.
 */
export async function migrate(db: ScriptDatabase, files: readonly Migration[]): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock($1)", [LOCK]);
    await tx.query(
      `create table if not exists migration (
         number integer primary key, name text not null, sha256 text not null)`,
      [],
    );
    const applied = await tx.query<{ number: number; name: string; sha256: string }>(
      "select number, name, sha256 from migration order by number",
      [],
    );
    if (applied.length > files.length) {
      throw new JikimError("ERR_STORE_NEWER", "the store was written by a newer version", {
        applied: applied.length,
        known: files.length,
      });
    }
    for (const [index, found] of applied.entries()) {
      const file = files[index];
      if (file?.number === found.number && file.sha256 === found.sha256) continue;
      throw new JikimError("ERR_STORE_DRIFT", `migration ${found.name} was applied differently`, {
        name: found.name,
      });
    }
    for (const file of files.slice(applied.length)) {
      await tx.script(file.text);
      await tx.query("insert into migration (number, name, sha256) values ($1, $2, $3)", [
        file.number,
        file.name,
        file.sha256,
      ]);
    }
    return files.length - applied.length;
  });
}
