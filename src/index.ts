/**
 * The public interface of `jikim`. What is not exported here is nobody's to use.
 *
 * - the engine: {@link openJikim} and its verbs; {@link connectKeeper} where the keys are elsewhere
 * - proof: {@link runChecks}, {@link latestVerdicts}
 * - pages any service can mount: {@link createSite}, {@link createConsole}, {@link openSessions}
 * - parts to set own pages with: {@link layout}, {@link field}, {@link choice} …
 */
export { addDays, dayOf, daysBetween, eligibleAt, lastDay } from "./base/calendar.ts";
export type { Clock, Random } from "./base/clock.ts";
export { ERROR_CODES, JikimError } from "./base/errors.ts";
export type { ErrorCode } from "./base/errors.ts";
export type { Compiled } from "./compiler/compile.ts";
export { withParticle } from "./compiler/josa.ts";
export { createConsole } from "./console/create-console.ts";
export type { ConsoleOptions } from "./console/create-console.ts";
export { openDesk } from "./console/desk.ts";
export type { Desk, DeskOptions, SignInAnswer } from "./console/desk.ts";
export { DESTRUCTION_STATES, isDestroyed } from "./engine/destruction/destruction-state.ts";
export type { ArchivedRecords } from "./engine/archive/archived-of.ts";
export type { LeafId } from "./engine/audit/append-leaf.ts";
export type { AuditLog } from "./engine/audit/open-log.ts";
export { receiptOf } from "./engine/audit/receipt-code.ts";
export type { DestructionState } from "./engine/destruction/destruction-state.ts";
export type {
  CollectOptions,
  DayReport,
  Erasure,
  ErasureReport,
  Items,
  Jikim,
  KeepProgress,
  KeepReport,
  LogReport,
} from "./engine/jikim.ts";
export { runUseNotice, useNotice } from "./engine/notice/use-notice.ts";
export type { UseNotice } from "./engine/notice/use-notice.ts";
export { openJikim } from "./engine/open-jikim.ts";
export type { JikimOptions } from "./engine/open-jikim.ts";
export { exportTo } from "./engine/processor/export-to.ts";
export type { ExportedItems } from "./engine/processor/export-to.ts";
export type { ConsentChange, ConsentChanged, ConsentEvidence } from "./engine/consent/consent.ts";
export { consentingPeople } from "./engine/consent/consenting-people.ts";
export { consentHistory } from "./engine/consent/consent-history.ts";
export type { ConsentRecord } from "./engine/consent/consent-history.ts";
export type { UnderAgeReport } from "./engine/consent/found-under-age.ts";
export type { MessageCarrier, MessageLetter } from "./engine/message/carrier.ts";
export { messagesOf } from "./engine/message/list-messages.ts";
export type { ListedMessage } from "./engine/message/list-messages.ts";
export { recordEvent } from "./engine/retention/record-event.ts";
export type { RecordedEvent } from "./engine/retention/record-event.ts";
export { reopenRecords } from "./engine/retention/reopen-records.ts";
export type { Reopened } from "./engine/retention/reopen-records.ts";
export { endProcessor } from "./engine/processor/owed-orders.ts";
export { ordersFor } from "./engine/processor/place-orders.ts";
export type { OrdersAsked } from "./engine/processor/place-orders.ts";
export { activateProcessor, processorRegister, recordFacts } from "./engine/processor/register.ts";
export type { RegisterEntry } from "./engine/processor/register.ts";
export { recordSupervision } from "./engine/processor/supervision.ts";
export type { Supervision } from "./engine/processor/supervision.ts";
export { tellPeople } from "./engine/processor/tell-people.ts";
export { runProcessorOrders } from "./engine/processor/run-orders.ts";
export type { OrderRun } from "./engine/processor/run-orders.ts";
export type { Carriers } from "./engine/processor/send-order.ts";
export { approveDocument, registerDocument } from "./engine/provision/document.ts";
export type { DocumentKind, NewDocument } from "./engine/provision/document.ts";
export { listDocuments, listProvisions, provisionsOf } from "./engine/provision/ledger.ts";
export type { DocumentLine, ProvisionLine, ProvisionTold } from "./engine/provision/ledger.ts";
export { provide } from "./engine/provision/provide.ts";
export type { ProvisionAsked } from "./engine/provision/provide.ts";
export { releaseDocument } from "./engine/provision/release.ts";
export type { Released, ReleaseAsked } from "./engine/provision/release.ts";
export { statistics } from "./engine/provision/statistics.ts";
export type { Statistics, StatisticsAsked } from "./engine/provision/statistics.ts";
export { waitingRecords } from "./engine/retention/waiting.ts";
export type { WaitingRecord } from "./engine/retention/waiting.ts";
export { upcoming } from "./engine/retention/due.ts";
export type { Upcoming } from "./engine/retention/due.ts";
export { addStaff, endStaff, listStaff, renewPass } from "./engine/staff/staff.ts";
export type { Staff, StaffEntry, StaffRole } from "./engine/staff/staff.ts";
export { systemClock, systemRandom } from "./engine/system.ts";
export { typed } from "./engine/typed-jikim.ts";
export type { PolicyNames, TypedJikim } from "./engine/typed-jikim.ts";
export type { AskedUse, StaffUse } from "./engine/use/asked-use.ts";
export { resumePurpose, stopPurpose } from "./engine/use/purpose-stop.ts";
export { readArchived } from "./engine/use/read-archived.ts";
export type { ArchivedRead, ArchiveUse } from "./engine/use/read-archived.ts";
export { accessesOf, readAccessLog } from "./engine/use/staff-access.ts";
export type { AccessLine, AccessTold } from "./engine/use/staff-access.ts";
export { assets, jikimSheet, styleSheet } from "./html/assets.ts";
export { createAttempts } from "./html/attempts.ts";
export type { Attempts } from "./html/attempts.ts";
export { guardEdge } from "./html/edge.ts";
export { count, dayMark, daysLeft, periodInWords, plural } from "./html/figures.ts";
export { choice, errorSummary, field } from "./html/form-parts.ts";
export type { FieldError } from "./html/form-parts.ts";
export { createFormTokens } from "./html/form-token.ts";
export type { FormTokens } from "./html/form-token.ts";
export { layout } from "./html/layout.ts";
export type { Frame, Sheet } from "./html/layout.ts";
export { html, nothing, trusted } from "./html/markup.ts";
export type { Markup } from "./html/markup.ts";
export { readerOf } from "./html/reader.ts";
export type { Reader, UiLang } from "./html/reader.ts";
export type { ServicePage, SetPage } from "./html/service-page.ts";
export { isHolding, listHolds } from "./engine/hold/hold.ts";
export type { Hold, HoldScope } from "./engine/hold/hold.ts";
export type { HoldAsked, PlacedHold } from "./engine/hold/place-hold.ts";
export type {
  Certificate,
  CertificateState,
  Confirmation,
} from "./engine/destruction/certificate.ts";
export type { LedgerLine, LookFound } from "./engine/destruction/ledger-lines.ts";
export { destroyPaper } from "./engine/paper/destroy-paper.ts";
export type { PaperDestroyed } from "./engine/paper/destroy-paper.ts";
export { paperItems, paperSlips } from "./engine/paper/paper.ts";
export type { PaperItem, PaperSlip, PaperState } from "./engine/paper/paper.ts";
export { movePaper, registerPaper } from "./engine/paper/register-paper.ts";
export type { PaperArrived, PaperMoved } from "./engine/paper/register-paper.ts";
export type { WithdrawalPreview } from "./engine/withdrawal/preview.ts";
export type { Fate, WithdrawalPart } from "./engine/withdrawal/sort-records.ts";
export type { WithdrawOptions } from "./engine/withdrawal/withdraw.ts";
export { WITHDRAWAL_STEPS } from "./engine/withdrawal/withdrawal-row.ts";
export type { Withdrawal, WithdrawalStep } from "./engine/withdrawal/withdrawal-row.ts";
export { connectKeeper } from "./keys/socket/connect-keeper.ts";
export type { RemoteKeeper } from "./keys/socket/connect-keeper.ts";
export type { ConnectOptions } from "./keys/socket/connect-socket.ts";
export { latestVerdicts, runChecks } from "./proof/run-checks.ts";
export type { Status, Verdict } from "./proof/verdict.ts";
export { consentEvidence, consentFold, consentText } from "./site/consent-text.ts";
export type { ConsentText } from "./site/consent-text.ts";
export { createSite } from "./site/create-site.ts";
export type { SiteOptions } from "./site/create-site.ts";
export { publishedVersions } from "./site/published-versions.ts";
export type { PublishedVersions } from "./site/published-versions.ts";
export { subjectRecords } from "./engine/subject-records.ts";
export { eventWords } from "./site/event-words.ts";
export { createProcessorAnswers } from "./site/processor-answers.ts";
export { say, sayAll, sayHead } from "./site/say.ts";
export { openSessions } from "./site/sessions.ts";
export type { Sessions } from "./site/sessions.ts";
