/**
 * One check per form of sentence. The table is exhaustive by type: a form without an entry does
 * not compile. Where nothing can look yet the entry is the reason, and the sentence is words only.
 */
import type { PromiseForm } from "../compiler/promise.ts";
import type { Check } from "./check.ts";
import * as archive from "./archive-checks.ts";
import * as collection from "./collection-checks.ts";
import * as consent from "./consent-checks.ts";
import * as destruction from "./destruction-checks.ts";
import * as notice from "./notice-checks.ts";
import * as page from "./page-checks.ts";
import * as paper from "./paper-checks.ts";
import * as processor from "./processor-checks.ts";
import * as provision from "./provision-checks.ts";
import * as purpose from "./purpose-checks.ts";
import * as retention from "./retention-checks.ts";
import * as withdrawal from "./withdrawal-checks.ts";

/** Why a sentence is only words. */
export type WordsReason =
  | "requests-not-built"
  | "cookie-choice-not-built"
  | "staff-not-built"
  | "safeguards-not-looked-at"
  | "links-not-looked-at";

export const CHECKS: Readonly<Record<PromiseForm, Check | WordsReason>> = {
  "scope/people": collection.people,
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
  "purpose/consent": consent.purposeConsent,
  "purpose/confirm_withdrawal": withdrawal.confirmWithdrawal,
  "purpose/keep_for_dispute": purpose.keepForDispute,
  "provision/scope": purpose.bound,
  "provision/beyond_scope": provision.beyondScope,
  "provision/default": provision.byDefault,
  "provision/exception_consent": provision.byConsent,
  "provision/exception_authority": provision.byAuthority,
  "provision/exception_statistics": provision.byStatistics,
  "provision/recipient": provision.recipient,
  "provision/otherwise": provision.otherwise,
  "provision/recorded": provision.recorded,
  "processor/closed_list": processor.closedList,
  "processor/work": processor.work,
  "processor/work_with_consent": processor.workWithConsent,
  "processor/until": processor.until,
  "processor/needed_items": processor.neededItems,
  "retention/purpose_achieved": withdrawal.purposeAchieved,
  "retention/on_request": withdrawal.onRequest,
  "retention/row": retention.row,
  "retention/row_by_law": retention.row,
  "retention/statutory_use": archive.statutoryUse,
  "retention/no_default": retention.noDefault,
  "destruction/separate_database": archive.separateDatabase,
  "destruction/separate_cabinet": paper.separateCabinet,
  "destruction/after_period": archive.afterPeriod,
  "destruction/no_other_use": archive.noOtherUse,
  "destruction/paper": paper.destroyed,
  "destruction/electronic": destruction.electronic,
  "right/channels": "requests-not-built",
  "right/access": "requests-not-built",
  "right/correction": "requests-not-built",
  "right/withdrawal": "requests-not-built",
  "right/erasure": "requests-not-built",
  "right/suspension": "requests-not-built",
  "right/consent_withdrawal": "requests-not-built",
  "right/portability": "requests-not-built",
  "right/objection": "requests-not-built",
  "right/correction_restricts": "requests-not-built",
  "right/correction_notifies": "requests-not-built",
  "right/deleted_not_used": "requests-not-built",
  "right/access_channel": "requests-not-built",
  "right/identity_first": "requests-not-built",
  "right/representative": "requests-not-built",
  "right/scope_own_data": "requests-not-built",
  "right/scope_use_and_provision": "requests-not-built",
  "right/scope_consents": "requests-not-built",
  "duty/keep_current": "requests-not-built",
  "duty/change_password": "requests-not-built",
  "duty/no_transfer": "requests-not-built",
  "duty/log_out": "requests-not-built",
  "duty/disclaimer": "requests-not-built",
  "cookie/uses": "cookie-choice-not-built",
  "cookie/not_identifying": "cookie-choice-not-built",
  "cookie/refusable": "cookie-choice-not-built",
  "cookie/levels": "cookie-choice-not-built",
  "cookie/refusal_harmless": "cookie-choice-not-built",
  "cookie/analysis": "cookie-choice-not-built",
  "cookie/guide": page.cookieGuide,
  "safeguard/backup": "safeguards-not-looked-at",
  "safeguard/antivirus": "safeguards-not-looked-at",
  "safeguard/encrypted_transfer": "safeguards-not-looked-at",
  "safeguard/intrusion_blocking": "safeguards-not-looked-at",
  "safeguard/limited_handlers": "staff-not-built",
  "safeguard/handler_passwords": "staff-not-built",
  "safeguard/password_renewal": "staff-not-built",
  "safeguard/training": "staff-not-built",
  "safeguard/handover": "staff-not-built",
  "safeguard/joining_and_leaving": "staff-not-built",
  "safeguard/security_pledge": "staff-not-built",
  "safeguard/privacy_body": "staff-not-built",
  "safeguard/immediate_correction": "staff-not-built",
  "contact/shown": page.contactShown,
  "contact/complaints": "requests-not-built",
  "contact/prompt_answer": "requests-not-built",
  "contact/agencies": page.agencies,
  "link/outside": "links-not-looked-at",
  "notice/ordinary": notice.ordinaryNotice,
  "notice/important": notice.importantNotice,
  "notice/dates": page.datesShown,
  "notice/past_texts": notice.pastTexts,
};
