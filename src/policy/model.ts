/**
 * The privacy policy as frozen values: what `policy.yaml` says after parsing, and nothing else.
 *
 * A policy declares things (items, occasions, purposes, record classes, processors …) and puts
 * clause kinds under headings. Sentences are not stored: the compiler derives every sentence,
 * with its number (P1.2), from these declarations, so that text and behaviour cannot differ.
 */

/** Languages a policy can be written in. A policy lists the ones it publishes. */
export type Lang = "ko" | "en";

/** A text in each language the policy publishes; parsing guarantees the published ones. */
export type Label = Readonly<Partial<Record<Lang, string>>>;

/** Fourteen clause kinds. Each has renderer, duty and check tables that are exhaustive by type. */
export const CLAUSE_KINDS = [
  "scope",
  "collection",
  "purpose",
  "provision",
  "processor",
  "retention",
  "destruction",
  "right",
  "duty",
  "cookie",
  "safeguard",
  "contact",
  "link",
  "notice",
] as const;
export type ClauseKind = (typeof CLAUSE_KINDS)[number];

/** A fact the text leaves open. It is shown as open and reported as a finding, never guessed. */
export type Fact<T> = T | Unconfirmed;
export type Unconfirmed = Readonly<{ unconfirmed: true }>;

/** An ISO 8601 duration of calendar parts: `P1Y`, `P3M`, `P30D`; `PT72H` for breach clocks. */
export type Period = string;
/** A calendar day, `2021-01-28`, in the policy's time zone. */
export type Day = string;

/** How a value is kept: sealed and readable, as a one-way hash, or as a token at a processor. */
export type StoredAs = "sealed" | "one_way" | "token";
/** What a value must look like to be accepted. */
export type ItemFormat = "text" | "email" | "phone" | "country" | "ip" | "postcode" | "password";

/** Marks that hold for every declared thing. */
export interface Declared {
  readonly id: string;
  readonly label: Label;
  /** The text of this version does not say it; the named resolution adds it, as a finding. */
  readonly gap: boolean;
  /** Resolutions (`A2`) that decided something here. */
  readonly per: readonly string[];
}

/** A kind of personal datum the policy names. */
export interface Item extends Declared {
  readonly stored: StoredAs;
  readonly format: ItemFormat;
  /** It can be looked up by a blind index. */
  readonly find: boolean;
  /** Largest accepted length, in characters after NFC. */
  readonly maxLength: number;
}

/** A way items reach the controller. */
export interface Method extends Declared {
  /** `third_party`: the source's name, date and basis must come with the data (PIPA 20). */
  readonly source: "subject" | "device" | "third_party";
}

/** Why items may be used. */
export type LegalBasis =
  | "consent"
  | "law"
  | "contract"
  | "vital_interest"
  | "legitimate_interest"
  | "public_task";
export interface Purpose extends Declared {
  readonly basis: LegalBasis;
  /** `false`: the text of this version does not state the basis; it is a judgement. */
  readonly basisStated?: boolean;
  readonly tasks: readonly Task[];
}
export interface Task {
  readonly id: string;
  readonly label: Label;
  /**
   * `confirm_withdrawal`: a withdrawal waits for it; `keep_for_dispute`: its records serve it
   * alone.
   */
  readonly duty: "confirm_withdrawal" | "keep_for_dispute" | null;
}

/** One separate act of consent (PIPA 22①: each by its own action). */
export interface Consent extends Declared {
  readonly purposes: readonly string[];
  /** Only for records of these occasions; empty: any. */
  readonly occasions: readonly string[];
}

/** Something the person states and we record as a yes with its time, never as a value. */
export type Declaration = Declared;

