/** Evidence of use and provision in words. */
import type { UiLang } from "../html/reader.ts";

export const USE_EVIDENCE: Readonly<Record<string, Readonly<Record<UiLang, string>>>> = {
  "beyond-purpose-refused": {
    ko: "목적 밖의 항목을 거절하는지 시험",
    en: "items asked beyond their purpose",
  },
  "consents-named-the-recipient": {
    ko: "받는 곳을 적은 글에 동의한 제공",
    en: "provisions with consent to a text that named the recipient",
  },
  "dispute-looks": {
    ko: "분쟁을 다루려고 본 기록",
    en: "looks at records kept for disputes",
  },
  "dispute-records-closed": {
    ko: "분쟁 기록이 다른 이용에 닫혀 있는지 시험",
    en: "records kept for disputes asked for something else",
  },
  "dispute-task-apart": {
    ko: "분쟁 기록과 다른 기록이 나뉘어 있는지 시험",
    en: "records kept for disputes asked apart from the rest",
  },
  "dispute-task-opens": {
    ko: "분쟁을 다룰 때 열리는 항목",
    en: "items open to whoever deals with a dispute",
  },
  "identifying-item-refused": {
    ko: "사람을 찾을 수 있는 항목의 통계를 거절하는지 시험",
    en: "statistics asked of items that lead to a person",
  },
  "letter-refused": {
    ko: "영장 없는 공문을 거절하는지 시험",
    en: "a letter without a warrant asked for data",
  },
  "looks-in-the-log": { ko: "접속기록이 남은 열람", en: "looks of staff with their lines" },
  "looks-with-consent": { ko: "동의를 받고 본 열람", en: "looks of staff with consent" },
  "looks-within-purpose": {
    ko: "목적 안에서 본 열람",
    en: "looks of staff within their purpose",
  },
  "provision-without-consent-refused": {
    ko: "동의 없는 제공을 거절하는지 시험",
    en: "provision asked without consent",
  },
  "provisions-by-document": {
    ko: "승인된 문서에 따른 제공",
    en: "provisions by an approved document",
  },
  "provisions-in-the-log": { ko: "감사 기록에 있는 제공", en: "provisions told in the log" },
  "provisions-of-listed-items": {
    ko: "정해진 항목만 담긴 제공",
    en: "provisions with nothing but their items",
  },
  "provisions-on-an-exception": {
    ko: "허용된 근거가 있는 제공",
    en: "provisions on a stated exception",
  },
  "provisions-told-and-kept": {
    ko: "장부에 남은 제공",
    en: "provisions kept in the ledger",
  },
  "provisions-with-consent": { ko: "동의를 받은 제공", en: "provisions with consent" },
  "released-in-the-ledger": {
    ko: "장부에 남은 문서 집행",
    en: "documents carried out, in the ledger",
  },
  "restricted-not-used": {
    ko: "제한된 동안 이용하지 않은 정보",
    en: "restrictions under which nothing was used",
  },
  "small-cells-left-out": {
    ko: "작은 칸을 가리는지 시험",
    en: "tables asked for small cells",
  },
  "statistics-without-small-cells": {
    ko: "작은 칸이 없는 통계",
    en: "statistics without small cells",
  },
  "unlisted-items-refused": {
    ko: "정해지지 않은 항목을 거절하는지 시험",
    en: "items asked that no recipient is listed with",
  },
  "unnamed-recipient-refused": {
    ko: "적히지 않은 곳을 거절하는지 시험",
    en: "provision asked for somebody not named",
  },
};
