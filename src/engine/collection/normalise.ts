/**
 * One spelling for values that mean the same, so that a blind index finds them again. Values are
 * stored as given (NFC, without space at the ends); only their tags use the normal form.
 */
import type { Item, ItemFormat } from "../../policy/model.ts";

/** Calling codes (ITU-T E.164) and trunk prefixes where a number without a country is read. */
const DIALLING: Readonly<Record<string, { readonly code: string; readonly trunk: string }>> = {
  DE: { code: "49", trunk: "0" },
  FR: { code: "33", trunk: "0" },
  GB: { code: "44", trunk: "0" },
  IE: { code: "353", trunk: "0" },
  JP: { code: "81", trunk: "0" },
  KR: { code: "82", trunk: "0" },
  US: { code: "1", trunk: "1" },
};

/** Length as people count it and as limits are written: in characters (code points). */
export function characters(text: string): number {
  return Array.from(text).length;
}

/** A value as it is stored. A password keeps its spaces: they are part of it. */
export function storedForm(item: Pick<Item, "format">, value: string): string {
  const composed = value.normalize("NFC");
  return item.format === "password" ? composed : composed.trim();
}

/**
 * The form a tag is made of.
 * @param country ISO 3166-1 code for telephone numbers without one
 * @example normalise("phone", "010-1234-5678", "KR") // "+821012345678"
 */
export function normalise(format: ItemFormat, value: string, country: string): string {
  const text = storedForm({ format }, value);
  switch (format) {
    case "email":
      return text.toLowerCase();
    case "phone":
      return phone(text, country);
    case "country":
      return text.toUpperCase();
    case "ip":
      return text.toLowerCase();
    case "postcode":
      return text.replaceAll(/[\s-]/g, "").toUpperCase();
    case "text":
    case "password":
      return text;
    default:
      throw new Error(`unknown format: ${String(format satisfies never)}`);
  }
}

/** E.164 where the country's rules are known, else the bare digits. */
function phone(text: string, country: string): string {
  const dialling = DIALLING[country];
  // "+82 (0)10 …" writes the trunk prefix that callers from abroad leave out.
  const digits = text
    .replace(/\(0\)/, "")
    .replaceAll(/[\s().\-/]/g, "")
    .replace(/^00/, "+");
  if (dialling === undefined) return digits;
  const { code, trunk } = dialling;
  if (digits.startsWith(`+${code}${trunk}`) && trunk === "0") {
    return `+${code}${digits.slice(1 + code.length + trunk.length)}`;
  }
  if (digits.startsWith("+")) return digits;
  return `+${code}${digits.startsWith(trunk) ? digits.slice(trunk.length) : digits}`;
}
