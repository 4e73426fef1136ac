/** What the oracle knows of the policy: its text, read by these few lines and by nothing else. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";

export interface ClassFacts {
  readonly holds: readonly string[];
  /** How long after the start; null: until the events, and not a day longer. */
  readonly keep: string | null;
  readonly events: readonly string[];
  readonly basis: string;
  /** Items that go with it into the separate database; null: it never goes there. */
  readonly beside: readonly string[] | null;
}

export interface OccasionFacts {
  readonly takes: readonly string[];
  readonly makes: readonly string[];
}

export interface PolicyFacts {
  readonly classes: Readonly<Record<string, ClassFacts>>;
  readonly occasions: Readonly<Record<string, OccasionFacts>>;
  /** Events that leaving the service makes happen. */
  readonly atWithdrawal: readonly string[];
}

interface Document {
  readonly records: Readonly<
    Record<
      string,
      {
        readonly holds: readonly string[];
        readonly keep?: string;
        readonly from?: string | { readonly later_of: readonly string[] };
        readonly until?: string | { readonly later_of: readonly string[] };
        readonly basis: string;
        readonly archive?: { readonly beside: readonly string[] };
      }
    >
  >;
  readonly occasions: Readonly<
    Record<
      string,
      {
        readonly requires?: readonly string[];
        readonly offers?: readonly string[];
        readonly makes?: readonly string[];
      }
    >
  >;
  readonly events: Readonly<Record<string, { readonly at_withdrawal?: boolean }>>;
}

/** Reads the policy that ships. */
export function readFacts(file: string): PolicyFacts {
  const document = parse(readFileSync(file, "utf8")) as Document;
  const classes = Object.entries(document.records).map(([name, rule]) => {
    const trigger = rule.from ?? rule.until ?? "collected";
    const facts: ClassFacts = {
      holds: rule.holds,
      keep: rule.keep ?? null,
      events: typeof trigger === "string" ? [trigger] : trigger.later_of,
      basis: rule.basis,
      beside: rule.archive?.beside ?? null,
    };
    return [name, facts] as const;
  });
  const occasions = Object.entries(document.occasions).map(
    ([name, { requires = [], offers = [], makes = [] }]) =>
      [name, { takes: [...requires, ...offers], makes }] as const,
  );
  const atWithdrawal = Object.entries(document.events)
    .filter(([, event]) => event.at_withdrawal === true)
    .map(([name]) => name);
  return {
    classes: Object.fromEntries(classes),
    occasions: Object.fromEntries(occasions),
    atWithdrawal: ["withdrawal", ...atWithdrawal],
  };
}
