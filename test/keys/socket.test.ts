/** The keeper behind a socket: the same contract, bounded, and closed when in doubt. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { JikimError } from "../../src/base/errors.ts";
import type { SealContext } from "../../src/keys/keeper.ts";
import type { TreeKeeper } from "../../src/keys/open-keeper.ts";
import { connectKeeper } from "../../src/keys/socket/connect-keeper.ts";
import { connectSocket } from "../../src/keys/socket/connect-socket.ts";
import { createFrameReader, encodeFrame } from "../../src/keys/socket/frame.ts";
import { KEEPER_OP } from "../../src/keys/socket/keeper-wire.ts";
import { REFUSED_CODE, supervise } from "../../src/keys/socket/keeper-process.ts";
import { memoryWeaknesses } from "../../src/keys/socket/memory-weaknesses.ts";
import { serveKeeper } from "../../src/keys/socket/serve-keeper.ts";
import { serveSocket } from "../../src/keys/socket/serve-socket.ts";
import { createReader, createWriter } from "../../src/keys/socket/wire.ts";
import { makeFileKey } from "../../src/keys/stream/file-key.ts";
import { openFile } from "../../src/keys/stream/open-file.ts";
import { sealFile } from "../../src/keys/stream/seal-file.ts";
import { hashSlots } from "../../src/keys/tree/shred-tree.ts";
import { openMemoryKeeper } from "./support/memory-keeper.ts";
import { report } from "./support/report.ts";
import { systemRandom as random } from "./support/random.ts";

const folder = mkdtempSync(join(tmpdir(), "jikim-socket-"));
const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
  rmSync(folder, { recursive: true });
});

const clock = { now: () => Date.now() };
let count = 0;
const freshPath = (): string => join(folder, `s${(count += 1)}`, "keeper.sock");

async function behindSocket(keeper: TreeKeeper): Promise<TreeKeeper> {
  const path = freshPath();
  const server = await serveKeeper(keeper, path, { clock });
  closers.push(() => server.close());
  const remote = await connectKeeper(path, { clock });
  closers.push(() => remote.close());
  return remote;
}

const context = (change: Partial<SealContext> = {}): SealContext => ({
  subject: randomBytes(8).toString("hex"),
  record: randomBytes(16).toString("hex"),
  recordClass: "usage",
  compartment: "service",
  expiresOn: "2026-11-23",
  ...change,
});
const text = (plain: string): Uint8Array => Buffer.from(plain, "utf8");

describe.each([
  ["in process", async (keeper: TreeKeeper) => keeper],
  ["behind a socket", behindSocket],
])("a keeper %s", (_, place) => {
  const open = async () => place(await openMemoryKeeper());
  const sealOne = async (keeper: TreeKeeper, at: SealContext) =>
    (await keeper.seal([{ context: at, plain: text("가나다") }]))[0] ?? new Uint8Array();

  test("opens what it sealed, whatever the context", async () => {
    const keeper = await open();
    const other = randomBytes(8).toString("hex");
    const [ownLock = 0] = await keeper.reserve(1);
    const contexts = [
      context(),
      context({ expiresOn: null }),
      context({ column: "source" }),
      context({ column: "tag" }),
      context({ ownLock }),
      context({ together: { subject: other, rule: "all-of" } }),
      context({ together: { subject: other, rule: "any-of" }, expiresOn: null, column: "items" }),
      context({ recordClass: "통화 기록", compartment: "" }),
    ];
    const values = contexts.map((at, i) => ({ context: at, plain: text(`값 ${i}`) }));
    const sealed = await keeper.seal(values);
    const opened = await keeper.open(
      sealed.map((bytes, i) => ({ context: contexts[i] ?? context(), sealed: bytes })),
    );
    expect(opened.map((bytes) => Buffer.from(bytes).toString("utf8"))).toEqual(
      contexts.map((_at, i) => `값 ${i}`),
    );
  });

  test("knows its tree, the locks of days, and which are gone", async () => {
    const keeper = await open();
    const before = await keeper.identity();
    expect(before.tree).toMatch(/^[0-9a-f]{32}$/);
    const days = [
      { recordClass: "usage", day: "2026-11-23" },
      { recordClass: "usage", day: "2026-11-24" },
    ];
    expect(await keeper.daySlots(days)).toEqual([null, null]);
    const at = context({ column: "tag" });
    const sealed = await sealOne(keeper, at);
    const [slot = null, none] = await keeper.daySlots(days);
    expect([typeof slot, none]).toEqual(["number", null]);
    expect(await keeper.gone([slot ?? 0, 9_999_999])).toEqual([9_999_999]);
    // A fresh lock for the day: what is sealed now outlives the former one.
    expect(await keeper.renewDay("usage", "2026-11-23")).toBe(slot);
    const late = await sealOne(keeper, at);
    await keeper.destroySlots([slot ?? 0]);
    expect(await keeper.gone([slot ?? 0])).toEqual([slot]);
    await expect(keeper.open([{ context: at, sealed }])).rejects.toMatchObject({
      code: "ERR_KEY_GONE",
    });
    expect(await keeper.open([{ context: at, sealed: late }])).toHaveLength(1);
    expect(await keeper.identity()).toEqual({ ...before, epoch: before.epoch + 1 });
  });

  test("takes nothing and the largest value, and refuses a larger one", async () => {
    const keeper = await open();
    expect(await keeper.seal([])).toEqual([]);
    const at = context();
    const largest = randomBytes(1_048_572);
    const [sealed = new Uint8Array()] = await keeper.seal([{ context: at, plain: largest }]);
    const [opened = new Uint8Array()] = await keeper.open([{ context: at, sealed }]);
    expect(largest.equals(opened)).toBe(true);
    for (const bytes of [1_048_573, 5_000_000]) {
      const plain = new Uint8Array(bytes);
      await expect(keeper.seal([{ context: at, plain }])).rejects.toMatchObject({
        code: "ERR_USAGE",
      });
    }
  });

  test("ten thousand values in one call come back in their order", async () => {
    const keeper = await open();
    const at = context();
    const values = Array.from({ length: 10_000 }, (_v, i) => ({
      context: at,
      plain: text(String(i)),
    }));
    const sealed = await keeper.seal(values);
    const opened = await keeper.open(sealed.map((bytes) => ({ context: at, sealed: bytes })));
    expect(opened.map((bytes) => Number(Buffer.from(bytes).toString()))).toEqual(
      values.map((_v, i) => i),
    );
  });

  test("tells errors apart by code and facts", async () => {
    const keeper = await open();
    const at = context();
    const sealed = await sealOne(keeper, at);
    const elsewhere = { ...at, record: "00".repeat(16) };
    await expect(keeper.open([{ context: elsewhere, sealed }])).rejects.toMatchObject({
      code: "ERR_SEALED_VALUE_DAMAGED",
    });
    const receipt = await keeper.destroySubject(at.subject, ["service"]);
    expect(receipt).toMatchObject({ keys: 1, irrecoverable: true, custodians: ["root file"] });
    expect(receipt.epoch).toBe(2);
    await expect(keeper.open([{ context: at, sealed }])).rejects.toMatchObject({
      code: "ERR_KEY_GONE",
      facts: { slot: expect.any(Number) as number },
    });
    await expect(keeper.tagsOf("none", [])).rejects.toMatchObject({ code: "ERR_KEY_GONE" });
  });

  test("destroys a day, renews a lock, drops slots, begins and ends index epochs", async () => {
    const keeper = await open();
    const at = context();
    const sealed = await sealOne(keeper, at);
    const former = await keeper.renew(at.subject, at.compartment);
    expect(await keeper.renew("ff".repeat(8), "service")).toBeNull();
    const dropped = await keeper.destroySlots(former === null ? [] : [former]);
    expect(dropped.slotsHash).toBe(hashSlots([former ?? -1]));
    await expect(keeper.open([{ context: at, sealed }])).rejects.toThrow(JikimError);
    expect((await keeper.destroyDay("usage", "2026-11-23")).keys).toBe(1);
    const value = [{ item: "email", normalised: "a@b.example" }];
    const [first] = await keeper.tags(value);
    expect(await keeper.indexEpochs()).toEqual(["1"]);
    await keeper.beginIndexEpoch("2");
    expect(await keeper.tagsOf("1", value)).toEqual([first]);
    expect(await keeper.tags(value)).not.toEqual([first]);
    const [extra = 0] = await keeper.reserve(1);
    expect((await keeper.endIndexEpoch("1", [extra])).keys).toBe(2);
    expect(await keeper.indexEpochs()).toEqual(["2"]);
  });

  test("seals and opens a file whose key is with its user for that time only", async () => {
    const keeper = await open();
    const at = context();
    const [ownLock = 0] = await keeper.reserve(1);
    const recording = randomBytes(300_000);
    const sealed: Uint8Array[] = [];
    const file = await makeFileKey(keeper, { ...at, ownLock }, random);
    for await (const part of sealFile(file, [recording])) sealed.push(part);
    const opened: Uint8Array[] = [];
    for await (const part of openFile(keeper, at, sealed)) opened.push(part);
    expect(recording.equals(Buffer.concat(opened))).toBe(true);
  });

  test("answers many at once", async () => {
    const keeper = await open();
    const at = context();
    await sealOne(keeper, at);
    const sealed = await Promise.all(Array.from({ length: 200 }, () => sealOne(keeper, at)));
    expect(new Set(sealed.map((bytes) => Buffer.from(bytes).toString("hex"))).size).toBe(200);
  });
});

describe("a socket's path", () => {
  test("is made for its owner alone", async () => {
    const path = freshPath();
    const server = await serveSocket(path, { handle: async () => new Uint8Array() });
    closers.push(() => server.retire());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
  });

  async function checkUnsafe(change: (path: string) => void, uid?: number): Promise<void> {
    const path = freshPath();
    const server = await serveSocket(path, { handle: async () => new Uint8Array() });
    change(path);
    const client = connectSocket(path, { clock, ...(uid === undefined ? {} : { uid }) });
    await expect(client.call(1, new Uint8Array())).rejects.toMatchObject({
      code: "ERR_PEER_UNSAFE",
    });
    await client.close();
    chmodSync(join(path, ".."), 0o700);
    await server.retire();
  }

  test("is refused by a client when others may enter, write, or own it", async () => {
    await checkUnsafe((path) => chmodSync(join(path, ".."), 0o750));
    await checkUnsafe((path) => chmodSync(path, 0o666));
    await checkUnsafe(() => undefined, 4242);
    await checkUnsafe((path) => {
      rmSync(path);
      writeFileSync(path, "");
    });
  });

  test("through a link, or into an open folder, it is refused", async () => {
    const real = freshPath();
    const server = await serveSocket(real, { handle: async () => new Uint8Array() });
    closers.push(() => server.retire());
    const link = join(folder, "link");
    symlinkSync(join(real, ".."), link);
    const client = connectSocket(join(link, "keeper.sock"), { clock });
    await expect(client.call(1, new Uint8Array())).rejects.toMatchObject({
      code: "ERR_PEER_UNSAFE",
    });
    await client.close();
    const openFolder = join(folder, "open");
    mkdirSync(openFolder);
    chmodSync(openFolder, 0o755);
    const serving = serveSocket(join(openFolder, "s"), { handle: async () => new Uint8Array() });
    await expect(serving).rejects.toMatchObject({ code: "ERR_PEER_UNSAFE" });
  });

  test("has one server; a dead one's socket is taken over", async () => {
    const path = freshPath();
    const options = { handle: async () => new Uint8Array() };
    const first = await serveSocket(path, options);
    await expect(serveSocket(path, options)).rejects.toMatchObject({ code: "ERR_KEEPER_RUNNING" });
    await first.retire();
    writeFileSync(path, "left behind");
    const second = await serveSocket(path, options);
    await second.retire();
  });
});

describe("bounds", () => {
  /** A server whose answers wait until they are let go. */
  async function slowServer(limits: { maxRequests?: number; maxPerConnection?: number } = {}) {
    const path = freshPath();
    const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
    const server = await serveSocket(path, {
      ...limits,
      async handle(_kind, body) {
        const same = new Uint8Array(body);
        await gate;
        return same;
      },
    });
    closers.push(() => server.retire());
    return { path, server, letGo };
  }

  test("a full server refuses with a code and answers what it began", async () => {
    const { path, letGo } = await slowServer({ maxRequests: 3, maxPerConnection: 10 });
    const client = connectSocket(path, { clock });
    const calls = Array.from({ length: 5 }, (_, i) => client.call(1, Uint8Array.of(i)));
    await expect(calls[3]).rejects.toMatchObject({ code: "ERR_PEER_BUSY" });
    await expect(calls[4]).rejects.toMatchObject({ code: "ERR_PEER_BUSY" });
    letGo();
    expect((await Promise.all(calls.slice(0, 3))).map(([byte]) => byte)).toEqual([0, 1, 2]);
    expect(await client.call(1, Uint8Array.of(9))).toEqual(Buffer.from([9]));
    await client.close();
  });

  test("one connection's requests beyond its share wait, and do not crowd others out", async () => {
    const { path, server, letGo } = await slowServer({ maxRequests: 8, maxPerConnection: 2 });
    const greedy = connectSocket(path, { clock });
    // One a write: what arrives in one piece with the last allowed one is taken with it.
    const calls: Promise<Uint8Array>[] = [];
    for (let i = 0; i < 6; i += 1) {
      calls.push(greedy.call(1, randomBytes(200_000)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const modest = connectSocket(path, { clock });
    const small = modest.call(1, Uint8Array.of(7));
    letGo();
    expect(await small).toEqual(Buffer.from([7]));
    expect((await Promise.all(calls)).every((bytes) => bytes.length === 200_000)).toBe(true);
    expect(server.working).toBeLessThanOrEqual(8);
    await greedy.close();
    await modest.close();
  });

  test("a client asks no more than its share at once", async () => {
    const { path, letGo } = await slowServer();
    const client = connectSocket(path, { clock, maxPending: 2, maxPendingBytes: 1000 });
    const calls = [client.call(1, Uint8Array.of(1)), client.call(1, Uint8Array.of(2))];
    await expect(client.call(1, Uint8Array.of(3))).rejects.toMatchObject({ code: "ERR_PEER_BUSY" });
    letGo();
    await Promise.all(calls);
    await expect(client.call(1, new Uint8Array(2000))).rejects.toMatchObject({
      code: "ERR_PEER_BUSY",
    });
    await client.close();
  });

  test("an answer that does not come in time is no answer, by the clock", async () => {
    const { path, letGo } = await slowServer();
    let now = 0;
    const client = connectSocket(path, { clock: { now: () => now }, timeoutMs: 1000 });
    const late = client.call(1, Uint8Array.of(1));
    const patient = client.call(1, Uint8Array.of(2), 10_000);
    await Promise.race([late, connected(path)]);
    now = 1000;
    await expect(late).rejects.toMatchObject({ code: "ERR_PEER_UNREACHABLE" });
    letGo();
    expect(await patient).toEqual(Buffer.from([2]));
    await client.close();
  });

  test("nobody there: refused after a while, and at once when closed", async () => {
    let now = 0;
    const client = connectSocket(freshPath(), { clock: { now: () => now }, absentMs: 500 });
    const call = client.call(1, new Uint8Array());
    now = 500;
    await expect(call).rejects.toMatchObject({ code: "ERR_PEER_UNREACHABLE" });
    await client.close();
    await expect(client.call(1, new Uint8Array())).rejects.toMatchObject({
      code: "ERR_PEER_UNREACHABLE",
    });
  });

  test("questions are zeroed when they were sent, answers when they were read", async () => {
    const keeper = await openMemoryKeeper();
    const path = freshPath();
    const seen: Uint8Array[] = [];
    const server = await serveSocket(path, {
      async handle(_kind, body) {
        seen.push(body);
        return new Uint8Array(body);
      },
    });
    closers.push(() => server.retire());
    const client = connectSocket(path, { clock });
    const body = Buffer.from("비밀");
    await client.call(1, body);
    expect([...body, ...(seen[0] ?? [1])].every((byte) => byte === 0)).toBe(true);
    await client.close();
    await keeper.close();
  });

  /** Settles when another connection has been answered: the first one has been taken by then. */
  async function connected(path: string): Promise<void> {
    await new Promise<void>((resolve) => connect(path).once("connect", () => resolve()));
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
  }
});

describe("a server that ends", () => {
  test("answers what it began; what it did not begin is asked of its successor", async () => {
    const path = freshPath();
    const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
    const began: number[] = [];
    const first = await serveSocket(path, {
      maxPerConnection: 1,
      async handle(_kind, body) {
        began.push(body[0] ?? 0);
        await gate;
        return Uint8Array.of(1);
      },
    });
    const client = connectSocket(path, { clock });
    const one = client.call(1, Uint8Array.of(10));
    while (began.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const two = client.call(1, Uint8Array.of(20));
    const ended = first.retire();
    letGo();
    expect(await one).toEqual(Buffer.from([1]));
    await ended;
    const second = await serveSocket(path, { handle: async () => Uint8Array.of(2) });
    expect(await two).toEqual(Buffer.from([2]));
    expect(began).toEqual([10]);
    await client.close();
    await second.retire();
  });

  test("without a goodbye leaves its questions unanswered, not asked twice", async () => {
    const path = freshPath();
    mkdirSync(join(path, ".."), { mode: 0o700 });
    let asked = 0;
    const server = createServer((socket) =>
      socket.on("data", () => {
        asked += 1;
        socket.destroy();
      }),
    );
    await new Promise<void>((resolve) => server.listen(path, resolve));
    chmodSync(path, 0o600);
    const client = connectSocket(path, { clock });
    await expect(client.call(1, new Uint8Array())).rejects.toMatchObject({
      code: "ERR_PEER_UNREACHABLE",
    });
    expect(asked).toBe(1);
    await client.close();
    server.close();
  });

  test("a keeper that destroyed ends after its time, and at once when asked", async () => {
    for (const asks of [false, true]) {
      let now = 0;
      const path = freshPath();
      const served = { clock: { now: () => now }, forgetMs: 60_000 };
      const server = await serveKeeper(await openMemoryKeeper(), path, served);
      const keeper = await connectKeeper(path, { clock });
      await keeper.destroyDay("usage", "2026-11-23");
      if (asks) await keeper.restart();
      else now = 60_000;
      expect(await server.ended).toBe("restart");
      await keeper.close();
    }
  });
});

describe("hostile bytes", () => {
  test("10,000 malformed and random frames: the server answers or hangs up, and lives", async () => {
    const keeper = await openMemoryKeeper();
    const path = freshPath();
    const server = await serveKeeper(keeper, path, { clock, maxConnections: 64 });
    closers.push(() => server.close());
    const remote = await connectKeeper(path, { clock });
    const at = context();
    const [sealed = new Uint8Array()] = await remote.seal([{ context: at, plain: text("산다") }]);
    const began = performance.now();
    let answered = 0;
    for (let round = 0; round < 200; round += 1) {
      const isCut = round % 4 === 0; // some frames are broken: then the server hangs up
      const frames = Array.from({ length: 50 }, (_, i) => hostile(round * 50 + i, isCut));
      answered += await throwAt(path, frames, isCut);
    }
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    report(`10,000 hostile frames in ${seconds} s, ${answered} answered with a code`);
    expect(answered).toBeGreaterThan(1000);
    const [opened = new Uint8Array()] = await remote.open([{ context: at, sealed }]);
    expect(Buffer.from(opened).toString()).toBe("산다");
    await remote.close();
  }, 120_000);

  const LAST = 1_000_000;

  /** Sends all in one connection, then one more to know the end by; the count of answers until it was hung up on. */
  function throwAt(path: string, frames: readonly Uint8Array[], isCut: boolean): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const socket = connect(path);
    const reader = createFrameReader();
    let answered = 0;
    socket.on("data", (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) {
        if (frame.kind === 1) answered += 1;
        if (frame.id === LAST) socket.destroy();
      }
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answered));
    for (const frame of frames) socket.write(frame);
    socket.write(encodeFrame({ kind: 255, id: LAST, body: new Uint8Array() }));
    if (isCut) socket.end(); // what came may be the beginning of a large frame
    return promise;
  }

  /** Bodies made wrong within right frames, and now and then a wrong frame. */
  function hostile(seed: number, isCut: boolean): Uint8Array {
    const kind = seed % 16;
    // Never one that destroys: random bytes may well be a right question.
    const harmless = [8, 9, 13, 14, 5, 6].includes(kind) ? 2 : kind;
    const body = randomBytes(seed % 97);
    if (seed % 3 === 0 && body.length >= 4) body.writeUInt32BE(0xffff_ffff, 0);
    const frame = encodeFrame({ kind: harmless, id: seed, body });
    if (isCut && seed % 49 === 48) frame.writeUInt32BE(randomBytes(4).readUInt32BE(), 0);
    if (isCut && seed % 47 === 46) frame[4] = 9;
    return frame;
  }

  test("every cut and every changed byte of a right question is refused or answered", async () => {
    const keeper = await openMemoryKeeper();
    const path = freshPath();
    const server = await serveKeeper(keeper, path, { clock });
    const client = connectSocket(path, { clock });
    const to = createWriter();
    to.u32(1);
    to.u8(0);
    for (const part of ["0011223344556677", "00".repeat(16), "usage", "service"]) to.text(part);
    to.bytes(text("x"));
    const right = to.done();
    for (let at = 0; at < right.length; at += 1) {
      const cut = Buffer.from(right.subarray(0, at));
      await expect(client.call(KEEPER_OP.seal, cut)).rejects.toBeInstanceOf(JikimError);
      const changed = Buffer.from(right);
      changed[at] = (changed[at] ?? 0) ^ 0x80;
      await client.call(KEEPER_OP.seal, changed).catch((error: unknown) => {
        expect(error).toBeInstanceOf(JikimError);
      });
    }
    expect((await client.call(KEEPER_OP.seal, Buffer.from(right))).length).toBeGreaterThan(0);
    await client.close();
    await server.close();
  });

  test("a connection that stays in the middle of a frame is ended", async () => {
    const path = freshPath();
    const server = await serveSocket(path, { handle: async () => new Uint8Array(), idleMs: 30 });
    const socket = connect(path);
    socket.on("error", () => undefined);
    socket.resume();
    socket.write(Buffer.from([0, 0, 1, 0, 1]));
    await new Promise<void>((resolve) => socket.on("close", () => resolve()));
    const client = connectSocket(path, { clock });
    await client.call(1, new Uint8Array());
    await client.close();
    await server.retire();
  });

  test("a client survives a server that answers nonsense", async () => {
    const nonsense: ((id: number) => Uint8Array)[] = [
      () => randomBytes(64),
      (id) => encodeFrame({ kind: 7, id, body: new Uint8Array() }),
      (id) => encodeFrame({ kind: 1, id, body: randomBytes(20) }),
      () => Buffer.from([0xff, 0xff, 0xff, 0xff]),
    ];
    for (const answer of nonsense) {
      const path = freshPath();
      mkdirSync(join(path, ".."), { mode: 0o700 });
      const server = createServer((socket) => socket.on("data", () => socket.end(answer(1))));
      await new Promise<void>((resolve) => server.listen(path, resolve));
      chmodSync(path, 0o600);
      await expect(connectKeeper(path, { clock, timeoutMs: 2000 })).rejects.toBeInstanceOf(
        JikimError,
      );
      server.close();
    }
  });

  test("a message that counts more than it has is refused before anything is made", () => {
    const from = createReader(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    expect(() => from.slots()).toThrow(JikimError);
    expect(() => createReader(Buffer.from([0, 2, 0xff, 0xff])).text()).toThrow(JikimError);
    expect(() => createReader(Buffer.from([1])).end()).toThrow(JikimError);
  });
});

describe("the keeper's process", () => {
  const child = new URL("support/keeper-child.ts", import.meta.url).pathname;

  test("is replaced after a destruction; what it sealed opens for its successor", async () => {
    const path = freshPath();
    const own = join(folder, "process");
    const process = supervise([child, own, path, "600000"], clock);
    closers.push(() => process.stop());
    const keeper = await connectKeeper(path, { clock, absentMs: 20_000 });
    const [living, dead] = [context(), context({ expiresOn: "2026-12-24" })];
    const [kept = new Uint8Array(), lost = new Uint8Array()] = await keeper.seal([
      { context: living, plain: text("남는다") },
      { context: dead, plain: text("없어진다") },
    ]);
    const before = process.pid;
    expect((await keeper.destroyDay("usage", "2026-12-24")).keys).toBe(1);
    await keeper.restart();
    const [opened = new Uint8Array()] = await keeper.open([{ context: living, sealed: kept }]);
    expect(Buffer.from(opened).toString()).toBe("남는다");
    await expect(keeper.open([{ context: dead, sealed: lost }])).rejects.toMatchObject({
      code: "ERR_KEY_GONE",
    });
    for (let i = 0; process.restarts === 0 && i < 50_000; i += 1) {
      await keeper.indexEpochs();
    }
    expect(process.restarts).toBe(1);
    expect(process.pid).not.toBe(before);
    await keeper.close();
    await process.stop();
    expect(await process.ended).toBe(0);
  }, 60_000);

  test("that cannot open is given up after a few attempts", async () => {
    const own = join(folder, "a file");
    writeFileSync(own, "");
    const process = supervise([child, own, freshPath()], clock);
    expect(await process.ended).not.toBe(0);
    expect(process.restarts).toBe(4);
  }, 60_000);

  test("that says starting again would not help is not started again", async () => {
    const process = supervise(["-e", `process.exit(${REFUSED_CODE})`], clock);
    expect(await process.ended).toBe(REFUSED_CODE);
    expect(process.restarts).toBe(0);
  });

  test("tells how it is, and when it will forget", async () => {
    const path = freshPath();
    let now = 1_700_000_000_000;
    const server = await serveKeeper(await openMemoryKeeper(), path, {
      clock: { now: () => now },
      forgetMs: 600_000,
    });
    closers.push(() => server.close());
    const keeper = await connectKeeper(path, { clock });
    closers.push(() => keeper.close());
    const { tree, epoch } = await keeper.identity();
    const before = await keeper.status();
    expect(before).toMatchObject({ pid: process.pid, startedAt: now, forgetAt: null, tree, epoch });
    expect(before.custodians.length).toBeGreaterThan(0);
    now += 5_000;
    await keeper.destroyDay("usage", "2026-11-23");
    expect(await keeper.status()).toMatchObject({ forgetAt: now + 600_000, epoch: epoch + 1 });
  });

  test("core dumps and swap are told", () => {
    const files: Record<string, string> = {
      "/proc/self/limits": "Max core file size        unlimited            unlimited   bytes\n",
      "/proc/swaps": "Filename Type Size\n/dev/sda2 partition 1\n",
    };
    expect(memoryWeaknesses((path) => files[path] ?? "")).toHaveLength(2);
    expect(memoryWeaknesses(() => "Max core file size        0     0   bytes\n")).toEqual([]);
  });
});
