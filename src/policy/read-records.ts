/** Reader of record classes: what is kept, how long, from when, on what basis. */
import type { RecordClass, Trigger } from "./model.ts";
import { declaredIn, id, ids } from "./read-declared.ts";
import { flag, idMatching, mapOf, object, oneOf, period, report } from "./read.ts";
import type { Fields, Read } from "./read.ts";

/** A rule of a law file, as policies cite it: `kr/ecommerce-decree-6-1-3`. */
export const LAW_RULE_ID = /^[a-z][a-z0-9_]{0,47}\/[a-z][a-z0-9_.-]{0,79}$/;

const laterOf: Read<Trigger> = object((fields) => ({
  laterOf: fields.need("later_of", ids, []),
}));
const trigger: Read<Trigger> = (at) =>
  at.node.kind === "map" ? laterOf(at) : { laterOf: [id(at)] };

const besides = object((fields) => fields.need("beside", ids, []));

export const records: Read<Readonly<Record<string, RecordClass>>> = mapOf((name, at) =>
  object((fields): RecordClass => {
    const clock = readClock(fields);
    const basis = fields.need(
      "basis",
      oneOf(["purpose", "internal_policy", "consent", "law"]),
      "purpose",
    );
    const law = fields.may("law", idMatching(LAW_RULE_ID), null);
    if ((basis === "law") !== (law !== null)) {
      const message = law === null ? `\`${name}\` names no rule` : `\`${name}\` is not kept by law`;
      report(at, "law-not-named", message);
    }
    return {
      ...declaredIn(name, fields),
      holds: fields.need("holds", ids, []),
      ...clock,
      atMost: fields.may("at_most", flag, false),
      basis,
      law,
      compartment: fields.need("compartment", id, ""),
      archiveBeside: fields.may("archive", besides, null),
    };
  })(at),
);

/** Either a period and its start, or the event at which the records end. */
function readClock(fields: Fields): Pick<RecordClass, "keep" | "from"> {
  const none: Trigger = { laterOf: [] };
  const hasPeriod = fields.has("keep") || fields.has("from");
  if (fields.has("until")) {
    if (hasPeriod) {
      report(fields.at, "class-with-two-rules", "it has `until` beside `keep` or `from`");
      fields.may("keep", period, "");
      fields.may("from", trigger, none);
    }
    return { keep: null, from: fields.may("until", trigger, none) };
  }
  if (!hasPeriod) {
    report(fields.at, "class-without-rule", "it has neither `keep` nor `until`");
    return { keep: null, from: none };
  }
  return { keep: fields.need("keep", period, ""), from: fields.need("from", trigger, none) };
}
