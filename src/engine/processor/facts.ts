/**
 * What the operator records about a processor beside the policy: the contract, the way orders go,
 * and the key its answers are signed with. Read from a small JSON document; all faults at once.
 */
import { isDay } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { isPublicKey } from "./sign.ts";

/** What the written contract must contain: PIPA 26① and decree 28①. */
export const CONTRACT_CONTENTS = [
  "no_other_use",
  "safeguards",
  "purpose_and_scope",
  "sub_processing_limit",
  "access_limits",
  "supervision",
  "liability",
] as const;
export type ContractContent = (typeof CONTRACT_CONTENTS)[number];

/** How orders reach a processor. */
export type Carrier =
  | { readonly kind: "https"; readonly url: string; readonly key: string }
  | { readonly kind: "email"; readonly address: string; readonly key: string | null }
  | { readonly kind: "manual" };

export interface ProcessorFacts {
  readonly contract: {
    /** Where the document lies: a number or a name of the operator's files. */
    readonly document: string;
    readonly signedOn: string;
    readonly contents: readonly ContractContent[];
  } | null;
  readonly carrier: Carrier | null;
  /** Registered name, once somebody has looked who this is. */
  readonly identity: string | null;
  /** Day on which people were told of a marketing processor one by one (PIPA 26③). */
  readonly peopleToldOn: string | null;
  /** First day of the notice on the site that stands in for it, where that was impossible. */
  readonly peoplePostedOn: string | null;
  /** Those it gives our work on to (재수탁자). */
  readonly subProcessors: readonly SubProcessor[];
}

/** Nobody works for a processor on our data before we have agreed, in writing (PIPA 26⑥). */
export interface SubProcessor {
  readonly name: string;
  readonly work: string;
  readonly country: string;
  readonly consent: { readonly document: string; readonly on: string } | null;
}

export const NO_FACTS: ProcessorFacts = Object.freeze({
  contract: null,
  carrier: null,
  identity: null,
  peopleToldOn: null,
  peoplePostedOn: null,
  subProcessors: Object.freeze([]),
});

const KEYS = [
  "contract",
  "carrier",
  "identity",
  "people_told_on",
  "people_posted_on",
  "sub_processors",
] as const;
const MAX_BYTES = 16_384;
const MAX_TEXT = 200;
const MAX_SUB_PROCESSORS = 50;
const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);

/**
 * Reads the document. Throws ERR_USAGE with every fault in `facts.faults`.
 * @example readFacts('{"carrier": {"kind": "manual"}}').carrier // { kind: "manual" }
 */
export function readFacts(text: string): ProcessorFacts {
  const faults: string[] = [];
  const value = text.length > MAX_BYTES ? null : parse(text);
  if (!isObject(value)) faults.push(`a JSON object of at most ${MAX_BYTES} bytes is needed`);
  const root = isObject(value) ? value : {};
  onlyKeys(root, KEYS, "", faults);
  const facts: ProcessorFacts = {
    contract: contractOf(root["contract"], faults),
    carrier: carrierOf(root["carrier"], faults),
    identity: textOf(root["identity"], "identity", faults),
    peopleToldOn: dayOf(root["people_told_on"], "people_told_on", faults),
    peoplePostedOn: dayOf(root["people_posted_on"], "people_posted_on", faults),
    subProcessors: subProcessorsOf(root["sub_processors"], faults),
  };
  if (faults.length > 0) {
    throw new JikimError("ERR_USAGE", `the facts of a processor: ${faults.join("; ")}`, { faults });
  }
  return facts;
}

/** Only https, and plain http to this machine itself; no name and password in the address. */
export function isCarrierUrl(text: string): boolean {
  if (text.length > 500 || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hash !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.has(url.hostname));
}

