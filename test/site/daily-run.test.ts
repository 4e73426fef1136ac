import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startDailyRun } from "../../reference/remotemeeting/daily-run.ts";
import type { DailyRun } from "../../reference/remotemeeting/daily-run.ts";
import { openTimeMachine } from "../../reference/remotemeeting/time-machine.ts";
import { openTestService, signUpFields, testClock, visitor } from "../support/remotemeeting.ts";
import type { TestClock } from "../support/remotemeeting.ts";

const SEOUL = "Asia/Seoul";
const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);

/** Timers that go off when the clock is led past them, in order. */
function fakeTimers(clock: TestClock) {
  let waiting: { at: number; wake: () => void } | null = null;
  return {
    setTimer: (ms: number, wake: () => void) => {
      const mine = { at: clock.now() + ms, wake };
      waiting = mine;
      return () => {
        if (waiting === mine) waiting = null;
      };
    },
    waits: () => waiting !== null,
    /** Lets time pass; what falls due goes off on the way. */
    pass: async (ms: number) => {
      const end = clock.now() + ms;
      while (waiting !== null && waiting.at <= end) {
        clock.pass(waiting.at - clock.now());
        const { wake } = waiting;
        waiting = null;
        wake();
        await settled();
      }
      clock.pass(end - clock.now());
    },
  };
}

/** Everything that can go on without a timer has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe("the daily run", () => {
  const started = async (start: string, timeZone = SEOUL, fails: readonly number[] = []) => {
    const clock = testClock(at(start));
    const timers = fakeTimers(clock);
    const runs: string[] = [];
    const errors: unknown[] = [];
    const daily = startDailyRun({
      clock,
      timeZone,
      setTimer: timers.setTimer,
      run: async () => {
        runs.push(new Date(clock.now()).toISOString());
        if (fails.includes(runs.length)) throw new Error("the store does not answer");
      },
      log: (error) => void errors.push(error),
    });
    await settled();
    return { clock, timers, runs, errors, daily };
  };

  test("comes at the start and then at 00:00 of the policy's time zone", async () => {
    const { timers, runs } = await started("2026-11-23T10:20:00+09:00");
    await timers.pass(48 * HOUR);
    expect(runs).toEqual([
      "2026-11-23T01:20:00.000Z",
      "2026-11-23T15:00:00.000Z", // 00:00 in Seoul
      "2026-11-24T15:00:00.000Z",
    ]);
  });

  test("keeps to midnight on days of 23 and 25 hours", async () => {
    const spring = await started("2027-03-27T12:00:00+01:00", "Europe/Berlin");
    await spring.timers.pass(40 * HOUR);
    expect(spring.runs.slice(1)).toEqual(["2027-03-27T23:00:00.000Z", "2027-03-28T22:00:00.000Z"]);
    const autumn = await started("2027-10-30T12:00:00+02:00", "Europe/Berlin");
    await autumn.timers.pass(40 * HOUR);
    expect(autumn.runs.slice(1)).toEqual(["2027-10-30T22:00:00.000Z", "2027-10-31T23:00:00.000Z"]);
  });

  test("comes within the hour when the machine slept through midnight", async () => {
    const { clock, timers, runs } = await started("2026-11-23T10:20:00+09:00");
    await timers.pass(30 * 60_000);
    clock.pass(20 * HOUR); // asleep: the clock goes on, the timer does not
    await timers.pass(HOUR);
    expect(runs).toHaveLength(2);
  });

  test("is tried again within the hour when it failed", async () => {
    const { timers, runs, errors } = await started("2026-11-23T10:20:00+09:00", SEOUL, [1, 2]);
    await timers.pass(3 * HOUR);
    expect(runs).toHaveLength(3);
    expect(errors).toHaveLength(2);
  });

  test("does not begin again once it is stopped, and what is under way is waited for", async () => {
    const clock = testClock(at("2026-11-23T10:20:00+09:00"));
    const timers = fakeTimers(clock);
    let finish = (): void => undefined;
    let stopped = false;
    const daily = startDailyRun({
      clock,
      timeZone: SEOUL,
      setTimer: timers.setTimer,
      run: () => new Promise<void>((resolve) => (finish = resolve)),
      log: () => undefined,
    });
    const stop = daily.stop().then(() => (stopped = true));
    await settled();
    expect(stopped).toBe(false);
    finish();
    await stop;
    expect(timers.waits()).toBe(false);
  });
});

describe("under the time machine", () => {
  let daily: DailyRun;
  const service = { current: null as Awaited<ReturnType<typeof openTestService>> | null };
  beforeEach(async () => {
    service.current = await openTestService();
  });
  afterEach(async () => {
    await daily.stop();
    await service.current?.close();
  });

  test("a day that begins on the moved clock destroys what ended on it", async () => {
    const opened = service.current;
    if (opened === null) throw new Error("the service is open");
    const person = visitor(opened);
    await person.post("/signup", "/signup", signUpFields());
    // One year ahead is the very last day of the usage record; it is still there in the evening.
    await person.post("/time?step=P1Y", "/time", { step: "P1Y" });
    const timers = fakeTimers(opened.clock);
    const usage = async (): Promise<number> => {
      const rows = await opened.jikim.context.db.query("select from record where class = 'usage'");
      return rows.length;
    };
    let ran: Promise<unknown> = Promise.resolve();
    daily = startDailyRun({
      clock: opened.jikim.context.clock,
      timeZone: opened.jikim.plan.timeZone,
      setTimer: timers.setTimer,
      run: () => (ran = opened.daily()),
      log: (error) => opened.errors.push(error),
    });
    await ran;
    await settled();
    expect(await usage()).toBe(2);
    // 10:00 in Seoul on the moved calendar: 14 hours to its midnight.
    await timers.pass(13 * HOUR);
    expect(await usage()).toBe(2);
    await timers.pass(HOUR);
    await ran;
    expect(await usage()).toBe(0);
    const ends = await opened.jikim.context.db.query<{ expired_on: string; overdue: boolean }>(
      "select expired_on, overdue from destruction where class = 'usage'",
    );
    expect(ends).toEqual([{ expired_on: "2027-11-23", overdue: false }]);
    expect(opened.errors).toEqual([]);
  });
});

test("the clock of the time machine, moved between two wakings, brings the run of that day", async () => {
  const clock = testClock(at("2026-11-23T10:20:00+09:00"));
  const timers = fakeTimers(clock);
  const machine = openTimeMachine(clock, SEOUL, null);
  const runs: string[] = [];
  const daily = startDailyRun({
    clock: machine.clock,
    timeZone: SEOUL,
    setTimer: timers.setTimer,
    run: async () => void runs.push(new Date(machine.clock.now()).toISOString().slice(0, 10)),
    log: () => undefined,
  });
  await settled();
  machine.moveTo(machine.target("P1M"));
  await timers.pass(HOUR);
  await daily.stop();
  expect(runs).toEqual(["2026-11-23", "2026-12-23"]);
});
