/** One step, carried out in the engine and written down by the oracle. */
import { createHash } from "node:crypto";
import type { Items } from "../../src/engine/jikim.ts";
import type { Engine } from "./engine.ts";
import {
  dayRuns,
  gives,
  happens,
  hasEnded,
  isHeld,
  leaves,
  type Oracle,
  type Person,
} from "./oracle.ts";
import { daysAfter, seoulDay, seoulMidnight } from "./plain-days.ts";
import type { Plain, Step } from "./step.ts";
import { isRefused, Killed, type World } from "./world.ts";

/** Everything one run holds. */
export interface Run {
  readonly engine: Engine;
  readonly world: World;
  readonly oracle: Oracle;
  /** Number in the steps → the owner that stands behind it now. */
  readonly now: Map<number, string>;
  /** Event entries of a person; each has an owner of its own. */
  readonly entries: Map<string, string[]>;
  readonly holds: Map<string, string>;
  /** What a step found wrong at once. */
  readonly faults: string[];
}

const STAFF = "7";
const SITE = { lang: "ko", shown: ["시험"], method: "site" };

/** Carries a step out. */
export async function act(run: Run, step: Step): Promise<void> {
  switch (step.do) {
    case "days":
      return passDays(run, step.days, step.hour);
    case "keep":
      return keepStep(run, step);
    case "clock back":
      return clockBack(run, step.days);
    case "join":
      return join(run, step.who, step.marketing);
    case "consent":
      return consent(run, step.who, step.given);
    case "leave":
      return leave(run, step.who, step.crashAt);
    case "hold":
      return hold(run, step.who, step.days);
    case "answer":
      return answer(run, step.how);
    default:
      return plain(run, step.do, step.who);
  }
}

async function passDays({ world, oracle }: Run, days: number, hour: string): Promise<void> {
  const today = daysAfter(oracle.today, days);
  const [hours = 0, minutes = 0, seconds = 0] = hour.split(":").map(Number);
  world.clock.at = seoulMidnight(today) + ((hours * 60 + minutes) * 60 + seconds) * 1000;
  oracle.today = seoulDay(world.clock.at);
}

async function keepStep(run: Run, step: Step & { readonly do: "keep" }): Promise<void> {
  const { engine, world, oracle } = run;
  if (step.how === "crash") await killedAt(world, step.at, async () => engine.keep(world.context));
  if (step.how === "twice at once") {
    await Promise.all([engine.keep(world.context), engine.keep(world.context)]);
  } else await engine.keep(world.context);
  dayRuns(oracle);
}

/** Runs work that is killed at a statement; whatever it left half done must be mended later. */
async function killedAt(world: World, at: number, work: () => Promise<unknown>): Promise<void> {
  world.crash.left = at;
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  } finally {
    world.crash.left = null;
  }
}

/** A clock that went back is believed by nobody: nothing is destroyed by it. */
async function clockBack(run: Run, days: number): Promise<void> {
  const { engine, world, oracle, faults } = run;
  if (oracle.ran === null) return;
  const { at } = world.clock;
  world.clock.at = seoulMidnight(daysAfter(oracle.ran, -days));
  const refused = await isRefused(engine.keep(world.context), ["ERR_CLOCK_WENT_BACK"]);
  if (!refused) faults.push("a daily run believed a clock that went back");
  world.clock.at = at;
}

async function join(run: Run, who: number, marketing: boolean): Promise<void> {
  const { engine, world, oracle } = run;
  const before = memberOf(run, who);
  if (before !== null) return;
  const owner = `p${who}.${[...oracle.people.keys()].filter((k) => k.startsWith(`p${who}.`)).length}`;
  const items = signUpOf(owner);
  const handle = await engine.collect(world.context, "sign_up", items, {
    consents: marketing ? ["terms", "marketing"] : ["terms"],
    declares: ["age_14_or_over"],
    lang: "ko",
  });
  world.handles.set(owner, handle);
  run.now.set(who, owner);
  const person: Person = {
    owner,
    member: true,
    left: false,
    marketing,
    heldUntil: null,
    orders: 0,
    exported: false,
  };
  oracle.people.set(owner, person);
  gives(oracle, owner, "sign_up", Object.keys(items));
}

