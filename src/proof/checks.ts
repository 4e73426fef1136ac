/**
 * One check per form of sentence. The table is exhaustive by type: a form without an entry does
 * not compile. `wordsOnly` says plainly that nothing can look yet, and why.
 */
import type { PromiseForm } from "../compiler/promise.ts";
import type { Check } from "./check.ts";
import { wordsOnly } from "./check.ts";
import * as collection from "./collection-checks.ts";
import * as notice from "./notice-checks.ts";
import * as page from "./page-checks.ts";
import * as purpose from "./purpose-checks.ts";
import * as retention from "./retention-checks.ts";

/** A sentence that is only words so far, with the reason people are shown. */
const words =
  (reason: WordsReason): Check =>
  () =>
    wordsOnly(reason);

/** Why a sentence is only words. */
export type WordsReason =
  | "withdrawal-not-built"
  | "provision-not-built"
  | "processors-not-built"
  | "archive-not-built"
  | "requests-not-built"
  | "cookie-choice-not-built"
  | "staff-not-built"
  | "safeguards-not-looked-at"
  | "links-not-looked-at"
  | "guests-not-built";

export const CHECKS: Record<PromiseForm, Check> = {
  "scope/people": words("guests-not-built"),
  "scope/headings": page.headings,
  "collection/minimum_age": collection.minimumAge,
  "collection/occasion": collection.occasion,
  "collection/optional": collection.optional,
  "collection/isolated": collection.isolated,
  "collection/automatic": collection.occasion,
  "collection/exclusive": collection.exclusive,
  "collection/same_as": collection.sameAs,
  "collection/origin": collection.origin,
  "collection/third_party_source": collection.thirdPartySource,
  "purpose/bound": purpose.bound,
  "purpose/use": purpose.use,
  "purpose/consent": purpose.consent,
  "purpose/confirm_withdrawal": words("withdrawal-not-built"),
  "purpose/keep_for_dispute": words("archive-not-built"),
  "provision/scope": purpose.bound,
  "provision/beyond_scope": words("provision-not-built"),
  "provision/default": words("provision-not-built"),
  "provision/exception_consent": words("provision-not-built"),
  "provision/exception_authority": words("provision-not-built"),
  "provision/exception_statistics": words("provision-not-built"),
  "provision/recipient": words("provision-not-built"),
  "provision/otherwise": words("provision-not-built"),
  "provision/recorded": words("provision-not-built"),
  "processor/closed_list": words("processors-not-built"),
  "processor/work": words("processors-not-built"),
  "processor/work_with_consent": words("processors-not-built"),
  "processor/until": words("processors-not-built"),
  "processor/needed_items": words("processors-not-built"),
  "retention/purpose_achieved": words("withdrawal-not-built"),
  "retention/on_request": words("requests-not-built"),
  "retention/row": retention.row,
  "retention/row_by_law": retention.row,
  "retention/statutory_use": words("archive-not-built"),
  "retention/no_default": retention.noDefault,
  "destruction/separate_database": words("archive-not-built"),
  "destruction/separate_cabinet": words("archive-not-built"),
  "destruction/after_period": words("archive-not-built"),
  "destruction/no_other_use": words("archive-not-built"),
  "destruction/paper": words("archive-not-built"),
  "destruction/electronic": retention.electronic,
  "right/channels": words("requests-not-built"),
  "right/access": words("requests-not-built"),
  "right/correction": words("requests-not-built"),
  "right/withdrawal": words("withdrawal-not-built"),
  "right/erasure": words("requests-not-built"),
  "right/suspension": words("requests-not-built"),
  "right/consent_withdrawal": words("requests-not-built"),
  "right/portability": words("requests-not-built"),
  "right/objection": words("requests-not-built"),
  "right/correction_restricts": words("requests-not-built"),
  "right/correction_notifies": words("requests-not-built"),
  "right/deleted_not_used": words("requests-not-built"),
  "right/access_channel": words("requests-not-built"),
  "right/identity_first": words("requests-not-built"),
  "right/representative": words("requests-not-built"),
  "right/scope_own_data": words("requests-not-built"),
  "right/scope_use_and_provision": words("requests-not-built"),
  "right/scope_consents": words("requests-not-built"),
  "duty/keep_current": words("requests-not-built"),
  "duty/change_password": words("requests-not-built"),
  "duty/no_transfer": words("requests-not-built"),
  "duty/log_out": words("requests-not-built"),
  "duty/disclaimer": words("requests-not-built"),
  "cookie/uses": words("cookie-choice-not-built"),
  "cookie/not_identifying": words("cookie-choice-not-built"),
  "cookie/refusable": words("cookie-choice-not-built"),
  "cookie/levels": words("cookie-choice-not-built"),
  "cookie/refusal_harmless": words("cookie-choice-not-built"),
  "cookie/analysis": words("cookie-choice-not-built"),
  "cookie/guide": page.cookieGuide,
  "safeguard/backup": words("safeguards-not-looked-at"),
  "safeguard/antivirus": words("safeguards-not-looked-at"),
  "safeguard/encrypted_transfer": words("safeguards-not-looked-at"),
  "safeguard/intrusion_blocking": words("safeguards-not-looked-at"),
  "safeguard/limited_handlers": words("staff-not-built"),
  "safeguard/handler_passwords": words("staff-not-built"),
  "safeguard/password_renewal": words("staff-not-built"),
  "safeguard/training": words("staff-not-built"),
  "safeguard/handover": words("staff-not-built"),
  "safeguard/joining_and_leaving": words("staff-not-built"),
  "safeguard/security_pledge": words("staff-not-built"),
  "safeguard/privacy_body": words("staff-not-built"),
  "safeguard/immediate_correction": words("staff-not-built"),
  "contact/shown": page.contactShown,
  "contact/complaints": words("requests-not-built"),
  "contact/prompt_answer": words("requests-not-built"),
  "contact/agencies": page.agencies,
  "link/outside": words("links-not-looked-at"),
  "notice/ordinary": notice.ordinaryNotice,
  "notice/important": notice.importantNotice,
  "notice/dates": page.datesShown,
  "notice/past_texts": notice.pastTexts,
};
