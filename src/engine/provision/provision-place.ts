/** Where what is sealed about a provision belongs. */
import { assert } from "../../base/assert.ts";
import type { SealContext } from "../../keys/keeper.ts";

/** Lock of what must outlive the records: who received what must stay answerable (PIPA 35). */
export const PROVISION_COMPARTMENT = "provision";

/** @param id 32 hex digits */
export function provisionPlace(subject: string, id: string): SealContext {
  return {
    subject,
    record: id,
    recordClass: "provision",
    compartment: PROVISION_COMPARTMENT,
    expiresOn: null,
  };
}

/** Names and texts as the bytes that are sealed. */
export function textBytes(texts: Readonly<Record<string, string>>): Uint8Array {
  return new Uint8Array(Buffer.from(JSON.stringify(texts), "utf8"));
}

/** The way back. */
export function readTexts(plain: Uint8Array): Readonly<Record<string, string>> {
  const value: unknown = JSON.parse(Buffer.from(plain).toString("utf8"));
  plain.fill(0);
  assert(isTexts(value), "sealed texts are names and strings");
  return value;
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((text) => typeof text === "string")
  );
}
