/** Retention (PIPA 21): destruction without delay, and the rows that say what stays how long. */
import type { RecordClass } from "../../policy/model.ts";
import { statuteOf } from "../statute.ts";
import { eventLabels, label, labels, named, NOTHING, period, stated } from "../value.ts";
import { RETENTION_BASIS_WORDS, UP_TO, WHICHEVER_LATER } from "../words.ts";
import { type Draft, draft, type FormOf, parameterOf, type Source } from "./draft.ts";

type RetentionDraft = Draft<FormOf<"retention">>;

export function draftRetention(source: Source): readonly RetentionDraft[] {
  const rows = stated(Object.values(source.policy.records)).flatMap((record) =>
    record.keep === null ? [] : [draftRow(source, record, record.keep)],
  );
  const grace = { grace: parameterOf(source, "destroy_grace") };
  const byLaw = rows.some((row) => row.form === "retention/row_by_law");
  return [
    draft("retention/purpose_achieved", { values: grace }),
    draft("retention/on_request", { values: grace }),
    ...rows,
    ...(byLaw ? [draft("retention/statutory_use")] : []),
    draft("retention/no_default"),
  ];
}

function draftRow(source: Source, record: RecordClass, keep: string): RetentionDraft {
  const { policy } = source;
  const events = record.from.laterOf;
  const about = [record, ...named(policy.events, events), ...named(policy.items, record.holds)];
  const values = {
    record: label(record.label),
    period: period(keep),
    limit: record.atMost ? labels([UP_TO]) : NOTHING,
    from: labels(eventLabels(policy, events)),
    later: events.length > 1 ? labels([WHICHEVER_LATER]) : NOTHING,
  };
  const ref = record.id;
  return record.basis === "law"
    ? draft("retention/row_by_law", {
        ref,
        values: { ...values, statute: statuteOf(source.law, record.law) },
        about,
      })
    : draft("retention/row", {
        ref,
        values: { ...values, basis: label(RETENTION_BASIS_WORDS[record.basis]) },
        about,
      });
}
