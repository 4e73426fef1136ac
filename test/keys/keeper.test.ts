/** The keeper's contract, on a folder and on a key database. */
import { createHash, randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import type { SealContext } from "../../src/keys/keeper.ts";
import type { TreeKeeper } from "../../src/keys/open-keeper.ts";
import { type KeysOptions, openKeys } from "../../src/keys/open-keys.ts";
import { hashSlots } from "../../src/keys/tree/shred-tree.ts";
import { systemRandom as random } from "./support/random.ts";
import { postgresPrograms, startPostgres } from "./support/temp-postgres.ts";

const SCHEMA = readFileSync(new URL("../../migrations/keys/000001.sql", import.meta.url), "utf8");
const folder = mkdtempSync(join(tmpdir(), "jikim-keeper-"));
const programs = postgresPrograms();
const server = programs === null ? null : startPostgres(programs);
afterAll(() => {
  server?.stop();
  rmSync(folder, { recursive: true });
});

let count = 0;
let now = 1_700_000_000_000;
const clock = { now: () => now };

/** A keeper's place: opens anew as often as one likes. */
async function makePlace(store: "folder" | "database") {
  count += 1;
  const own = join(folder, `k${count}`);
  const name = `keeper_${count}`;
  if (store === "database") {
    await server?.create(name);
    const db = await server?.connect(name);
    await db?.query(SCHEMA);
    await db?.close();
  }
  return async (more: Partial<KeysOptions> = {}): Promise<TreeKeeper> => {
    const database = store === "database" ? await server?.connect(name) : undefined;
    const weak = { allowWeakRoot: "wherever tests run" };
    return openKeys(own, { clock, random, ...weak, ...more, ...(database && { database }) });
  };
}

const subject = (): string => randomBytes(8).toString("hex");
function place(change: Partial<SealContext> = {}): SealContext {
  return {
    subject: "0011223344556677",
    record: randomBytes(16).toString("hex"),
    recordClass: "usage",
    compartment: "service",
    expiresOn: "2026-11-23",
    ...change,
  };
}
const text = (plain: string): Uint8Array => Buffer.from(plain, "utf8");
const sealOne = async (keeper: TreeKeeper, context: SealContext, plain = "가나다") =>
  (await keeper.seal([{ context, plain: text(plain) }]))[0] ?? new Uint8Array();
const openOne = async (keeper: TreeKeeper, context: SealContext, sealed: Uint8Array) =>
  Buffer.from((await keeper.open([{ context, sealed }]))[0] ?? []).toString("utf8");
const gone = { code: "ERR_KEY_GONE" };
const damaged = { code: "ERR_SEALED_VALUE_DAMAGED" };

const stores = server === null ? (["folder"] as const) : (["folder", "database"] as const);

describe.each(stores)("%s", (store) => {
  test("what was sealed opens again, also for the next keeper", async () => {
    const open = await makePlace(store);
    const keeper = await open();
    const contexts = [
      place(),
      place({ subject: subject(), recordClass: "payment", compartment: "commerce_5y" }),
      place({ expiresOn: null }),
      place({ column: "source" }),
    ];
    const sealed = await keeper.seal(contexts.map((context) => ({ context, plain: text("값") })));
    await keeper.close();
    const next = await open();
    for (const [i, context] of contexts.entries()) {
      expect(await openOne(next, context, sealed[i] ?? new Uint8Array())).toBe("값");
    }
    await next.close();
  });

  test("a value opens only at its place", async () => {
    const keeper = await (await makePlace(store))();
    const context = place();
    const sealed = await sealOne(keeper, context);
    const moved: Partial<SealContext>[] = [
      { subject: subject() },
      { record: randomBytes(16).toString("hex") },
      { recordClass: "payment" },
      { compartment: "marketing" },
      { expiresOn: "2027-11-23" },
      { expiresOn: null },
      { column: "source" },
      { together: { subject: subject(), rule: "all-of" } },
    ];
    for (const change of moved) {
      const elsewhere = { ...context, ...change };
      await expect(
        openOne(keeper, elsewhere, sealed),
        JSON.stringify(change),
      ).rejects.toMatchObject(damaged);
    }
    expect(await openOne(keeper, context, sealed)).toBe("가나다");
    await keeper.close();
  });

  test("a forged head leaves no key behind that seals another subject's values", async () => {
    const keeper = await (await makePlace(store))();
    const [mine, other] = [place(), place({ subject: subject() })];
    const sealed = await sealOne(keeper, mine);
    await expect(openOne(keeper, other, sealed)).rejects.toMatchObject(damaged);
    const others = await sealOne(keeper, other);
    await keeper.destroySubject(mine.subject, ["service"]);
    expect(await openOne(keeper, other, others)).toBe("가나다");
    await keeper.close();
  });

  test("every changed byte of a sealed value is refused", async () => {
    const keeper = await (await makePlace(store))();
    const context = place();
    const sealed = await sealOne(keeper, context);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      // a changed slot may name a lock that is there: then the value does not open under it
      await expect(openOne(keeper, context, changed), `byte ${at}`).rejects.toMatchObject(damaged);
    }
    await keeper.close();
  });

  test("a destroyed day takes every subject's records of day and class, nothing else", async () => {
    const open = await makePlace(store);
    const keeper = await open();
    const dying = [place(), place({ subject: subject() }), place({ compartment: "marketing" })];
    const living = [place({ expiresOn: "2026-11-24" }), place({ recordClass: "payment" })];
    const seal = (contexts: readonly SealContext[]) =>
      Promise.all(contexts.map((context) => sealOne(keeper, context)));
    const [dead, alive] = [await seal(dying), await seal(living)];
    const receipt = await keeper.destroyDay("usage", "2026-11-23");
    expect(receipt).toMatchObject({ keys: 1, epoch: 2, custodians: ["root file"] });
    expect(receipt.slotsHash).toMatch(/^[0-9a-f]{64}$/);
    for (const look of [keeper, null]) {
      if (look === null) await keeper.close();
      const by = look ?? (await open());
      for (const [i, context] of dying.entries()) {
        await expect(openOne(by, context, dead[i] ?? text(""))).rejects.toMatchObject(gone);
      }
      for (const [i, context] of living.entries()) {
        expect(await openOne(by, context, alive[i] ?? text(""))).toBe("가나다");
      }
      await expect(sealOne(by, place())).rejects.toMatchObject(gone);
      if (look === null) await by.close();
    }
  });

  test("a day that is destroyed before anything was sealed stays dead", async () => {
    const keeper = await (await makePlace(store))();
    expect((await keeper.destroyDay("usage", "2026-11-23")).keys).toBe(0);
    await expect(sealOne(keeper, place())).rejects.toMatchObject(gone);
    await keeper.close();
  });

  test("withdrawal takes the compartments named; what a statute keeps lives on", async () => {
    const keeper = await (await makePlace(store))();
    const own = place({ expiresOn: null });
    const marketing = place({ compartment: "marketing" });
    const payment = place({ compartment: "commerce_5y", recordClass: "payment" });
    const sealed = await Promise.all([own, marketing, payment].map((c) => sealOne(keeper, c)));
    const receipt = await keeper.destroySubject(own.subject, ["service", "marketing", "never"]);
    expect(receipt.keys).toBe(2);
    await expect(openOne(keeper, own, sealed[0] ?? text(""))).rejects.toMatchObject(gone);
    await expect(openOne(keeper, marketing, sealed[1] ?? text(""))).rejects.toMatchObject(gone);
    expect(await openOne(keeper, payment, sealed[2] ?? text(""))).toBe("가나다");
    expect((await keeper.destroySubject(own.subject, ["service"])).keys).toBe(0);
    await keeper.close();
  });

  test("a renewed lock: what is kept is sealed again, the rest dies with the former", async () => {
    const keeper = await (await makePlace(store))();
    const [kept, dropped] = [place(), place()];
    const old = [await sealOne(keeper, kept, "kept"), await sealOne(keeper, dropped, "dropped")];
    const former = await keeper.renew(kept.subject, kept.compartment);
    const plain = await openOne(keeper, kept, old[0] ?? text("")); // still opens by its own head
    const again = await sealOne(keeper, kept, plain);
    const receipt = await keeper.destroySlots(former === null ? [] : [former]);
    expect(receipt.keys).toBe(1);
    expect(receipt.slotsHash).toBe(hashSlots([former ?? -1]));
    expect(await openOne(keeper, kept, again)).toBe("kept");
    for (const [i, context] of [kept, dropped].entries()) {
      await expect(openOne(keeper, context, old[i] ?? text(""))).rejects.toMatchObject(gone);
    }
    await keeper.close();
  });

  test("a seal under way while its lock is renewed leaves no former lock in use", async () => {
    const keeper = await (await makePlace(store))();
    await sealOne(keeper, place());
    for (let round = 0; round < 20; round += 1) {
      const who = subject();
      await sealOne(keeper, place({ subject: who }));
      await keeper.destroyDay("none", `2030-01-${10 + round}`); // the cache may be empty or not
      const [, former] = await Promise.all([
        sealOne(keeper, place({ subject: who, recordClass: `c${round}` })),
        keeper.renew(who, "service"),
      ]);
      const context = place({ subject: who, recordClass: `c${round}` });
      const sealed = await sealOne(keeper, context);
      await keeper.destroySlots(former === null ? [] : [former]);
      expect(await openOne(keeper, context, sealed)).toBe("가나다");
    }
    await keeper.close();
  });

  test("a record with a lock of its own dies alone, and with its subject", async () => {
    const keeper = await (await makePlace(store))();
    const [a, b] = await keeper.reserve(2);
    const contexts = [place({ ownLock: a ?? 0 }), place({ ownLock: b ?? 0 })];
    const sealed = await Promise.all(contexts.map((context) => sealOne(keeper, context)));
    const [{ ownLock: _a, ...first }, { ownLock: _b, ...second }] = [
      contexts[0] ?? place(),
      contexts[1] ?? place(),
    ];
    expect(await openOne(keeper, first, sealed[0] ?? text(""))).toBe("가나다");
    await keeper.destroySlots([a ?? 0]);
    await expect(openOne(keeper, first, sealed[0] ?? text(""))).rejects.toMatchObject(gone);
    expect(await openOne(keeper, second, sealed[1] ?? text(""))).toBe("가나다");
    await keeper.destroySubject(second.subject, ["service"]);
    await expect(openOne(keeper, second, sealed[1] ?? text(""))).rejects.toMatchObject(gone);
    await keeper.close();
  });

  test.each(["all-of", "any-of"] as const)("a record of two subjects, %s", async (rule) => {
    const keeper = await (await makePlace(store))();
    const [a, b] = [subject(), subject()];
    for (const expiresOn of ["2026-11-23", null]) {
      const compartment = `pair_${expiresOn ?? "open"}`;
      const context = place({ subject: a, together: { subject: b, rule }, expiresOn, compartment });
      const sealed = await sealOne(keeper, context);
      expect(await openOne(keeper, context, sealed)).toBe("가나다");
      await keeper.destroySubject(a, [compartment]);
      if (rule === "all-of") {
        await expect(openOne(keeper, context, sealed)).rejects.toMatchObject(gone);
        continue;
      }
      expect(await openOne(keeper, context, sealed)).toBe("가나다");
      await keeper.destroySubject(b, [compartment]);
      await expect(openOne(keeper, context, sealed)).rejects.toMatchObject(gone);
    }
    const day = place({ subject: subject(), together: { subject: subject(), rule } });
    const sealed = await sealOne(keeper, day);
    await keeper.destroyDay("usage", "2026-11-23");
    await expect(openOne(keeper, day, sealed)).rejects.toMatchObject(gone);
    await keeper.close();
  });

  test("an index epoch: tags are equal within it, differ between, and end with it", async () => {
    const open = await makePlace(store);
    const keeper = await open();
    const value = { item: "email", normalised: "a@example.kr" };
    const [first] = await keeper.tags([value]);
    expect(first?.length).toBe(16);
    expect(await keeper.tags([value])).toEqual([first]);
    expect(await keeper.tags([{ ...value, item: "phone" }])).not.toEqual([first]);
    await keeper.beginIndexEpoch("2026-W48");
    const [second] = await keeper.tags([value]);
    expect(second).not.toEqual(first);
    expect(await keeper.tagsOf("1", [value])).toEqual([first]);
    const receipt = await keeper.endIndexEpoch("1");
    expect(receipt.keys).toBe(1);
    await expect(keeper.tagsOf("1", [value])).rejects.toMatchObject(gone);
    expect(await keeper.indexEpochs()).toEqual(["2026-W48"]);
    await keeper.close();
    const next = await open();
    expect(await next.tags([value])).toEqual([second]);
    await next.close();
  });

  test("700 new subjects get 700 locks in one call, each its own", async () => {
    const open = await makePlace(store);
    const keeper = await open();
    const contexts = Array.from({ length: 700 }, () => place({ subject: subject() }));
    const sealed = await keeper.seal(contexts.map((context) => ({ context, plain: text("x") })));
    const heads = new Set(sealed.map((s) => Buffer.from(s.subarray(3, 9)).toString("hex")));
    expect(heads.size).toBe(700);
    await keeper.close();
    const next = await open();
    const more = await sealOne(next, place({ subject: subject() }));
    expect(heads.has(Buffer.from(more.subarray(3, 9)).toString("hex"))).toBe(false);
    await next.destroySubject(contexts[350]?.subject ?? "", ["service"]);
    const results = await Promise.allSettled(
      contexts.map((context, i) => openOne(next, context, sealed[i] ?? text(""))),
    );
    expect(results.filter(({ status }) => status === "rejected").length).toBe(1);
    expect(results[350]?.status).toBe("rejected");
    await next.close();
  });

  test("sealing for new subjects goes on while others are destroyed", async () => {
    const open = await makePlace(store);
    const keeper = await open();
    const leaving = Array.from({ length: 60 }, () => place({ subject: subject() }));
    const dead = await keeper.seal(leaving.map((context) => ({ context, plain: text("x") })));
    const coming = Array.from({ length: 60 }, () => place({ subject: subject() }));
    const [sealed] = await Promise.all([
      Promise.all(coming.map((context) => sealOne(keeper, context, "new"))),
      ...leaving.map(({ subject: who }) => keeper.destroySubject(who, ["service"])),
    ]);
    await keeper.close();
    const next = await open();
    for (const [i, context] of coming.entries()) {
      expect(await openOne(next, context, sealed[i] ?? text(""))).toBe("new");
      await expect(openOne(next, leaving[i] ?? context, dead[i] ?? text(""))).rejects.toMatchObject(
        gone,
      );
    }
    await next.close();
  });

  test("a second keeper of the same place is refused", async () => {
    const open = await makePlace(store);
    const keeper = await open();
    await expect(open()).rejects.toMatchObject({ code: "ERR_KEEPER_RUNNING" });
    await keeper.close();
    await (await open()).close();
  });

  test("a weak medium is stated in every receipt, and the receipt then promises less", async () => {
    const keeper = await (await makePlace(store))();
    await sealOne(keeper, place());
    const receipt = await keeper.destroyDay("usage", "2026-11-23");
    expect(receipt.irrecoverable).toBe(keeper.weaknesses.length === 0);
    expect(receipt.weaknesses).toEqual(keeper.weaknesses);
    await keeper.close();
  });
});

