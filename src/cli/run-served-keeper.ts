/** The keeper's process itself, which a watcher (ours, or the system's) starts again. */
import { setTimeout as sleep } from "node:timers/promises";
import { JikimError } from "../base/errors.ts";
import { RESTART_CODE, REFUSED_CODE, runKeeperProcess } from "../keys/socket/keeper-process.ts";
import type { CliIo } from "./io.ts";
import {
  mayHeal,
  openServedKeeper,
  type ServedKeeper,
  type ServedKeys,
} from "./open-served-keeper.ts";

const WAIT_MS = 1_000;

/**
 * Serves until it is told to end or wants to be replaced. Waits for a key database or custodians
 * that are not there yet. Returns the code to exit with: 0, RESTART_CODE or REFUSED_CODE.
 */
export async function runServedKeeper(
  io: CliIo,
  keys: ServedKeys,
  socket: string,
): Promise<number> {
  const { promise: lost, resolve } = Promise.withResolvers<number>();
  const open = async () => {
    const served = await openPatiently(io, keys);
    void served.lost.then(() => {
      io.err("the key database's session is gone: a new process opens another\n");
      resolve(RESTART_CODE);
    });
    const { epoch } = await served.keeper.identity();
    io.err(`keeper ${process.pid} opens ${keys.folder}, epoch ${epoch}\n`);
    return served.keeper;
  };
  try {
    return await Promise.race([runKeeperProcess(open, socket, { clock: io.clock }), lost]);
  } catch (error) {
    if (!(error instanceof JikimError)) throw error;
    io.err(`${error.code}: ${error.message}\n`);
    return REFUSED_CODE;
  }
}

async function openPatiently(io: CliIo, keys: ServedKeys): Promise<ServedKeeper> {
  let said = "";
  for (;;) {
    try {
      return await openServedKeeper(io, keys);
    } catch (error) {
      if (!(error instanceof JikimError) || !mayHeal(error)) throw error;
      const line = `waits: ${error.code}: ${error.message}\n`;
      if (line !== said) io.err(line);
      said = line;
      await sleep(WAIT_MS);
    }
  }
}
