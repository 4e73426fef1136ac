/** Words of the page of provisions. */
import type { BindingKind } from "../engine/provision/document.ts";
import type { ProvisionRule } from "../engine/provision/provision-rules.ts";
import { count, plural } from "../html/figures.ts";
import { html } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { UiLang } from "../html/reader.ts";

export interface ProvisionWords {
  readonly title: string;
  readonly lead: string;
  readonly tally: (provisions: number, waiting: number) => Markup;
  readonly documents: string;
  readonly noDocuments: Markup;
  readonly document: string;
  readonly authority: string;
  readonly items: string;
  readonly until: string;
  readonly approvals: string;
  readonly state: string;
  readonly ofTwo: (approvals: number) => string;
  readonly by: (staff: string) => string;
  readonly states: Readonly<Record<DocumentState, string>>;
  readonly approve: string;
  readonly approveThis: (document: string) => string;
  readonly approved: string;
  readonly refused: (rules: string) => string;
  readonly ledger: string;
  readonly noLedger: string;
  readonly day: string;
  readonly recipient: string;
  readonly basis: string;
  readonly purpose: string;
  readonly bases: Readonly<Record<"consent" | "authority", string>>;
  readonly tables: string;
  readonly noTables: Markup;
  readonly item: string;
  readonly cells: string;
  readonly inside: string;
  readonly cellsOf: (cells: number, suppressed: number, smallest: number) => string;
  readonly act: Markup;
  readonly json: string;
}

/** How far a document has come. */
export type DocumentState = "waiting" | "ready" | "released" | "over";

export const PROVISION_WORDS: Record<UiLang, ProvisionWords> = {
  ko: {
    title: "제3자 제공",
    lead: "원칙적으로 제공하지 않습니다. 동의나 법이 정한 문서로 나간 것, 통계로 나간 것을 모두 적습니다.",
    tally: (provisions, waiting) =>
      html`최근 제공 <b class="figure">${count(provisions)}</b>건, 승인을 기다리는 문서
        <b class="figure">${count(waiting)}</b>건`,
    documents: "기관이 요구한 문서",
    noDocuments: html`등록한 문서가 없습니다. 영장이나 명령이 오면
      <code>jikim provide register</code>로 등록합니다. 영장 없는 공문은 등록되지 않습니다.`,
    document: "문서",
    authority: "기관",
    items: "항목",
    until: "집행 기한",
    approvals: "승인",
    state: "상태",
    ofTwo: (approvals) => `2명 가운데 ${count(approvals)}명`,
    by: (staff) => `담당자 ${staff}`,
    states: {
      waiting: "승인 기다림",
      ready: "집행할 수 있음",
      released: "집행함",
      over: "기한 지남",
    },
    approve: "승인",
    approveThis: (document) => `문서 ${document} 승인`,
    approved: "승인했습니다.",
    refused: (rules) => `승인하지 못했습니다: ${rules}`,
    ledger: "제공 장부",
    noLedger: "제공한 적이 없습니다. 제공하면 받는 곳, 목적, 항목, 날짜, 근거가 여기에 남습니다.",
    day: "날짜",
    recipient: "받는 곳",
    basis: "근거",
    purpose: "목적",
    bases: { consent: "동의", authority: "법령에 따른 요구" },
    tables: "통계",
    noTables: html`만든 통계가 없습니다. <code>jikim provide statistics</code>로 만들면 여기에
      남습니다.`,
    item: "센 항목",
    cells: "칸",
    inside: "밖으로 나가지 않음",
    cellsOf: (cells, suppressed, smallest) =>
      `${count(cells)}칸 보임, ${count(suppressed)}칸 가림 (${count(smallest)}명 이상만)`,
    act: html`등록과 집행은 <code>jikim provide</code>로 합니다. 서로 다른 두 담당자가 승인해야
      집행할 수 있습니다.`,
    json: "JSON으로 받기",
  },
  en: {
    title: "Provision to third parties",
    lead: "As a rule nothing is provided. What left by consent, by a document the law makes binding, or as statistics, is all noted here.",
    tally: (provisions, waiting) =>
      html`<b class="figure">${plural(provisions, "provision")}</b> lately,
        <b class="figure">${plural(waiting, "document")}</b> waiting for approval`,
    documents: "Demands of authorities",
    noDocuments: html`No document is registered. When a warrant or an order comes, register it with
      <code>jikim provide register</code>. A letter without a warrant is refused.`,
    document: "Document",
    authority: "Authority",
    items: "Items",
    until: "Last day",
    approvals: "Approvals",
    state: "State",
    ofTwo: (approvals) => `${count(approvals)} of two`,
    by: (staff) => `staff ${staff}`,
    states: {
      waiting: "waiting for approval",
      ready: "may be carried out",
      released: "carried out",
      over: "past its last day",
    },
    approve: "Approve",
    approveThis: (document) => `Approve document ${document}`,
    approved: "It is approved.",
    refused: (rules) => `It could not be approved: ${rules}`,
    ledger: "Ledger of provisions",
    noLedger:
      "Nothing was ever provided. When something is, recipient, purpose, items, day and basis stay here.",
    day: "Day",
    recipient: "Recipient",
    basis: "Basis",
    purpose: "Purpose",
    bases: { consent: "consent", authority: "demand under a statute" },
    tables: "Statistics",
    noTables: html`No table was made. What <code>jikim provide statistics</code> makes stays here.`,
    item: "What was counted",
    cells: "Cells",
    inside: "stayed inside",
    cellsOf: (cells, suppressed, smallest) =>
      `${count(cells)} shown, ${count(suppressed)} left out (${count(smallest)} people at least)`,
    act: html`Registering and carrying out is done with <code>jikim provide</code>. It takes the
      approval of two different members of staff.`,
    json: "Get as JSON",
  },
};

export const DOCUMENT_WORDS: Readonly<Record<BindingKind, Readonly<Record<UiLang, string>>>> = {
  warrant: { ko: "영장", en: "warrant" },
  court_order: { ko: "법원의 명령", en: "court order" },
  statute: { ko: "법률에 따른 요구", en: "demand by statute" },
};

/** Why an approval is refused, in words; other rules do not come up here. */
export const APPROVAL_WORDS: Readonly<
  Partial<Record<ProvisionRule, Readonly<Record<UiLang, string>>>>
> = {
  "approved-by-the-same": {
    ko: "이미 승인한 문서입니다. 다른 담당자가 한 번 더 승인해야 합니다.",
    en: "you have approved it already; another member of staff has to.",
  },
  "document-over": { ko: "집행 기한이 지났습니다.", en: "its last day is past." },
  "document-used": { ko: "이미 집행했습니다.", en: "it was carried out already." },
  "document-unknown": { ko: "그런 문서가 없습니다.", en: "there is no such document." },
};
