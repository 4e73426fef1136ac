/**
 * What may not compile does not: each `@ts-expect-error` is an error of `tsc` once its line
 * compiles. The names are those of a real policy, as `jikim types` writes them.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { typeName } from "../../src/compiler/policy-types.ts";
import type { Jikim } from "../../src/engine/jikim.ts";
import type { TypedJikim } from "../../src/engine/typed-jikim.ts";
import { typed } from "../../src/engine/typed-jikim.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import type { RemotemeetingPolicy } from "./remotemeeting.policy.d.ts";

const FORM = {
  company_id: "acme",
  user_id: "kim",
  password: "longer than this",
  name: "Kim",
  email: "kim@example.org",
  country: "KR",
};

export async function mayCompile(jikim: TypedJikim<RemotemeetingPolicy>): Promise<void> {
  const subject = await jikim.collect(
    "sign_up",
    { ...FORM, phone: "010-0000-0000" },
    { consents: ["terms", "marketing"], declares: ["age_14_or_over"], unique: ["user_id"] },
  );
  const { email, name } = await jikim.read(subject, ["email", "name"], { purpose: "contract" });
  const texts: readonly (string | undefined)[] = [email, name];
  await jikim.find({ email: "kim@example.org" }, { purpose: "contract" });
  await jikim.matches(subject, "password", texts.join());
}

export async function mayNotCompile(jikim: TypedJikim<RemotemeetingPolicy>): Promise<void> {
  // @ts-expect-error an item the policy does not name
  await jikim.read("", ["emial"], { purpose: "contract" });
  // @ts-expect-error a purpose the policy does not name
  await jikim.read("", ["email"], { purpose: "curiosity" });
  // @ts-expect-error an item this purpose may not read
  await jikim.read("", ["email"], { purpose: "improvement" });
  // @ts-expect-error a one-way item is never read
  await jikim.read("", ["password"], { purpose: "contract" });
  // @ts-expect-error reading names a purpose
  await jikim.read("", ["email"]);
  // @ts-expect-error an occasion the policy does not name
  await jikim.collect("raffle", FORM);
  // @ts-expect-error a required item is missing
  await jikim.collect("sign_up", { email: "kim@example.org" });
  // @ts-expect-error an item the policy does not name
  await jikim.collect("sign_up", { ...FORM, birthdate: "2000-01-01" });
  // @ts-expect-error an item of another occasion
  await jikim.collect("sign_up", { ...FORM, card: "4111" });
  // @ts-expect-error a consent that is not asked for here
  await jikim.collect("sign_up", FORM, { consents: ["event_entry"] });
  // @ts-expect-error a declaration the policy does not name
  await jikim.collect("sign_up", FORM, { declares: ["tall"] });
  // @ts-expect-error an item without an index cannot be looked up
  await jikim.find({ name: "Kim" }, { purpose: "contract" });
  // @ts-expect-error only one-way items are matched
  await jikim.matches("", "email", "");
  const { email } = await jikim.read("", ["email"], { purpose: "contract" });
  // @ts-expect-error a value may be absent
  email.trim();
}

export async function untypedStaysUsable(jikim: Jikim): Promise<string | undefined> {
  const subject = await jikim.collect("any", { any: "" });
  return (await jikim.read(subject, ["any"], { purpose: "any" }))["any"];
}

test("the typed engine is the engine itself", () => {
  const jikim = {} as Jikim;
  expect(typed<RemotemeetingPolicy>(jikim)).toBe(jikim);
});

test("the names these tests compile against are what `jikim types` writes today", async () => {
  let text = "";
  const code = await runCli(["types", "policies/remotemeeting"], {
    out: (part) => void (text += part),
    err: (part) => void (text += part),
    colour: false,
    cwd: process.cwd(),
    clock: { now: () => 0 },
    random: { bytes: (size) => new Uint8Array(size) },
  });
  expect(code).toBe(0);
  // Not so? jikim types --out test/types/remotemeeting.policy.d.ts
  expect(readFileSync("test/types/remotemeeting.policy.d.ts", "utf8")).toBe(text);
});

test.each([
  ["remotemeeting", "RemotemeetingPolicy"],
  ["paper_lane", "PaperLanePolicy"],
  ["2nd-shop", "P2ndShopPolicy"],
])("the policy %s gives the type %s", (id, name) => {
  expect(typeName(id)).toBe(name);
});
