/** A key database for the benchmark, on a server of its own with its default, durable settings. */
import { readFileSync } from "node:fs";

import type { KeyDatabase } from "../../src/keys/nodes/key-database.ts";
import { postgresPrograms, startPostgres } from "../../test/keys/support/temp-postgres.ts";

const SCHEMA = new URL("../../migrations/keys/000001.sql", import.meta.url);

export async function keyDatabase(): Promise<{ session: KeyDatabase; stop: () => void } | null> {
  const programs = postgresPrograms();
  if (programs === null) return null;
  const server = startPostgres(programs);
  const session = await server.connect();
  await session.query(readFileSync(SCHEMA, "utf8"));
  return { session, stop: () => server.stop() };
}
