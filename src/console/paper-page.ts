/** The register of paper for staff: what lies where until when, and the form of the slip. */
import { addDays } from "../base/calendar.ts";
import { PAPER_METHOD_WORDS } from "../compiler/words.ts";
import type { PaperItem, PaperSlip, PaperState } from "../engine/paper/paper.ts";
import type { PaperRule } from "../engine/paper/register-paper.ts";
import { count, dayMark } from "../html/figures.ts";
import { errorSummary, field } from "../html/form-parts.ts";
import type { Field, FieldError } from "../html/form-parts.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import { type MarkStatus, statusShape } from "../html/verdict-mark.ts";
import type { PaperMethod, Policy } from "../policy/model.ts";
import { consoleNav, PAPER_PATH } from "./console-nav.ts";

interface Words {
  readonly title: string;
  readonly lead: string;
  readonly attested: string;
  readonly register: string;
  readonly none: string;
  readonly columns: Readonly<
    Record<"number" | "class" | "cabinet" | "arrived" | "may" | "state", string>
  >;
  readonly separate: string;
  readonly event: string;
  readonly states: Readonly<Record<PaperState, string>>;
  readonly slips: string;
  readonly noSlips: string;
  readonly slip: (slip: PaperSlip) => string;
  readonly form: string;
  readonly formHint: string;
  readonly nothingDue: string;
  readonly papers: string;
  readonly method: string;
  readonly on: string;
  readonly onHint: string;
  readonly first: (staff: string) => string;
  readonly second: string;
  readonly secondHint: string;
  readonly box: string;
  readonly boxHint: string;
  readonly grams: string;
  readonly button: string;
  readonly done: string;
  readonly act: Markup;
  readonly faults: Readonly<Partial<Record<PaperRule, readonly [SlipField, string]>>>;
  readonly other: string;
}

/** Fields of the form. */
export type SlipField = "numbers" | "method" | "on" | "second" | "box" | "grams";

const WORDS: Record<UiLang, Words> = {
  ko: {
    title: "종이 문서",
    lead: "개인정보가 적힌 종이가 어느 서류함에 있고 언제까지 두는지 적습니다.",
    attested: "서류함 안은 사람만 볼 수 있습니다. 여기 적힌 것은 담당자가 확인한 것입니다.",
    register: "서류함에 있는 것",
    none: "등록한 종이가 없습니다. 편지나 팩스를 받으면 jikim paper add로 등록합니다.",
    columns: {
      number: "번호",
      class: "종류",
      cabinet: "서류함",
      arrived: "받은 날",
      may: "파기할 수 있는 날",
      state: "상태",
    },
    separate: "따로 둔 서류함",
    event: "처리가 끝나면 정해짐",
    states: {
      waiting: "처리 중",
      kept: "보관 중",
      due: "파기할 때",
      overdue: "기한을 넘김",
      destroyed: "파기함",
    },
    slips: "파기표",
    noSlips: "아직 파기한 종이가 없습니다.",
    slip: (slip) =>
      `${count(slip.items)}건, ${slip.box === null ? `${count(slip.weightGrams ?? 0)}g` : `상자 ${slip.box}`}, 담당자 ${slip.by.join("·")}`,
    form: "파기표 쓰기",
    formHint: "두 사람이 함께 파기하고, 한 사람이 씁니다.",
    nothingDue: "파기할 때가 된 종이가 없습니다.",
    papers: "파기한 종이",
    method: "방법",
    on: "파기한 날",
    onHint: "2026-11-23처럼 씁니다.",
    first: (staff) => `쓰는 사람: 담당자 ${staff}`,
    second: "함께한 담당자 번호",
    secondHint: "다른 사람이어야 합니다. 이름을 적지 않습니다.",
    box: "상자 번호",
    boxHint: "상자 번호와 무게 가운데 하나는 적습니다.",
    grams: "무게 (그램)",
    button: "파기표 남기기",
    done: "파기표를 남겼습니다.",
    act: html`등록과 이동은 <code>jikim paper</code>로 합니다.`,
    faults: {
      "nothing-named": ["numbers", "파기한 종이를 하나 이상 표시해 주십시오."],
      "paper-gone": ["numbers", "이미 파기한 종이가 있습니다. 화면을 새로 고쳐 주십시오."],
      "paper-unknown": ["numbers", "등록부에 없는 번호가 있습니다. 화면을 새로 고쳐 주십시오."],
      "not-due": ["on", "보관할 날이 남은 종이가 있습니다. 날을 확인해 주십시오."],
      "day-impossible": ["on", "지난 날이나 오늘을 2026-11-23처럼 적어 주십시오."],
      "method-not-promised": ["method", "처리방침에 적힌 방법을 골라 주십시오."],
      "same-person-twice": ["second", "함께한 다른 사람의 번호를 적어 주십시오."],
      "by-malformed": ["second", "담당자 번호를 적어 주십시오. 이름이 아닙니다."],
      "box-or-weight": ["box", "상자 번호나 무게를 적어 주십시오."],
    },
    other: "적은 것을 다시 확인해 주십시오.",
  },
  en: {
    title: "Paper",
    lead: "In which cabinet paper with personal data lies, and until when.",
    attested: "Only people see into a cabinet. What stands here was attested by staff.",
    register: "In the cabinets",
    none: "No paper is registered. When a letter or a fax arrives, register it: jikim paper add.",
    columns: {
      number: "Number",
      class: "Kind",
      cabinet: "Cabinet",
      arrived: "Arrived",
      may: "May go from",
      state: "State",
    },
    separate: "separate cabinet",
    event: "known once it is dealt with",
    states: {
      waiting: "being dealt with",
      kept: "kept",
      due: "to be destroyed",
      overdue: "overdue",
      destroyed: "destroyed",
    },
    slips: "Slips",
    noSlips: "No paper has been destroyed yet.",
    slip: (slip) =>
      `${count(slip.items)} papers, ${slip.box === null ? `${count(slip.weightGrams ?? 0)} g` : `box ${slip.box}`}, staff ${slip.by.join(" and ")}`,
    form: "Write a slip",
    formHint: "Two people destroy it together; one of them writes the slip.",
    nothingDue: "No paper is to be destroyed now.",
    papers: "Papers destroyed",
    method: "How",
    on: "Day",
    onHint: "As in 2026-11-23.",
    first: (staff) => `Written by staff ${staff}`,
    second: "Number of the second person",
    secondHint: "Somebody else. A number, no name.",
    box: "Box",
    boxHint: "Either the box or the weight is needed.",
    grams: "Weight in grams",
    button: "Leave the slip",
    done: "The slip is recorded.",
    act: html`Paper is registered and moved with <code>jikim paper</code>.`,
    faults: {
      "nothing-named": ["numbers", "Please tick at least one paper."],
      "paper-gone": ["numbers", "One of them is gone already. Please reload the page."],
      "paper-unknown": ["numbers", "One is not in the register. Please reload the page."],
      "not-due": ["on", "On that day one of them was still to be kept. Please check the day."],
      "day-impossible": ["on", "Please enter today or a day before, as in 2026-11-23."],
      "method-not-promised": ["method", "Please choose what the policy promises."],
      "same-person-twice": ["second", "Please enter the number of somebody else."],
      "by-malformed": ["second", "Please enter the number of a member of staff, no name."],
      "box-or-weight": ["box", "Please enter the box or the weight."],
    },
    other: "Please check what was entered.",
  },
};

