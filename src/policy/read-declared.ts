/** Readers of the things a policy declares: items, purposes, processors and the like. */
import type {
  Agency,
  Contact,
  CookieCategory,
  Consent,
  Declared,
  DeclaredEvent,
  Item,
  Method,
  Overseas,
  Processor,
  Purpose,
  Recipient,
  Task,
  Work,
} from "./model.ts";
import {
  ID,
  UNCONFIRMED,
  country,
  fact,
  flag,
  idMatching,
  label,
  labelIn,
  listOfUnique,
  mapOf,
  object,
  oneOf,
  period,
  textUpTo,
  webUrl,
  wholeNumber,
} from "./read.ts";
import type { At, Fields, Read } from "./read.ts";

/** Ids of resolutions: `A2`. */
export const RESOLUTION_ID = /^[A-Za-z][A-Za-z0-9_]{0,47}$/;

/** A list of ids; whether each is declared is checked later. */
export const ids: Read<readonly string[]> = listOfUnique(idMatching(ID));
export const id: Read<string> = idMatching(ID);

/** Label and marks that every declared thing may carry. */
export function declaredIn(name: string, fields: Fields): Declared {
  return {
    id: name,
    label: labelIn(fields),
    gap: fields.may("gap", flag, false),
    per: fields.may("per", listOfUnique(idMatching(RESOLUTION_ID)), []),
  };
}

/** Reads a declared thing: its label and marks, and what `more` asks for. */
export function declared<T extends object>(
  more: (fields: Fields) => T,
): (name: string, at: At) => Declared & T {
  return (name, at) => object((fields) => ({ ...declaredIn(name, fields), ...more(fields) }))(at);
}

const plain = declared(() => ({}));
/** A map of things that have only a label and marks. */
export const plainThings: Read<Readonly<Record<string, Declared>>> = mapOf(plain);
export const plainList: Read<readonly Declared[]> = (at) => Object.values(plainThings(at));

/** The mark stands in the document only where it is true, so that others read as they always did. */
export const events: Read<Readonly<Record<string, DeclaredEvent>>> = mapOf(
  declared((fields) =>
    fields.may("at_withdrawal", flag, false) ? { atWithdrawal: true as const } : {},
  ),
);

export const items: Read<Readonly<Record<string, Item>>> = mapOf(
  declared((fields) => ({
    stored: fields.may("stored", oneOf(["sealed", "one_way", "token"]), "sealed"),
    format: fields.may(
      "format",
      oneOf(["text", "email", "phone", "country", "ip", "postcode", "password"]),
      "text",
    ),
    find: fields.may("find", flag, false),
    maxLength: fields.may("max_length", wholeNumber(1, 100_000), 200),
  })),
);

export const methods: Read<Readonly<Record<string, Method>>> = mapOf(
  declared((fields) => ({
    source: fields.may("source", oneOf(["subject", "device", "third_party"]), "subject"),
  })),
);

export const consents: Read<Readonly<Record<string, Consent>>> = mapOf(
  declared((fields) => ({
    purposes: fields.need("purposes", ids, []),
    occasions: fields.may("occasions", ids, []),
  })),
);

function task(name: string, at: At): Task {
  return object((fields) => ({
    id: name,
    label: labelIn(fields),
    duty: fields.may("duty", oneOf(["confirm_withdrawal", "keep_for_dispute"]), null),
  }))(at);
}

export const purposes: Read<Readonly<Record<string, Purpose>>> = mapOf(
  declared((fields) => ({
    basis: fields.need(
      "basis",
      oneOf(["consent", "law", "contract", "vital_interest", "legitimate_interest", "public_task"]),
      "consent",
    ),
    basisStated: fields.may("basis_stated", flag, true),
    tasks: Object.values(fields.may("tasks", mapOf(task), {})),
  })),
);

export const works: Read<Readonly<Record<string, Work>>> = mapOf(
  declared((fields) => ({
    purpose: fields.need("purpose", id, ""),
    items: fields.need("items", ids, []),
  })),
);

const overseas: Read<Overseas> = object((fields) => ({
  when: fields.need("when", label, {}),
  method: fields.need("method", label, {}),
  refusal: fields.need("refusal", label, {}),
}));

export const processors: Read<Readonly<Record<string, Processor>>> = mapOf(
  declared((fields) => ({
    work: fields.may("work", ids, []),
    country: fields.need("country", fact(country), UNCONFIRMED),
    contact: fields.may("contact", fact(textUpTo(200)), UNCONFIRMED),
    until: fields.need("until", ids, []),
    overseas: fields.may("overseas", fact(overseas), UNCONFIRMED),
    verify: fields.may("verify", flag, false),
  })),
);

export const recipients: Read<Readonly<Record<string, Recipient>>> = mapOf(
  declared((fields) => ({
    purpose: fields.need("purpose", id, ""),
    items: fields.need("items", ids, []),
    keep: fields.need("keep", period, "P1D"),
  })),
);

export const cookieCategories: Read<Readonly<Record<string, CookieCategory>>> = mapOf(
  declared((fields) => ({
    essential: fields.may("essential", flag, false),
    purpose: fields.may("purpose", id, null),
  })),
);

export const contact: Read<Contact> = object((fields) => ({
  label: labelIn(fields),
  name: fields.need("name", fact(textUpTo(200)), UNCONFIRMED),
  title: fields.need("title", fact(label), UNCONFIRMED),
  phone: fields.need("phone", fact(textUpTo(50)), UNCONFIRMED),
  email: fields.need("email", fact(textUpTo(254)), UNCONFIRMED),
}));

const agenciesById: Read<Readonly<Record<string, Agency>>> = mapOf(
  declared((fields) => ({
    url: fields.need("url", webUrl, ""),
    phone: fields.need("phone", textUpTo(50), ""),
  })),
);
export const agencies: Read<readonly Agency[]> = (at) => Object.values(agenciesById(at));
