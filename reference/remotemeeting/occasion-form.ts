/**
 * A form made from the gate of an occasion: which fields there are, which of them are required,
 * what must be declared and agreed to. No field is named here that the policy must name.
 */
import type { Compiled, ConsentText, FieldError, Markup, Reader, UiLang } from "jikim";
import {
  choice,
  consentEvidence,
  consentFold,
  consentText,
  field,
  html,
  nothing,
  say,
  sayHead,
} from "jikim";
import { countries } from "./countries.ts";

type Gate = NonNullable<ReturnType<Compiled["plan"]["gates"]["get"]>>;

/** Names of the boxes; the policy's ids cannot contain a dot, so no item can take their place. */
export const declarationField = (id: string): string => `declare.${id}`;
export const consentField = (id: string): string => `consent.${id}`;

interface FormWords {
  readonly required: string;
  readonly optional: string;
  readonly optionalHint: string;
  readonly age: string;
  readonly consents: string;
  readonly consentsHint: string;
  readonly agree: (what: string) => string;
  readonly pick: string;
}

const WORDS: Record<UiLang, FormWords> = {
  ko: {
    required: "꼭 필요한 것",
    optional: "더 알려 주실 것",
    optionalHint: "비워 두어도 아무 차이가 없습니다.",
    age: "나이 확인",
    consents: "동의",
    consentsHint: "하나씩 따로 고릅니다. 미리 골라 둔 것은 없습니다.",
    agree: (what) => `${what}에 동의합니다`,
    pick: "나라를 골라 주십시오",
  },
  en: {
    required: "What is needed",
    optional: "If you like",
    optionalHint: "Leaving these empty makes no difference.",
    age: "Age",
    consents: "Consent",
    consentsHint: "Each is a choice of its own. Nothing is ticked beforehand.",
    agree: (what) => `I agree: ${what}`,
    pick: "Pick a country",
  },
};

// WCAG 1.3.5: the purpose of a field is told to the browser. Items without a token have none.
const AUTOCOMPLETE: Readonly<Record<string, string>> = {
  user_id: "username",
  password: "new-password",
  name: "name",
  email: "email",
  country: "country",
  phone: "tel",
  company_name: "organization",
  postcode: "postal-code",
  address: "street-address",
};

export interface OccasionForm {
  readonly compiled: Compiled;
  readonly reader: Reader;
  readonly occasion: string;
  /** What was typed before; passwords are never among it. */
  readonly values: Readonly<Record<string, string>>;
  readonly ticked: ReadonlySet<string>;
  readonly errors: readonly FieldError[];
  /** Items to ask for, where the page needs fewer than the gate lets pass. */
  readonly only?: readonly string[];
  readonly hints?: Readonly<Record<string, string>>;
  /** Heading of the required items. */
  readonly legend?: string;
  /** Items that take a paragraph. */
  readonly long?: readonly string[];
}

/** The gate of an occasion; a policy without it cannot run this page. */
export function gateOf({ plan }: Compiled, occasion: string): Gate {
  const gate = plan.gates.get(occasion);
  if (gate === undefined) throw new Error(`the policy has no occasion ${occasion}`);
  return gate;
}

/** All the fieldsets: required items, optional ones, declarations, consents. */
export function occasionFields(form: OccasionForm): Markup {
  const gate = gateOf(form.compiled, form.occasion);
  const words = WORDS[form.reader.lang];
  const asked = (id: string): boolean => form.only?.includes(id) ?? true;
  const offers = gate.occasion.offers.filter(asked);
  const required = [...gate.required].filter(asked);
  return html`${
    required.length === 0
      ? nothing
      : html`<fieldset>
          <legend>${form.legend ?? words.required}</legend>
          ${required.map((item) => itemField(form, item, true))}
        </fieldset>`
  }
  ${
    offers.length === 0
      ? nothing
      : html`<fieldset>
          <legend>${words.optional}</legend>
          <p class="hint">${words.optionalHint}</p>
          ${offers.map((item) => itemField(form, item, false))}
        </fieldset>`
  }
  ${declarations(form)} ${consents(form)}`;
}

