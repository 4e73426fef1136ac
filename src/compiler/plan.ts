/**
 * The plan: what a policy and the law make the engine do, as frozen tables it looks up.
 * Nothing in it is personal; the same two documents always compile to the same plan.
 */
import type {
  Item,
  Label,
  LegalBasis,
  Method,
  Occasion,
  Period,
  Policy,
  Processor,
  RecordClass,
  Right,
} from "../policy/model.ts";

/** What may pass at an occasion; everything else is refused. */
export interface Gate {
  readonly occasion: Occasion;
  readonly required: ReadonlySet<string>;
  readonly allowed: ReadonlySet<string>;
  readonly declares: readonly string[];
  readonly requiredConsents: readonly string[];
  readonly offeredConsents: readonly string[];
  readonly methods: ReadonlyMap<string, Method>;
  /** item → record class it is stored in. */
  readonly classOf: ReadonlyMap<string, string>;
}

/** Which items of which occasion a purpose may read. */
export interface Use {
  readonly purpose: string;
  readonly basis: LegalBasis;
  /** occasion → items. */
  readonly items: ReadonlyMap<string, ReadonlySet<string>>;
  /** Consents any of which makes it lawful, when the basis is consent. */
  readonly consents: readonly string[];
}

/** A task that records are kept for and for nothing else. */
export interface ReservedFor {
  readonly purpose: string;
  readonly task: string;
}

/** When records of a class end. Periods are calendar periods in the policy's time zone. */
export interface Clock {
  readonly recordClass: RecordClass;
  /**
   * The period that governs: the stricter of policy and law for the operator. `null`: it ends at
   * the event itself.
   */
  readonly keep: Period | null;
  readonly compartment: string;
  readonly statutory: boolean;
}

/** Orders a processor gets, and what may be sent to it. */
export interface ProcessorOrder {
  readonly processor: Processor;
  readonly items: ReadonlySet<string>;
  readonly eraseOn: readonly string[];
}

export interface Plan {
  readonly policy: Policy;
  /** sha256 of the canonical policy and law, hex: what a consent refers to. */
  readonly hash: string;
  readonly timeZone: string;
  readonly items: ReadonlyMap<string, Item>;
  readonly gates: ReadonlyMap<string, Gate>;
  readonly uses: ReadonlyMap<string, Use>;
  /** Record class → the tasks it serves alone; a class that is not here serves its purposes. */
  readonly reserved: ReadonlyMap<string, readonly ReservedFor[]>;
  readonly clocks: ReadonlyMap<string, Clock>;
  readonly processors: ReadonlyMap<string, ProcessorOrder>;
  /** Rights people have: those the policy names and those only the law gives, with the rule. */
  readonly rights: readonly { readonly right: Right; readonly law: string | null }[];
  /** Every parameter with its value and where it comes from. */
  readonly parameters: ReadonlyMap<string, Parameter>;
}

export interface Parameter {
  readonly name: string;
  readonly value: Period | number;
  /** `policy`, or the id of the law rule. */
  readonly from: string;
}

/** One row of the record of processing activities (GDPR 30, PIPA 30, 31). */
export interface ProcessingActivity {
  readonly occasion: string;
  readonly purposes: readonly string[];
  readonly bases: readonly LegalBasis[];
  readonly items: readonly string[];
  readonly people: readonly Label[];
  readonly classes: readonly {
    readonly id: string;
    readonly keep: Period | null;
    readonly law: string | null;
  }[];
  readonly processors: readonly string[];
  readonly recipients: readonly string[];
  readonly overseas: readonly string[];
  readonly safeguards: readonly string[];
}

/** What the cookie gate and the cookie page need. */
export interface CookieConfiguration {
  readonly categories: readonly {
    readonly id: string;
    readonly label: Label;
    readonly essential: boolean;
    readonly purpose: string | null;
    /** Off until a choice is made. */
    readonly readOnly: boolean;
  }[];
}
