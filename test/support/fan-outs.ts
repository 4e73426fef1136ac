/**
 * Statements that are over many subjects on purpose, each with what bounds it. Everything else stays
 * with one subject, so that the store can be distributed by it (test/tidy/layout.test.ts).
 */

/** What bounds a statement over many. */
export type Bound =
  /** It says how many rows at most, and goes on where it stopped; or takes those rows as a list. */
  | "limit"
  /** The rows of a batch that a bounded statement chose, given as a list. */
  | "batch"
  /** Records of one class that end on one day; the caller takes them in batches. */
  | "class-day"
  /** An index leads to a few rows: an id that is one row's, a tag that is one value's. */
  | "look-up"
  /** One figure over the whole store; read only, never while a person waits. */
  | "figure"
  /** Work in hand: rows that each run empties. */
  | "queue";

export interface FanOut {
  readonly bound: Bound;
  readonly reason: string;
  /** Why its tables need not meet on their subjects. */
  readonly apart?: string;
}

const ARCHIVE = "src/engine/archive";
const DESTRUCTION = "src/engine/destruction";
const PROCESSOR = "src/engine/processor";
const BATCHES = "what ended is removed a batch at a time, each in its own transaction";
const DAILY = "the daily run looks for what is due, a batch at a time";

/** `path function` → why it may be over many subjects. */
export const FAN_OUTS: Readonly<Record<string, FanOut>> = {
  [`${ARCHIVE}/archived-rows.ts removeArchivedRows`]: { bound: "batch", reason: BATCHES },
  [`${ARCHIVE}/destroy-archived.ts lockRows`]: { bound: "limit", reason: BATCHES },
  [`${ARCHIVE}/destroy-archived.ts isAnyLeft`]: { bound: "limit", reason: BATCHES },
  [`${ARCHIVE}/move-to-archive.ts continueMoves`]: { bound: "limit", reason: DAILY },
  [`${ARCHIVE}/remove-dead-archived.ts selectRows`]: {
    bound: "limit",
    reason: "a restored copy is looked through at the opening",
  },
  [`${ARCHIVE}/sweep-archive.ts archivedDaysDue`]: {
    bound: "limit",
    reason: "class-days that are due, so many at once",
  },
  [`${DESTRUCTION}/destroy-rows.ts destroyRows`]: { bound: "limit", reason: BATCHES },
  [`${DESTRUCTION}/destroy-rows.ts isAnyLeft`]: { bound: "limit", reason: BATCHES },
  [`${DESTRUCTION}/leave-stand-in.ts leaveStandIn`]: {
    bound: "figure",
    reason: "how far the one move away from the key file has to go",
  },
  [`${DESTRUCTION}/leave-stand-in.ts moveBatch`]: {
    bound: "limit",
    reason: "the one move away from the key file, at the opening",
  },
  [`${DESTRUCTION}/leave-stand-in.ts tagAgain`]: {
    bound: "batch",
    reason: "tags of the batch that moved",
  },
  [`${DESTRUCTION}/remove-dead-rows.ts removeAll`]: {
    bound: "figure",
    reason: "how far the look at a restored copy has to go",
  },
  [`${DESTRUCTION}/remove-dead-rows.ts selectRows`]: {
    bound: "limit",
    reason: "a restored copy is looked through at the opening",
  },
  [`${DESTRUCTION}/request-days.ts insertRequest`]: {
    bound: "class-day",
    reason: "does any record of the day have a tag: stops at the first",
  },
  [`${DESTRUCTION}/reseal-records.ts partsOf`]: {
    bound: "batch",
    reason: "tags of the records that are sealed again",
  },
  [`${DESTRUCTION}/reseal-records.ts storeRows`]: {
    bound: "batch",
    reason: "the records that were sealed again, in one statement however many",
  },
  [`${DESTRUCTION}/reseal-rest.ts givenUpByAll`]: {
    bound: "queue",
    reason: "compartments given up and not yet sealed again; a run empties it",
  },
  [`${DESTRUCTION}/rotate-index.ts isRotationDue`]: {
    bound: "limit",
    reason: "is the index small: stops counting there",
  },
  [`${DESTRUCTION}/rotate-index.ts selectUntagged`]: {
    bound: "limit",
    reason: "every living value gets a tag of the new key",
  },
  [`${DESTRUCTION}/rotate-index.ts removeEndedTags`]: {
    bound: "limit",
    reason: "tags of a key that is gone",
    apart: "a row is found and removed by its own place; to be by its key when it is distributed",
  },
  [`${PROCESSOR}/accept-answer.ts noteFault`]: {
    bound: "look-up",
    reason: "an answer names its order, not the subject",
  },
  [`${PROCESSOR}/forget-settled.ts forgetSettled`]: { bound: "limit", reason: DAILY },
  [`${PROCESSOR}/order-row.ts openOrders`]: { bound: "limit", reason: "a page of open orders" },
  [`${PROCESSOR}/order-row.ts settledOrders`]: { bound: "limit", reason: "a page of past orders" },
  [`${PROCESSOR}/order-row.ts orderCounts`]: {
    bound: "figure",
    reason: "open orders of each processor, for the board",
  },
  [`${PROCESSOR}/order-row.ts lockedOrder`]: {
    bound: "look-up",
    reason: "an answer names its order, not the subject",
  },
  [`${PROCESSOR}/owed-orders.ts owedByEnd`]: { bound: "limit", reason: DAILY },
  [`${PROCESSOR}/owed-orders.ts owedByWithdrawal`]: { bound: "limit", reason: DAILY },
  [`${PROCESSOR}/owed-orders.ts owedByRecords`]: { bound: "limit", reason: DAILY },
  [`${PROCESSOR}/owed-orders.ts owedByConsent`]: { bound: "limit", reason: DAILY },
  [`${PROCESSOR}/owed-orders.ts followUpRetained`]: { bound: "limit", reason: DAILY },
  [`${PROCESSOR}/run-orders.ts claimDue`]: { bound: "limit", reason: DAILY },
  [`${PROCESSOR}/run-orders.ts markBatch`]: { bound: "limit", reason: DAILY },
  "src/engine/retention/due.ts dueUntil": { bound: "limit", reason: "the schedule, a page of it" },
  "src/engine/retention/due.ts archivedUntil": {
    bound: "limit",
    reason: "the schedule, a page of it",
  },
  "src/engine/retention/sweep.ts classDaysDue": {
    bound: "limit",
    reason: "class-days that are due, so many at once",
  },
  "src/engine/search/tags.ts isTaken": {
    bound: "look-up",
    reason: "who holds this very value; a unique value has one holder",
  },
  "src/engine/withdrawal/forget-withdrawals.ts forgetWithdrawals": {
    bound: "limit",
    reason: DAILY,
  },
  "src/engine/withdrawal/withdraw.ts continueWithdrawals": { bound: "limit", reason: DAILY },
  "src/engine/use/find.ts selectHolders": {
    bound: "limit",
    reason: "from values to their holders: the index is there for it",
  },
  "src/engine/use/find.ts provenHolders": {
    bound: "batch",
    reason: "the holders that short tags led to",
  },
  "src/engine/use/overlay.ts overlaysOf": {
    bound: "batch",
    reason: "what lies over the people a look is at; one, or those a search found",
  },
  "src/engine/use/staff-access.ts logAccess": {
    bound: "batch",
    reason: "a line for each person a search of staff found",
  },
  "src/engine/use/staff-access.ts readAccessLog": {
    bound: "limit",
    reason: "the newest lines, for the officer who goes through them",
  },
  "src/engine/use/end-use-evidence.ts endAccesses": { bound: "limit", reason: DAILY },
  "src/engine/use/end-use-evidence.ts subjectsOver": { bound: "limit", reason: DAILY },
  "src/engine/provision/document.ts findDocument": {
    bound: "look-up",
    reason: "whoever approves knows the document, not the subject",
  },
  "src/engine/provision/document.ts lockedDocument": {
    bound: "look-up",
    reason: "whoever approves knows the document, not the subject",
  },
  "src/engine/provision/ledger.ts listProvisions": {
    bound: "limit",
    reason: "a page of the ledger",
  },
  "src/engine/provision/ledger.ts listDocuments": { bound: "limit", reason: "a page of documents" },
  "src/engine/provision/ledger.ts findDocumentLine": {
    bound: "look-up",
    reason: "whoever approves knows the document, not the subject",
  },
  "src/engine/provision/statistics.ts newestAfter": {
    bound: "limit",
    reason: "a table of counts is about everyone, so many at a time in the order of the key",
  },
  "src/engine/archive/archived-of.ts archivedOf": {
    bound: "figure",
    reason: "what is kept apart of the people a preview is about, as counts",
  },
  "src/engine/consent/consenting-people.ts consentingPeople": {
    bound: "limit",
    reason: "who may be written to, a page at a time in the order of the key",
  },
  "src/engine/consent/end-evidence.ts startEvidence": { bound: "limit", reason: DAILY },
  "src/engine/consent/end-resting.ts endWithdrawn": { bound: "limit", reason: DAILY },
  "src/engine/consent/run-consent-clocks.ts selectDue": { bound: "limit", reason: DAILY },
  "src/engine/destruction/destroy-held.ts endedAmong": {
    bound: "batch",
    reason: "which of a batch no hold covers any more",
  },
  "src/engine/destruction/destroy-held.ts heldSlots": {
    bound: "batch",
    reason: "locks of the batch that is destroyed",
  },
  "src/engine/destruction/destroy-held.ts mark": { bound: "batch", reason: BATCHES },
  "src/engine/destruction/destroy-held.ts removeHeld": { bound: "limit", reason: BATCHES },
  "src/engine/destruction/destroy-held.ts requestArchived": { bound: "limit", reason: DAILY },
  "src/engine/destruction/destroy-held.ts selectEnded": { bound: "limit", reason: DAILY },
  "src/engine/destruction/look-after.ts samplesOf": {
    bound: "batch",
    reason: "traces kept for the look at some lines of the ledger; at most a sample a line",
  },
  "src/engine/destruction/look-after.ts storeLook": {
    bound: "class-day",
    reason: "the traces go when their line was looked at",
  },
  "src/engine/destruction/look-sample.ts keepSample": {
    bound: "batch",
    reason: "traces of the batch that is being removed",
    apart: "tags of a row meet it by a list made of the row itself",
  },
  "src/engine/destruction/remove-dead-rows.ts removeDeadHeld": {
    bound: "limit",
    reason: "a restored copy is looked through at the opening",
  },
  "src/engine/destruction/remove-rows.ts removeRows": { bound: "batch", reason: BATCHES },
  "src/engine/hold/forget-holds.ts forgetBatch": { bound: "limit", reason: DAILY },
  "src/engine/hold/forget-holds.ts forgetHolds": {
    bound: "queue",
    reason: "people with something held in the archive; a few, and gone with their holds",
  },
  "src/engine/hold/hold.ts listHolds": { bound: "limit", reason: "a page of holds" },
  "src/engine/hold/hold.ts livingHolds": {
    bound: "queue",
    reason: "holds that hold today: each placed by hand, none outlives its day",
  },
  "src/engine/hold/release-hold.ts releaseHold": {
    bound: "look-up",
    reason: "whoever releases knows the hold, not the subject",
  },
  "src/engine/hold/set-aside.ts archivedOf": {
    bound: "class-day",
    reason: "what holds cover of a day that is to end",
  },
  "src/engine/hold/set-aside.ts isDayHeld": {
    bound: "class-day",
    reason: "does a hold cover any of the day: stops at the first",
  },
  "src/engine/hold/set-aside.ts setAsideDay": {
    bound: "class-day",
    reason: "what holds cover of a day that is to end, a page at a time",
  },
  "src/engine/message/list-messages.ts messageCounts": {
    bound: "figure",
    reason: "how many wait, were sent, failed",
  },
  "src/engine/message/run-messages.ts claimDue": { bound: "limit", reason: DAILY },
  "src/engine/notice/use-notice.ts untold": { bound: "limit", reason: DAILY },
  "src/engine/notice/use-notice.ts useNotice": {
    bound: "figure",
    reason: "how many people there are decides whether the yearly notice is owed",
    apart: "two counts, put together after each was made",
  },
  "src/engine/paper/destroy-paper.ts close": {
    bound: "batch",
    reason: "the papers one slip names",
  },
  "src/engine/paper/paper.ts paperItems": { bound: "limit", reason: "a page of the register" },
  "src/engine/paper/paper.ts paperNumbered": {
    bound: "batch",
    reason: "whoever stands at the cabinet knows the number, not the subject",
  },
  "src/engine/paper/register-paper.ts movePaper": {
    bound: "look-up",
    reason: "whoever stands at the cabinet knows the number, not the subject",
  },
  "src/engine/processor/order-row.ts findOrder": {
    bound: "look-up",
    reason: "an answer names its order, not the subject",
  },
  "src/engine/processor/owed-orders.ts peopleAtProcessor": {
    bound: "figure",
    reason: "how many orders the end of a contract will place, told before",
  },
  "src/engine/processor/tell-people.ts consenting": { bound: "limit", reason: DAILY },
  "src/engine/retention/end-unruled.ts removeBatch": { bound: "limit", reason: DAILY },
  "src/engine/retention/overdue.ts findOverdue": {
    bound: "figure",
    reason: "how much is late, for the alarm; nothing is when all is well",
  },
  "src/engine/retention/shorten-clocks.ts lockPage": {
    bound: "batch",
    reason: "the page whose clocks a new version shortens",
  },
  "src/engine/retention/shorten-clocks.ts selectPage": {
    bound: "limit",
    reason: "a new version shortens clocks, a page at a time",
  },
  "src/engine/retention/waiting.ts waitingRecords": {
    bound: "limit",
    reason: "a page of what staff still have to close",
  },
  "src/proof/collection-checks.ts people": {
    bound: "figure",
    reason: "people, and those whose acts prove their consents",
    apart: "two counts, each over its own subjects",
  },
  "src/proof/notice-checks.ts pastTexts": {
    bound: "figure",
    reason: "versions that records and consents refer to",
    apart: "two lists of hashes, put together after each was made",
  },
  "src/site/sessions.ts sweepSessions": { bound: "limit", reason: "sessions that have ended" },
};

/** A check reads the whole store and writes nothing: that is its work. */
export const LOOKS_AT_ALL = /^src\/proof\//;
