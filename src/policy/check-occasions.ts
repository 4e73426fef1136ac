/**
 * What is declared must be able to run: every item collected has a place to be kept, a purpose
 * that uses it, and, where the purpose rests on consent, a consent that can be given.
 */
import type { Check, Report } from "./check.ts";
import type { Occasion, Policy } from "./model.ts";

export const checkOccasions: Check = (policy, report, { places }) => {
  // What an occasion takes over from another is reported where it is written.
  const reportWritten: Report = (code, path, message) => {
    if (places.has(path)) report(code, path, message);
  };
  for (const occasion of Object.values(policy.occasions)) {
    const items = [...occasion.requires, ...occasion.offers];
    checkComplete(occasion, items, report);
    checkSameSet(policy, occasion, report);
    checkItems(policy, occasion, reportWritten);
    for (const purpose of Object.keys(occasion.purposes)) {
      checkConsent(policy, occasion, { purpose, report });
    }
  }
  checkItemsUsed(policy, report);
};

function checkComplete(occasion: Occasion, items: readonly string[], report: Report): void {
  const at = `occasions.${occasion.id}`;
  const name = `\`${occasion.id}\``;
  if (items.length === 0) report("occasion-without-item", at, `${name} takes nothing`);
  if (Object.keys(occasion.purposes).length === 0) {
    report("occasion-without-purpose", at, `${name} serves no purpose`);
  }
  if (occasion.methods.length === 0) {
    report("occasion-without-method", at, `${name} names no method`);
  }
  if (occasion.makes.length === 0) {
    report("occasion-without-class", at, `${name} writes no record class`);
  }
}

function checkItems(policy: Policy, occasion: Occasion, report: Report): void {
  const at = `occasions.${occasion.id}`;
  const taken = new Set([...occasion.requires, ...occasion.offers]);
  occasion.offers.forEach((item, index) => {
    if (item === "" || !occasion.requires.includes(item)) return;
    report("item-required-and-offered", `${at}.offers[${index}]`, `\`${item}\` is also required`);
  });
  occasion.makes.forEach((name, index) => {
    if (name === "" || policy.records[name]) return;
    const path = `${at}.makes[${index}]`;
    report("class-without-rule", path, `\`${name}\` has no entry under \`records\``);
  });
  for (const [purpose, items] of Object.entries(occasion.purposes)) {
    items.forEach((item, index) => {
      if (item === "" || taken.has(item)) return;
      const path = `${at}.for.${purpose}[${index}]`;
      report("item-not-taken", path, `\`${occasion.id}\` does not take \`${item}\``);
    });
  }
  for (const key of ["requires", "offers"] as const) {
    occasion[key].forEach((item, index) => {
      if (item === "") return;
      const path = `${at}.${key}[${index}]`;
      checkClassOf(policy, occasion, { item, path, report });
      const purposes = Object.values(occasion.purposes);
      if (purposes.length === 0 || purposes.some((items) => items.includes(item))) return;
      report("item-without-purpose", path, `no purpose of \`${occasion.id}\` uses \`${item}\``);
    });
  }
}

interface Taken {
  readonly item: string;
  readonly path: string;
  readonly report: Report;
}

function checkClassOf(policy: Policy, { makes }: Occasion, { item, path, report }: Taken): void {
  if (makes.length === 0 || makes.some((name) => !policy.records[name])) return; // reported there
  const classes = makes.filter((name) => policy.records[name]?.holds.includes(item));
  if (classes.length === 1) return;
  const held = classes.length > 1 ? classes.join(" and ") : `none of ${makes.join(", ")}`;
  report("item-without-class", path, `\`${item}\` is held by ${held}`);
}

function checkConsent(
  policy: Policy,
  occasion: Occasion,
  { purpose, report }: { readonly purpose: string; readonly report: Report },
): void {
  if (policy.purposes[purpose]?.basis !== "consent") return;
  const consents = Object.values(policy.consents).filter((one) => one.purposes.includes(purpose));
  if (consents.length === 0) return; // reported at the purpose
  const here = consents.some(
    ({ occasions }) => occasions.length === 0 || occasions.includes(occasion.id),
  );
  if (here) return;
  const message = `no consent covers \`${purpose}\` at \`${occasion.id}\``;
  report("consent-without-purpose", `occasions.${occasion.id}.for.${purpose}`, message);
}

function checkSameSet(policy: Policy, occasion: Occasion, report: Report): void {
  const at = `occasions.${occasion.id}.same_as`;
  const model = occasion.sameAs === null ? undefined : policy.occasions[occasion.sameAs];
  if (!model || model === occasion) return;
  if (model.sameAs !== null) {
    report("same-as-chain", at, `\`${model.id}\` itself takes the set of another`);
    return;
  }
  for (const key of ["requires", "offers", "declares", "makes"] as const) {
    if (sameMembers(occasion[key], model[key])) continue;
    report("same-set-differs", at, `\`${key}\` differs from \`${model.id}\``);
  }
}

function sameMembers(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}

function checkItemsUsed(policy: Policy, report: Report): void {
  const collected = new Set(
    Object.values(policy.occasions).flatMap((one) => [...one.requires, ...one.offers]),
  );
  for (const item of Object.keys(policy.items)) {
    if (!collected.has(item))
      report("item-unused", `items.${item}`, `nothing collects \`${item}\``);
  }
}
