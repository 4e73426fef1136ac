/** What staff record of a processor, as a form: read, checked field by field, and shown again. */
import { isDay } from "../base/calendar.ts";
import {
  CONTRACT_CONTENTS,
  type ContractContent,
  isCarrierUrl,
  type ProcessorFacts,
  readFacts,
  type SubProcessor,
} from "../engine/processor/facts.ts";
import { isPublicKey } from "../engine/processor/sign.ts";
import { errorSummary, field, type Field, type FieldError } from "../html/form-parts.ts";
import { html } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { UiLang } from "../html/reader.ts";

type Form = Readonly<Record<string, string>>;

interface Words {
  readonly contract: string;
  readonly document: string;
  readonly signedOn: string;
  readonly day: string;
  readonly contents: string;
  readonly content: Readonly<Record<ContractContent, string>>;
  readonly orders: string;
  readonly carrier: string;
  readonly carriers: Readonly<Record<"" | "https" | "email" | "manual", string>>;
  readonly url: string;
  readonly key: string;
  readonly keyHint: string;
  readonly address: string;
  readonly people: string;
  readonly identity: string;
  readonly identityHint: string;
  readonly told: string;
  readonly toldHint: string;
  readonly posted: string;
  readonly postedHint: string;
  readonly sub: (number: number) => string;
  readonly subName: string;
  readonly subWork: string;
  readonly subCountry: string;
  readonly subDocument: string;
  readonly subOn: string;
  readonly save: string;
  readonly errors: Readonly<Record<FormFault, string>>;
}

type FormFault = "day" | "needed" | "url" | "key" | "address" | "pair" | "whole";

const WORDS: Record<UiLang, Words> = {
  ko: {
    contract: "위탁 계약",
    document: "계약 문서",
    signedOn: "체결한 날",
    day: "2026-11-23처럼 씁니다.",
    contents: "계약에 담긴 내용 (시행령 제28조 제1항)",
    content: {
      no_other_use: "위탁 목적 밖의 처리 금지",
      safeguards: "기술적·관리적 보호조치",
      purpose_and_scope: "위탁 업무의 목적과 범위",
      sub_processing_limit: "재위탁 제한",
      access_limits: "접근 제한 등 안전성 확보조치",
      supervision: "관리 현황 점검 등 감독",
      liability: "의무를 어긴 때의 손해배상",
    },
    orders: "지시를 보내는 방법",
    carrier: "방법",
    carriers: {
      "": "정하지 않음",
      https: "HTTPS 웹훅",
      email: "전자우편",
      manual: "담당자가 직접",
    },
    url: "웹훅 주소 (HTTPS)",
    key: "답에 서명하는 공개 열쇠 (HTTPS, 전자우편)",
    keyHint: "Ed25519, base64url 43자. 전자우편은 없어도 됩니다.",
    address: "전자우편 주소",
    people: "확인과 고지",
    identity: "등록된 상호",
    identityHint: "누구인지 확인해야 하는 수탁자에만 필요합니다.",
    told: "이용자에게 개별로 알린 날",
    toldHint: "홍보·판매를 맡길 때 필요합니다 (법 제26조 제3항).",
    posted: "누리집에 대신 게시한 첫날",
    postedHint: "알릴 수 없었던 때만 씁니다. 30일이 지나야 합니다 (시행령 제28조 제5항).",
    sub: (number) => `재수탁자 ${number}`,
    subName: "상호",
    subWork: "맡은 업무",
    subCountry: "나라",
    subDocument: "동의 문서",
    subOn: "동의한 날",
    save: "기록하기",
    errors: {
      day: "2026-11-23처럼 날을 써 주십시오.",
      needed: "이 칸을 채워 주십시오.",
      url: "이름과 비밀번호가 없는 HTTPS 주소를 써 주십시오.",
      key: "43자로 된 Ed25519 공개 열쇠를 써 주십시오.",
      address: "전자우편 주소 하나를 써 주십시오.",
      pair: "동의 문서와 동의한 날을 함께 써 주십시오.",
      whole: "상호, 맡은 업무, 나라를 모두 써 주십시오.",
    },
  },
  en: {
    contract: "The contract",
    document: "Document",
    signedOn: "Signed on",
    day: "As in 2026-11-23.",
    contents: "What the contract contains (decree, Art. 28(1))",
    content: {
      no_other_use: "no processing beyond the work given",
      safeguards: "technical and managerial safeguards",
      purpose_and_scope: "purpose and scope of the work",
      sub_processing_limit: "limits on sub-processing",
      access_limits: "limits on access and the like",
      supervision: "inspection and supervision",
      liability: "damages for breach",
    },
    orders: "How orders are sent",
    carrier: "Way",
    carriers: { "": "not set", https: "HTTPS webhook", email: "e-mail", manual: "by hand" },
    url: "Webhook address (HTTPS)",
    key: "Public key of its answers (HTTPS, e-mail)",
    keyHint: "Ed25519, 43 characters of base64url. E-mail may do without.",
    address: "E-mail address",
    people: "Checks and notices",
    identity: "Registered name",
    identityHint: "Only for a processor whose identity has to be checked.",
    told: "People told one by one on",
    toldHint: "Needed where marketing work is given (Act, Art. 26(3)).",
    posted: "Posted on the site instead from",
    postedHint: "Only where people could not be told; 30 days must pass (decree, Art. 28(5)).",
    sub: (number) => `Sub-processor ${number}`,
    subName: "Name",
    subWork: "Its work",
    subCountry: "Country",
    subDocument: "Document of our consent",
    subOn: "Consent given on",
    save: "Record",
    errors: {
      day: "Write a day as in 2026-11-23.",
      needed: "Please fill this in.",
      url: "Write an HTTPS address without a name or password.",
      key: "Write an Ed25519 public key of 43 characters.",
      address: "Write one e-mail address.",
      pair: "Write the document of the consent and its day together.",
      whole: "Write name, work and country, all three.",
    },
  },
};

