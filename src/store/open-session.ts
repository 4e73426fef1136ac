/**
 * One session on PostgreSQL for the key tree: no pool, because the lock that keeps a second keeper
 * out belongs to the session and ends with it.
 */
import { Client } from "pg";
import { JikimError } from "../base/errors.ts";
import type { Row, SqlValue } from "./database.ts";

export interface Session {
  query(text: string, params?: readonly SqlValue[]): Promise<readonly Row[]>;
  transaction<T>(work: (tx: Pick<Session, "query">) => Promise<T>): Promise<T>;
  /** Settles when the connection is gone, for whatever reason: the session's lock went with it. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects. Throws ERR_STORE_UNAVAILABLE; the driver's own errors pass: the key database holds no
 * personal value that could be in one.
 */
export async function openSession(url: string): Promise<Session> {
  const client = new Client({
    connectionString: url,
    application_name: "jikim-keeper",
    connectionTimeoutMillis: 5_000,
    // A server that went away without a word is noticed, and so is a client, by the server.
    keepAlive: true,
    options: "-c timezone=UTC -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10",
  });
  // A session that breaks is noticed by the next statement; without this it ends the process.
  client.on("error", () => undefined);
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  client.once("end", () => resolve());
  try {
    await client.connect();
  } catch {
    throw new JikimError("ERR_STORE_UNAVAILABLE", "the database cannot be reached");
  }
  return Object.freeze({ ...sessionOf(client), ended });
}

function sessionOf(client: Client): Omit<Session, "ended"> {
  const query: Session["query"] = async (text, params = []) =>
    (await client.query<Row>(text, [...params])).rows;
  return {
    query,
    async transaction(work) {
      await query("begin");
      try {
        const result = await work({ query });
        await query("commit");
        return result;
      } catch (error) {
        await query("rollback").catch(() => undefined);
        throw error;
      }
    },
    close: () => client.end(),
  };
}
