/** The one door: a folder that can be opened again, and everything it refuses to open. */
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { policyHash } from "../../src/compiler/policy-hash.ts";
import type { KeyPlace } from "../../src/engine/open-keeper-of.ts";
import { openJikim } from "../../src/engine/open-jikim.ts";
import type { Law } from "../../src/policy/law.ts";
import type { Policy } from "../../src/policy/model.ts";
import { emptyDatabase, freshDatabase } from "../support/databases.ts";
import {
  NOON,
  REMOTEMEETING,
  SIGN_UP,
  SIGN_UP_OPTIONS,
  testClock,
  testRandom,
} from "../support/test-engine.ts";

const TIMEOUT = 60_000;
let folder = "";
let data = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jikim-open-"));
  data = join(folder, "data");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = () => ({
  policy: REMOTEMEETING,
  clock: testClock(NOON),
  random: testRandom(),
  weakened: "wherever tests run",
});
const EMAIL = ["email"];
const CONTRACT = { purpose: "contract" };

test(
  "a person signs up, the service is closed and opened, the person is still there",
  async () => {
    const first = await openJikim({ ...options(), data });
    const subject = await first.collect("sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    await first.close();
    const second = await openJikim({ ...options(), random: testRandom("later"), data });
    expect(await second.read(subject, EMAIL, CONTRACT)).toEqual({ email: SIGN_UP["email"] });
    expect(
      await second.find({ email: "kim.test@example.org" }, { purpose: "user_management" }),
    ).toEqual([subject]);
    expect(await second.matches(subject, "password", SIGN_UP["password"] ?? "")).toBe(true);
    expect((await second.keep()).records).toBe(0);
    const versions = await second.context.db.query<{
      hash: string;
      document: string;
    }>("select hash, document from policy_version");
    expect(versions).toHaveLength(1);
    // The text of a version is kept whole: what its consents refer to can always be shown.
    const [version] = versions;
    if (version === undefined) return;
    const { policy, law } = JSON.parse(version.document) as { policy: Policy; law: Law };
    expect(policyHash(policy, law)).toBe(version.hash);
    expect(version.hash).toBe(second.compiled.hash);
    await second.close();
    expect(statSync(join(data, "keys")).mode & 0o777).toBe(0o700);
    expect(statSync(join(data, "keys/root")).mode & 0o777).toBe(0o600);
  },
  TIMEOUT,
);

test(
  "a folder whose keys are gone or another's is refused, and opens when they are back",
  async () => {
    await (await openJikim({ ...options(), data })).close();
    const keys = join(data, "keys");
    renameSync(keys, join(folder, "aside"));
    await expect(openJikim({ ...options(), data })).rejects.toMatchObject({
      code: "ERR_KEYS_MISSING",
    });
    const other = join(folder, "other");
    await (await openJikim({ ...options(), random: testRandom("other"), data: other })).close();
    renameSync(join(other, "keys"), keys);
    await expect(openJikim({ ...options(), data })).rejects.toMatchObject({
      code: "ERR_KEYS_OTHER",
    });
    rmSync(keys, { recursive: true });
    renameSync(join(folder, "aside"), keys);
    await (await openJikim({ ...options(), data })).close();
  },
  TIMEOUT,
);

test(
  "keys where they are not surely forgotten are refused without a reason, and say so with one",
  async () => {
    const shm = mkdtempSync("/dev/shm/jikim-open-");
    try {
      const { weakened, ...plain } = options();
      const weak = join(shm, "data");
      await expect(openJikim({ ...plain, data: weak })).rejects.toMatchObject({
        code: "ERR_KEY_ROOT_MEDIUM",
      });
      const jikim = await openJikim({ ...plain, weakened, data: weak });
      await jikim.collect("service_use", { usage_record: "joined" });
      plain.clock.set("2027-11-24T00:00:00+09:00");
      await jikim.keep();
      const [line] = await jikim.context.db.query(
        "select irrecoverable, weaknesses from destruction",
      );
      expect(line).toEqual({
        irrecoverable: false,
        weaknesses: [expect.stringMatching(/^tmpfs .*wherever tests run/)],
      });
      await jikim.close();
    } finally {
      rmSync(shm, { recursive: true });
    }
  },
  TIMEOUT,
);

test(
  "memory holds a service until it is closed",
  async () => {
    const jikim = await openJikim({ ...options(), data: "memory" });
    await jikim.collect("sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    expect(jikim.plan).toBe(jikim.compiled.plan);
    expect(jikim.context.db.durability).toContain("gone when closed");
    await jikim.close();
  },
  TIMEOUT,
);

const server = inject("postgres");
const places: readonly (readonly [string, (keys: string) => KeyPlace])[] = [
  ["a key folder", () => join(folder, "keys")],
  ["a key database of its own", (url) => ({ url, root: join(folder, "keys") })],
];
describe.skipIf(server === null)("a PostgreSQL at a URL", () => {
  test.each(places)("serves the same, with %s", async (_name, keysAt) => {
    if (server === null) return;
    const [fresh, keys] = [await freshDatabase(server), await emptyDatabase(server)];
    const place = { url: fresh.url, keys: keysAt(keys.url) };
    try {
      const first = await openJikim({ ...options(), data: place });
      const subject = await first.collect("sign_up", SIGN_UP, SIGN_UP_OPTIONS);
      await first.close();
      const second = await openJikim({ ...options(), random: testRandom("later"), data: place });
      expect(await second.read(subject, EMAIL, CONTRACT)).toEqual({ email: SIGN_UP["email"] });
      await expect(openJikim({ ...options(), data: place })).rejects.toMatchObject({
        code: "ERR_KEEPER_RUNNING",
      });
      await second.close();
    } finally {
      await fresh.db.close();
      await fresh.drop?.();
      await keys.drop();
    }
  });

  test("never keeps its keys beside its data", async () => {
    if (server === null) return;
    const fresh = await freshDatabase(server);
    const place = { url: fresh.url, keys: { url: fresh.url, root: join(folder, "keys") } };
    try {
      await expect(openJikim({ ...options(), data: place })).rejects.toMatchObject({
        code: "ERR_KEY_STORE_UNSAFE",
      });
    } finally {
      await fresh.db.close();
      await fresh.drop?.();
    }
  });

  test("refuses a key database whose commits are no promise", async () => {
    if (server === null) return;
    const [fresh, keys] = [await freshDatabase(server), await emptyDatabase(server)];
    const place = { url: fresh.url, keys: { url: keys.url, root: join(folder, "keys") } };
    const { weakened, ...plain } = options();
    try {
      // The server of the tests forgets on purpose: fsync, full_page_writes, synchronous_commit.
      await expect(openJikim({ ...plain, data: place })).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_KEY_(?:STORE_UNSAFE|ROOT_MEDIUM)$/),
      });
      const jikim = await openJikim({ ...plain, weakened, data: place });
      expect(jikim.context.keeper.weaknesses.join()).toContain("fsync=off");
      await jikim.close();
    } finally {
      await fresh.db.close();
      await fresh.drop?.();
      await keys.drop();
    }
  });
});

test("an absent server is an answer, not a hanging", async () => {
  await expect(
    openJikim({
      ...options(),
      data: { url: "postgres://jikim@127.0.0.1:1/none", keys: join(folder, "keys") },
    }),
  ).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
});

test("a policy that is not there, is too large or has errors is refused with the reason", async () => {
  await expect(openJikim({ policy: join(folder, "none") })).rejects.toMatchObject({
    code: "ERR_POLICY_UNREADABLE",
  });
  const big = join(folder, "big.yaml");
  writeFileSync(big, "# ".padEnd(5 * 1024 * 1024, "x"));
  await expect(openJikim({ policy: big })).rejects.toMatchObject({ code: "ERR_POLICY_UNREADABLE" });
  const broken = join(folder, "policy.yaml");
  const text = readFileSync(join(REMOTEMEETING, "policy.yaml"), "utf8");
  writeFileSync(broken, text.replace("requires: [company_id,", "requires: [compny_id,"));
  await expect(openJikim({ policy: folder, data: "memory" })).rejects.toMatchObject({
    code: "ERR_POLICY_INVALID",
    facts: { issues: expect.arrayContaining([expect.objectContaining({ severity: "error" })]) },
  });
});
