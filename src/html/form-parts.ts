/**
 * Form parts, written once: field, choice, error summary. A label is always visible, 필수/선택 is a
 * word and not a star, an error says what to do and is linked from the summary at the top.
 */
import { html, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { UiLang } from "./reader.ts";

const WORDS: Record<UiLang, { required: string; optional: string; summary: string; text: string }> =
  {
    ko: {
      required: "필수",
      optional: "선택",
      summary: "다시 살펴볼 곳이 있습니다",
      text: "전문 보기",
    },
    en: {
      required: "required",
      optional: "optional",
      summary: "Something needs another look",
      text: "Read the full text",
    },
  };

/** What went wrong in one field, in words that say what to do. */
export interface FieldError {
  readonly field: string;
  readonly says: string;
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  readonly type?: "text" | "email" | "tel" | "password";
  readonly hint?: string;
  readonly error?: string | undefined;
  /** Never for passwords: those are typed again. */
  readonly value?: string | undefined;
  readonly autocomplete?: string;
  readonly maxLength?: number;
  /** A paragraph and not a line. */
  readonly long?: boolean;
  /** A closed list to pick from, value → label. */
  readonly choices?: readonly (readonly [string, string])[];
}

/** `필수` or `선택` as a word. */
export function needWord(required: boolean, lang: UiLang): Markup {
  const word = required ? WORDS[lang].required : WORDS[lang].optional;
  return html`<span class="need ${required ? "need-required" : ""}">${word}</span>`;
}

/** A labelled input with hint and error. */
export function field(it: Field, lang: UiLang): Markup {
  const described = [
    it.error === undefined ? "" : `${it.name}-error`,
    it.hint === undefined ? "" : `${it.name}-hint`,
  ].filter((id) => id !== "");
  const hint = it.hint && html`<p class="hint" id="${it.name}-hint">${it.hint}</p>`;
  const error =
    it.error && html`<p class="field-error" id="${it.name}-error">${errorShape()}${it.error}</p>`;
  return html`<div class="field ${it.error ? "field-wrong" : ""}">
    <label for="${it.name}">${it.label} ${needWord(it.required, lang)}</label>
    ${hint}${error} ${control(it, described)}
  </div>`;
}

function control(it: Field, described: readonly string[]): Markup {
  if (it.choices !== undefined) return select(it, described, it.choices);
  return it.long === true ? area(it, described) : input(it, described);
}

function area(it: Field, described: readonly string[]): Markup {
  return html`<textarea
    id="${it.name}"
    name="${it.name}"
    rows="6"
    ${attribute("maxlength", it.maxLength === undefined ? undefined : String(it.maxLength))}
    ${stateAttributes(it, described)}
  >
${it.value ?? ""}</textarea>`;
}

// `required` is said in words and by aria-required, not by the HTML attribute: the browser's own
// bubble would stop the form one field at a time and in the browser's language.
function input(it: Field, described: readonly string[]): Markup {
  return html`<input
    id="${it.name}"
    name="${it.name}"
    type="${it.type ?? "text"}"
    ${attribute("value", it.type === "password" ? undefined : it.value)}
    ${attribute("autocomplete", it.autocomplete)}
    ${attribute("maxlength", it.maxLength === undefined ? undefined : String(it.maxLength))}
    ${stateAttributes(it, described)}
  />`;
}

function select(
  it: Field,
  described: readonly string[],
  choices: readonly (readonly [string, string])[],
): Markup {
  return html`<select
    id="${it.name}"
    name="${it.name}"
    ${attribute("autocomplete", it.autocomplete)}
    ${stateAttributes(it, described)}
  >
    ${choices.map(
      ([value, label]) =>
        html`<option value="${value}" ${value === it.value ? html`selected` : nothing}>
          ${label}
        </option>`,
    )}
  </select>`;
}

function attribute(name: string, value: string | undefined): Markup {
  return value === undefined ? nothing : html` ${name}="${value}"`;
}

function stateAttributes(it: Field, described: readonly string[]): Markup {
  return html`${it.required ? html` aria-required="true"` : nothing}${
    it.error === undefined ? nothing : html` aria-invalid="true"`
  }${described.length === 0 ? nothing : attribute("aria-describedby", described.join(" "))}`;
}

export interface Choice {
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  readonly checked?: boolean;
  readonly error?: string | undefined;
  /** Important items are set larger and bold (the law asks it: 시행령 17③, 고시 별표). */
  readonly important?: readonly string[];
  /** What refusing means, in one sentence. */
  readonly refusal?: string;
  /** The very text, a fold away. */
  readonly text?: Markup;
}

/** One act of its own: a box nobody ticked before, with the text a fold away. */
export function choice(it: Choice, lang: UiLang): Markup {
  const important = it.important?.map((line) => html`<li>${line}</li>`);
  const about = [
    ...(it.error === undefined ? [] : [`${it.name}-error`]),
    ...(it.refusal === undefined ? [] : [`${it.name}-refusal`]),
  ];
  return html`<div class="choice ${it.error ? "field-wrong" : ""}">
    ${it.error && html`<p class="field-error" id="${it.name}-error">${errorShape()}${it.error}</p>`}
    <label class="tick" for="${it.name}">
      <input
        type="checkbox"
        id="${it.name}"
        name="${it.name}"
        value="yes"
        ${it.checked ? html`checked` : nothing}
        ${it.required ? html`aria-required="true"` : nothing}
        ${it.error ? html`aria-invalid="true"` : nothing}
        ${about.length === 0 ? nothing : attribute("aria-describedby", about.join(" "))}
      />
      <span>${it.label} ${needWord(it.required, lang)}</span>
    </label>
    ${
      important &&
      html`<ul class="important">
        ${important}
      </ul>`
    }
    ${it.refusal && html`<p class="hint" id="${it.name}-refusal">${it.refusal}</p>`}
    ${
      it.text &&
      html`<details>
        <summary>${WORDS[lang].text}</summary>
        ${it.text}
      </details>`
    }
  </div>`;
}

/** All errors at the top, each a link to its field. Focus moves here by `autofocus`, no script. */
export function errorSummary(errors: readonly FieldError[], lang: UiLang): Markup {
  if (errors.length === 0) return nothing;
  return html`<div class="error-summary" role="alert" tabindex="-1" autofocus>
    <h2>${WORDS[lang].summary}</h2>
    <ul>
      ${errors.map(({ field: name, says }) => html`<li><a href="#${name}">${says}</a></li>`)}
    </ul>
  </div>`;
}

function errorShape(): Markup {
  return html`<svg class="shape" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <circle cx="8" cy="8" r="7" class="fill" />
    <path d="M8 3.8v5m0 2.2v1.2" class="cut" />
  </svg>`;
}
