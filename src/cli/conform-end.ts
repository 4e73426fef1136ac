/** `jikim processor conform`: a processor tries its end before the first order comes. */
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { conform } from "../engine/processor/conform.ts";
import { keyFromSeed, type SigningKey } from "../engine/processor/sign.ts";
import type { Input, Option } from "./command.ts";
import { usage } from "./command.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { readSmallFile } from "./read-small-file.ts";

export const CONFORM_OPTIONS: Readonly<Record<string, Option>> = {
  url: { takes: "URL", says: "conform: where the end takes orders" },
  key: { takes: "FILE", says: "conform: the test controller's key; made when it is not there" },
  "answer-key": { takes: "KEY", says: "conform: public key of the end's answers" },
  controller: { takes: "NAME", says: "conform: what the end calls the controller" },
  items: { takes: "ITEMS", says: "conform: names of items, with commas (default: email)" },
  reference: { takes: "HEX", says: "conform: somebody the end holds; it is told to erase them" },
  timeout: { takes: "SECONDS", says: "conform: how long an answer may take (default: 10)" },
};

const SEED_BYTES = 32;
const SEED = /^[0-9a-f]{64}$/;
const NAME = /^[a-z][a-z0-9_-]{0,63}$/i;

/** Exit code 1 when anything was answered otherwise than it should. */
export async function conformEnd(input: Input, io: CliIo): Promise<ExitCode> {
  const { key, made } = await keyOf(input, io);
  if (made) {
    if (input.json) printJson(io, { controller_key: key.publicKey, made: true });
    else {
      io.out(`${key.publicKey}\n`);
      io.err(
        "That is the public key of the test controller. Give it to your end, then run again.\n",
      );
    }
    return 0;
  }
  const seconds = Number(input.text("timeout") ?? "10");
  if (!(seconds > 0 && seconds <= 60)) throw usage("--timeout is a number of seconds up to 60");
  const items = (input.text("items") ?? "email").split(",").map((item) => item.trim());
  const reference = input.text("reference");
  if (reference !== undefined && !/^[0-9a-f]{32}$/.test(reference)) {
    throw usage("--reference has 32 hex digits");
  }
  for (const name of [...items, input.text("controller"), input.text("processor")]) {
    if (!NAME.test(name ?? "")) throw usage("names are letters, digits, _ and -, a letter first");
  }
  const lines = await conform({
    url: input.text("url") ?? "",
    key,
    answerKey: input.text("answer-key") ?? "",
    controller: input.text("controller") ?? "",
    processor: input.text("processor") ?? "",
    items,
    ...(reference === undefined ? {} : { reference }),
    clock: io.clock,
    random: io.random,
    timeoutMs: 1000 * seconds,
  });
  const failed = lines.filter(({ ok }) => !ok).length;
  if (input.json) printJson(io, { tried: lines.length, failed, lines });
  else {
    for (const { tried, ok, came } of lines) {
      const mark = ok ? styled(io, "green", "ok  ") : styled(io, "red", "fail");
      io.out(`${mark}  ${tried}: ${came}\n`);
    }
    io.out(
      failed === 0
        ? `all ${lines.length} as they should be\n`
        : `${failed} of ${lines.length} failed\n`,
    );
  }
  return failed === 0 ? 0 : 1;
}

async function keyOf(
  input: Input,
  io: CliIo,
): Promise<{ readonly key: SigningKey; readonly made: boolean }> {
  const path = resolve(io.cwd, input.text("key") ?? "");
  const seed = Buffer.from(io.random.bytes(SEED_BYTES));
  const made = await writeFile(path, `${seed.toString("hex")}\n`, { flag: "wx", mode: 0o600 }).then(
    () => true,
    () => false,
  );
  if (made) return { key: keyFromSeed(new Uint8Array(seed)), made };
  const text = (await readSmallFile(path)).trim();
  if (!SEED.test(text)) throw usage(`${input.text("key") ?? ""} holds no key of this command`);
  return { key: keyFromSeed(new Uint8Array(Buffer.from(text, "hex"))), made };
}
