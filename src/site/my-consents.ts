/** What a person agreed to, consent by consent, with the text they saw and the text of today. */
import type { Compiled } from "../compiler/compile.ts";
import { consentHistory, type ConsentRecord } from "../engine/consent/consent-history.ts";
import { type ListedMessage, messagesOf } from "../engine/message/list-messages.ts";
import type { Jikim } from "../engine/jikim.ts";
import type { UiLang } from "../html/reader.ts";
import { type ConsentText, consentText } from "./consent-text.ts";

export interface MyConsent {
  readonly id: string;
  /** The last act; null where there was none. */
  readonly last: ConsentRecord | null;
  /**
   * `leave`: the service rests on it, so taking it back is leaving. `act`: one button gives it and
   * takes it back.
   */
  readonly by: "act" | "leave";
  /** Records end when it is withdrawn: they rest on it. */
  readonly ends: boolean;
  /** What the consent says today. */
  readonly text: ConsentText;
}

export interface MyConsents {
  /** In the order of the policy. */
  readonly consents: readonly MyConsent[];
  /** Every act, newest first. */
  readonly history: readonly ConsentRecord[];
  readonly messages: readonly ListedMessage[];
}

/** Gathers it. A consent of an occasion of its own is shown to those alone who gave it. */
export async function myConsents(jikim: Jikim, subject: string, lang: UiLang): Promise<MyConsents> {
  const { compiled, context } = jikim;
  const history = await consentHistory(context, subject);
  const consents = Object.keys(compiled.policy.consents).flatMap((id): MyConsent[] => {
    const last = history.find(({ consent }) => consent === id) ?? null;
    const one = oneConsent(compiled, id, last, lang);
    return one === null ? [] : [one];
  });
  return { consents, history, messages: await messagesOf(context, subject) };
}

function oneConsent(
  compiled: Compiled,
  id: string,
  last: ConsentRecord | null,
  lang: UiLang,
): MyConsent | null {
  const { plan } = compiled;
  const gates = [...plan.gates.values()];
  const needing = gates.find((gate) => gate.requiredConsents.includes(id));
  const gate = needing ?? gates.find((each) => each.offeredConsents.includes(id));
  // Nothing here can be agreed to that another form has to ask for.
  if (gate === undefined || (last === null && needing !== undefined)) return null;
  const required = needing !== undefined;
  const classes = gate.occasion.makes.flatMap((name) => plan.clocks.get(name) ?? []);
  return {
    id,
    last,
    by: required && gate.occasion.opens ? "leave" : "act",
    ends: required && classes.some(({ recordClass }) => recordClass.basis === "consent"),
    text: consentText(compiled, { consent: id, occasion: gate.occasion.id, required }, lang),
  };
}
