/** The time machine's pages: a preview, the move, and what it has ended. Demonstration only. */
import { Hono } from "hono";
import { dayOf, readerOf } from "jikim";
import type { Service } from "./remotemeeting.ts";
import { stepOf } from "./time-machine.ts";
import type { TimeMachine } from "./time-machine.ts";
import { movedPage, previewPage, timeTitle } from "./time-pages.ts";
import type { Move } from "./time-pages.ts";
import { endsBefore, travel } from "./travel.ts";

/** The pages. */
export function timePages(service: Service, machine: TimeMachine): Hono {
  const { jikim, sessions, tokens } = service;
  const app = new Hono();
  let last: Move | null = null;
  let moving = false;
  app.get("/time", async (c) => {
    const reader = readerOf(c);
    const step = stepOf(c.req.query("step"));
    const { timeZone } = jikim.plan;
    const target = step === null ? 0 : machine.target(step);
    const main = previewPage({
      reader,
      compiled: jikim.compiled,
      token: tokens.field(c),
      today: dayOf(machine.clock.now(), timeZone),
      signedIn: (await sessions.who(c)) !== null,
      asked:
        step === null
          ? null
          : { step, day: dayOf(target, timeZone), ends: await endsBefore(jikim, machine, target) },
    });
    c.header("Cache-Control", "no-store");
    return c.html(await service.page(c, { title: timeTitle(reader.lang, false), main }));
  });
  app.post("/time", async (c) => {
    const reader = readerOf(c);
    const step = stepOf((await c.req.parseBody())["step"]);
    // A second click while the first is under way must not move twice.
    if (step === null || moving) return c.redirect(reader.to("/time"), 303);
    moving = true;
    try {
      const from = machine.clock.now();
      const report = await travel(jikim, machine, step);
      if (report === null) return c.redirect(reader.to("/time"), 303);
      await sessions.sweep();
      last = { from, report, verdicts: await service.check() };
      return c.redirect(reader.to("/time/moved"), 303);
    } finally {
      moving = false;
    }
  });
  app.get("/time/moved", async (c) => {
    const reader = readerOf(c);
    if (last === null) return c.redirect(reader.to("/time"), 303);
    const main = movedPage({ reader, compiled: jikim.compiled, move: last });
    c.header("Cache-Control", "no-store");
    return c.html(await service.page(c, { title: timeTitle(reader.lang, true), main }));
  });
  return app;
}
