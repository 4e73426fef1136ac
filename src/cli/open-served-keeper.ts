/** The keeper of a process of its own: where its keys are, and what ends with it. */
import { JikimError } from "../base/errors.ts";
import { prepareKeyDatabase } from "../engine/open-keeper-of.ts";
import { type Custody, openCustody } from "../keys/custody/custody.ts";
import { keepRepaired } from "../keys/custody/keep-repaired.ts";
import { openKeys } from "../keys/open-keys.ts";
import type { TreeKeeper } from "../keys/open-keeper.ts";
import { openSession, type Session } from "../store/open-session.ts";
import type { CliIo } from "./io.ts";
import { openCustodians } from "./open-custodians.ts";
import type { CustodianEntry } from "./read-custodians.ts";

export interface ServedKeys {
  readonly folder: string;
  /** Address of a key database; the tree lies in the folder otherwise. */
  readonly database: string | undefined;
  /** Who holds the root; a file of the folder does otherwise. */
  readonly custodians: readonly CustodianEntry[] | null;
  readonly weakened: string | undefined;
}

export interface ServedKeeper {
  readonly keeper: TreeKeeper;
  /** Settles when the key database's session ended without being closed: the lock went with it. */
  readonly lost: Promise<void>;
}

/** Opens it. Throws as `openKeys`, ERR_STORE_UNAVAILABLE, ERR_CUSTODIANS_TOO_FEW. */
export async function openServedKeeper(io: CliIo, keys: ServedKeys): Promise<ServedKeeper> {
  const { clock, random } = io;
  const { folder, weakened } = keys;
  const weak = weakened === undefined ? {} : { allowWeakRoot: weakened, allowWeakStore: weakened };
  let database: Session | null = null;
  let custody: Custody | null = null;
  try {
    database = await openDatabaseOf(keys);
    custody = await openCustodyOf(io, keys);
    const keeper = await openKeys(folder, {
      clock,
      random,
      ...weak,
      ...(database === null ? {} : { database }),
      ...(custody === null ? {} : { roots: custody }),
    });
    return served(io, keeper, { database, custody });
  } catch (error) {
    await custody?.close();
    await database?.close().catch(() => undefined);
    throw error;
  }
}

/** What the operator's next step mends while this process waits: nobody has to start it again. */
const MAY_HEAL: ReadonlySet<unknown> = new Set(["ERR_CUSTODIANS_TOO_FEW", "ERR_STORE_UNAVAILABLE"]);

/** Does opening again, a little later, make sense? */
export function mayHeal(error: unknown): boolean {
  return error instanceof JikimError && MAY_HEAL.has(error.code);
}

async function openDatabaseOf({ database }: ServedKeys): Promise<Session | null> {
  if (database === undefined) return null;
  await prepareKeyDatabase(database);
  return openSession(database);
}

async function openCustodyOf(io: CliIo, keys: ServedKeys): Promise<Custody | null> {
  const { custodians, weakened } = keys;
  if (custodians === null) return null;
  const open = await openCustodians(io, custodians, weakened);
  const weak = weakened === undefined ? {} : { allowWeak: weakened };
  return openCustody(open, { random: io.random, ...weak });
}

function served(
  io: CliIo,
  keeper: TreeKeeper,
  { database, custody }: { readonly database: Session | null; readonly custody: Custody | null },
): ServedKeeper {
  const repairing =
    custody === null
      ? null
      : keepRepaired(custody, {
          clock: io.clock,
          told: ({ away, repaired }) => {
            if (repaired !== undefined) io.err(`share given again: ${repaired.join(", ")}\n`);
            else io.err(away?.length === 0 ? "all custodians are here\n" : awayLine(away ?? []));
          },
        });
  const { promise: lost, resolve } = Promise.withResolvers<void>();
  let closing = false;
  void database?.ended.then(() => {
    if (!closing) resolve();
  });
  const close = async (): Promise<void> => {
    closing = true;
    repairing?.stop();
    await keeper.close();
  };
  return { keeper: Object.freeze<TreeKeeper>({ ...keeper, close }), lost };
}

function awayLine(away: readonly string[]): string {
  return `away: ${away.join(", ")}; the other two are both needed until one is back\n`;
}
