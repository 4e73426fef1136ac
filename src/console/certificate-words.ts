/** Words of the certificate. */
import { count } from "../html/figures.ts";
import { html } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { UiLang } from "../html/reader.ts";

interface Words {
  readonly certificate: string;
  readonly progress: string;
  readonly complete: string;
  readonly weak: string;
  readonly behind: string;
  readonly traces: string;
  readonly facts: Readonly<
    Record<"controller" | "why" | "records" | "ended" | "run" | "policy" | "issued", string>
  >;
  readonly notYet: string;
  readonly confirmed: (by: string, at: Markup) => Markup;
  readonly unconfirmed: (day: Markup) => Markup;
  readonly late: string;
  readonly confirmation: string;
  readonly what: string;
  readonly line: Readonly<
    Record<"basis" | "lastDay" | "records" | "people" | "deadline" | "overdue", string>
  >;
  readonly policyBasis: string;
  readonly steps: string;
  readonly keys: Readonly<Record<"epoch" | "custodians" | "slots" | "weak" | "look", string>>;
  readonly irrecoverable: string;
  readonly noKey: string;
  readonly looked: (examined: number, by: string) => string;
  readonly found: (found: number) => string;
  readonly noLook: string;
  readonly receipts: string;
  readonly receiptsHint: string;
  readonly noReceipts: string;
  readonly limits: string;
  readonly limitLines: readonly string[];
}

export const CERTIFICATE_WORDS: Record<UiLang, Words> = {
  ko: {
    certificate: "파기 증명서",
    progress: "파기 진행 상황",
    complete: "아래 기록을 파기했습니다. 어떤 사본으로도 되살릴 수 없습니다.",
    weak: "아래 기록을 파기했습니다. 다만 키가 확실히 지워지지 않는 곳에 있어, 되살릴 수 없다고 단정하지 않습니다.",
    behind: "아직 끝나지 않았습니다. 모두 끝나야 증명서가 됩니다.",
    traces:
      "다른 권한으로 다시 찾아보니 흔적이 남아 있습니다. 없어질 때까지 증명하지 않습니다. 어디에 사본이 있는지 찾아 주십시오.",
    facts: {
      controller: "처리자",
      why: "까닭",
      records: "기록",
      ended: "파기한 때",
      run: "파기 번호",
      policy: "처리방침",
      issued: "발급한 때",
    },
    notYet: "아직",
    confirmed: (by, at) => html`담당자 ${by}, ${at}`,
    unconfirmed: (day) => html`아직 확인하지 않았습니다. ${day}까지 확인합니다.`,
    late: "확인이 늦었습니다",
    confirmation: "책임자 확인",
    what: "파기한 것",
    line: {
      basis: "보유 근거",
      lastDay: "보유한 마지막 날",
      records: "기록",
      people: "정보주체",
      deadline: "파기 기한",
      overdue: "기한을 넘김",
    },
    policyBasis: "처리방침에서 정한 기간",
    steps: "단계와 때",
    keys: {
      epoch: "키 나무의 차수",
      custodians: "루트를 지운 보관자",
      slots: "없앤 자물쇠의 SHA-256",
      weak: "약점",
      look: "다시 찾아본 결과",
    },
    irrecoverable: "키의 사본이 어디에도 없습니다.",
    noKey: "키가 아직 살아 있습니다.",
    looked: (examined, by) => `흔적 ${count(examined)}건을 찾아봄 (${by})`,
    found: (found) => (found === 0 ? "남은 것 없음" : `${count(found)}건 남음`),
    noLook: "아직 찾아보지 않았습니다.",
    receipts: "감사 기록의 확인 번호",
    receiptsHint: "번호마다 서명된 감사 기록의 한 줄을 가리킵니다.",
    noReceipts: "아직 감사 기록에 남은 것이 없습니다.",
    limits: "이 증명이 말하지 않는 것",
    limitLines: [
      "수탁자와 제3자가 가진 사본은 지시와 확인으로 따로 관리합니다.",
      "백업에는 키 없는 암호문이 백업의 수명만큼 남습니다.",
      "종이에 인쇄한 것은 종이 문서 대장에 있습니다.",
    ],
  },
  en: {
    certificate: "Certificate of destruction",
    progress: "How far the destruction is",
    complete: "The records below are destroyed. No copy can bring them back.",
    weak: "The records below are destroyed. But their keys lay where they are not surely forgotten, so we do not say that nothing can bring them back.",
    behind: "It is not finished. Only when all of it is does this become a certificate.",
    traces:
      "A second look found traces. Nothing is certified until they are gone. Please find out where a copy lies.",
    facts: {
      controller: "Controller",
      why: "Why",
      records: "Records",
      ended: "Destroyed",
      run: "Number",
      policy: "Policy",
      issued: "Issued",
    },
    notYet: "not yet",
    confirmed: (by, at) => html`staff ${by}, ${at}`,
    unconfirmed: (day) => html`Not confirmed yet; due by ${day}.`,
    late: "The confirmation is late",
    confirmation: "Officer’s confirmation",
    what: "What was destroyed",
    line: {
      basis: "Kept on the basis of",
      lastDay: "Last day kept",
      records: "Records",
      people: "People",
      deadline: "Limit",
      overdue: "overdue",
    },
    policyBasis: "the period the policy states",
    steps: "Steps and times",
    keys: {
      epoch: "Epoch of the key tree",
      custodians: "Root wiped by",
      slots: "SHA-256 of the destroyed locks",
      weak: "Weaker because",
      look: "Second look",
    },
    irrecoverable: "No copy of the keys exists anywhere.",
    noKey: "The key still lives.",
    looked: (examined, by) => `searched for ${count(examined)} traces (${by})`,
    found: (found) => (found === 0 ? "none left" : `${count(found)} left`),
    noLook: "Nobody has looked yet.",
    receipts: "Receipts of the audit log",
    receiptsHint: "Each leads to one signed line of the log.",
    noReceipts: "The log has nothing of it yet.",
    limits: "What this does not say",
    limitLines: [
      "Copies held by processors and third parties are followed by orders and their answers.",
      "Backups keep ciphertext without a key for as long as backups live.",
      "What was printed stands in the register of paper.",
    ],
  },
};