test("a folder restored from a copy is refused, with or without its root", async () => {
  const open = await makePlace("folder");
  const own = join(folder, `k${count}`);
  const keeper = await open();
  const sealed = await sealOne(keeper, place());
  await keeper.close();
  cpSync(own, `${own}.copy`, { recursive: true });
  const next = await open();
  await next.destroyDay("usage", "2026-11-23");
  await next.close();
  const newest = ["tree.log", "slots", "tree.log.index"];
  for (const name of newest) cpSync(join(own, name), join(own, `${name}.newest`));
  for (const name of newest) cpSync(join(`${own}.copy`, name), join(own, name));
  await expect(open()).rejects.toMatchObject({ code: "ERR_KEY_TREE_STALE" });
  for (const name of newest) cpSync(join(own, `${name}.newest`), join(own, name));
  const again = await open();
  await expect(openOne(again, place(), sealed)).rejects.toMatchObject(gone);
  const strong = again.weaknesses.length === 0;
  await again.close();
  rmSync(own, { recursive: true });
  cpSync(`${own}.copy`, own, { recursive: true });
  if (strong) await expect(open()).rejects.toMatchObject({ code: "ERR_KEY_ROOT_COPIED" });
});

test("padding hides how long a value is, in classes", async () => {
  const keeper = await (await makePlace("folder"))();
  const length = async (n: number) => (await sealOne(keeper, place(), "x".repeat(n))).length;
  expect(await length(1)).toBe(await length(28));
  expect(await length(29)).toBe(await length(60));
  expect(await length(28)).toBeLessThan(await length(29));
  await keeper.close();
});

test("a derived key is forgotten after its time, and at once with its lock", async () => {
  const minted = new Set<string>();
  const keeper = await (
    await makePlace("folder")
  )({
    ttlMs: 1000,
    tap: { minted: (key) => minted.add(createHash("sha256").update(key).digest("hex")) },
  });
  const context = place();
  const sealed = await sealOne(keeper, context);
  now += 1001;
  expect(await openOne(keeper, context, sealed)).toBe("가나다");
  await Promise.all([
    keeper.destroyDay("usage", "2026-11-23"),
    ...Array.from({ length: 50 }, () => openOne(keeper, context, sealed).catch(() => "gone")),
  ]);
  await expect(openOne(keeper, context, sealed)).rejects.toMatchObject(gone);
  expect(minted.size).toBeGreaterThan(512);
  await keeper.close();
});
