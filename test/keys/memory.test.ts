/**
 * The keeper's memory, read from outside: after a destruction the former root, the destroyed lock
 * and the key made of it are nowhere in it. (Node cannot promise this; the test says what holds.)
 */
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { readHead } from "../../src/keys/envelope/locks.ts";
import { derivePair, pairInfo } from "../../src/keys/envelope/pair-key.ts";
import { diskFiles } from "../../src/keys/files.ts";
import { openFileLog } from "../../src/keys/nodes/file-log.ts";
import { copyKey, openNode } from "../../src/keys/tree/node.ts";
import { present } from "../../src/base/assert.ts";
import { report } from "./support/report.ts";

const CHILD = fileURLToPath(new URL("./support/memory-child.ts", import.meta.url));

/** How often each secret stands in the writable memory of a process. */
function scan(pid: number, secrets: readonly Buffer[]): readonly number[] {
  const counts = secrets.map(() => 0);
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const chunk = Buffer.alloc(4_194_304 + 31);
  for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
    const [range = "", rights = ""] = line.split(" ");
    if (!rights.startsWith("rw")) continue;
    const [from = 0, to = 0] = range.split("-").map((text) => parseInt(text, 16));
    for (let at = from; at < to; at += 4_194_304) {
      let got = 0;
      try {
        got = readSync(memory, chunk, 0, Math.min(chunk.length, to - at), at);
      } catch {
        break; // guard pages and the like
      }
      const part = chunk.subarray(0, got);
      for (const [i, secret] of secrets.entries()) {
        for (let hit = part.indexOf(secret); hit >= 0; hit = part.indexOf(secret, hit + 1)) {
          counts[i] = (counts[i] ?? 0) + 1;
        }
      }
    }
  }
  closeSync(memory);
  return counts;
}

/** The secrets as an attacker with the former root would compute them. */
async function secretsOf(folder: string, sealed: Buffer): Promise<readonly Buffer[]> {
  const bytes = readFileSync(join(folder, "root"));
  const root = Buffer.from(bytes.subarray(4096 + 64, 4096 + 96)); // epoch 1 lies in block 1
  const log = await openFileLog(join(folder, "tree.log"), { files: diskFiles });
  const node = async (level: number, index: number, key: Buffer): Promise<Buffer> => {
    const [blob] = await log.get([level * 2 ** 32 + index]);
    return openNode({ level, index }, present(blob, "a node"), key);
  };
  const top = await node(1, 0, root);
  const { locks } = readHead(sealed);
  const keys: Buffer[] = [];
  for (const slot of [locks.subject, present(locks.day, "a day")]) {
    const leaf = await node(
      0,
      Math.floor(slot / 256),
      present(copyKey(top, Math.floor(slot / 256)), "a leaf"),
    );
    keys.push(present(copyKey(leaf, slot % 256), "a key"));
  }
  const info = pairInfo({
    subject: "0011223344556677",
    record: "",
    recordClass: "usage",
    compartment: "service",
    expiresOn: "2026-11-23",
  });
  return [root, present(keys[1], "the day's lock"), derivePair(keys, info)];
}

test.skipIf(process.platform !== "linux")(
  "after a destruction the keeper's memory holds neither root, lock nor key",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "jikim-memory-"));
    const child = spawn(process.execPath, ["--expose-gc", CHILD, folder], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string> => String((await lines.next()).value);
    const tell = async (word: string): Promise<void> => {
      child.stdin.write(`${word}\n`);
      expect(await next()).toBe(`${word} done`);
    };
    try {
      const secrets = await secretsOf(folder, Buffer.from(await next(), "hex"));
      const pid = present(child.pid, "a running child");
      const before = scan(pid, secrets);
      await tell("destroy");
      const after = scan(pid, secrets);
      await tell("collect");
      const collected = scan(pid, secrets);
      const counts = { before, after, collected };
      report(`copies of root, lock and key: ${JSON.stringify(counts)}`);
      expect(before[0], "the scan has power: the living root is found").toBeGreaterThan(0);
      expect(before[2], "the scan has power: the cached key is found").toBeGreaterThan(0);
      expect(collected).toEqual([0, 0, 0]);
    } finally {
      child.stdin.end();
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true });
    }
  },
  30_000,
);
