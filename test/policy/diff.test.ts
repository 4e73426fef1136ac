import canonicalize from "canonicalize";
import fc from "fast-check";
import { expect, test } from "vitest";
import { present } from "../../src/base/assert.ts";
import { CHANGE_RULES } from "../../src/policy/change-rules.ts";
import type { ChangeKind } from "../../src/policy/change-rules.ts";
import { diffPolicies } from "../../src/policy/diff-policies.ts";
import { differences } from "../../src/policy/differences.ts";
import type { Json } from "../../src/policy/differences.ts";
import type { Policy } from "../../src/policy/model.ts";
import { parseSmall, replaceOnce, SMALL_POLICY } from "../support/small-documents.ts";

const small = present(parseSmall().policy, "the small policy parses");

/** Text replacements that must leave the document valid. */
function edited(edits: readonly (readonly [string, string])[]): Policy {
  const text = edits.reduce((all, [find, put]) => replaceOnce(all, find, put), SMALL_POLICY);
  const { policy, issues } = parseSmall(text);
  return present(policy, `the edited policy parses: ${issues.map(({ path }) => path).join()}`);
}

type Edits = readonly (readonly [string, string])[];
/** Edits of the small policy, and the changes they must be, with the way back. */
const CHANGES: readonly (readonly [Edits, ChangeKind[], ChangeKind[]])[] = [
  [
    [
      ["  phone: { ko: 전화번호", "  fax: { ko: 팩스, en: fax }\n  phone: { ko: 전화번호"],
      ["offers: [phone]", "offers: [phone, fax]"],
      ["holds: [email, name, phone]", "holds: [email, name, phone, fax]"],
    ],
    ["item-added", "item-collected", "retention-items-changed", "use-added"],
    ["item-no-longer-collected", "item-removed", "retention-items-changed", "use-removed"],
  ],
  [
    [
      [
        "requires: [email, name]\n    offers: [phone]",
        "requires: [email, name, phone]\n    offers: []",
      ],
    ],
    ["item-required"],
    ["item-optional"],
  ],
  [
    [["phone: { ko: 전화번호", "phone: { stored: one_way, ko: 전화번호"]],
    ["item-storage-changed"],
    ["item-storage-changed"],
  ],
  [[["max_length: 254", "max_length: 100"]], ["item-format-changed"], ["item-format-changed"]],
  [
    [["partner, source: third_party", "partner, source: subject"]],
    ["method-source-changed"],
    ["method-source-changed"],
  ],
  [[["methods: [web, partner]", "methods: [web]"]], ["method-removed"], ["method-added"]],
  [
    [["declares: [old_enough]", "declares: []"]],
    ["declaration-no-longer-asked"],
    ["declaration-asked"],
  ],
  [[["years: 14", "years: 16"]], ["minimum-age-changed"], ["minimum-age-changed"]],
  [
    [["basis: contract\n    tasks", "basis: legitimate_interest\n    tasks"]],
    ["purpose-basis-changed"],
    ["purpose-basis-changed"],
  ],
  [
    [["en: service }", "en: service }\n      sell: { ko: 판매, en: selling }"]],
    ["task-added"],
    ["task-removed"],
  ],
  [[["marketing: [email]", "marketing: [email, name]"]], ["use-added"], ["use-removed"]],
  [[["    exclusive: true\n", ""]], ["occasion-changed"], ["occasion-changed"]],
  [[["keep: P5Y", "keep: P6Y"]], ["retention-lengthened"], ["retention-shortened"]],
  [[["keep: P5Y", "keep: P60M"]], ["wording-changed"], ["wording-changed"]],
  [
    [["en: completed payment }", "en: completed payment, at_withdrawal: true }"]],
    ["retention-trigger-changed"],
    ["retention-trigger-changed"],
  ],
  [
    [["from: { later_of: [payment_completed, collected] }", "from: collected"]],
    ["retention-trigger-changed"],
    ["retention-trigger-changed"],
  ],
  [
    [["until: withdrawal\n", "keep: P1M\n    from: withdrawal\n"]],
    ["retention-lengthened"],
    ["retention-shortened"],
  ],
  [
    [["compartment: commerce", "compartment: service"]],
    ["retention-place-changed"],
    ["retention-place-changed"],
  ],
  [
    [
      [
        "items: [name], keep: P3M }",
        "items: [name], keep: P3M }\n    press: { ko: 언론, en: press, purpose: contract, " +
          "items: [name], keep: P1M }",
      ],
    ],
    ["recipient-added"],
    ["recipient-removed"],
  ],
  [[["keep: P3M", "keep: P4M"]], ["recipient-changed"], ["recipient-changed"]],
  [
    [["exceptions: [consent, authority]", "exceptions: [consent]"]],
    ["provision-exception-removed"],
    ["provision-exception-added"],
  ],
  [
    [
      [
        "until: [withdrawal] }",
        "until: [withdrawal] }\n  post: { ko: 우편사, en: Post, work: [mailing], country: KR, " +
          "until: [withdrawal] }",
      ],
    ],
    ["processor-added"],
    ["processor-removed"],
  ],
  [
    [
      [
        "until: [withdrawal] }",
        "until: [withdrawal] }\n  post: { ko: 우편사, en: Post, work: [mailing], country: " +
          "unconfirmed, until: [withdrawal] }",
      ],
    ],
    ["processor-added-abroad"],
    ["processor-removed"],
  ],
  [
    [["work: [mailing], country: KR", "work: [mailing], country: US"]],
    ["processor-abroad"],
    ["processor-at-home"],
  ],
  [
    [["contract, items: [email]", "contract, items: [email, name]"]],
    ["work-item-added"],
    ["work-item-removed"],
  ],
  [
    [["paper: { separate: true", "paper: { separate: false"]],
    ["destruction-changed"],
    ["destruction-changed"],
  ],
  [[["offers: [access, withdrawal]", "offers: [access]"]], ["right-removed"], ["right-added"]],
  [[["channels: [email]", "channels: [email, phone]"]], ["channel-added"], ["channel-removed"]],
  [
    [["scopes: [own_data]", "scopes: [own_data], representative: true"]],
    ["right-added"],
    ["right-removed"],
  ],
  [
    [["duties: [keep_current]", "duties: [keep_current, log_out]"]],
    ["user-duty-added"],
    ["user-duty-removed"],
  ],
  [
    [["identifying: false", "identifying: true"]],
    ["cookie-identifying"],
    ["cookie-no-longer-identifying"],
  ],
  [[["levels: [all, none]", "levels: [all]"]], ["cookie-choice-removed"], ["cookie-choice-added"]],
  [
    [["safeguards: [backup, training]", "safeguards: [backup]"]],
    ["safeguard-removed"],
    ["safeguard-added"],
  ],
  [[["phone: 02-000-0000", "phone: 02-000-0001"]], ["contact-changed"], ["contact-changed"]],
  [[['phone: "1833"', 'phone: "1834"']], ["agency-changed"], ["agency-changed"]],
  [[["ordinary: P7D", "ordinary: P6D"]], ["notice-shortened"], ["notice-lengthened"]],
  [[["destroy_grace: P3D", "destroy_grace: P4D"]], ["parameter-changed"], ["parameter-changed"]],
  [
    [["name: { ko: 이름, en: name }", "name: { ko: 이름, en: name, gap: true, per: [R1] }"]],
    ["gap-opened", "resolution-changed"],
    ["gap-closed", "resolution-changed"],
  ],
  [[["en: Small Company", "en: Large Company"]], ["controller-changed"], ["controller-changed"]],
  [[["en: e-mail,", "en: mail,"]], ["label-changed"], ["label-changed"]],
  [[["We keep {items} for", "We hold {items} for"]], ["wording-changed"], ["wording-changed"]],
  [
    [["safeguards: [backup, training]", "safeguards: [training, backup]"]],
    ["order-changed"],
    ["order-changed"],
  ],
  [
    [["ko: 수집, en: Collection,", "ko: 수집, en: Collecting,"]],
    ["article-changed"],
    ["article-changed"],
  ],
  [[["effective: 2026-03-01", "effective: 2026-03-02"]], ["version-dated"], ["version-dated"]],
  [
    [
      [
        "exclusive: true\n",
        "exclusive: true\n  gift:\n    { ko: 선물, en: gift, requires: [name], for: " +
          "[contract], methods: [web], makes: [profile] }\n",
      ],
    ],
    ["occasion-added"],
    ["occasion-removed"],
  ],
  [
    [["en: members }", "en: members }, guest: { ko: 손님, en: guests }"]],
    ["people-changed"],
    ["people-changed"],
  ],
  [
    [
      [
        "  marketing: { ko: 마케팅",
        "  research: { ko: 연구, en: research, basis: contract }\n  marketing: { ko: 마케팅",
      ],
    ],
    ["purpose-added"],
    ["purpose-removed"],
  ],
  [
    [["basis: contract\n    tasks", "basis: contract\n    basis_stated: false\n    tasks"]],
    ["basis-statement-changed"],
    ["basis-statement-changed"],
  ],
  [[[", duty: confirm_withdrawal", ""]], ["task-changed"], ["task-changed"]],
  [
    [["  news: {", "  terms: { ko: 약관, en: terms, purposes: [contract] }\n  news: {"]],
    ["consent-added"],
    ["consent-removed"],
  ],
  [
    [["purposes: [marketing] }", "purposes: [marketing, contract] }"]],
    ["consent-changed"],
    ["consent-changed"],
  ],
  [[["offers: [news]", "offers: []"]], ["consent-no-longer-asked"], ["consent-asked"]],
  [
    [
      [
        "until: [withdrawal] }",
        "until: [withdrawal], overseas: { when: { ko: 늘, en: always }, method: { ko: 전송, " +
          "en: sent }, refusal: { ko: 전화, en: call } } }",
      ],
    ],
    ["processor-overseas-changed"],
    ["processor-overseas-changed"],
  ],
  [
    [
      [
        "  mailing: {",
        "  posting: { ko: 우편, en: posting, purpose: contract, items: [name] }\n  mailing: {",
      ],
    ],
    ["word-declared"],
    ["word-removed"],
  ],
  [
    [["until: [withdrawal] }", "until: [withdrawal, consent_withdrawn] }"]],
    ["processor-until-changed"],
    ["processor-until-changed"],
  ],
  [
    [["until: [withdrawal] }", "until: [withdrawal], verify: true }"]],
    ["processor-verified"],
    ["processor-verified"],
  ],
  [
    [["mailing, purpose: contract", "mailing, purpose: marketing"]],
    ["work-purpose-changed"],
    ["work-purpose-changed"],
  ],
  [
    [
      [
        "provision:\n",
        "  log: { ko: 기록, en: log, holds: [phone], keep: P1M, from: collected, basis: " +
          "consent, compartment: service }\nprovision:\n",
      ],
    ],
    ["retention-added"],
    ["retention-removed"],
  ],
  [
    [["keep: P5Y\n", "keep: P5Y\n    at_most: true\n"]],
    ["retention-limit-set"],
    ["retention-limit-dropped"],
  ],
  [
    [["basis: purpose", "basis: consent"]],
    ["retention-basis-changed"],
    ["retention-basis-changed"],
  ],
  [
    [["en: settings } }", "en: settings }, looks: { ko: 꾸미기, en: looks } }"]],
    ["cookie-use-added"],
    ["cookie-use-removed"],
  ],
  [
    [["en: visits, purpose: marketing", "en: visits, purpose: contract"]],
    ["cookie-category-changed"],
    ["cookie-category-changed"],
  ],
  [
    [
      [
        "levels: [all, none]",
        "levels: [all, none]\n  guides: { browser: { ko: 브라우저, en: browser } }",
      ],
    ],
    ["cookie-guide-changed"],
    ["cookie-guide-changed"],
  ],
];