const MOST_TEXT = 200;
const SUB_FIELDS = ["name", "work", "country", "document", "on"] as const;

/** The facts in a form, or what is wrong with which field. */
export function factsFromForm(
  given: Readonly<Record<string, unknown>>,
  lang: UiLang,
): { readonly facts: ProcessorFacts } | { readonly errors: readonly FieldError[] } {
  const form = textsOf(given);
  const errors: FieldError[] = [];
  const wrong = (name: string, fault: FormFault): void =>
    void errors.push({ field: name, says: WORDS[lang].errors[fault] });
  for (const name of ["signed_on", "people_told_on", "people_posted_on"]) {
    if (form[name] !== undefined && !isDay(form[name])) wrong(name, "day");
  }
  const contents = CONTRACT_CONTENTS.filter((each) => form[`content.${each}`] !== undefined);
  const hasContract = [form["document"], form["signed_on"], ...contents].some(Boolean);
  if (hasContract && form["document"] === undefined) wrong("document", "needed");
  if (hasContract && form["signed_on"] === undefined) wrong("signed_on", "needed");
  const contract = hasContract
    ? { document: form["document"], signed_on: form["signed_on"], contents }
    : null;
  const carrier = carrierFrom(form, wrong);
  const sub_processors = subsFrom(form, wrong);
  if (errors.length > 0) return { errors };
  const { identity, people_told_on, people_posted_on } = form;
  const document = { contract, carrier, identity, people_told_on, people_posted_on };
  return { facts: readFacts(JSON.stringify({ ...document, sub_processors })) };
}

type Wrong = (name: string, fault: FormFault) => void;

function carrierFrom(form: Form, wrong: Wrong): object | null {
  const { carrier: kind, url, key, address } = form;
  if (key !== undefined && !isPublicKey(key)) wrong("key", "key");
  if (kind === "https") {
    if (url === undefined || !isCarrierUrl(url)) wrong("url", "url");
    if (key === undefined) wrong("key", "key");
    return { kind, url, key };
  }
  if (kind === "email") {
    if (!/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(address ?? "")) wrong("address", "address");
    return { kind, address, ...(key === undefined ? {} : { key }) };
  }
  return kind === "manual" ? { kind } : null;
}

function subsFrom(form: Form, wrong: Wrong): object[] {
  const numbers = [
    ...new Set(Object.keys(form).map((name) => /^sub\.(\d{1,2})\./.exec(name)?.[1])),
  ];
  return numbers.flatMap((number) => {
    if (number === undefined) return [];
    const at = (name: string): string | undefined => form[`sub.${number}.${name}`];
    const [name, work, country, document, on] = SUB_FIELDS.map(at);
    if ([name, work, country].includes(undefined)) wrong(`sub.${number}.name`, "whole");
    if ((document === undefined) !== (on === undefined)) wrong(`sub.${number}.document`, "pair");
    if (on !== undefined && !isDay(on)) wrong(`sub.${number}.on`, "day");
    const consent = document === undefined || on === undefined ? null : { document, on };
    return [{ name, work, country, consent }];
  });
}