/** Where items are collected. */
export interface Occasion extends Declared {
  readonly requires: readonly string[];
  readonly offers: readonly string[];
  readonly declares: readonly string[];
  readonly consents: { readonly requires: readonly string[]; readonly offers: readonly string[] };
  /** Purpose → items it may use from this occasion. */
  readonly purposes: Readonly<Record<string, readonly string[]>>;
  readonly methods: readonly string[];
  /** Record classes this occasion writes; every item belongs to exactly one of them. */
  readonly makes: readonly string[];
  /** It starts the service: leaving optional items empty costs nothing (PIPA 16③). */
  readonly opens: boolean;
  /** Generated while the service is used; nobody types it. */
  readonly automatic: boolean;
  /** Never merged into another record of the person. */
  readonly isolated: boolean;
  /** Its items are collected here and nowhere else. */
  readonly exclusive: boolean;
  /** Takes the same set as that occasion (filled in here by the parser) and makes no second copy
   * for a member. */
  readonly sameAs: string | null;
}

/** When a retention clock starts: a declared event, or the later of several. */
export type Trigger = Readonly<{ laterOf: readonly string[] }>;
export type RetentionBasis = "purpose" | "internal_policy" | "consent" | "law";

/** Something that starts or ends a clock. */
export interface DeclaredEvent extends Declared {
  /**
   * Leaving the service makes it happen where it has not yet: the contract ends, supply is complete.
   * What stays open beyond that (a dispute) is not marked and goes on.
   */
  readonly atWithdrawal?: true;
}

/** What a retention rule speaks of. */
export interface RecordClass extends Declared {
  readonly holds: readonly string[];
  /** Kept this long after the trigger; `null`: dies with the trigger itself. */
  readonly keep: Period | null;
  /** Events (built in: `collected`, `withdrawal`, `consent_withdrawn`; others declared). */
  readonly from: Trigger;
  readonly atMost: boolean;
  readonly basis: RetentionBasis;
  /** Statutory rule (`kr/ecommerce-decree-6-1-3`) when the basis is law. */
  readonly law: string | null;
  /** The lock that a reason to keep shares; statutory compartments outlive withdrawal. */
  readonly compartment: string;
  /** Items that travel beside it into the archive at withdrawal; `null`: never archived. */
  readonly archiveBeside: readonly string[] | null;
}

/** Work given to processors. */
export interface Work extends Declared {
  readonly purpose: string;
  /** Items the work needs; nothing else may leave. */
  readonly items: readonly string[];
}

/** 수탁자: works for us. Never to be merged with a recipient (제3자). */
export interface Processor extends Declared {
  readonly work: readonly string[];
  readonly country: Fact<string>;
  readonly contact: Fact<string>;
  readonly until: readonly string[];
  /** What an overseas transfer must disclose (PIPA 28의8②). */
  readonly overseas: Fact<Overseas>;
  /** The identity itself is to be verified (an old or ambiguous company name). */
  readonly verify: boolean;
}
export interface Overseas {
  readonly when: Label;
  readonly method: Label;
  readonly refusal: Label;
}

/** 제3자: receives for itself. */
export interface Recipient extends Declared {
  readonly purpose: string;
  readonly items: readonly string[];
  readonly keep: Period;
}

export const PROVISION_EXCEPTIONS = ["consent", "authority", "statistics"] as const;
export type ProvisionException = (typeof PROVISION_EXCEPTIONS)[number];
export const RIGHTS = [
  "access",
  "correction",
  "withdrawal",
  "erasure",
  "suspension",
  "consent_withdrawal",
  "portability",
  "objection",
] as const;
export type Right = (typeof RIGHTS)[number];
export const CHANNELS = ["letter", "phone", "email", "board"] as const;
export type Channel = (typeof CHANNELS)[number];
export const ACCESS_SCOPES = ["own_data", "use_and_provision", "consents"] as const;
export type AccessScope = (typeof ACCESS_SCOPES)[number];
export const USER_DUTIES = [
  "keep_current",
  "change_password",
  "no_transfer",
  "log_out",
  "disclaimer",
] as const;
export type UserDuty = (typeof USER_DUTIES)[number];
export const SAFEGUARDS = [
  "backup",
  "antivirus",
  "encrypted_transfer",
  "intrusion_blocking",
  "limited_handlers",
  "handler_passwords",
  "password_renewal",
  "training",
  "handover",
  "joining_and_leaving",
  "security_pledge",
  "privacy_body",
  "immediate_correction",
] as const;
export type Safeguard = (typeof SAFEGUARDS)[number];
export const COOKIE_LEVELS = ["all", "confirm_each", "none"] as const;
export type CookieLevel = (typeof COOKIE_LEVELS)[number];
export const PAPER_METHODS = ["shred", "incinerate"] as const;
export type PaperMethod = (typeof PAPER_METHODS)[number];

