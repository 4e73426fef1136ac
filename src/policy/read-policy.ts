/** Reader of a whole policy document, section by section. */
import { isTimeZone } from "../base/calendar.ts";
import {
  ACCESS_SCOPES,
  CHANNELS,
  CLAUSE_KINDS,
  COOKIE_LEVELS,
  PAPER_METHODS,
  PROVISION_EXCEPTIONS,
  RIGHTS,
  SAFEGUARDS,
  USER_DUTIES,
} from "./model.ts";
import type { Article, ClauseKind, Lang, Policy } from "./model.ts";
import * as declared from "./read-declared.ts";
import { occasions } from "./read-occasions.ts";
import { records } from "./read-records.ts";
import {
  country,
  day,
  flag,
  httpsUrl,
  label,
  labelIn,
  listOf,
  listOfUnique,
  mapOf,
  object,
  amount,
  oneOf,
  period,
  report,
  scalarOf,
  wholeNumber,
} from "./read.ts";
import type { At, Fields, Read } from "./read.ts";
import type { Node } from "./document.ts";

const { id } = declared;
const LANGS = ["ko", "en"] as const satisfies readonly Lang[];

/** The languages a document publishes, needed before anything with a label is read. */
export function readLanguages(root: At): readonly Lang[] {
  const written = (key: string): Node | undefined =>
    root.node.kind === "map"
      ? root.node.entries.find((entry) => entry.key === key)?.value
      : undefined;
  const list = written("languages");
  const values = list?.kind === "list" ? list.entries : [];
  const named = values.map((node) => (node.kind === "scalar" ? node.value : null));
  const known = LANGS.filter((lang) => named.includes(lang));
  if (known.length > 0) return known;
  // The list itself is at fault; the labels are then held to the languages of the first one.
  const first = written("controller");
  const keys = first?.kind === "map" ? first.entries.map(({ key }) => key) : [];
  return LANGS.filter((lang) => keys.includes(lang));
}

const formatVersion: Read<null> = (at) => {
  const value = scalarOf(at);
  if (value !== 1) report(at, "version-unknown", `\`${String(value ?? "nothing")}\`, not 1`);
  return null;
};

const timeZone: Read<string> = (at) => {
  const value = scalarOf(at);
  // A fixed offset (`+09:00`) would count days wrongly wherever clocks change.
  if (typeof value === "string" && /^[A-Za-z]/.test(value) && isTimeZone(value)) return value;
  report(at, "time-zone-unknown", "it is not an IANA time zone");
  return "UTC";
};

const languages: Read<readonly Lang[]> = (at) => {
  const named = listOfUnique(oneOf(LANGS))(at);
  if (at.node.kind === "list" && named.length === 0) report(at, "list-empty", "no language");
  return named;
};

const version = object((fields) => ({
  announced: fields.need("announced", day, "1970-01-01"),
  effective: fields.need("effective", day, "1970-01-01"),
}));

const controller: Read<Policy["controller"]> = object((fields) => ({
  label: labelIn(fields),
  service: fields.need("service", label, {}),
  site: fields.need("site", httpsUrl, ""),
  country: fields.need("country", country, ""),
}));

// The preamble carries `scope` of itself; no article can.
const [, ...PLACEABLE] = CLAUSE_KINDS;
const articles: Read<readonly Article[]> = (at) => {
  const read = listOf(
    object((fields) => ({
      heading: labelIn(fields),
      clauses: fields.need("clauses", listOf(oneOf<ClauseKind>(PLACEABLE, "scope")), []),
    })),
  )(at);
  return read.map((article, index) => ({ number: index + 1, ...article }));
};

const resolutions: Read<Policy["resolutions"]> = mapOf(
  (_, at) =>
    object((fields) => ({
      issue: fields.need("issue", label, {}),
      decided: fields.need("decided", label, {}),
    }))(at),
  declared.RESOLUTION_ID,
);

const minimumAge: Read<Policy["minimumAge"]> = object((fields) => ({
  years: fields.need("years", wholeNumber(1, 120), 1),
  declaration: fields.need("declares", id, ""),
}));

const provision: Read<Policy["provision"]> = object((fields) => ({
  exceptions: fields.may("exceptions", listOfUnique(oneOf(PROVISION_EXCEPTIONS)), []),
  recipients: fields.may("recipients", declared.recipients, {}),
}));

const destruction: Read<Policy["destruction"]> = object((fields) => ({
  electronic: fields.need(
    "electronic",
    object((inner) => ({ separate: inner.need("separate", flag, false) })),
    { separate: false },
  ),
  paper: fields.may(
    "paper",
    object((inner) => ({
      separate: inner.need("separate", flag, false),
      methods: inner.need("methods", listOfUnique(oneOf(PAPER_METHODS)), []),
    })),
    null,
  ),
}));

