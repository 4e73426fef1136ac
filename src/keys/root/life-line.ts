/**
 * A socket that says one thing: the process that listens is alive. The kernel closes it with the
 * process, however that ends, and answers for it across containers of one machine.
 */
import { chmodSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";

/** sun_path holds 104 bytes with its end on some systems. */
const MAX_PATH_BYTES = 103;

export interface LifeLine {
  end(): void;
}

export function lifeLinePath(path: string, token: string): string {
  return `${path}.${token}.life`;
}

/** Listens, without keeping the process alive; null where the path or the system does not allow. */
export async function lifeLine(path: string): Promise<LifeLine | null> {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return null;
  const server = createServer((socket) => socket.destroy());
  const { promise: listening, resolve } = Promise.withResolvers<boolean>();
  server.once("error", () => resolve(false));
  server.listen(path, () => resolve(true));
  if (!(await listening)) return null;
  server.on("error", () => undefined); // a failed accept says nothing about this process
  server.unref();
  chmodSync(path, 0o600);
  return {
    end() {
      server.close();
      rmSync(path, { force: true });
    },
  };
}

/**
 * Is a process listening there? Only a refusal says no. A socket that is missing may have been
 * swept away from under a living process, and one that is full has a process behind it.
 */
export async function isAnswered(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path, () => resolve(true));
  socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "ECONNREFUSED"));
  const answered = await promise;
  socket.destroy();
  return answered;
}
