/** One processor for staff: what it lacks, what is recorded of it, and what staff can do. */
import type { RegisterEntry } from "../engine/processor/register.ts";
import {
  SUPERVISION_KINDS,
  type Supervision,
  type SupervisionKind,
  type SupervisionState,
} from "../engine/processor/supervision.ts";
import { choice, errorSummary, field, type FieldError } from "../html/form-parts.ts";
import { count, dayMark } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import { statusShape } from "../html/verdict-mark.ts";
import { consoleNav, PROCESSORS_PATH } from "./console-nav.ts";
import { formOf, processorForm } from "./processor-form.ts";
import { MISSING_WORDS, STATE_WORDS, SUPERVISION_WORDS } from "./processor-words.ts";

/** What was just done, for the line at the top. */
export const DONE = ["recorded", "active", "ended", "told", "supervised"] as const;
export type Done = (typeof DONE)[number];

interface Words {
  readonly back: string;
  readonly done: Readonly<Record<Done, string>>;
  readonly missing: string;
  readonly complete: string;
  readonly activate: string;
  readonly activateHint: string;
  readonly stillMissing: string;
  readonly end: string;
  readonly endPreview: (people: number) => Markup;
  readonly endConfirm: string;
  readonly endRefusal: string;
  readonly endNeeded: string;
  readonly tell: string;
  readonly tellHint: string;
  readonly facts: string;
  readonly supervision: string;
  readonly supervisionHint: string;
  readonly never: string;
  readonly next: (day: Markup) => Markup;
  readonly overdue: string;
  readonly held: string;
  readonly kind: string;
  readonly heldOn: string;
  readonly document: string;
  readonly wrong: string;
  readonly by: (id: string) => string;
  readonly add: string;
  readonly officerOnly: string;
}

const WORDS: Record<UiLang, Words> = {
  ko: {
    back: "수탁자 목록",
    done: {
      recorded: "기록했습니다.",
      active: "이제 맡길 수 있습니다.",
      ended: "계약을 끝냈습니다. 삭제 지시를 보내고 있습니다.",
      told: "동의한 분들께 보낼 알림을 모두 준비했습니다.",
      supervised: "점검·교육 기록을 더했습니다.",
    },
    missing: "맡기려면 더 필요한 것",
    complete: "필요한 것이 모두 갖춰졌습니다.",
    activate: "맡기기 시작",
    activateHint: "시작하면 처리방침에 적힌 항목만 이 수탁자에게 보낼 수 있습니다.",
    stillMissing: "아직 빠진 것이 있어 시작하지 않았습니다. 아래 목록을 먼저 채워 주십시오.",
    end: "계약 끝내기",
    endPreview: (people) =>
      html`끝내면 아무것도 더 보내지 않고, 이 수탁자가 가진
        <b class="figure">${count(people)}</b>명의 정보를 삭제하라고 지시합니다. 되돌릴 수 없습니다.`,
    endConfirm: "계약을 끝내고 삭제를 지시합니다",
    endRefusal: "체크하지 않으면 아무것도 바뀌지 않습니다.",
    endNeeded: "끝내려면 확인란에 체크해 주십시오.",
    tell: "동의한 분들께 알리기",
    tellHint:
      "홍보·판매를 맡기려면 한 사람씩 알려야 합니다. 처리방침의 판마다 한 번만 보냅니다 (법 제26조 제3항).",
    facts: "계약과 연락 방법",
    supervision: "점검과 교육",
    supervisionHint: "수탁자를 해마다 점검하고 교육합니다 (법 제26조 제4항).",
    never: "아직 한 적이 없습니다.",
    next: (day) => html`다음은 ${day}까지`,
    overdue: "때가 지남",
    held: "한 일",
    kind: "종류",
    heldOn: "한 날",
    document: "결과 문서",
    wrong: "오늘까지의 날과 문서 이름(200자까지)을 써 주십시오.",
    by: (id) => `담당자 ${id}`,
    add: "더하기",
    officerOnly: "계약을 기록하고 시작하거나 끝내는 일은 개인정보 보호책임자가 합니다.",
  },
  en: {
    back: "All processors",
    done: {
      recorded: "Recorded.",
      active: "It may be given data now.",
      ended: "The contract has ended. Orders to erase are on their way.",
      told: "Notices to everyone who agreed are ready to be sent.",
      supervised: "The inspection or training was added.",
    },
    missing: "Needed before it may be given data",
    complete: "Everything that is needed is there.",
    activate: "Go live",
    activateHint: "From then on it may be given the items the policy lists, and no others.",
    stillMissing:
      "Something is still missing, so it did not go live. Please complete the list below.",
    end: "End the contract",
    endPreview: (people) =>
      html`Nothing more is given to it, and it is told to erase the data of
        <b class="figure">${people === 1 ? "1 person" : `${count(people)} people`}</b>. This cannot
        be taken back.`,
    endConfirm: "End the contract and order the erasure",
    endRefusal: "Without the tick nothing changes.",
    endNeeded: "To end it, please tick the box.",
    tell: "Tell everyone who agreed",
    tellHint:
      "Marketing work is told to each person before it begins, once a version of the policy (Act, Art. 26(3)).",
    facts: "Contract and ways to reach it",
    supervision: "Inspections and trainings",
    supervisionHint: "Processors are inspected and trained every year (Act, Art. 26(4)).",
    never: "None has been held yet.",
    next: (day) => html`the next by ${day}`,
    overdue: "overdue",
    held: "Held",
    kind: "Kind",
    heldOn: "Held on",
    document: "Document of the result",
    wrong: "Write a day until today and the name of a document (up to 200 characters).",
    by: (id) => `staff ${id}`,
    add: "Add",
    officerOnly: "Contracts are recorded, begun and ended by the privacy officer.",
  },
};