const rights: Read<Policy["rights"]> = object((fields) => ({
  offers: fields.need("offers", listOfUnique(oneOf(RIGHTS)), []),
  channels: fields.need("channels", listOfUnique(oneOf(CHANNELS)), []),
  accessBy: fields.may("access_by", listOfUnique(oneOf(CHANNELS)), []),
  representative: fields.may("representative", flag, false),
  correctionRestricts: fields.may("correction_restricts", flag, false),
  correctionNotifiesRecipients: fields.may("correction_notifies_recipients", flag, false),
  scopes: fields.may("scopes", listOfUnique(oneOf(ACCESS_SCOPES)), []),
}));

const cookies: Read<Policy["cookies"]> = object((fields) => ({
  uses: fields.need("uses", declared.plainList, []),
  identifying: fields.need("identifying", flag, false),
  levels: fields.need("levels", listOfUnique(oneOf(COOKIE_LEVELS)), []),
  analysis: fields.may("analysis", declared.plainList, []),
  categories: fields.need("categories", declared.cookieCategories, {}),
  guides: fields.may("guides", declared.plainList, []),
}));

const UNREAD_CONTACT: Policy["contacts"]["officer"] = {
  label: {},
  name: "",
  title: {},
  phone: "",
  email: "",
};
const contacts: Read<Policy["contacts"]> = object((fields) => ({
  officer: fields.need("officer", declared.contact, UNREAD_CONTACT),
  department: fields.may("department", declared.contact, null),
  agencies: fields.may("agencies", declared.agencies, []),
}));

const notices: Read<Policy["notices"]> = object((fields) => ({
  ordinary: fields.need("ordinary", period, "P1D"),
  important: fields.need("important", period, "P200Y"),
}));

const parameters: Read<Policy["parameters"]> = mapOf((_, at) => amount(at));

/** Form, or form and what it speaks of: `retention/row`, `retention/row/usage`. */
const WORDING_KEY = /^[a-z_]+\/[a-z_]+(\/[a-z0-9_+.-]+)?$/;
const wording: Read<Policy["wording"]> = (at) => {
  const known = mapOf((_, inner) => label(inner), /^.{1,100}$/u)(at);
  for (const key of Object.keys(known)) {
    if (WORDING_KEY.test(key) || at.node.kind !== "map") continue;
    const keyPlace = at.node.entries.find((entry) => entry.key === key)?.keyPlace ?? at.place;
    const path = `${at.path}.${key}`;
    report({ ...at, path, place: keyPlace }, "wording-key-unknown", `\`${key}\` is no sentence`);
  }
  return known;
};

/** Reads the document; the value is a policy only if no error was reported. */
export const policy: Read<Policy> = object((fields): Policy => {
  fields.need("jikim", formatVersion, null);
  return { ...head(fields), ...collection(fields), ...keeping(fields), ...people(fields) };
});

function head(fields: Fields) {
  return {
    id: fields.need("policy", id, ""),
    law: fields.need("law", id, ""),
    timeZone: fields.need("time_zone", timeZone, "UTC"),
    languages: fields.need("languages", languages, []),
    ...fields.need("version", version, { announced: "1970-01-01", effective: "1970-01-01" }),
    controller: fields.need("controller", controller, {
      label: {},
      service: {},
      site: "",
      country: "",
    }),
    people: fields.need("people", declared.plainList, []),
    articles: fields.need("articles", articles, []),
    resolutions: fields.may("resolutions", resolutions, {}),
  };
}

function collection(fields: Fields) {
  return {
    minimumAge: fields.may("minimum_age", minimumAge, null),
    declarations: fields.may("declarations", declared.plainThings, {}),
    items: fields.need("items", declared.items, {}),
    methods: fields.need("methods", declared.methods, {}),
    consents: fields.may("consents", declared.consents, {}),
    purposes: fields.need("purposes", declared.purposes, {}),
    occasions: fields.need("occasions", occasions, {}),
  };
}

function keeping(fields: Fields) {
  return {
    events: fields.may("events", declared.events, {}),
    records: fields.need("records", records, {}),
    provision: fields.may("provision", provision, { exceptions: [], recipients: {} }),
    works: fields.may("works", declared.works, {}),
    processors: fields.may("processors", declared.processors, {}),
    destruction: fields.need("destruction", destruction, {
      electronic: { separate: false },
      paper: null,
    }),
  };
}

function people(fields: Fields) {
  return {
    rights: fields.need("rights", rights, {
      offers: [],
      channels: [],
      accessBy: [],
      representative: false,
      correctionRestricts: false,
      correctionNotifiesRecipients: false,
      scopes: [],
    }),
    duties: fields.may("duties", listOfUnique(oneOf(USER_DUTIES)), []),
    cookies: fields.may("cookies", cookies, null),
    safeguards: fields.may("safeguards", listOfUnique(oneOf(SAFEGUARDS)), []),
    contacts: fields.need("contacts", contacts, {
      officer: UNREAD_CONTACT,
      department: null,
      agencies: [],
    }),
    notices: fields.need("notices", notices, { ordinary: "P1D", important: "P200Y" }),
    parameters: fields.may("parameters", parameters, {}),
    wording: fields.may("wording", wording, {}),
  };
}
