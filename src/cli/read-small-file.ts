import { open } from "node:fs/promises";
import { usage } from "./command.ts";

const LARGEST = 65_536;

/** A small text file. Throws ERR_USAGE when there is none, or when it is larger than 64 KiB. */
export async function readSmallFile(path: string): Promise<string> {
  const file = await open(path, "r").catch(() => null);
  if (file === null) throw usage(`there is no file ${path}`);
  try {
    const { size } = await file.stat();
    if (size > LARGEST) throw usage(`${path} is too large`);
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
