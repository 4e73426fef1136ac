/**
 * What can happen. A step is plain data and names people by number, so that a list of steps can be
 * shortened and run again; a step that makes no sense where it stands does nothing.
 */

export type Step =
  /** The clock goes on; the daily run does not take place by itself. */
  | { readonly do: "days"; readonly days: number; readonly hour: Hour }
  | { readonly do: "keep"; readonly how: "once" | "twice at once" | "crash"; readonly at: number }
  | { readonly do: "clock back"; readonly days: number }
  | { readonly do: "join"; readonly who: number; readonly marketing: boolean }
  | { readonly do: Plain; readonly who: number }
  | { readonly do: "consent"; readonly who: number; readonly given: boolean }
  | { readonly do: "leave"; readonly who: number; readonly crashAt: number | null }
  | { readonly do: "hold"; readonly who: number; readonly days: number }
  | { readonly do: "answer"; readonly how: "done" | "twice" | "foreign" };

export const PLAIN = [
  "apply",
  "use",
  "pay",
  "complete payment",
  "complete supply",
  "subscribe",
  "end contract",
  "enter event",
  "tell winners",
  "deliver prizes",
  "ask",
  "complain",
  "close tickets",
  "meet",
  "end meeting",
  "end recording",
  "export",
  "release",
] as const;
export type Plain = (typeof PLAIN)[number];

/** When of the day: the edges are where a clock in the wrong zone shows. */
export const HOURS = ["00:00:00.000", "08:59:59.999", "12:00:00.000", "23:59:59.999"] as const;
export type Hour = (typeof HOURS)[number];

/** Draws from a seed: mulberry32, the same everywhere. */
export function drawFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Weights: what happens often, and what is rare. */
const DEEDS: readonly (readonly [weight: number, make: (draw: Draw, who: number) => Step])[] = [
  [6, (draw, who) => ({ do: "join", who, marketing: draw(2) === 0 })],
  [30, (draw, who) => ({ do: PLAIN[draw(PLAIN.length)] ?? "use", who })],
  [4, (draw, who) => ({ do: "consent", who, given: draw(2) === 0 })],
  [3, (draw, who) => ({ do: "leave", who, crashAt: draw(3) === 0 ? 1 + draw(120) : null })],
  [1, (draw, who) => ({ do: "hold", who, days: 1 + draw(900) })],
  [
    2,
    (draw) => ({ do: "answer", how: (["done", "twice", "foreign"] as const)[draw(3)] ?? "done" }),
  ],
];
const TOTAL = DEEDS.reduce((sum, [weight]) => sum + weight, 0);
type Draw = (below: number) => number;

/**
 * Steps of so many years, each stretch of days ended by the daily run, or by none when it was
 * forgotten.
 * @param people how many numbers there are for people to have, one after another
 */
export function stepsOf(seed: number, years: number, people: number): readonly Step[] {
  const draw = drawFrom(seed);
  const steps: Step[] = [];
  for (let days = 0; days < years * 365.25;) {
    const stretch = draw(8) === 0 ? 90 + draw(300) : 1 + draw(40);
    days += stretch;
    steps.push({ do: "days", days: stretch, hour: HOURS[draw(HOURS.length)] ?? "12:00:00.000" });
    const runs = draw(10);
    if (runs === 0) steps.push({ do: "keep", how: "crash", at: 1 + draw(60) });
    else if (runs === 1) steps.push({ do: "keep", how: "twice at once", at: 0 });
    else if (runs === 2) steps.push({ do: "clock back", days: 1 + draw(3) });
    else if (runs < 9) steps.push({ do: "keep", how: "once", at: 0 });
    for (let deeds = draw(5); deeds > 0; deeds -= 1) steps.push(deedOf(draw, draw(people)));
  }
  steps.push({ do: "keep", how: "once", at: 0 });
  return steps;
}

function deedOf(draw: Draw, who: number): Step {
  let at = draw(TOTAL);
  for (const [weight, make] of DEEDS) {
    if (at < weight) return make(draw, who);
    at -= weight;
  }
  return { do: "use", who };
}