/** The consents an occasion asks for, with their texts, in the order shown. */
function consentTexts(
  compiled: Compiled,
  occasion: string,
  lang: UiLang,
): readonly { readonly id: string; readonly required: boolean; readonly text: ConsentText }[] {
  const gate = gateOf(compiled, occasion);
  const asked = [
    ...gate.requiredConsents.map((id) => ({ id, required: true })),
    ...gate.offeredConsents.map((id) => ({ id, required: false })),
  ];
  return asked.map(({ id, required }) => ({
    id,
    required,
    text: consentText(compiled, { consent: id, occasion, required }, lang),
  }));
}

/** Everything that was shown beside the fields, in order: what the consents are evidence of. */
export function shownTexts(compiled: Compiled, occasion: string, lang: UiLang): readonly string[] {
  const declared = gateOf(compiled, occasion).declares.map((id) =>
    say(compiled.policy.declarations[id]?.label ?? {}, lang),
  );
  const consented = consentTexts(compiled, occasion, lang).map(({ id, text }) =>
    consentEvidence(compiled, id, text, lang),
  );
  return [...declared, ...consented];
}

function itemField(form: OccasionForm, id: string, required: boolean): Markup {
  const { compiled, reader, values } = form;
  const item = compiled.policy.items[id];
  if (item === undefined) return nothing;
  const types = { email: "email", phone: "tel", password: "password" } as const;
  const type = item.format in types ? types[item.format as keyof typeof types] : "text";
  const hint = form.hints?.[id];
  const autocomplete = AUTOCOMPLETE[id];
  const pick: readonly (readonly [string, string])[] = [["", WORDS[reader.lang].pick]];
  return field(
    {
      name: id,
      label: sayHead(item.label, reader.lang),
      required,
      type,
      long: form.long?.includes(id) ?? false,
      maxLength: item.maxLength,
      value: values[id],
      error: errorOf(form, id),
      ...(hint === undefined ? {} : { hint }),
      ...(autocomplete === undefined ? {} : { autocomplete }),
      ...(item.format === "country"
        ? { choices: [...pick, ...countries(reader.lang, compiled.policy.controller.country)] }
        : {}),
    },
    reader.lang,
  );
}

function declarations(form: OccasionForm): Markup {
  const { compiled, reader, ticked, occasion } = form;
  const ids = gateOf(compiled, occasion).declares;
  if (ids.length === 0) return nothing;
  return html`<fieldset>
    <legend>${WORDS[reader.lang].age}</legend>
    ${ids.map((id) => {
      const name = declarationField(id);
      return choice(
        {
          name,
          label: say(compiled.policy.declarations[id]?.label ?? {}, reader.lang),
          required: true,
          checked: ticked.has(name),
          error: errorOf(form, name),
        },
        reader.lang,
      );
    })}
  </fieldset>`;
}

function consents(form: OccasionForm): Markup {
  const { compiled, reader, ticked, occasion } = form;
  const words = WORDS[reader.lang];
  const texts = consentTexts(compiled, occasion, reader.lang);
  if (texts.length === 0) return nothing;
  return html`<fieldset>
    <legend>${words.consents}</legend>
    <p class="hint">${words.consentsHint}</p>
    ${texts.map(({ id, required, text }) => {
      const name = consentField(id);
      return choice(
        {
          name,
          label: words.agree(say(compiled.policy.consents[id]?.label ?? {}, reader.lang)),
          required,
          checked: ticked.has(name),
          error: errorOf(form, name),
          important: text.important,
          refusal: text.refusal,
          text: consentFold(text),
        },
        reader.lang,
      );
    })}
  </fieldset>`;
}

function errorOf(form: OccasionForm, name: string): string | undefined {
  return form.errors.find((error) => error.field === name)?.says;
}
