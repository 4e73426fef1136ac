/**
 * Statutory rules as data (`laws/kr.yaml`). A rule says what a statute demands, where it stands,
 * since when, and how sure we are: F1 the text itself was read, F2 second-hand, U a judgement.
 * A number marked F2 or U is a parameter, never a constant.
 */
import type { Day, Label, Period, Right } from "./model.ts";

export type Certainty = "F1" | "F2" | "U";

export interface LawRule {
  readonly id: string; // `kr/pipa-21-1`
  readonly label: Label;
  /** Chapter of the law file: consent, provision, retention, rights, safeguards, breach … */
  readonly topic: string;
  /** Where it stands, cited by the statute's name in each language. */
  readonly article: Label;
  readonly since: Day | null;
  readonly source: string;
  readonly mark: Certainty;
  readonly demand: LawDemand;
}

/** What a rule demands, in the forms the comparison with a policy understands. */
export type LawDemand =
  /** A number with a name: `destroy_grace` P5D. `bound` says which direction is stricter. */
  | {
      readonly kind: "parameter";
      readonly parameter: string;
      readonly value: Period | number;
      readonly bound: "at_most" | "at_least";
    }
  /** A statute that keeps records of a category for at least a period. */
  | {
      readonly kind: "retention";
      readonly category: string;
      readonly keep: Period;
      /** Identifying items that may travel beside the record; nothing else may. */
      readonly personal: boolean;
    }
  /** Keeping past the purpose needs a statute; an internal policy is none (PIPA 21①). */
  | { readonly kind: "retention_basis" }
  /** A right people have whether or not the policy names it. */
  | { readonly kind: "right"; readonly right: Right; readonly answerWithin: Period | null }
  /** Processing abroad must disclose items, country, time, method, recipient, refusal. */
  | { readonly kind: "overseas_disclosure" }
  /** Work content and processor are published. */
  | { readonly kind: "processor_disclosure" }
  /** The legal basis of each purpose is stated. */
  | { readonly kind: "basis_disclosure" }
  /** A disclaimer of liability has no effect (PIPA 39①). */
  | { readonly kind: "no_disclaimer" }
  /** An outside agency that must be named. */
  | { readonly kind: "agency"; readonly agency: string }
  /** Anything else: shown, cited, carried out by a duty, not compared mechanically. */
  | { readonly kind: "statement" };

export interface Law {
  readonly id: string; // `kr`
  readonly label: Label;
  /** The day the rules were read for. */
  readonly asOf: Day;
  readonly rules: Readonly<Record<string, LawRule>>;
}