test.each(CHANGES)("%j is %j, and back again %j", (edits, there, back) => {
  const after = edited(edits);
  const check = (diff: ReturnType<typeof diffPolicies>, kinds: ChangeKind[]): void => {
    const seen = new Set(diff.changes.map(({ kind }) => kind));
    expect([...seen].toSorted()).toEqual(kinds.toSorted());
    const important = kinds.some((kind) => CHANGE_RULES[kind].class === "important");
    expect(diff.class).toBe(important ? "important" : "ordinary");
    expect(diff.decidedBy.every((kind) => kind !== "raised")).toBe(true);
  };
  check(diffPolicies(small, after), there);
  check(diffPolicies(after, small), back);
});

const work = present(small.processors["mailer"], "the small policy has a mailer");
/** Changes that a document beside the small law cannot have, as values. */
const OF_VALUES: readonly (readonly [Policy, ChangeKind[], ChangeKind[]])[] = [
  [{ ...small, law: "yy" }, ["law-changed"], ["law-changed"]],
  [{ ...small, timeZone: "UTC" }, ["time-zone-changed"], ["time-zone-changed"]],
  [{ ...small, languages: ["ko"] }, ["language-removed"], ["language-added"]],
  [{ ...small, cookies: null }, ["cookie-use-removed"], ["cookie-use-added"]],
  [
    { ...small, processors: { mailer: { ...work, work: ["mailing", "posting"] } } },
    ["processor-work-added"],
    ["processor-work-removed"],
  ],
  [{ ...small, id: "another" }, ["other-changed"], ["other-changed"]],
];

