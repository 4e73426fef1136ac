/** What is named must be declared. */
import type { Check, Report, Source } from "./check.ts";
import type { IssueCode } from "./issue.ts";
import type { Declared, Policy } from "./model.ts";
import type { PlaceIndex } from "./places.ts";

/** Events every policy has without declaring them. */
export const BUILT_IN_EVENTS = ["collected", "withdrawal", "consent_withdrawn"] as const;

export const checkReferences: Check = (policy, report, source) => {
  const refer = referrer(policy, report, source);
  fromOccasions(policy, refer);
  fromRecords(policy, refer, source.places);
  fromOthers(policy, refer);
  checkResolutions(policy, report);
  for (const event of BUILT_IN_EVENTS) {
    if (policy.events[event]) report("id-reserved", `events.${event}`, `\`${event}\` is built in`);
  }
};

type Kind =
  | "item"
  | "method"
  | "purpose"
  | "occasion"
  | "consent"
  | "declaration"
  | "event"
  | "work";
type Refer = (kind: Kind, path: string, ids: readonly string[] | string | null) => void;

const CODES: Readonly<Record<Kind, IssueCode>> = {
  item: "item-undeclared",
  method: "method-undeclared",
  purpose: "purpose-undeclared",
  occasion: "occasion-undeclared",
  consent: "consent-undeclared",
  declaration: "declaration-undeclared",
  event: "event-undeclared",
  work: "work-undeclared",
};

function referrer(policy: Policy, report: Report, { places, broken }: Source): Refer {
  return (kind, path, ids) => {
    const section = `${kind}s` as const;
    // Where a section is missing as a whole, that is the one issue, not every use of it.
    if (broken.has(section)) return;
    const list = typeof ids === "string" ? [ids] : (ids ?? []);
    list.forEach((id, index) => {
      const known = policy[section][id] !== undefined || (kind === "event" && isBuiltIn(id));
      if (known || id === "") return;
      const at = typeof ids === "string" ? path : `${path}[${index}]`;
      // `all` and lists taken over from another occasion are reported where they are written.
      if (places.has(at)) report(CODES[kind], at, `\`${id}\` is not declared`);
    });
  };
}

function isBuiltIn(event: string): boolean {
  return BUILT_IN_EVENTS.some((one) => one === event);
}

function fromOccasions(policy: Policy, refer: Refer): void {
  for (const occasion of Object.values(policy.occasions)) {
    const at = `occasions.${occasion.id}`;
    refer("item", `${at}.requires`, occasion.requires);
    refer("item", `${at}.offers`, occasion.offers);
    refer("declaration", `${at}.declares`, occasion.declares);
    refer("consent", `${at}.consents.requires`, occasion.consents.requires);
    refer("consent", `${at}.consents.offers`, occasion.consents.offers);
    refer("method", `${at}.methods`, occasion.methods);
    refer("occasion", `${at}.same_as`, occasion.sameAs);
    Object.entries(occasion.purposes).forEach(([purpose, items], index) => {
      refer("purpose", `${at}.for.${purpose}`, purpose); // `for` as a map
      refer("purpose", `${at}.for[${index}]`, purpose); // or as a list
      refer("item", `${at}.for.${purpose}`, items);
    });
  }
  for (const consent of Object.values(policy.consents)) {
    refer("purpose", `consents.${consent.id}.purposes`, consent.purposes);
    refer("occasion", `consents.${consent.id}.occasions`, consent.occasions);
  }
}

function fromRecords(policy: Policy, refer: Refer, places: PlaceIndex): void {
  for (const record of Object.values(policy.records)) {
    const at = `records.${record.id}`;
    refer("item", `${at}.holds`, record.holds);
    refer("item", `${at}.archive.beside`, record.archiveBeside);
    const start = places.has(`${at}.until`) ? `${at}.until` : `${at}.from`;
    const several = places.has(`${start}.later_of`);
    if (several) refer("event", `${start}.later_of`, record.from.laterOf);
    else refer("event", start, record.from.laterOf[0] ?? null);
  }
}

function fromOthers(policy: Policy, refer: Refer): void {
  for (const work of Object.values(policy.works)) {
    refer("purpose", `works.${work.id}.purpose`, work.purpose);
    refer("item", `works.${work.id}.items`, work.items);
  }
  for (const processor of Object.values(policy.processors)) {
    refer("work", `processors.${processor.id}.work`, processor.work);
    refer("event", `processors.${processor.id}.until`, processor.until);
  }
  for (const recipient of Object.values(policy.provision.recipients)) {
    const at = `provision.recipients.${recipient.id}`;
    refer("purpose", `${at}.purpose`, recipient.purpose);
    refer("item", `${at}.items`, recipient.items);
  }
  for (const category of Object.values(policy.cookies?.categories ?? {})) {
    refer("purpose", `cookies.categories.${category.id}.purpose`, category.purpose);
  }
  refer("declaration", "minimum_age.declares", policy.minimumAge?.declaration ?? null);
}

function checkResolutions(policy: Policy, report: Report): void {
  for (const [path, thing] of declaredThings(policy)) {
    thing.per.forEach((id, index) => {
      if (id === "" || policy.resolutions[id]) return;
      report("resolution-undeclared", `${path}.per[${index}]`, `\`${id}\` is not written down`);
    });
    if (thing.gap && thing.per.length === 0) {
      report("gap-without-resolution", path, `\`${thing.id}\` is a gap and names no resolution`);
    }
  }
}

/** Everything that carries marks, with its path in the document. */
export function declaredThings(policy: Policy): readonly (readonly [string, Declared])[] {
  const { cookies, provision, contacts } = policy;
  const sections: Readonly<
    Record<string, Readonly<Record<string, Declared>> | readonly Declared[]>
  > = {
    people: policy.people,
    declarations: policy.declarations,
    items: policy.items,
    methods: policy.methods,
    consents: policy.consents,
    purposes: policy.purposes,
    occasions: policy.occasions,
    events: policy.events,
    records: policy.records,
    "provision.recipients": provision.recipients,
    works: policy.works,
    processors: policy.processors,
    "cookies.uses": cookies?.uses ?? [],
    "cookies.analysis": cookies?.analysis ?? [],
    "cookies.categories": cookies?.categories ?? {},
    "cookies.guides": cookies?.guides ?? [],
    "contacts.agencies": contacts.agencies,
  };
  return Object.entries(sections).flatMap(([section, things]) =>
    Object.values(things).map((thing) => [`${section}.${thing.id}`, thing] as const),
  );
}
