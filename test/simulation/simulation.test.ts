/** Fifty years of a service in a minute, judged by one who knows only the policy. */
import { afterAll, describe, expect, test } from "vitest";
import { FAULTS } from "./planted-faults.ts";
import { periodAfter, seoulDay, seoulMidnight } from "./plain-days.ts";
import { shorten, simulate } from "./simulate.ts";
import { type Step, stepsOf } from "./step.ts";
import { closeStores } from "./world.ts";

afterAll(closeStores);

const MINUTE = 60_000;

describe("fifty years", () => {
  // The last seed is the day's own, so that every day looks somewhere new; a failure names it.
  const today = Math.floor(Date.now() / 86_400_000);
  const SEEDS = [
    { seed: 1, years: 20, people: 6 },
    { seed: 2, years: 20, people: 10 },
    { seed: today, years: 10, people: 8 },
  ];
  test.each(SEEDS)(
    "seed $seed keeps every promise for $years years",
    async (given) => {
      const steps = stepsOf(given.seed, given.years, given.people);
      const { failure, records } = await simulate({ seed: given.seed, steps });
      expect(failure, `node test/simulation/main.ts --seed ${given.seed}`).toBeNull();
      expect(records).toBeGreaterThan(50);
    },
    MINUTE,
  );
});

describe("the judge has power", () => {
  test.each(Object.keys(FAULTS))(
    "it sees that %s",
    async (fault) => {
      const spoil = FAULTS[fault];
      let found = false;
      for (let seed = 1; seed <= 6 && !found; seed += 1) {
        const steps = stepsOf(seed, 8, 5);
        const given = { seed, steps, ...(spoil === undefined ? {} : { spoil }) };
        found = (await simulate(given)).failure !== null;
      }
      expect(found).toBe(true);
    },
    MINUTE,
  );

  test(
    "a failing list of steps is made as short as it can be",
    async () => {
      const spoil = FAULTS["the daily run forgets a class"];
      const noise: Step[] = Array.from({ length: 8 }, (_, who) => ({
        do: "join",
        who: who + 2,
        marketing: false,
      }));
      const steps: Step[] = [
        ...noise,
        { do: "join", who: 1, marketing: false },
        { do: "use", who: 1 },
        { do: "days", days: 120, hour: "12:00:00.000" },
        { do: "keep", how: "once", at: 0 },
      ];
      const short = await shorten({ seed: 1, steps, ...(spoil === undefined ? {} : { spoil }) });
      expect(short).toEqual(steps.slice(noise.length));
    },
    MINUTE,
  );
});

describe("days counted by hand", () => {
  test.each([
    ["2026-08-23", "P3M", "2026-11-23"],
    ["2026-11-30", "P3M", "2027-02-28"],
    ["2024-02-29", "P5Y", "2029-02-28"],
    ["2027-11-30", "P3M", "2028-02-29"],
  ])("%s and %s make %s, as the retention table works out", (day, period, last) => {
    expect(periodAfter(day, period)).toBe(last);
  });

  test("a day begins at midnight in Seoul", () => {
    const midnight = Date.parse("2028-02-29T00:00:00+09:00");
    expect(seoulMidnight("2028-02-29")).toBe(midnight);
    expect(seoulDay(midnight - 1)).toBe("2028-02-28");
    expect(seoulDay(midnight)).toBe("2028-02-29");
  });
});