function signUpOf(owner: string): Items {
  const name = owner.replace(".", "-");
  return {
    company_id: `company-${name}`,
    user_id: `user-${name}`,
    password: createHash("sha256").update(name).digest("hex").slice(0, 20),
    name: `시험 ${name}`,
    email: `${name}@example.org`,
    country: "KR",
  };
}

async function consent(run: Run, who: number, given: boolean): Promise<void> {
  const person = memberOf(run, who);
  if (person === null) return;
  const { engine, world } = run;
  const act = given ? engine.giveConsent : engine.withdrawConsent;
  await act(world.context, handleOf(run, person.owner), "marketing", SITE);
  person.marketing = given;
}

async function leave(run: Run, who: number, crashAt: number | null): Promise<void> {
  const person = memberOf(run, who);
  if (person === null) return;
  const { engine, world, oracle } = run;
  const handle = handleOf(run, person.owner);
  const go = async (): Promise<unknown> =>
    engine.withdraw(world.context, handle, { confirmedBy: "member", channel: "site" });
  if (crashAt !== null) await killedAt(world, crashAt, go);
  await go();
  person.left = true;
  person.member = false;
  if (person.exported) person.orders += 1;
  person.exported = false;
  leaves(oracle, person.owner);
}

async function hold(run: Run, who: number, days: number): Promise<void> {
  const { engine, world, oracle, holds } = run;
  const owner = run.now.get(who);
  const person = owner === undefined ? undefined : oracle.people.get(owner);
  if (owner === undefined || person === undefined || isHeld(oracle, owner)) return;
  if (!oracle.kept.some((record) => record.owner === owner && record.place !== "gone")) return;
  const until = daysAfter(oracle.today, days);
  const placed = await engine.placeHold(world.context, {
    subject: handleOf(run, owner),
    document: "시험 2026-1",
    until,
    by: STAFF,
  });
  holds.set(owner, placed.id);
  person.heldUntil = until;
  // What is past its end and not yet destroyed is saved at once.
  for (const record of oracle.kept) {
    if (record.owner === owner && record.place !== "gone" && hasEnded(oracle, record)) {
      record.place = "held";
    }
  }
}

async function answer(run: Run, how: "done" | "twice" | "foreign"): Promise<void> {
  const { engine, world } = run;
  const [open] = await world.context.db.query<{ id: string }>(
    `select encode(id, 'hex') as id from processor_order
      where state not in ('done', 'held_nothing', 'retained_own_duty')
      order by placed_at, id limit 1`,
  );
  const order = how === "foreign" ? "0".repeat(32) : (open?.id ?? null);
  if (order === null) return;
  const said = { order, state: "done" as const, by: "시험 담당", document: "회신 1" };
  const send = async (): Promise<boolean> =>
    isRefused(engine.answerByStaff(world.context, said), ["ERR_PROCESSOR_ANSWER"]);
  const refused = await send();
  if (refused !== (how === "foreign")) run.faults.push(`an answer (${how}) was not taken as it is`);
  if (how === "twice") await send();
}

/** Deeds of a member, and what happens to what they gave. */
async function plain(run: Run, deed: Plain, who: number): Promise<void> {
  const owner = run.now.get(who);
  if (owner === undefined) return;
  if (deed === "release") return release(run, owner);
  const happening = HAPPENINGS[deed];
  if (happening !== undefined) return happen(run, owner, happening);
  const person = memberOf(run, who);
  if (person === null) return;
  if (deed === "export") return exportCard(run, person);
  if (deed === "enter event") return enterEvent(run, owner);
  const giving = GIVINGS[deed];
  if (giving !== undefined) await give(run, owner, giving);
}

interface Giving {
  readonly occasion: string;
  readonly method?: string;
  readonly items: Items;
  /** The same set a member has given already: no second copy. */
  readonly again?: boolean;
}
const GIVINGS: Readonly<Partial<Record<Plain, Giving>>> = {
  apply: { occasion: "product_application", items: {}, again: true },
  use: {
    occasion: "service_use",
    method: "service_use",
    items: { usage_record: "회의 시작", os: "Linux", ip_public: "203.0.113.7", cookie: "c1" },
  },
  pay: { occasion: "payment", items: { payment_record: "33000 KRW", card: "tok_sim-4242" } },
  subscribe: { occasion: "subscription", items: { contract_record: "Plus" } },
  ask: {
    occasion: "support_inquiry",
    method: "support_board",
    items: { country: "KR", name: "시험", phone: "+82 2 000 0000", email: "ask@example.org" },
  },
  complain: {
    occasion: "dispute",
    method: "phone_fax",
    items: { name: "시험", email: "ask@example.org", inquiry_text: "두 번 결제되었습니다" },
  },
  meet: { occasion: "meeting", items: { participant_name: "시험", recording: "r1" } },
};