export interface ProcessorPageInput {
  readonly reader: Reader;
  readonly token: Markup;
  readonly name: string;
  readonly entry: RegisterEntry;
  /** May whoever looks record, begin and end? */
  readonly officer: boolean;
  readonly people: number;
  readonly marketing: boolean;
  readonly supervision: Readonly<Record<SupervisionKind, SupervisionState>>;
  readonly history: readonly Supervision[];
  readonly done: Done | null;
  /** What was typed and was wrong. */
  readonly failed?: {
    readonly part: "facts" | "activate" | "end" | "supervise";
    readonly form: Readonly<Record<string, unknown>>;
    readonly errors: readonly FieldError[];
  };
}

/** Where one processor stands. */
export const processorPath = (id: string): string => `${PROCESSORS_PATH}/${id}`;

/** Words for the errors of the page's own small forms. */
export function processorErrors(
  part: "activate" | "end" | "supervise",
  lang: UiLang,
): FieldError[] {
  const words = WORDS[lang];
  switch (part) {
    case "activate":
      return [{ field: "missing", says: words.stillMissing }];
    case "end":
      return [{ field: "confirm", says: words.endNeeded }];
    case "supervise":
      return [{ field: "held_on", says: words.wrong }];
    default:
      throw new Error(`unknown part: ${String(part satisfies never)}`);
  }
}

/** The page. */
export function processorPage(input: ProcessorPageInput): Markup {
  const { reader, entry, officer, failed } = input;
  const words = WORDS[reader.lang];
  const ready = entry.state === "active" && entry.missing.length === 0;
  const mark = ready ? "kept" : entry.state === "active" ? "broken" : "not_applicable";
  return html`<div class="board register">
    ${consoleNav(reader, PROCESSORS_PATH)}
    <p class="small"><a href="${reader.to(PROCESSORS_PATH)}">${words.back}</a></p>
    <h1>${input.name}</h1>
    <p>
      <span class="verdict verdict-${mark}"
        >${statusShape(mark)}<span>${STATE_WORDS[entry.state][reader.lang]}</span></span
      >
    </p>
    ${input.done === null ? nothing : html`<p role="status" class="lead">${words.done[input.done]}</p>`}
    ${failed === undefined || failed.part === "facts" ? nothing : errorSummary(failed.errors, reader.lang)}
    ${missingSection(input)}
    ${officer ? officerSections(input) : html`<p class="soft">${words.officerOnly}</p>`}
    ${supervisionSection(input)}
    ${officer && entry.state === "active" ? endSection(input) : nothing}
  </div>`;
}

function missingSection({ entry, reader, officer, token }: ProcessorPageInput): Markup {
  const words = WORDS[reader.lang];
  const begin = html`<form class="form" method="post" action="${at(entry, "activate", reader)}">
    ${token}
    <p class="hint">${words.activateHint}</p>
    <button>${words.activate}</button>
  </form>`;
  return html`<section aria-labelledby="missing">
    <h2 id="missing">${words.missing}</h2>
    ${
      entry.missing.length === 0
        ? html`<p>${words.complete}</p>`
        : html`<ul>
            ${entry.missing.map((each) => html`<li>${MISSING_WORDS[each][reader.lang]}</li>`)}
          </ul>`
    }
    ${officer && entry.state !== "active" && entry.missing.length === 0 ? begin : nothing}
  </section>`;
}

