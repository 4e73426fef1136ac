/**
 * The drill: a copy is made, people are destroyed, the copy is brought back. They stay destroyed,
 * and a root file of before is refused.
 */
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import type { CliIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { moveToArchive } from "../../src/engine/archive/move-to-archive.ts";
import type { Jikim } from "../../src/engine/jikim.ts";
import { type DataPlace, openJikim } from "../../src/engine/open-jikim.ts";
import { recordEvent } from "../../src/engine/retention/record-event.ts";
import { systemRandom } from "../../src/engine/system.ts";
import { emptyDatabase } from "../support/databases.ts";
import { SIGN_UP, SIGN_UP_OPTIONS } from "../support/test-engine.ts";

const POLICY = "policies/remotemeeting";
const WEAKENED = "wherever tests run";
const SUPPORT = { purpose: "user_management" };
const NOON = Date.parse("2026-11-23T12:00:00+09:00");
const LATER = Date.parse("2026-12-24T12:00:00+09:00");

let folder = "";
let archiveUrl: string | undefined;
beforeEach(() => {
  archiveUrl = undefined;
  folder = mkdtempSync(join(tmpdir(), "jikim-restore-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(args: readonly string[], now = LATER): Promise<{ code: number; text: string }> {
  let text = "";
  const io: CliIo = {
    out: (part) => void (text += part),
    err: (part) => void (text += part),
    colour: false,
    cwd: process.cwd(),
    weakened: WEAKENED,
    ...(archiveUrl === undefined ? {} : { archiveUrl }),
    clock: { now: () => now },
    random: systemRandom,
  };
  return { code: await runCli(args, io), text };
}

async function opened<T>(
  data: DataPlace,
  now: number,
  work: (jikim: Jikim) => Promise<T>,
): Promise<T> {
  const clock = { now: () => now };
  const jikim = await openJikim({ policy: POLICY, data, clock, weakened: WEAKENED });
  try {
    return await work(jikim);
  } finally {
    await jikim.close();
  }
}

const member = async (jikim: Jikim, user: string): Promise<string> =>
  jikim.collect(
    "sign_up",
    { ...SIGN_UP, user_id: user, email: `${user}@example.org` },
    SIGN_UP_OPTIONS,
  );

/** Someone who paid on a day and left: the payment is in the archive. */
async function left({ collect, context }: Jikim, day: string): Promise<string> {
  const subject = await collect("payment", { payment_record: "33,000" });
  for (const event of ["payment_completed", "supply_completed"]) {
    await recordEvent(context, { subject, event, day });
  }
  await moveToArchive(context, subject, "ab".repeat(16));
  return subject;
}

/** Signs two people up; one leaves after the copy was made, and the copy is brought back. */
async function drill(
  data: DataPlace,
  backUp: () => Promise<void>,
  restore: () => Promise<string>,
): Promise<void> {
  const { kim, lee, gone, kept } = await opened(data, NOON, async (jikim) => {
    const both = { kim: await member(jikim, "kim"), lee: await member(jikim, "lee") };
    for (const subject of [both.kim, both.lee]) {
      await jikim.collect("service_use", { usage_record: "joined" }, { subject });
    }
    const gone = await left(jikim, "2021-12-01");
    return { ...both, gone, kept: await left(jikim, "2026-11-23") };
  });
  await backUp();
  await opened(data, LATER, async (jikim) => {
    await recordEvent(jikim.context, { subject: kim, event: "withdrawal", day: "2026-12-24" });
    expect((await jikim.keep()).days).toMatchObject([
      { recordClass: "payment", records: 1, state: "rows_removed" },
      { recordClass: "profile", records: 1, state: "rows_removed" },
    ]);
    expect(await jikim.archivedOf(gone)).toEqual([]);
    await member(jikim, "park");
  });
  expect(await restore()).toBe(
    "3 records restored, 1 in the archive\n" +
      "2 records removed again: destroyed since this copy was made\n",
  );
  await opened(data, LATER, async (jikim) => {
    expect(await jikim.find({ email: "kim@example.org" }, SUPPORT)).toEqual([]);
    expect(await jikim.find({ email: "lee@example.org" }, SUPPORT)).toEqual([lee]);
    expect(await jikim.find({ email: "park@example.org" }, SUPPORT)).toEqual([]);
    const { usage_record: use } = await jikim.read(kim, ["usage_record"], {
      purpose: "improvement",
    });
    expect(use).toBe("joined"); // kept for a year of its own
    const lines = await jikim.context.db.query(
      "select class, reason, records, irrecoverable from destruction where reason = 'restore' order by class",
    );
    expect(lines).toMatchObject([
      { class: "payment", records: 1 },
      { class: "profile", records: 1 },
    ]);
    expect(await jikim.archivedOf(gone)).toEqual([]);
    expect(await jikim.archivedOf(kept)).toMatchObject([{ recordClass: "payment", records: 1 }]);
  });
}

test("a folder: who was destroyed after the copy stays destroyed", async () => {
  const [data, copy] = [join(folder, "data"), join(folder, "copy")];
  await drill(
    data,
    async () => {
      const { code, text } = await run(["backup", data, "--to", copy]);
      expect([code, text]).toEqual([0, expect.stringMatching(/: \d+ files, \d+ bytes\n$/)]);
      expect(existsSync(join(copy, "keys"))).toBe(false);
    },
    async () => {
      const args = ["restore", copy, POLICY, "--data", data];
      expect(await run(args)).toMatchObject({
        code: 2,
        text: expect.stringContaining("--replace"),
      });
      const { code, text } = await run([...args, "--replace"]);
      expect(code).toBe(0);
      return text.replaceAll(/^.*\[#+\].*\n/gm, "");
    },
  );
  await refusesFormerRoot(data);
}, 120_000);

/** The one file that must never be copied, copied all the same and put back after a destruction. */
async function refusesFormerRoot(data: string): Promise<void> {
  const [root, kept] = [join(data, "keys/root"), join(folder, "former-root")];
  copyFileSync(root, kept);
  await opened(data, LATER, async (jikim) => {
    const [lee = ""] = await jikim.find({ email: "lee@example.org" }, SUPPORT);
    await recordEvent(jikim.context, { subject: lee, event: "withdrawal", day: "2026-12-24" });
    expect((await jikim.keep()).records).toBe(1);
  });
  const today = readFileSync(root);
  writeFileSync(root, readFileSync(kept)); // in place: it is the same file to the system
  await expect(opened(data, LATER, async () => undefined)).rejects.toMatchObject({
    code: "ERR_KEY_ROOT_STALE",
  });
  writeFileSync(root, today);
  await opened(data, LATER, async (jikim) => {
    expect(await jikim.find({ email: "lee@example.org" }, SUPPORT)).toEqual([]);
  });
}

const server = inject("postgres");
test.skipIf(server === null)(
  "a PostgreSQL: who was destroyed after the dump stays destroyed",
  async () => {
    if (server === null) return;
    const { url, drop } = await emptyDatabase(server);
    const archive = await emptyDatabase(server);
    const [keys, copy] = [join(folder, "keys"), join(folder, "copy")];
    try {
      await drill(
        { url, keys, archive: archive.url },
        async () => {
          expect(await run(["backup", url, "--to", join(folder, "half")])).toMatchObject({
            code: 1,
            text: expect.stringContaining("ERR_ARCHIVE_UNSET"),
          });
          archiveUrl = archive.url;
          expect(await run(["backup", url, "--to", copy])).toMatchObject({ code: 0 });
        },
        async () => {
          const args = ["restore", copy, POLICY, "--data", url, "--keys", keys];
          expect(await run(args)).toMatchObject({ code: 2 });
          const { code, text } = await run([...args, "--replace"]);
          expect(code).toBe(0);
          return text.replaceAll(/^.*\[#+\].*\n/gm, "");
        },
      );
    } finally {
      await archive.drop();
      await drop();
    }
  },
  120_000,
);

describe("a copy", () => {
  test("is refused when it was changed, cut or is none", async () => {
    const [data, copy] = [join(folder, "data"), join(folder, "copy")];
    await opened(data, NOON, async (jikim) => member(jikim, "kim"));
    await run(["backup", data, "--to", copy]);
    const restore = async (): Promise<string> => {
      const { code, text } = await run(["restore", copy, POLICY, "--data", data, "--replace"]);
      expect(code).toBe(1);
      return text;
    };
    appendFileSync(join(copy, "records/PG_VERSION"), "\n");
    expect(await restore()).toContain("ERR_BACKUP_DAMAGED");
    writeFileSync(
      join(copy, "backup.json"),
      '{"jikim_backup":1,"kind":"folder","at":0,"files":[{"path":"../x","bytes":0,"sha256":""}]}',
    );
    expect(await restore()).toContain("ERR_BACKUP_DAMAGED");
    rmSync(join(copy, "backup.json"));
    expect(await restore()).toContain("ERR_BACKUP_DAMAGED");
    await opened(data, NOON, async (jikim) => {
      expect(await jikim.find({ email: "kim@example.org" }, SUPPORT)).toHaveLength(1);
    });
  }, 120_000);

  test("is not made over another, nor while the data are open", async () => {
    const [data, copy] = [join(folder, "data"), join(folder, "copy")];
    await opened(data, NOON, async () => {
      expect((await run(["backup", data, "--to", copy])).text).toContain("ERR_STORE_LOCKED");
    });
    await run(["backup", data, "--to", join(folder, "second")]);
    const again = await run(["backup", data, "--to", join(folder, "second")]);
    expect(again).toMatchObject({ code: 2, text: expect.stringContaining("not empty") });
  }, 120_000);
});

describe("a copy of the key tree", () => {
  test("comes back beside its root, and never over a newer state", async () => {
    const [data, copy, saved] = [join(folder, "data"), join(folder, "keys"), join(folder, "root")];
    await opened(data, NOON, async (jikim) => member(jikim, "kim"));
    expect((await run(["backup", data, "--keys", "--to", copy])).text).toContain(
      "it opens nothing after the next destruction",
    );
    rmSync(join(data, "keys/tree.log")); // the disk of the log is lost, that of the root is not
    expect((await run(["restore", copy, POLICY, "--data", data])).text).toMatch(/is back/);
    await opened(data, LATER, async (jikim) => {
      const [kim = ""] = await jikim.find({ email: "kim@example.org" }, SUPPORT);
      await recordEvent(jikim.context, { subject: kim, event: "withdrawal", day: "2026-12-24" });
      expect((await jikim.keep()).records).toBe(1);
    });
    cpSync(join(data, "keys"), saved, { recursive: true });
    const late = await run(["restore", copy, POLICY, "--data", data]);
    expect(late).toMatchObject({ code: 1, text: expect.stringContaining("ERR_KEY_TREE_STALE") });
    await opened(data, LATER, async (jikim) => jikim.keep()); // nothing was changed
    rmSync(join(data, "keys/root"));
    const rootless = await run(["restore", copy, POLICY, "--data", data]);
    expect(rootless.text).toContain("ERR_KEY_ROOT_LOST");
  }, 120_000);
});
