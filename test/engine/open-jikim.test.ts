/** The one door: a folder that can be opened again, and everything it refuses to open. */
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { policyHash } from "../../src/compiler/policy-hash.ts";
import { openJikim } from "../../src/engine/open-jikim.ts";
import type { Law } from "../../src/policy/law.ts";
import type { Policy } from "../../src/policy/model.ts";
import { freshDatabase } from "../support/databases.ts";
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

const options = () => ({ policy: REMOTEMEETING, clock: testClock(NOON), random: testRandom() });
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
    expect(statSync(join(data, "keys/master.key")).mode & 0o777).toBe(0o600);
  },
  TIMEOUT,
);

test(
  "a folder whose key file is gone or another's is refused",
  async () => {
    await (await openJikim({ ...options(), data })).close();
    const path = join(data, "keys/master.key");
    const key = readFileSync(path);
    rmSync(path);
    await expect(openJikim({ ...options(), data })).rejects.toMatchObject({
      code: "ERR_KEY_FILE",
      facts: { reason: "absent" },
    });
    const other = join(folder, "other");
    await (await openJikim({ ...options(), random: testRandom("other"), data: other })).close();
    cpSync(join(other, "keys/master.key"), path);
    await expect(openJikim({ ...options(), data })).rejects.toMatchObject({
      code: "ERR_KEY_FILE",
      facts: { reason: "other" },
    });
    writeFileSync(path, key, { mode: 0o600 });
    await (await openJikim({ ...options(), data })).close();
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
test.skipIf(server === null)(
  "a PostgreSQL at a URL serves the same, with its key file",
  async () => {
    if (server === null) return;
    const fresh = await freshDatabase(server);
    const place = { url: fresh.url, keyFile: join(folder, "pg.key") };
    try {
      const first = await openJikim({ ...options(), data: place });
      const subject = await first.collect("sign_up", SIGN_UP, SIGN_UP_OPTIONS);
      await first.close();
      const second = await openJikim({ ...options(), random: testRandom("later"), data: place });
      expect(await second.read(subject, EMAIL, CONTRACT)).toEqual({ email: SIGN_UP["email"] });
      await second.close();
    } finally {
      await fresh.db.close();
      await fresh.drop?.();
    }
  },
);

test("an absent server is an answer, not a hanging", async () => {
  await expect(
    openJikim({ ...options(), data: { url: "postgres://jikim@127.0.0.1:1/none" } }),
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