/** Texts that say something, without what stands around them; none is longer than may be. */
function textsOf(given: Readonly<Record<string, unknown>>): Form {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const text = typeof value === "string" ? value.trim().slice(0, 500) : "";
      return text === "" ? [] : [[name, text]];
    }),
  );
}

/** The fields as they stand recorded. */
export function formOf(facts: ProcessorFacts): Form {
  const { contract, carrier, identity, peopleToldOn, peoplePostedOn } = facts;
  const fields: readonly (readonly [string, string | null | undefined])[] = [
    ["document", contract?.document],
    ["signed_on", contract?.signedOn],
    ...(contract?.contents ?? []).map((each) => [`content.${each}`, "yes"] as const),
    ["carrier", carrier?.kind],
    ["url", carrier?.kind === "https" ? carrier.url : null],
    ["key", carrier?.kind === "manual" ? null : carrier?.key],
    ["address", carrier?.kind === "email" ? carrier.address : null],
    ["identity", identity],
    ["people_told_on", peopleToldOn],
    ["people_posted_on", peoplePostedOn],
    ...facts.subProcessors.flatMap(subFields),
  ];
  return Object.fromEntries(fields.flatMap(([name, text]) => (text ? [[name, text]] : [])));
}

function subFields(sub: SubProcessor, index: number): (readonly [string, string | undefined])[] {
  const { name, work, country, consent } = sub;
  const values = [name, work, country, consent?.document, consent?.on];
  return SUB_FIELDS.map((field_, at) => [`sub.${index}.${field_}`, values[at]] as const);
}

/** The form, with what was typed and what is wrong. */
export function processorForm(
  given: Readonly<Record<string, unknown>>,
  errors: readonly FieldError[],
  {
    lang,
    action,
    token,
  }: { readonly lang: UiLang; readonly action: string; readonly token: Markup },
): Markup {
  const words = WORDS[lang];
  const form = textsOf(given);
  const text = (name: string, label: string, more: Partial<Field> = {}): Markup =>
    field(
      {
        name,
        label,
        required: false,
        value: form[name],
        error: errors.find((each) => each.field === name)?.says,
        maxLength: MOST_TEXT,
        ...more,
      },
      lang,
    );
  const subs = Object.keys(form).flatMap((name) => /^sub\.(\d{1,2})\./.exec(name)?.[1] ?? []);
  const next = subs.length === 0 ? 0 : 1 + Math.max(...subs.map(Number));
  return html`${errorSummary(errors, lang)}
    <form class="form" method="post" action="${action}" novalidate>
      ${token}
      <fieldset>
        <legend>${words.contract}</legend>
        ${text("document", words.document)}
        ${text("signed_on", words.signedOn, { hint: words.day, maxLength: 10 })}
        <p class="hint">${words.contents}</p>
        ${CONTRACT_CONTENTS.map((each) => tick(`content.${each}`, words.content[each], form))}
      </fieldset>
      <fieldset>
        <legend>${words.orders}</legend>
        ${text("carrier", words.carrier, { choices: Object.entries(words.carriers) })}
        ${text("url", words.url, { maxLength: 500 })}
        ${text("address", words.address, { type: "email" })}
        ${text("key", words.key, { hint: words.keyHint, maxLength: 43 })}
      </fieldset>
      <fieldset>
        <legend>${words.people}</legend>
        ${text("identity", words.identity, { hint: words.identityHint })}
        ${text("people_told_on", words.told, { hint: words.toldHint, maxLength: 10 })}
        ${text("people_posted_on", words.posted, { hint: words.postedHint, maxLength: 10 })}
      </fieldset>
      ${Array.from(
        { length: next + 1 },
        (_, at) =>
          html`<fieldset>
            <legend>${words.sub(at + 1)}</legend>
            ${text(`sub.${at}.name`, words.subName)} ${text(`sub.${at}.work`, words.subWork)}
            ${text(`sub.${at}.country`, words.subCountry)}
            ${text(`sub.${at}.document`, words.subDocument)}
            ${text(`sub.${at}.on`, words.subOn, { hint: words.day, maxLength: 10 })}
          </fieldset>`,
      )}
      <button>${words.save}</button>
    </form>`;
}

function tick(name: string, label: string, form: Form): Markup {
  return html`<label class="tick" for="${name}">
    <input
      type="checkbox"
      id="${name}"
      name="${name}"
      value="yes"
      ${form[name] === undefined ? "" : html`checked`}
    />
    <span>${label}</span>
  </label>`;
}