const MARKS: Readonly<Record<PaperState, MarkStatus>> = {
  waiting: "not_applicable",
  kept: "kept",
  due: "unknown",
  overdue: "broken",
  destroyed: "not_applicable",
};

export const paperTitle = (lang: UiLang): string => WORDS[lang].title;

/** What the register refused, at the field that mends it. */
export function slipErrors(rules: readonly PaperRule[], lang: UiLang): readonly FieldError[] {
  return rules.map((rule) => {
    const [name, says] = WORDS[lang].faults[rule] ?? (["numbers", WORDS[lang].other] as const);
    return { field: name, says };
  });
}

export interface PaperInput {
  readonly policy: Policy;
  readonly reader: Reader;
  readonly items: readonly PaperItem[];
  readonly slips: readonly PaperSlip[];
  /** For staff at a desk. */
  readonly desk: {
    readonly token: Markup;
    readonly staff: string;
    readonly values: Readonly<Record<string, string>>;
    readonly ticked: readonly string[];
    readonly errors: readonly FieldError[];
  } | null;
  readonly done: boolean;
}

/** The page. */
export function paperPage(input: PaperInput): Markup {
  const { reader, items, slips, done } = input;
  const words = WORDS[reader.lang];
  return html`<div class="board register">
    ${consoleNav(reader, PAPER_PATH)}
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    <p class="soft">${words.attested}</p>
    ${done ? html`<p class="notice" role="status">${words.done}</p>` : nothing}
    <section aria-labelledby="register">
      <h2 id="register">${words.register}</h2>
      ${items.length === 0 ? html`<p class="soft">${words.none}</p>` : table(input)}
    </section>
    ${input.desk === null ? nothing : slipForm(input, input.desk)}
    <section aria-labelledby="slips">
      <h2 id="slips">${words.slips}</h2>
      ${
        slips.length === 0
          ? html`<p class="soft">${words.noSlips}</p>`
          : html`<ul class="settled">
              ${slips.map((slip) => slipLine(slip, reader.lang))}
            </ul>`
      }
    </section>
    <p class="small soft">${words.act}</p>
  </div>`;
}

