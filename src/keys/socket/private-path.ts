/**
 * Who is at the other end of a UNIX socket? Node does not tell (no SO_PEERCRED), so the path has
 * to: a folder that only its owner may enter (0700), and in it a socket that only its owner may
 * open (0600). Whoever connects is that user or root; whoever listens is too, because nobody else
 * can put a socket there.
 *
 * Looked at before and after connecting: the same inode, so that it was not exchanged meanwhile.
 * It does not hold against root, against the same user's other programs, or in a folder whose
 * parents someone else may rename: a folder under /run or /var/lib has no such parents.
 */
import { chmodSync, lstatSync, type Stats } from "node:fs";
import { dirname } from "node:path";

import { JikimError } from "../../base/errors.ts";
import { makeFolders } from "../root/key-folder.ts";

/** sun_path holds 104 bytes with its end on some systems, and a draft's name is 4 longer. */
const MAX_PATH_BYTES = 99;

function ownUid(): number {
  return process.getuid?.() ?? 0;
}

/** Makes the socket's folder, or refuses one that others may enter. Throws ERR_PEER_UNSAFE. */
export function makePrivateFolder(path: string): void {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new JikimError("ERR_USAGE", "the path of a socket is at most 99 bytes long");
  }
  makeFolders(dirname(path));
  assertFolder(dirname(path), ownUid());
}

export function makeSocketPrivate(path: string): void {
  chmodSync(path, 0o600);
}

/**
 * Which socket lies at a path, if only `uid` can have put it there and can open it; null while
 * there is none. Throws ERR_PEER_UNSAFE.
 * @param uid the user the other process runs as; this process's own when not said.
 */
export function privateSocket(path: string, uid: number = ownUid()): string | null {
  const folder = statOf(dirname(path));
  if (folder === null) return null;
  assertFolder(dirname(path), uid);
  const socket = statOf(path);
  if (socket === null) return null;
  if (!socket.isSocket()) throw unsafe("something else lies where the socket should be");
  if (socket.uid !== uid) throw unsafe("the socket belongs to another user");
  if ((socket.mode & 0o077) !== 0) throw unsafe("the socket is open to other users");
  return `${socket.dev}.${socket.ino}`;
}

function assertFolder(folder: string, uid: number): void {
  const stat = lstatSync(folder);
  if (!stat.isDirectory()) throw unsafe("the socket's folder is a link or no folder");
  if (stat.uid !== uid) throw unsafe("the socket's folder belongs to another user");
  if ((stat.mode & 0o077) !== 0) throw unsafe("the socket's folder is open to other users");
}

function statOf(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function unsafe(why: string): JikimError {
  return new JikimError("ERR_PEER_UNSAFE", `the other process cannot be trusted: ${why}`);
}
