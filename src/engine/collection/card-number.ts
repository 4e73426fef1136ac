/**
 * What looks like a card number or its code is refused wherever it stands: the policy holds the
 * token of the payment company, and PCI DSS 3.3 lets nobody keep the code after authorisation.
 * People type numbers in many ways, so digits are read whatever script and spacing they are in.
 */

/** Runs of digits of one value, with what stands between them. */
interface Groups {
  readonly digits: readonly string[];
  /** `gaps[i]` stands between `digits[i]` and `digits[i + 1]`. */
  readonly gaps: readonly string[];
}

const LONGEST_GAP = 3;
/** Lengths of printed groups: 4-4-4-4(-3), 4-6-5 and 4-6-4 are how cards show their number. */
const PRINTED = /^(?:4 4 4 [1-7]|4 4 4 4 [1-3]|4 6 [45])$/;
const CODE_NAME = /cvc|cvv|cardcode|securitycode|cardverification|^csc$/;
const CODE_IN_TEXT =
  /(?:\b(?:cvc2?|cvv2?)\b|보안\s?코드|카드\s?확인\s?번호)[^\p{L}\p{N}]{0,4}\d{3,4}(?!\d)/iu;

/** Does a card number stand anywhere in the text? */
export function holdsCardNumber(text: string): boolean {
  return runsOf(plainDigits(text)).some(runHoldsCard);
}

/** Is this the name of a field for the code on a card? */
export function namesCardCode(field: string): boolean {
  return CODE_NAME.test(field.toLowerCase().replaceAll(/[^a-z0-9]/g, ""));
}

/** Does the text name a code and give one: "CVC 123"? */
export function holdsCardCode(text: string): boolean {
  return CODE_IN_TEXT.test(plainDigits(text));
}

/** Digits of any script as 0–9, without characters nobody sees. */
function plainDigits(text: string): string {
  return text
    .normalize("NFKC")
    .replaceAll(/\p{Cf}/gu, "")
    .replaceAll(/\p{Nd}/gu, (digit) => digitOf(digit));
}

/** Digits of a script stand together, from zero to nine (Unicode 4.6). */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  if (code < 128) return digit;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(code - zero);
}

/** Groups of digits with nothing but a few separators between them; letters end a run. */
function runsOf(text: string): readonly Groups[] {
  const runs: { digits: string[]; gaps: string[] }[] = [];
  let end = -1;
  for (const match of text.matchAll(/\d+/g)) {
    const gap = text.slice(Math.max(end, 0), match.index);
    const last = runs.at(-1);
    const joined = end >= 0 && gap.length <= LONGEST_GAP && !/[\p{L}:]/u.test(gap);
    if (joined && last !== undefined) {
      last.digits.push(match[0]);
      last.gaps.push(gap);
    } else {
      runs.push({ digits: [match[0]], gaps: [] });
    }
    end = match.index + match[0].length;
  }
  return runs;
}

const LONGEST = 19;

function runHoldsCard({ digits, gaps }: Groups): boolean {
  for (let from = 0; from < digits.length; from += 1) {
    let number = "";
    for (let to = from; to < digits.length && number.length <= LONGEST; to += 1) {
      number += digits[to] ?? "";
      const between = gaps.slice(from, to);
      // A list of numbers is no card: printed groups, or the same separator all along.
      const even = between.every((gap) => gap === between[0]);
      const sizes = digits.slice(from, to + 1).map((group) => group.length);
      if ((even || PRINTED.test(sizes.join(" "))) && isCardNumber(number)) return true;
    }
  }
  return false;
}

/**
 * ISO/IEC 7812: 13 to 19 digits, the last a check digit (Luhn). Numbers of 13 digits are only
 * Visa's (4) and of 14 only Diners Club's (30, 36, 38, 39): bank accounts have these lengths, and
 * every tenth would pass the check.
 */
function isCardNumber(number: string): boolean {
  if (number.length < 13 || number.length > LONGEST || number.startsWith("0")) return false;
  if (number.length === 13 && !number.startsWith("4")) return false;
  if (number.length === 14 && !/^3[0689]/.test(number)) return false;
  return luhn(number);
}

function luhn(number: string): boolean {
  let sum = 0;
  for (let at = 0; at < number.length; at += 1) {
    const digit = Number(number[number.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