test.each(OF_VALUES)("a changed value (%#) is %j and back %j", (after, there, back) => {
  expect(diffPolicies(small, after).changes.map(({ kind }) => kind)).toEqual(there);
  expect(diffPolicies(after, small).changes.map(({ kind }) => kind)).toEqual(back);
});

test("every kind of change has an example here, in at least one direction", () => {
  const shown = [...CHANGES, ...OF_VALUES].flatMap(([, there, back]) => [...there, ...back]);
  const all = Object.keys(CHANGE_RULES) as ChangeKind[];
  expect(all.filter((kind) => !shown.includes(kind))).toEqual([]);
});

test("a policy beside itself has no change and owes no notice", () => {
  const diff = diffPolicies(small, small);
  expect(diff).toMatchObject({ changes: [], class: "none", decidedBy: [], notice: null });
  expect(diff.earliestEffective("2026-11-23")).toBe("2026-11-23");
});

test("an ordinary change may take effect after seven days, an important one after thirty", () => {
  const ordinary = diffPolicies(small, edited([["en: e-mail,", "en: mail,"]]));
  const important = diffPolicies(small, edited([["keep: P5Y", "keep: P6Y"]]));
  expect(ordinary.earliestEffective("2021-01-21")).toBe("2021-01-28");
  expect(important.earliestEffective("2026-11-23")).toBe("2026-12-23");
  expect(important.decidedBy).toEqual(["retention-lengthened"]);
});

