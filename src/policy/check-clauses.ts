/** Every declaration stands under one heading, and every heading has something to say. */
import type { Check } from "./check.ts";
import { CLAUSE_KINDS } from "./model.ts";
import type { ClauseKind, Policy } from "./model.ts";

/** Where what a clause kind speaks of is declared, and whether there is anything of it. */
interface Subject {
  readonly section: string;
  readonly declared: (policy: Policy) => boolean;
  /** A kind whose sentences hold without any declaration may stand under a heading anyway. */
  readonly speaksOfNothing?: true;
}

const has = (things: object): boolean => Object.keys(things).length > 0;

const SUBJECTS: Readonly<Record<Exclude<ClauseKind, "scope">, Subject>> = {
  collection: { section: "occasions", declared: ({ occasions }) => has(occasions) },
  purpose: { section: "purposes", declared: ({ purposes }) => has(purposes) },
  provision: {
    section: "provision",
    declared: ({ provision }) => has(provision.recipients) || provision.exceptions.length > 0,
    speaksOfNothing: true,
  },
  processor: {
    section: "processors",
    declared: ({ processors }) => has(processors),
    speaksOfNothing: true,
  },
  retention: { section: "records", declared: ({ records }) => has(records) },
  destruction: { section: "destruction", declared: () => true },
  right: { section: "rights", declared: ({ rights }) => rights.offers.length > 0 },
  duty: { section: "duties", declared: ({ duties }) => duties.length > 0 },
  cookie: { section: "cookies", declared: ({ cookies }) => cookies !== null },
  safeguard: { section: "safeguards", declared: ({ safeguards }) => safeguards.length > 0 },
  contact: { section: "contacts", declared: () => true },
  link: { section: "articles", declared: () => false, speaksOfNothing: true },
  notice: { section: "notices", declared: () => true },
};

export const checkClauses: Check = (policy, report, { broken }) => {
  const placed = new Map<ClauseKind, number>();
  policy.articles.forEach((article, at) => {
    article.clauses.forEach((kind, index) => {
      if (kind === "scope") return; // stands in for a word that could not be read
      const path = `articles[${at}].clauses[${index}]`;
      const before = placed.get(kind);
      if (before !== undefined) {
        report("clause-twice", path, `\`${kind}\` stands in article ${before} already`);
      }
      placed.set(kind, before ?? article.number);
      const { declared, speaksOfNothing, section } = SUBJECTS[kind];
      if (declared(policy) || speaksOfNothing || broken.has(section)) return;
      report("clause-unplaced", path, `nothing is declared for \`${kind}\``);
    });
  });
  if (broken.has("articles")) return;
  for (const kind of CLAUSE_KINDS) {
    if (kind === "scope" || placed.has(kind)) continue;
    const { declared, section } = SUBJECTS[kind];
    if (!declared(policy) || broken.has(section)) continue;
    report("clause-missing", section, `no article carries \`${kind}\``);
  }
};