function contractOf(value: unknown, faults: string[]): ProcessorFacts["contract"] {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) return fault(faults, "contract is an object");
  onlyKeys(value, ["document", "signed_on", "contents"], "contract.", faults);
  const document = textOf(value["document"], "contract.document", faults);
  const signedOn = dayOf(value["signed_on"], "contract.signed_on", faults);
  const listed = Array.isArray(value["contents"]) ? value["contents"] : [];
  const contents = CONTRACT_CONTENTS.filter((each) => listed.includes(each));
  if (!Array.isArray(value["contents"]) || new Set(listed).size !== contents.length) {
    faults.push(`contract.contents lists some of ${CONTRACT_CONTENTS.join(", ")}`);
  }
  if (document === null) faults.push("contract.document is needed");
  if (signedOn === null) faults.push("contract.signed_on is needed");
  return document === null || signedOn === null ? null : { document, signedOn, contents };
}

function carrierOf(value: unknown, faults: string[]): Carrier | null {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) return fault(faults, "carrier is an object");
  const key = textOf(value["key"], "carrier.key", faults);
  if (key !== null && !isPublicKey(key)) {
    faults.push("carrier.key is an Ed25519 public key, 32 bytes in base64url");
  }
  switch (value["kind"]) {
    case "https": {
      onlyKeys(value, ["kind", "url", "key"], "carrier.", faults);
      const url = textOf(value["url"], "carrier.url", faults, 500);
      if (url === null || !isCarrierUrl(url)) {
        return fault(faults, "carrier.url is an https address without a name or password");
      }
      if (key === null) return fault(faults, "carrier.key is needed: answers are signed with it");
      return { kind: "https", url, key };
    }
    case "email": {
      onlyKeys(value, ["kind", "address", "key"], "carrier.", faults);
      const address = textOf(value["address"], "carrier.address", faults);
      if (address === null || !/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(address)) {
        return fault(faults, "carrier.address is one e-mail address");
      }
      return { kind: "email", address, key };
    }
    case "manual":
      onlyKeys(value, ["kind"], "carrier.", faults);
      return { kind: "manual" };
    default:
      return fault(faults, "carrier.kind is https, email or manual");
  }
}

function subProcessorsOf(value: unknown, faults: string[]): readonly SubProcessor[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > MAX_SUB_PROCESSORS) {
    faults.push(`sub_processors is a list of at most ${MAX_SUB_PROCESSORS}`);
    return [];
  }
  return value.flatMap((each: unknown, index): SubProcessor[] => {
    const at = `sub_processors.${index}`;
    if (!isObject(each)) return fault(faults, `${at} is an object`) ?? [];
    onlyKeys(each, ["name", "work", "country", "consent"], `${at}.`, faults);
    const name = textOf(each["name"], `${at}.name`, faults);
    const work = textOf(each["work"], `${at}.work`, faults);
    const country = textOf(each["country"], `${at}.country`, faults);
    const consent = consentOf(each["consent"], `${at}.consent`, faults);
    if (name !== null && work !== null && country !== null)
      return [{ name, work, country, consent }];
    return fault(faults, `${at} has a name, its work and a country`) ?? [];
  });
}

function consentOf(value: unknown, at: string, faults: string[]): SubProcessor["consent"] {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) return fault(faults, `${at} is an object`);
  onlyKeys(value, ["document", "on"], `${at}.`, faults);
  const document = textOf(value["document"], `${at}.document`, faults);
  const on = dayOf(value["on"], `${at}.on`, faults);
  if (document !== null && on !== null) return { document, on };
  return fault(faults, `${at} has a document and its day`);
}

function textOf(value: unknown, at: string, faults: string[], most = MAX_TEXT): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" && value.trim() !== "" && value.length <= most) return value;
  return fault(faults, `${at} is a text of 1 to ${most} characters`);
}

function dayOf(value: unknown, at: string, faults: string[]): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" && isDay(value)) return value;
  return fault(faults, `${at} is a day, YYYY-MM-DD`);
}

function onlyKeys(
  value: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  at: string,
  faults: string[],
): void {
  for (const key of Object.keys(value)) {
    if (!keys.includes(key)) faults.push(`${at}${key.slice(0, 40)} means nothing here`);
  }
}

function fault(faults: string[], says: string): null {
  faults.push(says);
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
