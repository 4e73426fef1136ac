/**
 * A policy as a value, small enough to read in one look. Tests that turn one thing around start
 * from it; tests of whole documents start from the policies that ship.
 */
import type { Law, LawDemand, LawRule } from "../../src/policy/law.ts";
import type { Declared, Policy } from "../../src/policy/model.ts";

const declared = (id: string): Declared => ({
  id,
  label: { ko: `${id} 라벨`, en: `${id} label` },
  gap: false,
  per: [],
});
const contact = (id: string) => ({
  label: declared(id).label,
  name: "Kim",
  title: declared("title").label,
  phone: "02-000-0000",
  email: "privacy@shop.example",
});
const item = { stored: "sealed", format: "text", find: false, maxLength: 200 } as const;

export const SMALL_POLICY: Policy = {
  id: "small",
  law: "small",
  timeZone: "Asia/Seoul",
  languages: ["ko", "en"],
  announced: "2026-01-01",
  effective: "2026-02-01",
  controller: {
    label: declared("controller").label,
    service: declared("service").label,
    site: "https://shop.example",
    country: "KR",
  },
  people: [declared("buyer")],
  articles: [
    { number: 1, heading: declared("what").label, clauses: ["collection", "purpose"] },
    { number: 2, heading: declared("who").label, clauses: ["provision", "processor"] },
    { number: 3, heading: declared("until").label, clauses: ["retention", "destruction"] },
    { number: 4, heading: declared("you").label, clauses: ["right", "notice", "contact"] },
  ],
  resolutions: { R1: { issue: declared("issue").label, decided: declared("decided").label } },
  minimumAge: { years: 14, declaration: "of_age" },
  items: {
    email: { ...declared("email"), ...item, format: "email", find: true },
    name: { ...declared("name"), ...item },
    order_line: { ...declared("order_line"), ...item },
    trace: { ...declared("trace"), ...item, gap: true, per: ["R1"] },
  },
  methods: { form: { ...declared("form"), source: "subject" } },
  declarations: { of_age: declared("of_age") },
  consents: { news: { ...declared("news"), purposes: ["news"], occasions: [] } },
  purposes: {
    contract: { ...declared("contract"), basis: "contract", tasks: [] },
    news: { ...declared("news"), basis: "consent", tasks: [] },
  },
  occasions: {
    sign_up: {
      ...declared("sign_up"),
      requires: ["email"],
      offers: ["name"],
      declares: [],
      consents: { requires: [], offers: ["news"] },
      purposes: { contract: ["email", "name"], news: ["email", "trace"] },
      methods: ["form"],
      makes: ["profile"],
      opens: true,
      automatic: false,
      isolated: false,
      exclusive: false,
      sameAs: null,
    },
    order: {
      ...declared("order"),
      requires: ["order_line"],
      offers: [],
      declares: [],
      consents: { requires: [], offers: [] },
      purposes: { contract: ["order_line"] },
      methods: ["form"],
      makes: ["order"],
      opens: false,
      automatic: false,
      isolated: false,
      exclusive: true,
      sameAs: null,
    },
    again: {
      ...declared("again"),
      requires: [],
      offers: [],
      declares: [],
      consents: { requires: [], offers: [] },
      purposes: {},
      methods: [],
      makes: [],
      opens: false,
      automatic: false,
      isolated: false,
      exclusive: false,
      sameAs: "sign_up",
    },
  },
  events: { delivered: declared("delivered"), paid: declared("paid") },
  records: {
    profile: {
      ...declared("profile"),
      holds: ["email", "name"],
      keep: null,
      from: { laterOf: ["withdrawal"] },
      atMost: false,
      basis: "purpose",
      law: null,
      compartment: "service",
      archiveBeside: null,
    },
    order: {
      ...declared("order"),
      holds: ["order_line"],
      keep: "P5Y",
      from: { laterOf: ["paid", "delivered"] },
      atMost: false,
      basis: "law",
      law: "small/orders",
      compartment: "orders",
      archiveBeside: ["email"],
    },
  },
  provision: { exceptions: ["consent"], recipients: {} },
  works: { hosting: { ...declared("hosting"), purpose: "contract", items: ["email", "name"] } },
  processors: {
    host: {
      ...declared("host"),
      work: ["hosting"],
      country: { unconfirmed: true },
      contact: { unconfirmed: true },
      until: ["withdrawal"],
      overseas: { unconfirmed: true },
      verify: false,
    },
  },
  destruction: { electronic: { separate: true }, paper: null },
  rights: {
    offers: ["access"],
    channels: ["email"],
    accessBy: ["email"],
    representative: false,
    correctionRestricts: false,
    correctionNotifiesRecipients: false,
    scopes: ["own_data"],
  },
  duties: [],
  cookies: null,
  safeguards: [],
  contacts: { officer: contact("officer"), department: null, agencies: [] },
  notices: { ordinary: "P7D", important: "P30D" },
  parameters: {},
  wording: {},
};

/** A law of these rules: id → what it demands. */
export function smallLaw(demands: Readonly<Record<string, LawDemand>> = {}): Law {
  const rules = Object.entries({
    orders: { kind: "retention", category: "order", keep: "P5Y", personal: true },
    ...demands,
  } satisfies Record<string, LawDemand>).map(([id, demand]): [string, LawRule] => [
    `small/${id}`,
    {
      id: `small/${id}`,
      label: declared(id).label,
      topic: "retention",
      article: { ko: "작은 법 제1조", en: "Small Act, Art. 1" },
      since: null,
      source: "none",
      mark: "U",
      demand,
    },
  ]);
  return {
    id: "small",
    label: declared("law").label,
    asOf: "2026-01-01",
    rules: Object.fromEntries(rules),
  };
}
