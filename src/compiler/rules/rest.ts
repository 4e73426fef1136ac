/** The kinds whose sentences follow one by one from a list or a flag. */
import type { Contact } from "../../policy/model.ts";
import {
  count,
  day,
  fact,
  label,
  labels,
  labelsOf,
  named,
  NOTHING,
  officesOf,
  period,
  stated,
  type Values,
  word,
} from "../value.ts";
import { COOKIE_LEVEL_WORDS, PAPER_METHOD_WORDS } from "../words.ts";
import { articleOf, type Draft, draft, type FormOf, parameterOf, type Source } from "./draft.ts";

export function draftScope({ policy }: Source): readonly Draft<FormOf<"scope">>[] {
  return [
    draft("scope/people", {
      values: { service: label(policy.controller.service), people: labelsOf(policy.people) },
      about: policy.people,
    }),
    draft("scope/headings", { values: { count: count(policy.articles.length) } }),
  ];
}

export function draftDestruction({ policy }: Source): readonly Draft<FormOf<"destruction">>[] {
  const { electronic, paper } = policy.destruction;
  const anySeparate = electronic.separate || paper?.separate === true;
  const methods = paper?.methods.map((method) => PAPER_METHOD_WORDS[method]) ?? [];
  return [
    ...(electronic.separate ? [draft("destruction/separate_database")] : []),
    ...(paper?.separate === true ? [draft("destruction/separate_cabinet")] : []),
    draft("destruction/after_period", { values: { article: articleOf(policy, "retention") } }),
    ...(anySeparate ? [draft("destruction/no_other_use")] : []),
    ...(paper === null
      ? []
      : [draft("destruction/paper", { values: { methods: labels(methods) } })]),
    draft("destruction/electronic"),
  ];
}

export function draftDuty({ policy }: Source): readonly Draft<FormOf<"duty">>[] {
  return policy.duties.map((duty) => draft(`duty/${duty}`));
}

export function draftCookie({ policy }: Source): readonly Draft<FormOf<"cookie">>[] {
  const { cookies } = policy;
  if (cookies === null) return [];
  const [uses, analysis] = [stated(cookies.uses), stated(cookies.analysis)];
  const guides = stated(cookies.guides);
  const choosable = named(
    policy.purposes,
    Object.values(cookies.categories).flatMap(({ essential, purpose }) =>
      essential || purpose === null ? [] : [purpose],
    ),
  );
  const levels = cookies.levels.map((level) => COOKIE_LEVEL_WORDS[level]);
  return [
    draft("cookie/uses", { values: { uses: labelsOf(uses) }, about: uses }),
    ...(cookies.identifying ? [] : [draft("cookie/not_identifying")]),
    draft("cookie/refusable"),
    draft("cookie/levels", { values: { levels: labels(levels) } }),
    draft("cookie/refusal_harmless"),
    ...(analysis.length === 0
      ? []
      : [
          draft("cookie/analysis", {
            values: { analysis: labelsOf(analysis), purposes: labelsOf(choosable) },
            about: analysis,
          }),
        ]),
    ...(guides.length === 0
      ? []
      : [draft("cookie/guide", { values: { guides: labelsOf(guides) }, about: guides })]),
  ];
}

export function draftSafeguard(source: Source): readonly Draft<FormOf<"safeguard">>[] {
  return source.policy.safeguards.map((safeguard) => {
    const form = `safeguard/${safeguard}` as const;
    const parameter = CYCLES[form];
    if (parameter === undefined) return draft(form);
    return draft(form, { values: { every: parameterOf(source, parameter) } });
  });
}

/** Safeguards that come round again, with the parameter that says how often at least. */
const CYCLES: Partial<Readonly<Record<FormOf<"safeguard">, string>>> = {
  "safeguard/backup": "backup",
  "safeguard/password_renewal": "handler_password",
  "safeguard/training": "training",
};

export function draftContact(source: Source): readonly Draft<FormOf<"contact">>[] {
  const { officer, department, agencies } = source.policy.contacts;
  const offices = stated(agencies);
  return [
    draft("contact/shown", {
      values: {
        ...contactValues(officer),
        department: department === null ? NOTHING : fact(department.title, label),
      },
    }),
    draft("contact/complaints", { values: { who: officesOf(source.policy.contacts) } }),
    draft("contact/prompt_answer", { values: { within: parameterOf(source, "first_answer") } }),
    ...(offices.length === 0
      ? []
      : [draft("contact/agencies", { values: { agencies: labelsOf(offices) }, about: offices })]),
  ];
}

function contactValues(contact: Contact): Values {
  return {
    officer: fact(contact.name, word),
    title: fact(contact.title, label),
    phone: fact(contact.phone, word),
    email: fact(contact.email, word),
  };
}

export function draftLink({ policy }: Source): readonly Draft<FormOf<"link">>[] {
  return [draft("link/outside", { values: { service: label(policy.controller.service) } })];
}

export function draftNotice({ policy }: Source): readonly Draft<FormOf<"notice">>[] {
  const { ordinary, important } = policy.notices;
  return [
    draft("notice/ordinary", { values: { period: period(ordinary) } }),
    draft("notice/important", { values: { period: period(important) } }),
    draft("notice/dates", {
      values: { announced: day(policy.announced), effective: day(policy.effective) },
    }),
    draft("notice/past_texts"),
  ];
}
