/**
 * The sign-up form, made from the gate of its occasion: which fields there are, which of them are
 * required, what must be declared and agreed to. No field is named here that the policy must name.
 */
import type { Compiled, FieldError, Markup, Reader, UiLang } from "jikim";
import { choice, errorSummary, field, html, nothing, say, sayHead } from "jikim";
import { consentFold, consentText } from "./consent-text.ts";
import type { ConsentText } from "./consent-text.ts";
import { countries } from "./countries.ts";

export const OCCASION = "sign_up";

/** Names of the boxes; the policy's ids cannot contain a dot, so no item can take their place. */
export const declarationField = (id: string): string => `declare.${id}`;
export const consentField = (id: string): string => `consent.${id}`;

interface FormWords {
  readonly title: string;
  readonly lead: (policy: string) => Markup;
  readonly account: string;
  readonly optional: string;
  readonly optionalHint: string;
  readonly age: string;
  readonly consents: string;
  readonly consentsHint: string;
  readonly agree: (what: string) => string;
  readonly send: string;
  readonly pick: string;
  readonly hasAccount: (login: string) => Markup;
  readonly hints: Readonly<Record<string, string>>;
}

const WORDS: Record<UiLang, FormWords> = {
  ko: {
    title: "가입",
    lead: (policy) =>
      html`아래 항목만 받습니다. 왜 받고 언제 지우는지는 <a href="${policy}">개인정보 처리방침</a>에
        있습니다.`,
    account: "계정",
    optional: "더 알려 주실 것",
    optionalHint: "비워 두어도 가입하고 쓰는 데 아무 차이가 없습니다.",
    age: "나이 확인",
    consents: "동의",
    consentsHint: "하나씩 따로 고릅니다. 미리 골라 둔 것은 없습니다.",
    agree: (what) => `${what}에 동의합니다`,
    send: "가입하기",
    pick: "나라를 골라 주십시오",
    hasAccount: (login) => html`이미 계정이 있다면 <a href="${login}">로그인</a>하십시오.`,
    hints: {
      company_id: "회사가 함께 쓰는 ID입니다. 없으면 새로 정합니다.",
      user_id: "로그인할 때 쓰는 본인의 ID입니다.",
      password: "8자 이상으로 정합니다. 되돌릴 수 없는 형태로만 저장하므로 저희도 알 수 없습니다.",
    },
  },
  en: {
    title: "Sign up",
    lead: (policy) =>
      html`We take these items and no others. Why, and when they are erased, is in the
        <a href="${policy}">privacy policy</a>.`,
    account: "Account",
    optional: "If you like",
    optionalHint: "Leaving these empty makes no difference to your account.",
    age: "Age",
    consents: "Consent",
    consentsHint: "Each is a choice of its own. Nothing is ticked beforehand.",
    agree: (what) => `I agree: ${what}`,
    send: "Sign up",
    pick: "Pick a country",
    hasAccount: (login) => html`If you have an account, please <a href="${login}">log in</a>.`,
    hints: {
      company_id: "Shared by your company. Choose a new one if there is none yet.",
      user_id: "Your own ID, for logging in.",
      password: "At least 8 characters. It is stored one way only, so we cannot read it either.",
    },
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
};

export interface SignUpInput {
  readonly compiled: Compiled;
  readonly reader: Reader;
  readonly token: Markup;
  /** What was typed before; passwords are never among it. */
  readonly values: Readonly<Record<string, string>>;
  readonly ticked: ReadonlySet<string>;
  readonly errors: readonly FieldError[];
}

export const signUpTitle = (lang: UiLang): string => WORDS[lang].title;

/** The page. */
export function signUpPage(input: SignUpInput): Markup {
  const { compiled, reader, errors } = input;
  const words = WORDS[reader.lang];
  const gate = gateOf(compiled);
  return html`<div class="column">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead(reader.to("/privacy"))}</p>
    ${errorSummary(errors, reader.lang)}
    <form class="form" method="post" action="${reader.to("/signup")}" novalidate>
      ${input.token}
      <fieldset>
        <legend>${words.account}</legend>
        ${[...gate.required].map((item) => itemField(input, item, true))}
      </fieldset>
      ${offered(input)} ${declarations(input)} ${consents(input)}
      <button>${words.send}</button>
    </form>
    <p>${words.hasAccount(reader.to("/login"))}</p>
  </div>`;
}

/** The gate of the sign-up; a policy without one cannot run this service. */
export function gateOf({
  plan,
}: Compiled): NonNullable<ReturnType<Compiled["plan"]["gates"]["get"]>> {
  const gate = plan.gates.get(OCCASION);
  if (gate === undefined) throw new Error(`the policy has no occasion ${OCCASION}`);
  return gate;
}

/** The consents this page asks for, with their texts, in the order shown. */
export function consentTexts(
  compiled: Compiled,
  lang: UiLang,
): readonly { readonly id: string; readonly required: boolean; readonly text: ConsentText }[] {
  const gate = gateOf(compiled);
  const asked = [
    ...gate.requiredConsents.map((id) => ({ id, required: true })),
    ...gate.offeredConsents.map((id) => ({ id, required: false })),
  ];
  return asked.map(({ id, required }) => ({
    id,
    required,
    text: consentText(compiled, { consent: id, occasion: OCCASION, required }, lang),
  }));
}

/** Everything that was shown beside the fields, in order: what the consents are evidence of. */
export function shownTexts(compiled: Compiled, lang: UiLang): readonly string[] {
  const { policy } = compiled;
  const declared = gateOf(compiled).declares.map((id) =>
    say(policy.declarations[id]?.label ?? {}, lang),
  );
  const consented = consentTexts(compiled, lang).map(({ id, text }) =>
    [
      say(policy.consents[id]?.label ?? {}, lang),
      ...text.lines.map((line) => line.join(": ")),
    ].join("\n"),
  );
  return [...declared, ...consented];
}

function itemField(input: SignUpInput, id: string, required: boolean): Markup {
  const { compiled, reader, values } = input;
  const item = compiled.policy.items[id];
  if (item === undefined) return nothing;
  const words = WORDS[reader.lang];
  const types = { email: "email", phone: "tel", password: "password" } as const;
  const type = item.format in types ? types[item.format as keyof typeof types] : "text";
  const hint = words.hints[id];
  const autocomplete = AUTOCOMPLETE[id];
  const pick: readonly (readonly [string, string])[] = [["", words.pick]];
  return field(
    {
      name: id,
      label: sayHead(item.label, reader.lang),
      required,
      type,
      maxLength: item.maxLength,
      value: values[id],
      error: errorOf(input, id),
      ...(hint === undefined ? {} : { hint }),
      ...(autocomplete === undefined ? {} : { autocomplete }),
      ...(item.format === "country"
        ? { choices: [...pick, ...countries(reader.lang, compiled.policy.controller.country)] }
        : {}),
    },
    reader.lang,
  );
}

function offered(input: SignUpInput): Markup {
  const words = WORDS[input.reader.lang];
  const items = gateOf(input.compiled).occasion.offers;
  if (items.length === 0) return nothing;
  return html`<fieldset>
    <legend>${words.optional}</legend>
    <p class="hint">${words.optionalHint}</p>
    ${items.map((item) => itemField(input, item, false))}
  </fieldset>`;
}

function declarations(input: SignUpInput): Markup {
  const { compiled, reader, ticked } = input;
  const ids = gateOf(compiled).declares;
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
          error: errorOf(input, name),
        },
        reader.lang,
      );
    })}
  </fieldset>`;
}

function consents(input: SignUpInput): Markup {
  const { compiled, reader, ticked } = input;
  const words = WORDS[reader.lang];
  return html`<fieldset>
    <legend>${words.consents}</legend>
    <p class="hint">${words.consentsHint}</p>
    ${consentTexts(compiled, reader.lang).map(({ id, required, text }) => {
      const name = consentField(id);
      return choice(
        {
          name,
          label: words.agree(say(compiled.policy.consents[id]?.label ?? {}, reader.lang)),
          required,
          checked: ticked.has(name),
          error: errorOf(input, name),
          important: text.important,
          refusal: text.refusal,
          text: consentFold(text),
        },
        reader.lang,
      );
    })}
  </fieldset>`;
}

function errorOf(input: SignUpInput, name: string): string | undefined {
  return input.errors.find((error) => error.field === name)?.says;
}
