import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";

import { describe, expect, test } from "vitest";

import { JikimError } from "../../src/base/errors.ts";
import type { Keeper, SealContext } from "../../src/keys/keeper.ts";
import { fileKey, makeFileKey } from "../../src/keys/stream/file-key.ts";
import { CHUNK_BYTES, makeHeader, SEALED_CHUNK_BYTES } from "../../src/keys/stream/format.ts";
import { openFile } from "../../src/keys/stream/open-file.ts";
import { openRanges, type SealedSource } from "../../src/keys/stream/open-range.ts";
import { sealFile } from "../../src/keys/stream/seal-file.ts";
import { openMemoryKeeper } from "./support/memory-keeper.ts";
import { report } from "./support/report.ts";
import { systemRandom as random } from "./support/random.ts";

const context: SealContext = {
  subject: "0011223344556677",
  record: "00112233445566778899aabbccddeeff",
  recordClass: "recording",
  compartment: "service",
  expiresOn: "2030-01-01",
};
const DAMAGED = { code: "ERR_SEALED_VALUE_DAMAGED" };

interface Vector {
  readonly plainBytes: number;
  readonly key: string;
  readonly prefix: string;
  readonly wrapped: string;
  readonly fileId: string;
  readonly sealedBytes: number;
  readonly sealedSha256: string;
  readonly sealed?: string;
}
const vectors = JSON.parse(
  readFileSync(new URL("../vectors/stream.json", import.meta.url), "utf8"),
) as { readonly files: readonly Vector[] };

function pattern(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 255));
}

