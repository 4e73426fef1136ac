/**
 * Processors (PIPA 26): a closed list, one sentence for each work that is a processor's first,
 * when their holding ends, and that they get no more than the work needs.
 */
import type { Policy, Processor, Work } from "../../policy/model.ts";
import { count, eventLabels, labels, labelsOf, named, NOTHING, stated } from "../value.ts";
import { WHICHEVER_EARLIER } from "../words.ts";
import { type Draft, draft, type FormOf, type Source } from "./draft.ts";

type ProcessorDraft = Draft<FormOf<"processor">>;

export function draftProcessor({ policy }: Source): readonly ProcessorDraft[] {
  const all = Object.values(policy.processors);
  const processors = stated(all);
  return [
    draft("processor/closed_list", {
      values: { processors: labelsOf(all), count: count(all.length) },
    }),
    ...draftWorks(policy, processors),
    ...draftUntil(policy, processors),
    draft("processor/needed_items"),
  ];
}

function draftWorks(policy: Policy, processors: readonly Processor[]): readonly ProcessorDraft[] {
  const byFirstWork = Map.groupBy(processors, (processor) => processor.work[0]);
  return [...byFirstWork].flatMap(([id, group]) => {
    const work = named(policy.works, id === undefined ? [] : [id])[0];
    return work === undefined ? [] : [draftWork(policy, work, group)];
  });
}

/** Works that only some of the group do are named with who does them. */
function draftWork(policy: Policy, work: Work, group: readonly Processor[]): ProcessorDraft {
  const alike = new Set(group.map((processor) => processor.work.join("+"))).size === 1;
  const busy = alike ? [] : group.filter((processor) => processor.work.length > 1);
  const common = alike ? (group[0]?.work ?? []) : [work.id];
  const others = new Set(busy.flatMap((processor) => processor.work.slice(1)));
  const purpose = named(policy.purposes, [work.purpose])[0];
  const form = purpose?.basis === "consent" ? "processor/work_with_consent" : "processor/work";
  return draft(form, {
    ref: work.id,
    values: {
      processors: labelsOf(group),
      works: labelsOf(named(policy.works, common)),
      also_by: labelsOf(busy),
      also: labelsOf(named(policy.works, [...others])),
    },
    about: [work, ...group],
  });
}

/** One sentence for each set of ends; processors are named only where the sets differ. */
function draftUntil(policy: Policy, processors: readonly Processor[]): readonly ProcessorDraft[] {
  const byEnds = Map.groupBy(processors, (processor) => processor.until.join("+"));
  return [...byEnds.values()].map((group) =>
    draft("processor/until", {
      ...(byEnds.size > 1 && group[0] !== undefined ? { ref: group[0].id } : {}),
      values: {
        processors: byEnds.size > 1 ? labelsOf(group) : NOTHING,
        events: labels(eventLabels(policy, group[0]?.until ?? [])),
        earlier: (group[0]?.until.length ?? 0) > 1 ? labels([WHICHEVER_EARLIER]) : NOTHING,
      },
      about: group,
    }),
  );
}
