/**
 * A service that lets people leave one after another, and says on its output which step comes
 * next, until it is killed: by its parent at any moment, or by itself before a named step.
 */
import { writeSync } from "node:fs";
import { openJikim } from "../../src/engine/open-jikim.ts";
import type { DataPlace } from "../../src/engine/open-jikim.ts";
import type { WithdrawalStep } from "../../src/engine/withdrawal/withdrawal-row.ts";
import { REMOTEMEETING } from "../support/test-engine.ts";

interface Order {
  readonly data: DataPlace;
  /** Milliseconds since the epoch; it stands still. */
  readonly now: number;
  /** Who leaves, in this order. */
  readonly subjects: readonly string[];
  /** The step before which it dies; null: it is killed from outside. */
  readonly dieBefore: WithdrawalStep | null;
}

const order = JSON.parse(process.argv[2] ?? "") as Order;
const say = (line: string): number => writeSync(1, `${line}\n`);

const jikim = await openJikim({
  policy: REMOTEMEETING,
  data: order.data,
  clock: { now: () => order.now },
  weakened: "wherever tests run",
});
say("open");
for (const subject of order.subjects) {
  await jikim.withdraw(subject, {
    confirmedBy: "member",
    channel: "site",
    onStep(step) {
      say(`${subject} ${step}`);
      if (step === order.dieBefore) process.kill(process.pid, "SIGKILL");
    },
  });
  say(`${subject} done`);
}
await jikim.close();
