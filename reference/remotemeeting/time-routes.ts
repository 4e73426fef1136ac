/** The time machine's pages: a preview, the move, and what it has ended. Demonstration only. */
import { Hono } from "hono";
import type { KeepProgress } from "jikim";
import { dayOf, readerOf } from "jikim";
import type { Service } from "./remotemeeting.ts";
import { stepOf } from "./time-machine.ts";
import type { Step, TimeMachine } from "./time-machine.ts";
import { movedPage, movingPage, previewPage, timeTitle } from "./time-pages.ts";
import type { Move } from "./time-pages.ts";
import { endsBefore, travel } from "./travel.ts";

/** A page that waits looks again after so many seconds. */
const LOOK_AGAIN = 2;

/** A journey: under way until it has arrived, failed, or found that the step leads too far. */
interface Journey {
  readonly from: number;
  /** Records that end on the way, counted when it began. */
  ending: number;
  progress: KeepProgress;
  /** What it came to; null while it is under way. */
  end: { readonly move: Move | null } | { readonly failed: unknown } | null;
  /** Settles with `end`; never fails. */
  arrived: Promise<void>;
}

/** The pages. */
export function timePages(service: Service, machine: TimeMachine): Hono {
  const { jikim, sessions, tokens } = service;
  const { timeZone } = jikim.plan;
  const app = new Hono();
  let journey: Journey | null = null;
  app.get("/time", async (c) => {
    const reader = readerOf(c);
    const step = stepOf(c.req.query("step"));
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
    return c.html(await service.page(c, { title: timeTitle(reader.lang, "preview"), main }));
  });
  app.post("/time", async (c) => {
    const reader = readerOf(c);
    const step = stepOf((await c.req.parseBody())["step"]);
    if (step === null) return c.redirect(reader.to("/time"), 303);
    // A second click while the first is under way must not move twice.
    if (journey === null || journey.end !== null) journey = begin(service, machine, step);
    // Most moves are done before anybody would look up; a long one gets a page of its own.
    await Promise.race([journey.arrived, service.options.patience()]);
    return c.redirect(reader.to("/time/moved"), 303);
  });
  app.get("/time/moved", async (c) => {
    const reader = readerOf(c);
    c.header("Cache-Control", "no-store");
    if (journey === null) return c.redirect(reader.to("/time"), 303);
    const { end } = journey;
    if (end === null) {
      // A header, not a script: the page looks again by itself, and has a link for those who would
      // rather do it themselves.
      c.header("Refresh", String(LOOK_AGAIN));
      const { from, ending, progress } = journey;
      const [start, today] = [dayOf(from, timeZone), dayOf(machine.clock.now(), timeZone)];
      const main = movingPage({ reader, start, today, ending, progress });
      return c.html(await service.page(c, { title: timeTitle(reader.lang, "moving"), main }));
    }
    if ("failed" in end) {
      journey = null;
      throw end.failed;
    }
    if (end.move === null) return c.redirect(reader.to("/time"), 303);
    const main = movedPage({ reader, compiled: jikim.compiled, move: end.move });
    return c.html(await service.page(c, { title: timeTitle(reader.lang, "moved"), main }));
  });
  return app;
}

function begin(service: Service, machine: TimeMachine, step: Step): Journey {
  const { jikim, sessions } = service;
  const journey: Journey = {
    from: machine.clock.now(),
    ending: 0,
    progress: { records: 0 },
    end: null,
    arrived: Promise.resolve(),
  };
  const go = async (): Promise<Move | null> => {
    const ends = await endsBefore(jikim, machine, machine.target(step));
    journey.ending = ends.reduce((sum, { records }) => sum + records, 0);
    const report = await travel(jikim, machine, step, (progress) => {
      journey.progress = progress;
    });
    if (report === null) return null;
    await sessions.sweep();
    return { from: journey.from, report, verdicts: await service.check() };
  };
  journey.arrived = go().then(
    (move) => {
      journey.end = { move };
    },
    (failed: unknown) => {
      journey.end = { failed };
    },
  );
  return journey;
}