async function bytesOf(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

/** A keeper that hands out a known file key: the vectors know nothing of trees. */
function keeperOf(key: string): Pick<Keeper, "open"> {
  return { open: async () => [new Uint8Array(Buffer.from(key, "hex"))] };
}

function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const sourceOf = (sealed: Buffer): SealedSource => ({
  size: sealed.length,
  read: async (position, length) => sealed.subarray(position, position + length),
});

describe("vectors of sealed files", () => {
  for (const vector of vectors.files) {
    const name = `${vector.plainBytes} bytes`;
    const plain = pattern(vector.plainBytes);
    const seal = (): Promise<Buffer> => {
      const header = makeHeader(
        Buffer.from(vector.prefix, "hex"),
        Buffer.from(vector.wrapped, "hex"),
      );
      const file = fileKey(Buffer.from(vector.key, "hex"), vector.fileId, header);
      return bytesOf(sealFile(file, cut(plain, 10_007)));
    };
    const at = { ...context, record: vector.fileId };

    test(`${name}: sealed as written down`, async () => {
      const sealed = await seal();
      expect(sealed.length).toBe(vector.sealedBytes);
      expect(createHash("sha256").update(sealed).digest("hex")).toBe(vector.sealedSha256);
      if (vector.sealed !== undefined) expect(sealed.toString("hex")).toBe(vector.sealed);
    });

    test(`${name}: opened whatever the pieces it arrives in`, async () => {
      const sealed = await seal();
      for (const size of [sealed.length, 65_536, 4099]) {
        const opened = await bytesOf(openFile(keeperOf(vector.key), at, cut(sealed, size)));
        expect(opened.equals(plain)).toBe(true);
      }
    });

    test(`${name}: every range is the slice`, async () => {
      const file = await openRanges(keeperOf(vector.key), at, sourceOf(await seal()));
      expect(file.plainBytes).toBe(plain.length);
      const edges = [0, 1, 17, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 131_072];
      const points = [...edges, plain.length].filter((p) => p <= plain.length);
      for (const start of points) {
        for (const end of points.filter((p) => p >= start)) {
          const part = await bytesOf(file.range(start, end));
          expect(part.equals(plain.subarray(start, end))).toBe(true);
        }
      }
    });
  }
});

describe("a sealed file", () => {
  const plain = pattern(3 * CHUNK_BYTES + 1000);

  async function sealed() {
    const keeper = await openMemoryKeeper();
    const [ownLock = 0] = await keeper.reserve(1);
    const file = await makeFileKey(keeper, { ...context, ownLock }, random);
    return { keeper, ownLock, bytes: await bytesOf(sealFile(file, [plain])), file };
  }

  async function checkRefused(change: (bytes: Buffer, header: number) => Buffer): Promise<void> {
    const { keeper, bytes, file } = await sealed();
    const changed = change(Buffer.from(bytes), file.header.bytes.length);
    await expect(bytesOf(openFile(keeper, context, [changed]))).rejects.toMatchObject(DAMAGED);
    const whole = openRanges(keeper, context, sourceOf(changed)).then((ranges) =>
      bytesOf(ranges.range(0, ranges.plainBytes)),
    );
    await expect(whole).rejects.toMatchObject(DAMAGED);
  }

  test("opens at its place, whole and in parts", async () => {
    const { keeper, bytes } = await sealed();
    expect((await bytesOf(openFile(keeper, context, cut(bytes, 1 << 14)))).equals(plain)).toBe(
      true,
    );
    const file = await openRanges(keeper, context, sourceOf(bytes));
    expect(
      (await bytesOf(file.range(70_000, 140_000))).equals(plain.subarray(70_000, 140_000)),
    ).toBe(true);
  });

  test("a range opens only the chunks it touches", async () => {
    const { keeper, bytes } = await sealed();
    const read: number[] = [];
    const file = await openRanges(keeper, context, {
      size: bytes.length,
      read: async (position, length) => {
        read.push(length);
        return bytes.subarray(position, position + length);
      },
    });
    read.length = 0;
    await bytesOf(file.range(CHUNK_BYTES + 5, CHUNK_BYTES + 10));
    expect(read).toEqual([SEALED_CHUNK_BYTES]);
  });

  test("any flipped bit is refused", async () => {
    const positions = [0, 7, 9, 16, 17, 40, 70_000, 140_000, 196_700];
    for (const position of positions) {
      await checkRefused((bytes) => {
        bytes[position] = (bytes[position] ?? 0) ^ 1;
        return bytes;
      });
    }
  });

  test("cut anywhere it is refused, at the ends of chunks too", async () => {
    for (const chunks of [0, 1, 2, 3]) {
      for (const more of [0, 15, 16, 17]) {
        await checkRefused((bytes, header) =>
          bytes.subarray(0, header + chunks * SEALED_CHUNK_BYTES + more),
        );
      }
    }
    await checkRefused((bytes, header) => bytes.subarray(0, header - 1));
    await checkRefused((bytes) => bytes.subarray(0, 3));
    await checkRefused((bytes) => bytes.subarray(0, 0));
  });

  test("with something behind its end it is refused", async () => {
    await checkRefused((bytes) => Buffer.concat([bytes, Buffer.alloc(1)]));
    await checkRefused((bytes, header) =>
      Buffer.concat([bytes, bytes.subarray(header, header + SEALED_CHUNK_BYTES)]),
    );
  });

  test("with two chunks in each other's place it is refused", async () => {
    await checkRefused((bytes, header) => {
      const first = Buffer.from(bytes.subarray(header, header + SEALED_CHUNK_BYTES));
      bytes.copyWithin(header, header + SEALED_CHUNK_BYTES, header + 2 * SEALED_CHUNK_BYTES);
      first.copy(bytes, header + SEALED_CHUNK_BYTES);
      return bytes;
    });
  });

  test("a chunk of another file of the same keeper is refused", async () => {
    const { keeper, bytes, file } = await sealed();
    const other = await makeFileKey(keeper, context, random);
    const stranger = await bytesOf(sealFile(other, [plain]));
    const header = file.header.bytes.length;
    const from = other.header.bytes.length;
    stranger.copy(bytes, header, from, from + SEALED_CHUNK_BYTES);
    await expect(bytesOf(openFile(keeper, context, [bytes]))).rejects.toMatchObject(DAMAGED);
  });

  test("under another file's name, or by another keeper, it is refused", async () => {
    const { keeper, bytes } = await sealed();
    const elsewhere = { ...context, record: "ff".repeat(16) };
    await expect(bytesOf(openFile(keeper, elsewhere, [bytes]))).rejects.toMatchObject(DAMAGED);
    const other = await openMemoryKeeper();
    await expect(bytesOf(openFile(other, context, [bytes]))).rejects.toBeInstanceOf(JikimError);
  });

  test("is gone with its own lock, while its subject's other files live", async () => {
    const { keeper, ownLock, bytes } = await sealed();
    const other = await makeFileKey(keeper, context, random);
    const living = await bytesOf(sealFile(other, [plain]));
    await keeper.destroySlots([ownLock]);
    await expect(bytesOf(openFile(keeper, context, [bytes]))).rejects.toMatchObject({
      code: "ERR_KEY_GONE",
    });
    expect((await bytesOf(openFile(keeper, context, [living]))).equals(plain)).toBe(true);
    await keeper.destroyDay(context.recordClass, "2030-01-01");
    await expect(bytesOf(openFile(keeper, context, [living]))).rejects.toMatchObject({
      code: "ERR_KEY_GONE",
    });
  });

  test("its key is zeroed when sealing ends, and when it is given up", async () => {
    const { file, keeper } = await sealed();
    expect(file.key.every((byte) => byte === 0)).toBe(true);
    const given = await makeFileKey(keeper, context, random);
    const parts = sealFile(given, [plain]);
    await parts.next();
    expect(given.key.some((byte) => byte !== 0)).toBe(true);
    await parts.return(undefined);
    expect(given.key.every((byte) => byte === 0)).toBe(true);
  });

  test("a closed file is read no further, and a range outside it is refused", async () => {
    const { keeper, bytes } = await sealed();
    const file = await openRanges(keeper, context, sourceOf(bytes));
    for (const [start, end] of [
      [-1, 2],
      [5, 4],
      [0, plain.length + 1],
      [0.5, 2],
    ] as const) {
      await expect(bytesOf(file.range(start, end))).rejects.toMatchObject({ code: "ERR_USAGE" });
    }
    const parts = file.range(0, plain.length);
    await parts.next();
    file.close();
    await expect(parts.next()).rejects.toMatchObject({ code: "ERR_USAGE" });
  });

  test("larger than allowed it is refused while it is sealed", async () => {
    const { keeper } = await sealed();
    const file = await makeFileKey(keeper, context, random);
    const parts = sealFile(file, [plain], { maxBytes: plain.length - 1 });
    await expect(bytesOf(parts)).rejects.toMatchObject({ code: "ERR_USAGE" });
  });
});

test("256 MiB stream through sealing and opening in flat memory", async () => {
  const MIB = 1_048_576;
  const total = 256 * MIB;
  const keeper = await openMemoryKeeper();
  const file = await makeFileKey(keeper, context, random);
  const block = randomBytes(MIB);
  function* recording(): Generator<Uint8Array> {
    for (let at = 0; at < total; at += MIB) yield block;
  }
  let most = 0;
  let count = 0;
  const before = process.memoryUsage().rss;
  const began = performance.now();
  const sealedStream = Readable.from(sealFile(file, recording()), { objectMode: true });
  for await (const part of openFile(keeper, context, sealedStream)) {
    count += part.length;
    if (count % (8 * MIB) === 0) most = Math.max(most, process.memoryUsage().rss - before);
  }
  const seconds = (performance.now() - began) / 1000;
  report(`${(total / MIB / seconds).toFixed(0)} MiB/s, ${(most / MIB).toFixed(0)} MiB more memory`);
  expect(count).toBe(total);
  expect(most).toBeLessThan(128 * MIB);
}, 120_000);