function supervisionSection(input: ProcessorPageInput): Markup {
  const { reader, entry, token, history } = input;
  const { lang } = reader;
  const words = WORDS[lang];
  const typed = input.failed?.part === "supervise" ? input.failed.form : {};
  const value = (name: string): string | undefined =>
    typeof typed[name] === "string" ? typed[name] : undefined;
  return html`<section aria-labelledby="supervision">
    <h2 id="supervision">${words.supervision}</h2>
    <p class="soft">${words.supervisionHint}</p>
    ${
      entry.state === "active"
        ? html`<ul>
            ${SUPERVISION_KINDS.map((kind) => supervisionLine(input, kind))}
          </ul>`
        : nothing
    }
    ${
      history.length === 0
        ? html`<p class="soft">${words.never}</p>`
        : html`<ul class="settled">
            ${history.map(
              ({ kind, heldOn, document, staff }) =>
                html`<li>
                  ${dayMark(heldOn, lang)} · ${SUPERVISION_WORDS[kind][lang]} · ${document} ·
                  ${words.by(staff)}
                </li>`,
            )}
          </ul>`
    }
    <form class="form" method="post" action="${at(entry, "supervise", reader)}" novalidate>
      ${token}
      ${field(
        {
          name: "kind",
          label: words.kind,
          required: true,
          value: value("kind"),
          choices: SUPERVISION_KINDS.map((kind) => [kind, SUPERVISION_WORDS[kind][lang]]),
        },
        lang,
      )}
      ${field(
        {
          name: "held_on",
          label: words.heldOn,
          required: true,
          value: value("held_on"),
          maxLength: 10,
          hint: "YYYY-MM-DD",
        },
        lang,
      )}
      ${field(
        {
          name: "held_document",
          label: words.document,
          required: true,
          value: value("held_document"),
          maxLength: 200,
        },
        lang,
      )}
      <button class="button-quiet">${words.add}</button>
    </form>
  </section>`;
}

function supervisionLine(
  { reader, supervision }: ProcessorPageInput,
  kind: SupervisionKind,
): Markup {
  const words = WORDS[reader.lang];
  const { dueOn, overdue } = supervision[kind];
  return html`<li>
    ${SUPERVISION_WORDS[kind][reader.lang]}
    ${dueOn === null ? nothing : html`<span class="soft">${words.next(dayMark(dueOn, reader.lang))}</span>`}
    ${
      overdue
        ? html`<span class="verdict verdict-broken"
            >${statusShape("broken")}<span>${words.overdue}</span></span
          >`
        : nothing
    }
  </li>`;
}

function officerSections(input: ProcessorPageInput): Markup {
  const { reader, entry, token, failed } = input;
  const words = WORDS[reader.lang];
  const wrong = failed?.part === "facts" ? failed : null;
  return html`<section aria-labelledby="facts">
      <h2 id="facts">${words.facts}</h2>
      ${processorForm(wrong?.form ?? formOf(entry.facts), wrong?.errors ?? [], {
        lang: reader.lang,
        action: at(entry, "facts", reader),
        token,
      })}
    </section>
    ${
      input.marketing
        ? html`<section aria-labelledby="tell">
            <h2 id="tell">${words.tell}</h2>
            <form class="form" method="post" action="${at(entry, "tell", reader)}">
              ${token}
              <p class="hint">${words.tellHint}</p>
              <button class="button-quiet">${words.tell}</button>
            </form>
          </section>`
        : nothing
    }`;
}

function endSection({ reader, entry, token, people, failed }: ProcessorPageInput): Markup {
  const words = WORDS[reader.lang];
  const error = failed?.part === "end" ? failed.errors[0]?.says : undefined;
  return html`<section aria-labelledby="end">
    <h2 id="end">${words.end}</h2>
    <p>${words.endPreview(people)}</p>
    <form class="form" method="post" action="${at(entry, "end", reader)}" novalidate>
      ${token}
      ${choice(
        {
          name: "confirm",
          label: words.endConfirm,
          required: true,
          refusal: words.endRefusal,
          error,
        },
        reader.lang,
      )}
      <button class="button-quiet">${words.end}</button>
    </form>
  </section>`;
}

function at({ processor }: RegisterEntry, what: string, reader: Reader): string {
  return reader.to(`${processorPath(processor.id)}/${what}`);
}
