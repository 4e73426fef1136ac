/**
 * What is held about the person who asks, gathered for the page: records by why they are held,
 * then by class and day, with the values that can be shown.
 */
import type { Compiled } from "../compiler/compile.ts";
import type { Jikim } from "../engine/jikim.ts";
import { subjectRecords } from "../engine/subject-records.ts";
import type { SubjectConsent, SubjectData, SubjectRecord } from "../engine/subject-records.ts";

/** Records of one class collected on one day. */
export interface HeldDay {
  readonly collectedOn: string;
  readonly endsOn: string | null;
  readonly endsWith: readonly string[];
  readonly records: number;
}

export interface HeldClass {
  readonly recordClass: string;
  readonly occasions: readonly string[];
  readonly records: number;
  readonly items: readonly string[];
  /** item → the newest value; absent where it is stored one way and cannot be read. */
  readonly values: Readonly<Record<string, string>>;
  /** Newest first. */
  readonly days: readonly HeldDay[];
}

/** Classes that are held for the same purposes. */
export interface Why {
  readonly purposes: readonly string[];
  readonly classes: readonly HeldClass[];
}

export interface MyData {
  readonly whys: readonly Why[];
  readonly total: number;
  /** The last act on each consent, in the order of the policy. */
  readonly consents: readonly SubjectConsent[];
  readonly declarations: SubjectData["declarations"];
}

/** Gathers what is held about a subject. Values are read through the gate, for named purposes. */
export async function myData(jikim: Jikim, subject: string): Promise<MyData> {
  const data = await subjectRecords(jikim.context, subject);
  const live = lastActs(data.consents).filter(({ given }) => given);
  const liveIds = new Set(live.map(({ consent }) => consent));
  const byClass = Map.groupBy(data.records, (record) => record.recordClass);
  const whys = new Map<string, { purposes: readonly string[]; classes: HeldClass[] }>();
  for (const [recordClass, records] of byClass) {
    const purposes = purposesOf(jikim.compiled, records, liveIds);
    const key = purposes.join(" ");
    const why = whys.get(key) ?? { purposes, classes: [] };
    why.classes.push(await heldClass(jikim, subject, recordClass, records));
    whys.set(key, why);
  }
  return {
    whys: [...whys.values()].sort((a, b) => rank(jikim.compiled, a) - rank(jikim.compiled, b)),
    total: data.total,
    consents: lastActs(data.consents),
    declarations: data.declarations,
  };
}

/** What opened the account comes first, what was generated on the way last. */
function rank({ plan }: Compiled, why: Why): number {
  const occasions = why.classes.flatMap((held) => held.occasions);
  const gates = occasions.flatMap((id) => plan.gates.get(id)?.occasion ?? []);
  if (gates.some(({ opens }) => opens)) return 0;
  return gates.some(({ automatic }) => automatic) ? 2 : 1;
}

/** Purposes these records serve today: one that rests on consent only while the consent lives. */
function purposesOf(
  { plan }: Compiled,
  records: readonly SubjectRecord[],
  liveConsents: ReadonlySet<string>,
): readonly string[] {
  return [...plan.uses.values()]
    .filter((use) => use.basis !== "consent" || use.consents.some((id) => liveConsents.has(id)))
    .filter((use) =>
      records.some(({ occasion, items }) =>
        items.some((item) => use.items.get(occasion)?.has(item)),
      ),
    )
    .map(({ purpose }) => purpose);
}

async function heldClass(
  jikim: Jikim,
  subject: string,
  recordClass: string,
  records: readonly SubjectRecord[],
): Promise<HeldClass> {
  const occasions = [...new Set(records.map(({ occasion }) => occasion))];
  const items = [...new Set(records.flatMap((record) => record.items))];
  const order = [...jikim.plan.items.keys()];
  const days = Map.groupBy(records, ({ collectedOn, endsOn }) => `${collectedOn} ${endsOn}`);
  return {
    recordClass,
    occasions,
    records: records.length,
    items: items.sort((a, b) => order.indexOf(a) - order.indexOf(b)),
    values: await readable(jikim, subject, occasions, items),
    days: [...days.values()].flatMap((same) => {
      const [first] = same;
      if (first === undefined) return [];
      const { collectedOn, endsOn, endsWith } = first;
      return [{ collectedOn, endsOn, endsWith, records: same.length }];
    }),
  };
}

/** The newest values, each read for a purpose that needs no consent and may see the item. */
async function readable(
  jikim: Jikim,
  subject: string,
  occasions: readonly string[],
  items: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const uses = [...jikim.plan.uses.values()].filter(({ basis }) => basis !== "consent");
  const byPurpose = new Map<string, string[]>();
  for (const item of items) {
    if (jikim.plan.items.get(item)?.stored === "one_way") continue;
    const use = uses.find((each) => occasions.some((id) => each.items.get(id)?.has(item)));
    if (use === undefined) continue;
    byPurpose.set(use.purpose, [...(byPurpose.get(use.purpose) ?? []), item]);
  }
  // They look at their own: no restriction stands in the way (PIPA 35).
  const reads = [...byPurpose].map(([purpose, names]) =>
    jikim.read(subject, names, { purpose, ground: "request" }),
  );
  return Object.assign({}, ...(await Promise.all(reads)));
}

/** The newest act on each consent; acts come newest first. */
function lastActs(acts: readonly SubjectConsent[]): readonly SubjectConsent[] {
  return [...Map.groupBy(acts, ({ consent }) => consent).values()].flatMap(([last]) =>
    last === undefined ? [] : [last],
  );
}