test("a version that shortens the notice is itself announced under the longer one", () => {
  const shortened = diffPolicies(small, edited([["important: P30D", "important: P10D"]]));
  expect(shortened.notice).toBe("P30D");
});

test("a person may raise an ordinary change, and cannot lower an important one", () => {
  const renamed = edited([["en: e-mail,", "en: mail,"]]);
  const raised = diffPolicies(small, renamed, { raise: true });
  expect(raised).toMatchObject({ class: "important", decidedBy: ["raised"], notice: "P30D" });
  const lengthened = edited([["keep: P5Y", "keep: P6Y"]]);
  expect(diffPolicies(small, lengthened, { raise: false }).class).toBe("important");
  expect(diffPolicies(small, small, { raise: true }).class).toBe("none");
});

/** Every path to a value inside a policy, with keys as JSON has them. */
function pathsOf(value: Json, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [at];
  const inner = Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...at, key]));
  return at.length === 0 ? inner : [at, ...inner];
}
const asJson = (policy: Policy): Json => JSON.parse(JSON.stringify(policy)) as Json;
const PATHS = pathsOf(asJson(small));

/** The policy with the value at one path replaced, or taken out when `put` is undefined. */
function withAt(value: Json, path: readonly string[], put: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== "object" || value === null) return put ?? null;
  const parts = Object.entries(value).flatMap(([name, part]): [string, Json][] => {
    if (name !== key) return [[name, part]];
    if (rest.length === 0) return put === undefined ? [] : [[name, put]];
    return [[name, withAt(part, rest, put)]];
  });
  return Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}

const PUT = fc.oneof(
  fc.constantFrom<Json | undefined>(undefined, null, true, false, 0, 7, "", "email", "KR", "P9Y"),
  fc.constantFrom<Json>([], {}, ["email"], ["email", "email"], { unconfirmed: true }, { id: "x" }),
);

test("two policies of unequal canonical value never diff to nothing, whatever differs", () => {
  fc.assert(
    fc.property(fc.constantFrom(...PATHS), PUT, (path, put) => {
      const after = withAt(asJson(small), path, put);
      // Only the notices are read as what they claim to be; everything else is compared as JSON.
      fc.pre(path[0] !== "notices" && isPolicyLike(after));
      const diff = diffPolicies(small, after as Policy & Json);
      const equal = canonicalize(asJson(small)) === canonicalize(after);
      if (equal) expect(diff.class).toBe("none");
      else expect(diff.changes.length, path.join(".")).toBeGreaterThan(0);
    }),
    { numRuns: 3_000 },
  );
});

/** The parts the rules look into for context are still what they are. */
function isPolicyLike(value: Json): boolean {
  if (typeof value !== "object" || value === null || !("occasions" in value)) return false;
  const { occasions, controller } = value as { occasions: Json; controller?: Json };
  if (typeof controller !== "object" || controller === null) return false;
  return Object.values(occasions ?? {}).every(
    (one) =>
      typeof one === "object" &&
      one !== null &&
      Array.isArray((one as Policy["occasions"][string]).requires) &&
      Array.isArray((one as Policy["occasions"][string]).offers),
  );
}

test("two values are without differences exactly when they are equal, whatever they are", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (one, other) => {
      const found = differences(one as Json, other as Json, () => false);
      const inOrder = JSON.stringify(one) === JSON.stringify(other);
      if (canonicalize(one) !== canonicalize(other)) expect(found).not.toEqual([]);
      else if (inOrder) expect(found).toEqual([]);
      else expect(found.every(({ on }) => on === "reordered")).toBe(true);
    }),
  );
});

test("a change that no rule knows is reported as important", () => {
  const after = { ...small, id: "another" };
  expect(diffPolicies(small, after)).toMatchObject({
    class: "important",
    decidedBy: ["other-changed"],
    changes: [{ kind: "other-changed", ref: "id", before: "small", after: "another" }],
  });
});
