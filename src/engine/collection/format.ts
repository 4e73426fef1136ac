/** What a value must look like to be accepted, by format. Plain rules: a gate is no detective. */
import { isIP } from "node:net";
import type { ItemFormat } from "../../policy/model.ts";
import { characters, normalise } from "./normalise.ts";

const SHORTEST_PASSWORD = 8; // NIST SP 800-63B §5.1.1.2
// Line breaks and tabs are text; other controls and the overrides of writing direction are not.
// oxlint-disable-next-line no-control-regex
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/;
const REGIONS = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });

/** Is the value (in its stored form) of this format? */
export function hasFormat(format: ItemFormat, value: string, country: string): boolean {
  if (UNWRITABLE.test(value) || !value.isWellFormed()) return false;
  switch (format) {
    case "text":
      return true;
    case "email":
      return isEmail(value);
    case "phone":
      return (
        /^[+\d][\d\s().\-/]*$/.test(value) &&
        /^\+?\d{7,15}$/.test(normalise(format, value, country))
      );
    case "country":
      return isCountry(value.toUpperCase());
    case "ip":
      return isIP(value) !== 0;
    case "postcode":
      return /^[0-9A-Za-z][0-9A-Za-z -]{1,9}$/.test(value);
    case "password":
      return characters(value) >= SHORTEST_PASSWORD;
    default:
      throw new Error(`unknown format: ${String(format satisfies never)}`);
  }
}

/** An ISO 3166-1 code in use; ZZ is the platform's name for a country nobody knows. */
function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && code !== "ZZ" && REGIONS.of(code) !== undefined;
}

/** One `@`, a local part of at most 64 (RFC 5321 §4.5.3.1), a domain of labels; no white space. */
function isEmail(value: string): boolean {
  const match = /^([^\s@<>",;:\\[\]()]{1,64})@([^\s@]{3,253})$/u.exec(value);
  if (match === null) return false;
  const labels = (match[2] ?? "").split(".");
  return (
    labels.length > 1 &&
    labels.every((label) => /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u.test(label))
  );
}
