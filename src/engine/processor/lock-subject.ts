/**
 * One subject's exports and orders, one after the other. Another subject waits for nobody, and the
 * lock ends with the transaction.
 */
import type { Sql } from "../../store/database.ts";

const SPACE = 7_114; // keeps these locks apart from others that share the number space

export async function lockSubject(tx: Sql, subject: Uint8Array): Promise<void> {
  await tx.query("select pg_advisory_xact_lock($1, hashtext(encode($2, 'hex')))", [SPACE, subject]);
}
