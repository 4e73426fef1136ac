/** The keeper of another process, for commands that open data. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { JikimError } from "../base/errors.ts";
import { connectKeeper, type RemoteKeeper } from "../keys/socket/connect-keeper.ts";
import type { Input, Option } from "./command.ts";
import { usage } from "./command.ts";
import type { CliIo } from "./io.ts";

/** For commands that can ask a keeper instead of opening keys themselves. */
export const KEEPER_OPTION: Readonly<Record<"keeper", Option>> = {
  keeper: { takes: "SOCKET", says: "the keeper to ask for keys (jikim keeper serve)" },
};

/** The keeper named with `--keeper`; null when none was. Throws ERR_USAGE, ERR_PEER_UNREACHABLE. */
export async function keeperOf(input: Input, io: CliIo): Promise<RemoteKeeper | null> {
  const socket = input.text("keeper");
  if (socket === undefined) return null;
  if (input.text("keys") !== undefined) throw usage("keys are in a folder or with a keeper");
  return reachKeeper(io, socket);
}

/** Connects, or says at once that nobody listens. Throws ERR_PEER_UNREACHABLE, ERR_PEER_UNSAFE. */
export async function reachKeeper(io: CliIo, socket: string): Promise<RemoteKeeper> {
  const path = resolve(io.cwd, socket);
  if (existsSync(path)) return connectKeeper(path, { clock: io.clock });
  const says = `no keeper listens at ${socket}; jikim keeper serve starts one`;
  throw new JikimError("ERR_PEER_UNREACHABLE", says);
}
