/**
 * What carries each form of sentence out, in today's code. A form without an entry does not
 * compile; a form that is only words so far says so here, and the promise board repeats it.
 */
import type { PromiseForm } from "../compiler/promise.ts";

export type Duty =
  /** `by`: the module or folder of this repository that does it. */
  | { readonly state: "carried_out"; readonly by: string }
  | { readonly state: "not_yet"; readonly by: null };

const NOT_YET: Duty = Object.freeze({ state: "not_yet", by: null });
const by = (module: string): Duty => Object.freeze({ state: "carried_out", by: module });

const WITHDRAWAL = by("src/engine/withdrawal/withdraw.ts");
const GATE = by("src/engine/collection/gate.ts");
const COLLECT = by("src/engine/collection/collect.ts");
const RECORD = by("src/engine/collection/new-record.ts");
const USE = by("src/engine/use/use-rules.ts");
const PROVIDE = by("src/engine/provision/provide.ts");
const SWEEP = by("src/engine/retention/sweep.ts");
const EXPORT = by("src/engine/processor/export-rules.ts");
const PAGE = by("src/compiler/compile-page.ts");

export const DUTIES: Readonly<Record<PromiseForm, Duty>> = Object.freeze({
  "scope/people": GATE,
  "scope/headings": PAGE,
  "collection/minimum_age": GATE,
  "collection/occasion": GATE,
  "collection/optional": GATE,
  "collection/isolated": COLLECT,
  "collection/automatic": GATE,
  "collection/exclusive": GATE,
  "collection/same_as": COLLECT,
  "collection/origin": RECORD,
  "collection/third_party_source": GATE,
  "purpose/bound": USE,
  "purpose/use": USE,
  "purpose/consent": USE,
  "purpose/confirm_withdrawal": WITHDRAWAL,
  "purpose/keep_for_dispute": USE,
  "provision/scope": USE,
  "provision/beyond_scope": USE,
  "provision/default": PROVIDE,
  "provision/exception_consent": PROVIDE,
  "provision/exception_authority": by("src/engine/provision/release.ts"),
  "provision/exception_statistics": by("src/engine/provision/statistics.ts"),
  "provision/recipient": PROVIDE,
  "provision/otherwise": by("src/engine/provision/covering-consent.ts"),
  "provision/recorded": by("src/engine/provision/ledger.ts"),
  "processor/closed_list": EXPORT,
  "processor/work": EXPORT,
  "processor/work_with_consent": EXPORT,
  "processor/until": by("src/engine/processor/place-orders.ts"),
  "processor/needed_items": EXPORT,
  "retention/purpose_achieved": WITHDRAWAL,
  "retention/on_request": by("src/engine/destruction/erase.ts"),
  "retention/row": SWEEP,
  "retention/row_by_law": SWEEP,
  "retention/statutory_use": by("src/engine/use/read-archived.ts"),
  "retention/no_default": RECORD,
  "destruction/separate_database": by("src/engine/archive/move-to-archive.ts"),
  "destruction/separate_cabinet": by("src/engine/paper/register-paper.ts"),
  "destruction/after_period": SWEEP,
  "destruction/no_other_use": by("src/engine/use/read-archived.ts"),
  "destruction/paper": by("src/engine/paper/destroy-paper.ts"),
  "destruction/electronic": by("src/engine/destruction/carry-out.ts"),
  "right/channels": NOT_YET,
  "right/access": NOT_YET,
  "right/correction": NOT_YET,
  "right/withdrawal": NOT_YET,
  "right/erasure": NOT_YET,
  "right/suspension": NOT_YET,
  "right/consent_withdrawal": NOT_YET,
  "right/portability": NOT_YET,
  "right/objection": NOT_YET,
  "right/correction_restricts": NOT_YET,
  "right/correction_notifies": NOT_YET,
  "right/deleted_not_used": NOT_YET,
  "right/access_channel": NOT_YET,
  "right/identity_first": NOT_YET,
  "right/representative": NOT_YET,
  "right/scope_own_data": NOT_YET,
  "right/scope_use_and_provision": NOT_YET,
  "right/scope_consents": by("src/engine/subject-records.ts"),
  "duty/keep_current": NOT_YET,
  "duty/change_password": NOT_YET,
  "duty/no_transfer": NOT_YET,
  "duty/log_out": by("src/site/sessions.ts"),
  "duty/disclaimer": NOT_YET,
  "cookie/uses": NOT_YET,
  "cookie/not_identifying": NOT_YET,
  "cookie/refusable": NOT_YET,
  "cookie/levels": NOT_YET,
  "cookie/refusal_harmless": NOT_YET,
  "cookie/analysis": NOT_YET,
  "cookie/guide": PAGE,
  "safeguard/backup": NOT_YET,
  "safeguard/antivirus": NOT_YET,
  "safeguard/encrypted_transfer": NOT_YET,
  "safeguard/intrusion_blocking": NOT_YET,
  "safeguard/limited_handlers": NOT_YET,
  "safeguard/handler_passwords": NOT_YET,
  "safeguard/password_renewal": NOT_YET,
  "safeguard/training": NOT_YET,
  "safeguard/handover": NOT_YET,
  "safeguard/joining_and_leaving": NOT_YET,
  "safeguard/security_pledge": NOT_YET,
  "safeguard/privacy_body": NOT_YET,
  "safeguard/immediate_correction": NOT_YET,
  "contact/shown": PAGE,
  "contact/complaints": NOT_YET,
  "contact/prompt_answer": NOT_YET,
  "contact/agencies": PAGE,
  "link/outside": PAGE,
  // The document is refused when it takes effect before its notice period has passed.
  "notice/ordinary": by("src/policy/check-days.ts"),
  "notice/important": NOT_YET,
  "notice/dates": PAGE,
  "notice/past_texts": by("src/engine/open-jikim.ts"),
} satisfies Record<PromiseForm, Duty>);