export interface Contact {
  readonly label: Label;
  readonly name: Fact<string>;
  /** Title of a person, or name of a department. */
  readonly title: Fact<Label>;
  readonly phone: Fact<string>;
  readonly email: Fact<string>;
}
export interface Agency extends Declared {
  readonly url: string;
  readonly phone: string;
}

/** Cookies the site may set, by category; everything but `essential` waits for a choice. */
export interface CookieCategory extends Declared {
  readonly essential: boolean;
  readonly purpose: string | null;
}

export interface Article {
  /** 1, 2, … in the order of the page; the preamble is 0 and not listed. */
  readonly number: number;
  readonly heading: Label;
  readonly clauses: readonly ClauseKind[];
}

export interface Policy {
  readonly id: string;
  readonly law: string;
  readonly timeZone: string;
  readonly languages: readonly Lang[];
  readonly announced: Day;
  readonly effective: Day;
  readonly controller: {
    readonly label: Label;
    readonly service: Label;
    readonly site: string;
    readonly country: string;
  };
  /** Whose data: for example members and guests. */
  readonly people: readonly Declared[];
  readonly articles: readonly Article[];
  /** Decisions about what the text leaves unclear, by id (`A2`). */
  readonly resolutions: Readonly<
    Record<string, { readonly issue: Label; readonly decided: Label }>
  >;
  readonly minimumAge: { readonly years: number; readonly declaration: string } | null;
  readonly items: Readonly<Record<string, Item>>;
  readonly methods: Readonly<Record<string, Method>>;
  readonly declarations: Readonly<Record<string, Declaration>>;
  readonly consents: Readonly<Record<string, Consent>>;
  readonly purposes: Readonly<Record<string, Purpose>>;
  readonly occasions: Readonly<Record<string, Occasion>>;
  readonly events: Readonly<Record<string, DeclaredEvent>>;
  readonly records: Readonly<Record<string, RecordClass>>;
  readonly provision: {
    readonly exceptions: readonly ProvisionException[];
    readonly recipients: Readonly<Record<string, Recipient>>;
  };
  readonly works: Readonly<Record<string, Work>>;
  readonly processors: Readonly<Record<string, Processor>>;
  readonly destruction: {
    readonly electronic: { readonly separate: boolean };
    readonly paper: { readonly separate: boolean; readonly methods: readonly PaperMethod[] } | null;
  };
  readonly rights: {
    readonly offers: readonly Right[];
    readonly channels: readonly Channel[];
    /** Channels with a described procedure for access requests. */
    readonly accessBy: readonly Channel[];
    readonly representative: boolean;
    readonly correctionRestricts: boolean;
    readonly correctionNotifiesRecipients: boolean;
    readonly scopes: readonly AccessScope[];
  };
  readonly duties: readonly UserDuty[];
  readonly cookies: {
    readonly uses: readonly Declared[];
    readonly identifying: boolean;
    readonly levels: readonly CookieLevel[];
    readonly analysis: readonly Declared[];
    readonly categories: Readonly<Record<string, CookieCategory>>;
    /** Browsers whose settings the page explains. */
    readonly guides: readonly Declared[];
  } | null;
  readonly safeguards: readonly Safeguard[];
  readonly contacts: {
    readonly officer: Contact;
    readonly department: Contact | null;
    readonly agencies: readonly Agency[];
  };
  readonly notices: { readonly ordinary: Period; readonly important: Period };
  /** Numbers behind words such as "regularly"; the law's apply where the policy names none. */
  readonly parameters: Readonly<Record<string, Period | number>>;
  /** The controller's own wording: sentence key → text with `{placeholders}`. */
  readonly wording: Readonly<Record<string, Label>>;
}
