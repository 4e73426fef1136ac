/**
 * The public interface of `jikim`. What is not exported here is nobody's to use.
 *
 * - the engine: {@link openJikim} and its verbs
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
export { DESTRUCTION_STATES, isDestroyed } from "./engine/destruction/destruction-state.ts";
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
export { openJikim } from "./engine/open-jikim.ts";
export type { JikimOptions } from "./engine/open-jikim.ts";
export { exportTo } from "./engine/processor/export-to.ts";
export type { ExportedItems } from "./engine/processor/export-to.ts";
export { endProcessor } from "./engine/processor/owed-orders.ts";
export { ordersFor } from "./engine/processor/place-orders.ts";
export type { OrdersAsked } from "./engine/processor/place-orders.ts";
export { activateProcessor, processorRegister, recordFacts } from "./engine/processor/register.ts";
export type { RegisterEntry } from "./engine/processor/register.ts";
export { runProcessorOrders } from "./engine/processor/run-orders.ts";
export type { OrderRun } from "./engine/processor/run-orders.ts";
export type { Carriers } from "./engine/processor/send-order.ts";
export { upcoming } from "./engine/retention/due.ts";
export type { Upcoming } from "./engine/retention/due.ts";
export { systemClock, systemRandom } from "./engine/system.ts";
export { typed } from "./engine/typed-jikim.ts";
export type { PolicyNames, TypedJikim } from "./engine/typed-jikim.ts";
export { assets, jikimSheet, styleSheet } from "./html/assets.ts";
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
export { latestVerdicts, runChecks } from "./proof/run-checks.ts";
export type { Status, Verdict } from "./proof/verdict.ts";
export { createSite } from "./site/create-site.ts";
export type { SiteOptions } from "./site/create-site.ts";
export { publishedVersions } from "./site/published-versions.ts";
export type { PublishedVersions } from "./site/published-versions.ts";
export { eventWords } from "./site/event-words.ts";
export { createProcessorAnswers } from "./site/processor-answers.ts";
export { say, sayAll, sayHead } from "./site/say.ts";
export { openSessions } from "./site/sessions.ts";
export type { Sessions } from "./site/sessions.ts";
