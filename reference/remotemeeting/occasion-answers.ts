/** A form on its way to the gate of an occasion, and the gate's reasons on their way back. */
import type { CollectOptions, Compiled, FieldError, Jikim, UiLang } from "jikim";
import { JikimError, say, withParticle } from "jikim";
import { consentField, declarationField, gateOf, shownTexts } from "./occasion-form.ts";

/** What a browser sent, sorted into what the gate wants. */
export interface SentForm {
  readonly items: Readonly<Record<string, string>>;
  readonly declares: readonly string[];
  readonly consents: readonly string[];
  readonly ticked: ReadonlySet<string>;
}

/**
 * Sorts a form. Fields the policy does not know stay among the items, so that the gate refuses
 * them: dropping them here would hide that somebody asked for more than was promised.
 */
export function sortForm(form: Readonly<Record<string, unknown>>, tokenField: string): SentForm {
  // Without a prototype: a field named __proto__ is a field like any other, and is refused.
  const items: Record<string, string> = Object.create(null);
  const declares: string[] = [];
  const consents: string[] = [];
  const ticked = new Set<string>();
  for (const [name, value] of Object.entries(form)) {
    if (name === tokenField) continue;
    const [kind, id] = name.split(".", 2);
    if (id !== undefined && (kind === "declare" || kind === "consent")) {
      (kind === "declare" ? declares : consents).push(id);
      ticked.add(name);
    } else {
      items[name] = typeof value === "string" ? value : "";
    }
  }
  return { items, declares, consents, ticked };
}

export type Given = { readonly subject: string } | { readonly errors: readonly FieldError[] };

/** Gives a form to the gate, whole; what it refuses comes back beside the fields. */
export async function give(
  jikim: Jikim,
  occasion: string,
  form: SentForm,
  { lang, ...options }: CollectOptions & { readonly lang: UiLang },
): Promise<Given> {
  try {
    const subject = await jikim.collect(occasion, form.items, {
      consents: form.consents,
      declares: form.declares,
      lang,
      shown: shownTexts(jikim.compiled, occasion, lang),
      ...options,
    });
    return { subject };
  } catch (error) {
    if (!(error instanceof JikimError) || error.code !== "ERR_COLLECTION_REFUSED") throw error;
    return { errors: refusalWords(jikim.compiled, occasion, reasonsOf(error), lang) };
  }
}

interface Reason {
  readonly rule: string;
  readonly name: string | null;
}

/** The reasons of a refusal by the gate; null: it is some other error. */
function reasonsOf(error: JikimError): readonly Reason[] {
  const { reasons } = error.facts;
  if (!Array.isArray(reasons)) return [];
  return reasons.map((reason: Reason) => ({ rule: reason.rule, name: reason.name }));
}

/** The gate's reasons as errors beside fields, in the order of the form, one a field. */
export function refusalWords(
  compiled: Compiled,
  occasion: string,
  reasons: readonly Reason[],
  lang: UiLang,
): readonly FieldError[] {
  const gate = gateOf(compiled, occasion);
  const order = [
    ...gate.occasion.requires,
    ...gate.occasion.offers,
    ...gate.declares.map(declarationField),
    ...[...gate.requiredConsents, ...gate.offeredConsents].map(consentField),
  ];
  const first = new Map<string, FieldError>();
  for (const reason of reasons) {
    const error = errorFor(compiled, reason, lang);
    if (!first.has(error.field)) first.set(error.field, error);
  }
  return [...first.values()].sort((a, b) => order.indexOf(a.field) - order.indexOf(b.field));
}

const CARD = {
  ko: "카드 번호나 보안 코드로 보이는 것은 받지 않습니다. 아무것도 저장하지 않았으니 지우고 다시 보내 주십시오.",
  en: "This looks like a card number or its code, which we never take. Nothing was stored; please remove it and send again.",
};
const UNNAMED = {
  ko: "처리방침에 없는 항목이 함께 와서 아무것도 저장하지 않았습니다.",
  en: "Something the privacy policy does not name came along, so nothing was stored.",
};
/** What to do, for rules that need no item's name in the sentence. */
const SAYS: Readonly<Record<string, Readonly<Record<UiLang, string>>>> = {
  "consent-missing": {
    ko: "이 동의가 있어야 할 수 있습니다. 읽어 보고 골라 주십시오.",
    en: "This needs your consent. Please read it and choose.",
  },
  "card-number": CARD,
  "card-code": CARD,
  "source-missing": {
    ko: "누가 언제 어떤 근거로 제공했는지 모두 적어 주십시오.",
    en: "Please write who gave it, when, and on which basis.",
  },
  "unique-taken": {
    ko: "이 대표ID에서 이미 쓰는 유저ID입니다. 다른 것으로 정해 주십시오.",
    en: "This user ID is taken under this company ID. Please choose another.",
  },
};

/** The field an error stands beside. */
function fieldOf(rule: string, id: string): string {
  if (rule === "consent-missing") return consentField(id);
  if (rule === "source-missing") return "source_name";
  if (rule === "unique-taken") return "user_id";
  return SAYS[rule] === CARD && id !== "" ? id : "main";
}

function errorFor(compiled: Compiled, { rule, name }: Reason, lang: UiLang): FieldError {
  const { policy } = compiled;
  const id = name ?? "";
  const item = policy.items[id];
  const label = item === undefined ? "" : say(item.label, lang);
  switch (rule) {
    case "item-missing":
      if (item?.format === "country") return { field: id, says: malformed("country", label, lang) };
      return {
        field: id,
        says: ask(label, lang, { ko: "입력해 주십시오.", en: "Please enter your" }),
      };
    case "item-malformed":
      return { field: id, says: malformed(item?.format ?? "text", label, lang) };
    case "item-too-long":
      return {
        field: id,
        says:
          lang === "ko"
            ? `${withParticle(label, "은")} ${item?.maxLength ?? 0}자까지 받습니다. 줄여 주십시오.`
            : `Please shorten your ${label} to ${item?.maxLength ?? 0} characters.`,
      };
    case "declaration-missing":
      return {
        field: declarationField(id),
        says:
          lang === "ko"
            ? `만 ${policy.minimumAge?.years ?? 0}세 이상만 가입할 수 있습니다. 해당하면 표시해 주십시오.`
            : `Only people of ${policy.minimumAge?.years ?? 0} or older can sign up. Tick this if you are.`,
      };
    default:
      return { field: fieldOf(rule, id), says: (SAYS[rule] ?? UNNAMED)[lang] };
  }
}

function ask(label: string, lang: UiLang, verb: Readonly<Record<UiLang, string>>): string {
  return lang === "ko" ? `${withParticle(label, "을")} ${verb.ko}` : `${verb.en} ${label}.`;
}

function malformed(format: string, label: string, lang: UiLang): string {
  const words: Readonly<Record<string, Record<UiLang, string>>> = {
    email: {
      ko: "이메일 주소를 name@example.com처럼 적어 주십시오.",
      en: "Please write the e-mail address like name@example.com.",
    },
    phone: {
      ko: "전화번호를 010-1234-5678이나 +82 10 1234 5678처럼 적어 주십시오.",
      en: "Please write the phone number like +82 10 1234 5678.",
    },
    password: {
      ko: "비밀번호를 8자 이상으로 정해 주십시오.",
      en: "Please choose a password of at least 8 characters.",
    },
    country: { ko: "목록에서 나라를 골라 주십시오.", en: "Please pick a country from the list." },
  };
  return (
    words[format]?.[lang] ??
    ask(label, lang, { ko: "다시 확인해 주십시오.", en: "Please check your" })
  );
}
