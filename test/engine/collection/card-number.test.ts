/** Card numbers in every way people type them, and what only looks like one. */
import { expect, test } from "vitest";
import {
  holdsCardCode,
  holdsCardNumber,
  namesCardCode,
} from "../../../src/engine/collection/card-number.ts";

// Numbers the card schemes publish for testing; they are nobody's.
const CARDS = [
  "4111111111111111",
  "4222222222222",
  "30569309025904",
  "378282246310005",
  "5555555555554444",
  "3530111333300000",
  "6205500000000000004",
];

test.each(CARDS)("%s is a card number", (card) => {
  expect(holdsCardNumber(card)).toBe(true);
  expect(holdsCardNumber(`결제 ${card}입니다`)).toBe(true);
});

test.each(CARDS)("%s with another last digit is none", (card) => {
  const last = (Number(card.at(-1)) + 1) % 10;
  expect(holdsCardNumber(card.slice(0, -1) + String(last))).toBe(false);
});

const SEPARATORS = [" ", "-", ".", "/", "_", "·", ",", "\u00a0", "\u2013", " - ", "\u200b", "\n"];
test.each(SEPARATORS)("groups of four apart by %j are a card number", (gap) => {
  expect(holdsCardNumber(["4111", "1111", "1111", "1111"].join(gap))).toBe(true);
  expect(holdsCardNumber("4111111111111111".split("").join(gap))).toBe(true);
});

const WAYS: readonly string[] = [
  "４１１１ １１１１ １１１１ １１１１",
  "４１１１１１１１１１１１１１１１",
  "٤١١١١١١١١١١١١١١١",
  "4111 1111-1111.1111",
  "3782 822463 10005",
  "card 4111-1111-1111-1111 12/28 123",
  "(4111) 1111 1111 1111",
];
test.each(WAYS)("%s is found", (text) => {
  expect(holdsCardNumber(text)).toBe(true);
});

const HARMLESS: readonly string[] = [
  "",
  "010-1234-5678, 010-2345-6789",
  "+82 2-0000-0000",
  "2026-11-23 12:00:00.123456",
  "1732412345678", // a moment in milliseconds
  "3333-01-2345676", // a bank account of 13 digits that passes the check
  "0000 0000 0000 0000",
  "**** **** **** 1111",
  "tok_4f9a2b7c11d04e",
  "192.0.2.17 192.0.2.18",
  "41111111111111111111111111", // longer than any card
];
test.each(HARMLESS)("%j is none", (text) => {
  expect(holdsCardNumber(text)).toBe(false);
});

test.each(["cvc", "CVV2", "card_cvc", "cardCode", "security-code", "c_v_c"])(
  "%s is a field for a code",
  (name) => {
    expect(namesCardCode(name)).toBe(true);
  },
);

test.each(["code", "postcode", "country", "card", "company_id"])("%s is none", (name) => {
  expect(namesCardCode(name)).toBe(false);
});

test.each(["CVC 123", "cvv: 1234", "보안코드는 아니고 보안코드 123", "CVC=１２３"])(
  "%s gives a code",
  (text) => {
    expect(holdsCardCode(text)).toBe(true);
  },
);

test.each(["CVC", "where do I find the CVC?", "CVC 12345", "error 404"])(
  "%s gives none",
  (text) => {
    expect(holdsCardCode(text)).toBe(false);
  },
);