function table({ policy, reader, items }: PaperInput): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const { columns } = words;
  return html`<table class="stacked">
    <thead>
      <tr>
        ${Object.values(columns).map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${items.map(
        (item) =>
          html`<tr class="${item.state === "overdue" ? "late" : ""}">
            <th scope="row"><span class="figure">${item.number}</span></th>
            <td data-label="${columns.class}">
              ${policy.records[item.recordClass]?.label[lang] ?? item.recordClass}
            </td>
            <td data-label="${columns.cabinet}">
              ${item.cabinet}
              ${item.separate ? html`<span class="small soft">${words.separate}</span>` : nothing}
            </td>
            <td data-label="${columns.arrived}">${dayMark(item.arrivedOn, lang)}</td>
            <td data-label="${columns.may}">
              ${
                item.lastDay === null
                  ? html`<span class="soft">${words.event}</span>`
                  : dayMark(addDays(item.lastDay, 1), lang)
              }
            </td>
            <td data-label="${columns.state}">
              <span class="verdict verdict-${MARKS[item.state]}"
                >${statusShape(MARKS[item.state])}<span>${words.states[item.state]}</span></span
              >
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function slipForm(input: PaperInput, desk: NonNullable<PaperInput["desk"]>): Markup {
  const { policy, reader, items } = input;
  const { lang } = reader;
  const words = WORDS[lang];
  const due = items.filter(({ state }) => state === "due" || state === "overdue");
  const methods: readonly PaperMethod[] = policy.destruction.paper?.methods ?? [];
  const text = (it: Omit<Field, "value" | "error"> & { readonly name: SlipField }): Markup =>
    field({ ...it, value: desk.values[it.name], error: errorOf(desk, it.name) }, lang);
  const form = html`<form
    class="form"
    method="post"
    action="${reader.to(`${PAPER_PATH}/slip`)}"
    novalidate
    autocomplete="off"
  >
    ${desk.token}
    <p class="hint">${words.formHint}</p>
    ${tickList(input, desk, due)}
    ${text({
      name: "method",
      label: words.method,
      required: true,
      choices: methods.map((method) => [method, PAPER_METHOD_WORDS[method][lang]] as const),
    })}
    ${text({ name: "on", label: words.on, required: true, hint: words.onHint, maxLength: 10 })}
    <p>${words.first(desk.staff)}</p>
    ${text({
      name: "second",
      label: words.second,
      required: true,
      hint: words.secondHint,
      maxLength: 8,
    })}
    ${text({ name: "box", label: words.box, required: false, hint: words.boxHint, maxLength: 40 })}
    ${text({ name: "grams", label: words.grams, required: false, maxLength: 7 })}
    <button>${words.button}</button>
  </form>`;
  return html`<section aria-labelledby="slip">
    <h2 id="slip">${words.form}</h2>
    ${errorSummary(desk.errors, lang)}
    ${due.length === 0 ? html`<p class="soft">${words.nothingDue}</p>` : form}
  </section>`;
}

function tickList(
  { policy, reader }: PaperInput,
  desk: NonNullable<PaperInput["desk"]>,
  due: readonly PaperItem[],
): Markup {
  const { lang } = reader;
  const error = errorOf(desk, "numbers");
  return html`<fieldset
    id="numbers"
    ${error === undefined ? nothing : html`aria-describedby="numbers-error"`}
  >
    <legend>${WORDS[lang].papers}</legend>
    ${error === undefined ? nothing : html`<p class="field-error" id="numbers-error">${error}</p>`}
    ${due.map(
      ({ number, recordClass, cabinet }) =>
        html`<label class="tick" for="paper-${number}">
          <input
            type="checkbox"
            id="paper-${number}"
            name="paper"
            value="${number}"
            ${desk.ticked.includes(String(number)) ? html`checked` : nothing}
          />
          <span
            ><span class="figure">${number}</span>
            ${policy.records[recordClass]?.label[lang] ?? recordClass}, ${cabinet}</span
          >
        </label>`,
    )}
  </fieldset>`;
}

function errorOf(desk: NonNullable<PaperInput["desk"]>, name: SlipField): string | undefined {
  return desk.errors.find((error) => error.field === name)?.says;
}

function slipLine(slip: PaperSlip, lang: UiLang): Markup {
  const method = (["shred", "incinerate"] as const).find((each) => each === slip.method);
  const how = method === undefined ? slip.method : PAPER_METHOD_WORDS[method][lang];
  return html`<li>
    <span class="figure">${slip.number}</span> · ${dayMark(slip.destroyedOn, lang)} · ${how} ·
    ${WORDS[lang].slip(slip)}
  </li>`;
}
