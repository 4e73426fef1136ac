/** One-way values (passwords): only whether a presented value is the same can ever be asked. */
import { argon2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Random } from "../../base/clock.ts";

const derive = promisify(argon2);
// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16; // RFC 9106 §3.1
const HASH_BYTES = 32;
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** The value as a PHC string with a fresh salt. */
export async function hashOneWay(value: string, random: Random): Promise<string> {
  const salt = random.bytes(SALT_BYTES);
  const hash = await argon2id(value, salt, { memory: MEMORY_KIB, passes: PASSES, lanes: LANES });
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${base64(salt)}$${base64(hash)}`;
}

/**
 * Is the value the one of this PHC string? With `null` the same work is done and the answer is no,
 * so that the time it takes does not tell whether there was anything to compare with.
 */
export async function matchesOneWay(value: string, phc: string | null): Promise<boolean> {
  const parts = phc === null ? null : PHC.exec(phc);
  if (parts === null) {
    await argon2id(value, new Uint8Array(SALT_BYTES), {
      memory: MEMORY_KIB,
      passes: PASSES,
      lanes: LANES,
    });
    return false;
  }
  const [, memory, passes, lanes, salt = "", hash = ""] = parts;
  const expected = Buffer.from(hash, "base64");
  const found = await argon2id(value, Buffer.from(salt, "base64"), {
    memory: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
  });
  return found.length === expected.length && timingSafeEqual(found, expected);
}

async function argon2id(
  value: string,
  salt: Uint8Array,
  cost: { readonly memory: number; readonly passes: number; readonly lanes: number },
): Promise<Buffer> {
  return derive("argon2id", {
    message: Buffer.from(value.normalize("NFC"), "utf8"),
    nonce: salt,
    parallelism: cost.lanes,
    tagLength: HASH_BYTES,
    memory: cost.memory,
    passes: cost.passes,
  });
}

/** PHC strings leave the padding of base64 out. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}
