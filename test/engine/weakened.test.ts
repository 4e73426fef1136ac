/**
 * Keys where they are not surely forgotten, with the operator's reason: everything that speaks of
 * destruction then says that its promise is weakened, and why.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  createRemoteMeeting,
  type RemoteMeeting,
} from "../../reference/remotemeeting/remotemeeting.ts";
import type { CliIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import type { LeafId } from "../../src/engine/audit/append-leaf.ts";
import { receiptOf } from "../../src/engine/audit/receipt-code.ts";
import type { DayReport } from "../../src/engine/jikim.ts";
import { openMemoryKeys } from "../../src/keys/open-memory-keys.ts";
import type { KeyReceipt } from "../../src/keys/keeper.ts";
import { systemRandom } from "../../src/engine/system.ts";
import { POLICY, testClock } from "../support/remotemeeting.ts";

const REASON = "only a trial";
/** A file system in memory: what is overwritten there may be in swap. Refused without a reason. */
const MEMORY = "/dev/shm";

describe.skipIf(!existsSync(MEMORY))("a weakened promise", () => {
  const clock = testClock();
  let folder = "";
  let service: RemoteMeeting;
  let receipt: KeyReceipt;
  let day: DayReport;
  const get = async (path: string): Promise<string> => (await service.app.request(path)).text();

  beforeAll(async () => {
    folder = mkdtempSync(join(MEMORY, "jikim-weakened-"));
    service = await createRemoteMeeting({
      policy: POLICY,
      data: join(folder, "data"),
      weakened: REASON,
      clock,
      demo: false,
      addressOf: () => null,
      patience: () => new Promise(() => undefined),
      log: () => undefined,
    });
    const { jikim } = service;
    await jikim.collect("service_use", { usage_record: "joined" });
    receipt = await jikim.context.keeper.destroySlots(await jikim.context.keeper.reserve(1));
    clock.pass(366 * 86_400_000);
    [day = day] = (await jikim.keep()).days;
    await service.daily();
  });
  afterAll(async () => {
    await service.close();
    rmSync(folder, { recursive: true });
  });

  test("is said by the keeper's receipt", async () => {
    expect(receipt).toMatchObject({ keys: 1, irrecoverable: false });
    expect(receipt.weaknesses?.join()).toContain(REASON);
    const keeper = await openMemoryKeys({ clock, random: systemRandom });
    const sound = await keeper.destroySlots(await keeper.reserve(1));
    expect(sound).toMatchObject({ keys: 1, irrecoverable: true, weaknesses: [] });
    await keeper.close();
  });

  test("is said by the ledger of destruction, line by line", async () => {
    const lines = await service.jikim.context.db.query<{ weaknesses: readonly string[] }>(
      "select irrecoverable, weaknesses from destruction",
    );
    expect(lines).toMatchObject([{ irrecoverable: false }]);
    expect(lines[0]?.weaknesses.join()).toContain(REASON);
  });

  test.each([
    ["ko", /복구 불가능<\/dt>\s*<dd class="figure">아니요</],
    ["en", /Irrecoverable<\/dt>\s*<dd class="figure">no</],
  ])("is said by the receipt that people look up (%s)", async (lang, line) => {
    const leaf = day.leaves[0] as LeafId;
    expect(await get(`/receipt?lang=${lang}&code=${receiptOf(leaf)}`)).toMatch(line);
  });

  test.each([
    ["ko", "열쇠가 확실히 지워지지 않는 곳에 있음"],
    ["en", "The keys lie where they are not surely forgotten"],
  ])("is said by the board, beside a broken sentence (%s)", async (lang, words) => {
    const board = await get(`/console/promises?status=broken&lang=${lang}`);
    expect(board).toContain(words);
    expect(board).toContain(REASON);
  });

  test("is said by jikim doctor", async () => {
    await service.close();
    let text = "";
    const io: CliIo = {
      out: (part) => void (text += part),
      err: (part) => void (text += part),
      colour: false,
      weakened: REASON,
      cwd: process.cwd(),
      clock,
      random: systemRandom,
    };
    expect(await runCli(["doctor", POLICY, "--data", join(folder, "data")], io)).toBe(0);
    expect(text).toMatch(/^warn +keys +key tree, epoch \d+: destruction is promised only weakly$/m);
    expect(text).toMatch(new RegExp(`^warn +weakened +.*${REASON}`, "m"));
  });
});
