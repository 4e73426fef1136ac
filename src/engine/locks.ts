/**
 * Who may seal under a lock, and who may give it up. Sealing holds the lock's name shared from the
 * look at its state to the commit of the row; destroying holds it alone. So no row is written under
 * a lock that is being given up, and none that was written before is missed.
 *
 * The names are advisory locks of the database, held to the end of the transaction. Two names may
 * fall on one number: then one waits for the other without need, and nothing else.
 */
import { createHash } from "node:crypto";
import type { Sql } from "../store/database.ts";

/** What is locked: a person's compartment, the day of a class, or the blind index. */
export type LockName =
  | { readonly subject: string; readonly compartment: string }
  | { readonly recordClass: string; readonly day: string }
  | "index";

/** Takes the names for sealing: together with others who seal. */
export async function shareLocks(tx: Sql, names: readonly LockName[]): Promise<void> {
  await tx.query("select pg_advisory_xact_lock_shared(name::bigint) from unnest($1::text[]) name", [
    numbersOf(names),
  ]);
}

/** Takes the names for giving up what they stand for: alone. */
export async function holdLocks(tx: Sql, names: readonly LockName[]): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(name::bigint) from unnest($1::text[]) name", [
    numbersOf(names),
  ]);
}

/** Sorted, so that two transactions never wait for each other in a circle. */
function numbersOf(names: readonly LockName[]): readonly string[] {
  const numbers = names.map((name) => {
    const parts =
      name === "index"
        ? ["index"]
        : "subject" in name
          ? ["compartment", name.subject, name.compartment]
          : ["day", name.recordClass, name.day];
    const hash = createHash("sha256")
      .update(JSON.stringify(["jikim/lock", ...parts]))
      .digest();
    return hash.readBigInt64BE();
  });
  return [...new Set(numbers)].toSorted((a, b) => (a < b ? -1 : 1)).map(String);
}
