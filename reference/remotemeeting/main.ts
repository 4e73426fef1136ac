/** `npm start`: the service on this machine, with the time machine unless told otherwise. */
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { getConnInfo } from "@hono/node-server/conninfo";
import { serve } from "@hono/node-server";
import { JikimError, systemClock } from "jikim";
import { startDailyRun } from "./daily-run.ts";
import type { DailyRun, SetTimer } from "./daily-run.ts";
import { createRemoteMeeting } from "./remotemeeting.ts";

const PATIENCE = 2_000; // milliseconds
const POLICY = fileURLToPath(new URL("../../policies/remotemeeting", import.meta.url));

const { env } = process;
const port = Number(env["PORT"] ?? 3000);
const host = env["HOST"] ?? "127.0.0.1"; // a demonstration is for this machine alone
const origin = env["JIKIM_ORIGIN"];
const data = resolve(env["JIKIM_DATA"] ?? "data");
const demo = env["JIKIM_DEMO"] !== "off";
// A demonstration runs wherever it is started, also in a container; a service does not, unless its
// operator says why (docs/decisions/0002-weak-root.md).
const weakened = env["JIKIM_WEAKENED"] ?? (demo ? "demonstration" : undefined);

if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error("PORT must be a number from 0 to 65535.");
  process.exit(2);
}

// The message of an error of ours holds no personal value. That of another may quote what it met,
// so only its name and the places it came from are written.
const log = (error: unknown): void => {
  if (error instanceof JikimError) return console.error(`${error.code}: ${error.message}`);
  if (!(error instanceof Error)) return console.error("something that is no error was thrown");
  const places = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  console.error([error.name, ...places].join("\n"));
};

const setTimer: SetTimer = (ms, wake) => {
  const timer = globalThis.setTimeout(wake, ms);
  return () => clearTimeout(timer);
};

try {
  const service = await createRemoteMeeting({
    policy: POLICY,
    data,
    clock: systemClock,
    demo,
    ...(weakened === undefined ? {} : { weakened }),
    ...(origin === undefined ? {} : { origin }),
    patience: () => setTimeout(PATIENCE),
    addressOf: (c) => getConnInfo(c).remote.address ?? null,
    log,
  });
  let daily: DailyRun | null = null;
  const server = serve({ fetch: service.app.fetch, port, hostname: host }, (info) => {
    const shown = host === "127.0.0.1" ? "localhost" : host;
    console.log(`RemoteMeeting: http://${shown}:${info.port}/  (data in ${data})`);
    if (service.officer !== null) {
      const { id, pass } = service.officer;
      const address = `http://${shown}:${info.port}/console`;
      console.log(`Console: ${address}  (staff number ${id}, pass ${pass}; until the next start)`);
    }
    for (const reason of service.jikim.context.keeper.weaknesses) {
      console.warn(`Destruction is promised only weakly here: ${reason}`);
    }
    const { plan, context } = service.jikim;
    daily = startDailyRun({
      clock: context.clock,
      timeZone: plan.timeZone,
      setTimer,
      run: service.daily,
      log,
    });
  });
  server.on("error", (error) => {
    if ("code" in error && error.code === "EADDRINUSE") {
      console.error(`Port ${port} is in use. Choose another: PORT=3001 npm start`);
    } else {
      log(error);
    }
    void service.close().finally(() => process.exit(1));
  });
  const stop = async (): Promise<void> => {
    server.close();
    await daily?.stop();
    await service.close().finally(() => process.exit(0));
  };
  process.once("SIGINT", () => void stop());
  process.once("SIGTERM", () => void stop());
} catch (error) {
  log(error);
  process.exit(1);
}