async function give({ engine, world, oracle }: Run, owner: string, giving: Giving): Promise<void> {
  const { occasion, method, items, again = false } = giving;
  const subject = world.handles.get(owner) ?? "";
  const given = again ? signUpOf(owner) : items;
  const options = again ? { consents: ["terms"], declares: ["age_14_or_over"], lang: "ko" } : {};
  const by = method === undefined ? {} : { method };
  await engine.collect(world.context, occasion, given, { subject, ...options, ...by });
  if (!again) gives(oracle, owner, occasion, Object.keys(items));
}

async function enterEvent(run: Run, owner: string): Promise<void> {
  const { engine, world, oracle, entries } = run;
  oracle.entries += 1;
  const entry = `e${oracle.entries}`;
  const items = {
    email: `${entry}@example.org`,
    name: "시험",
    phone: "+82 2 000 0000",
    postcode: "00000",
    address: "서울특별시",
  };
  const handle = await engine.collect(world.context, "event_entry", items, {
    consents: ["event_entry"],
    method: "event",
    lang: "ko",
  });
  world.handles.set(entry, handle);
  entries.set(owner, [...(entries.get(owner) ?? []), entry]);
  gives(oracle, entry, "event_entry", Object.keys(items));
}

interface Happening {
  readonly recordClass: readonly string[];
  readonly event: string;
  readonly entries?: boolean;
}
const HAPPENINGS: Readonly<Partial<Record<Plain, Happening>>> = {
  "complete payment": { recordClass: ["payment"], event: "payment_completed" },
  "complete supply": { recordClass: ["payment"], event: "supply_completed" },
  "end contract": { recordClass: ["contract"], event: "contract_ended" },
  "tell winners": { recordClass: ["event_entry"], event: "winner_notified", entries: true },
  "deliver prizes": { recordClass: ["event_entry"], event: "prize_delivered", entries: true },
  "close tickets": { recordClass: ["support_ticket", "complaint"], event: "ticket_closed" },
  "end meeting": { recordClass: ["meeting"], event: "meeting_ended" },
  "end recording": { recordClass: ["recording"], event: "recording_ended" },
};

async function happen(run: Run, owner: string, happening: Happening): Promise<void> {
  const { engine, world, oracle, entries } = run;
  const owners = happening.entries === true ? (entries.get(owner) ?? []) : [owner];
  for (const each of owners) {
    for (const recordClass of happening.recordClass) {
      const subject = handleOf(run, each);
      const { event } = happening;
      await engine.recordEvent(world.context, { subject, event, day: oracle.today, recordClass });
      happens(oracle, each, recordClass, event);
    }
  }
}

async function exportCard(run: Run, person: Person): Promise<void> {
  const { engine, world, oracle } = run;
  const { owner } = person;
  const has = oracle.kept.some(
    (r) => r.owner === owner && r.place === "live" && r.recordClass === "payment_means",
  );
  if (!has) return;
  const asked = { processor: "kcp", work: "payment", items: ["card"] };
  await engine.exportTo(world.context, handleOf(run, owner), asked);
  person.exported = true;
}

async function release(run: Run, owner: string): Promise<void> {
  const { engine, world, oracle, holds } = run;
  const id = holds.get(owner);
  const person = oracle.people.get(owner);
  if (id === undefined || person === undefined) return;
  await engine.releaseHold(world.context, id, { by: STAFF });
  person.heldUntil = null;
  holds.delete(owner);
}

/** The person behind a number, while a member. */
function memberOf(run: Run, who: number): Person | null {
  const owner = run.now.get(who);
  const person = owner === undefined ? undefined : run.oracle.people.get(owner);
  return person?.member === true ? person : null;
}

function handleOf(run: Run, owner: string): string {
  const handle = run.world.handles.get(owner);
  if (handle === undefined) throw new Error("the simulator lost a handle");
  return handle;
}
