/**
 * Simulated years by hand: `npm run simulate [-- --seed 7 --years 50 --people 12 --json]`. Ends with
 * 1 when a step left the world other than the policy says; then it prints the shortest list of steps
 * that does so.
 */
import { parseArgs } from "node:util";
import { shorten, simulate } from "./simulate.ts";
import { stepsOf } from "./step.ts";
import { closeStores } from "./world.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    years: { type: "string", default: "50" },
    people: { type: "string", default: "12" },
    json: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const steps = stepsOf(seed, Number(values.years), Number(values.people));
const started = performance.now();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const onStep = (done: number, total: number): void => {
  if (!process.stderr.isTTY || values.json) return;
  process.stderr.write(`\r${done} of ${total} steps`);
};
const result = await simulate({ seed, steps, onStep });
const seconds = Math.round((performance.now() - started) / 100) / 10;
if (process.stderr.isTTY && !values.json) process.stderr.write("\r\u001b[K");
const { failure } = result;
const short =
  failure === null ? null : await shorten({ seed, steps: steps.slice(0, failure.at + 1) });
if (values.json) {
  process.stdout.write(`${JSON.stringify({ seed, seconds, ...result, short }, null, 2)}\n`);
} else if (failure === null) {
  const { records, today } = result;
  say(`ok: seed ${seed}, ${steps.length} steps until ${today}, ${records} records, ${seconds} s`);
} else {
  say(`FAILED: seed ${seed}, step ${failure.at} on ${failure.today}`);
  for (const line of failure.wrong) say(`  ${line}`);
  say("The shortest list of steps that fails:");
  for (const step of short ?? []) say(`  ${JSON.stringify(step)}`);
}
await closeStores();
process.exitCode = failure === null ? 0 : 1;
