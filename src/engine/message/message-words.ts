/**
 * The words of every kind of message, in each language, made of its facts and of the policy's own
 * labels. Each says who writes, what happened and when, and what the person can do.
 */
import { formatDay, formatList, labelIn, sentenceCase } from "../../compiler/format-value.ts";
import { withParticle } from "../../compiler/josa.ts";
import type { Label, Lang, Policy } from "../../policy/model.ts";
import type { MessageFacts, MessageKind } from "./message-facts.ts";

/** A message in words. */
export interface MessageText {
  readonly title: string;
  /** Paragraphs. */
  readonly lines: readonly string[];
}

/** What the words are made with. */
interface Say {
  readonly lang: Lang;
  readonly controller: string;
  readonly service: string;
  /** Where to turn to: department or officer. */
  readonly contact: string;
  label(of: "consents" | "processors" | "records" | "works", id: string): string;
  day(day: string): string;
}

type Write<K extends MessageKind> = (facts: MessageFacts<K>, say: Say) => MessageText;
type Writers = Readonly<{ [K in MessageKind]: Readonly<Record<Lang, Write<K>>> }>;

const WRITERS: Writers = {
  withdrawal_done: {
    ko: (facts, say) => ({
      title: `${say.service} 탈퇴를 마쳤습니다`,
      lines: [
        `${say.day(facts.day)}에 탈퇴를 처리했습니다.`,
        recordsOf(say, facts.destroyed, "파기한 기록", "파기할 기록은 없었습니다."),
        ...staying(say, facts.moved, facts.until, "법이 정한 대로 따로 옮겨 보관하는 기록"),
        ...staying(
          say,
          facts.kept,
          facts.until,
          "법이나 가입할 때 알린 기간까지 쓰지 않고 두는 기록",
        ),
        ...(facts.orders === 0 ? [] : [`처리를 맡긴 곳 ${facts.orders}곳에 삭제를 지시했습니다.`]),
        "남은 기록은 그 보관 말고는 쓰지 않으며, 적힌 날이 지나면 파기합니다.",
        `물으실 것이 있으면 알려 주십시오. ${say.contact}`,
      ],
    }),
    en: (facts, say) => ({
      title: `Your ${say.service} membership has ended`,
      lines: [
        `We carried out your withdrawal on ${say.day(facts.day)}.`,
        recordsOf(say, facts.destroyed, "Records destroyed", "There was nothing to destroy."),
        ...staying(say, facts.moved, facts.until, "Moved apart and kept, as the law demands"),
        ...staying(
          say,
          facts.kept,
          facts.until,
          "Kept unused, as the law demands or for the period told at sign-up",
        ),
        ...(facts.orders === 0
          ? []
          : [`Orders to erase went to ${facts.orders} of those who process data for us.`]),
        "What stays serves nothing but that keeping, and is destroyed after the day shown.",
        `Questions? ${say.contact}`,
      ],
    }),
  },
  marketing_result: {
    ko: (facts, say) => {
      const what = say.label("consents", facts.consent);
      return {
        title: `${what}: ${facts.given ? "동의" : "동의 철회"} 처리 결과`,
        lines: [
          `보내는 곳: ${say.controller}`,
          facts.given
            ? `${say.day(facts.day)}에 ${withParticle(what, "을")} 동의하셨고, 그대로 처리했습니다.`
            : `${say.day(facts.day)}에 ${withParticle(what, "을")} 거두셨고, 그때부터 보내지 않습니다.`,
          facts.given
            ? "언제든지 ‘내 정보’의 ‘동의’ 화면에서 거둘 수 있습니다."
            : "다른 서비스는 그대로 쓸 수 있습니다.",
        ],
      };
    },
    en: (facts, say) => {
      const what = say.label("consents", facts.consent);
      return {
        title: `${sentenceCase(what, "en")}: ${facts.given ? "your consent" : "your withdrawal"}`,
        lines: [
          `From: ${say.controller}`,
          facts.given
            ? `On ${say.day(facts.day)} you agreed to ${what}. That is how it now stands.`
            : `On ${say.day(facts.day)} you withdrew your consent to ${what}. We send none since.`,
          facts.given
            ? "You can withdraw it at any time under “Consents” in “My data”."
            : "Everything else works as before.",
        ],
      };
    },
  },
  marketing_reconfirm: {
    ko: (facts, say) => {
      const what = say.label("consents", facts.consent);
      return {
        title: `${what}: 동의를 다시 확인합니다`,
        lines: [
          `보내는 곳: ${say.controller}`,
          `${say.day(facts.given_on)}에 ${withParticle(what, "을")} 동의하셨습니다.`,
          "계속 받으려면 아무것도 하지 않으셔도 됩니다. 그만 받으려면 ‘내 정보’의 ‘동의’ 화면에서 거두어 주십시오.",
          `다음 확인은 ${say.day(facts.again_on)}까지 드립니다.`,
        ],
      };
    },
    en: (facts, say) => {
      const what = say.label("consents", facts.consent);
      return {
        title: `${sentenceCase(what, "en")}: is your consent still right?`,
        lines: [
          `From: ${say.controller}`,
          `On ${say.day(facts.given_on)} you agreed to ${what}.`,
          "If that is still right, there is nothing to do. If not, withdraw it under “Consents” in “My data”.",
          `We ask again by ${say.day(facts.again_on)}.`,
        ],
      };
    },
  },
  consent_changed: {
    ko: (facts, say) => {
      const what = say.label("consents", facts.consent);
      return {
        title: `${what}: ${facts.given ? "동의" : "동의 철회"} 처리 결과`,
        lines: [
          facts.given
            ? `${say.day(facts.day)}에 ‘${what}’에 동의하셨습니다.`
            : `${say.day(facts.day)}에 ‘${what}’ 동의를 거두셨습니다. 이 동의로 받은 정보는 더 쓰지 않고 파기합니다.`,
          `직접 하신 일이 아니라면 알려 주십시오. ${say.contact}`,
        ],
      };
    },
    en: (facts, say) => {
      const what = say.label("consents", facts.consent);
      return {
        title: `${sentenceCase(what, "en")}: ${facts.given ? "your consent" : "your withdrawal"}`,
        lines: [
          facts.given
            ? `On ${say.day(facts.day)} you agreed to ${what}.`
            : `On ${say.day(facts.day)} you withdrew your consent to ${what}. What it covered is no longer used and is destroyed.`,
          `If that was not you, please tell us. ${say.contact}`,
        ],
      };
    },
  },
  processor_told: {
    ko: (facts, say) => {
      const [who, what] = [
        say.label("processors", facts.processor),
        say.label("works", facts.work),
      ];
      return {
        title: `${withParticle(what, "을")} 맡는 곳을 알려 드립니다`,
        lines: [
          `${say.controller}에서 ${withParticle(what, "을")} ${who}에 맡깁니다. (${say.day(facts.day)} 알림)`,
          "동의하신 분의 정보만 맡기며, 동의를 거두면 바로 멈추고 삭제를 지시합니다.",
          `맡긴 곳은 모두 ‘개인정보를 맡긴 곳’ 화면에 있습니다. 물으실 것이 있으면 알려 주십시오. ${say.contact}`,
        ],
      };
    },
    en: (facts, say) => {
      const [who, what] = [
        say.label("processors", facts.processor),
        say.label("works", facts.work),
      ];
      return {
        title: `Who does ${what} for us`,
        lines: [
          `${say.controller} has ${what} done by ${who}. (Told on ${say.day(facts.day)})`,
          "It gets the data only of people who agreed. Withdraw, and it stops and is told to erase.",
          `All who process data for us are under “Processors”. Questions? ${say.contact}`,
        ],
      };
    },
  },
  use_notice: {
    ko: (facts, say) => ({
      title: "개인정보 이용 내역을 알려 드립니다",
      lines: [
        `${say.day(facts.from)}부터 ${say.day(facts.to)}까지 ${say.service}에서 개인정보를 이용한 내역을 해마다 알려 드립니다.`,
        `처리방침에 적은 ${facts.purposes}가지 목적으로만 이용했고, 처리를 맡긴 곳은 ${facts.processors}곳입니다.`,
        `항목과 보유 기간, 제공한 곳은 ‘내 정보’ 화면에서 볼 수 있습니다. ${say.contact}`,
      ],
    }),
    en: (facts, say) => ({
      title: "How your personal data was used",
      lines: [
        `Each year we tell you how ${say.service} used personal data: ${say.day(facts.from)} to ${say.day(facts.to)}.`,
        `It was used for the ${facts.purposes} purposes of the privacy policy and no other; ${facts.processors} processors worked with it.`,
        `Items, periods and recipients are shown under “My data”. ${say.contact}`,
      ],
    }),
  },
  child_found: {
    ko: (facts, say) => ({
      title: `${say.service} 계정을 닫았습니다`,
      lines: [
        `${say.day(facts.day)}에 이 계정이 나이 제한에 맞지 않는 분의 것임을 알게 되어, 이용을 멈추었습니다.`,
        `받은 정보는 ${say.day(facts.destroyed_by)}까지 파기합니다.`,
        `보호자께서는 이 일에 대해 물으시거나 정보를 확인하실 수 있습니다. ${say.contact}`,
      ],
    }),
    en: (facts, say) => ({
      title: `A ${say.service} account was closed`,
      lines: [
        `On ${say.day(facts.day)} we learnt that this account belongs to somebody below the age limit and stopped using its data.`,
        `The data is destroyed by ${say.day(facts.destroyed_by)}.`,
        `A parent or guardian can ask us about this. ${say.contact}`,
      ],
    }),
  },
};

/**
 * A message in words. Names an older version of the policy had stand as they are.
 * @example messageText(policy, { kind: "consent_changed", lang: "ko", facts })
 */
export function messageText<K extends MessageKind>(
  policy: Policy,
  message: { readonly kind: K; readonly lang: Lang; readonly facts: MessageFacts<K> },
): MessageText {
  return WRITERS[message.kind][message.lang](message.facts, sayer(policy, message.lang));
}

function sayer(policy: Policy, lang: Lang): Say {
  const { officer, department } = policy.contacts;
  const contact = department ?? officer;
  const ways = [contact.phone, contact.email].filter((way) => typeof way === "string");
  return {
    lang,
    controller: labelIn(policy.controller.label, lang),
    service: labelIn(policy.controller.service, lang),
    contact: [labelIn(contact.label, lang), ...ways].join(" · "),
    label: (of, id) => {
      const label: Label | undefined = policy[of][id]?.label;
      return label === undefined ? id : labelIn(label, lang);
    },
    day: (day) => formatDay(day, lang),
  };
}

function recordsOf(
  say: Say,
  counts: Readonly<Record<string, number>>,
  head: string,
  none: string,
): string {
  const parts = Object.entries(counts)
    .filter(([, records]) => records > 0)
    .map(([id, records]) => `${say.label("records", id)} ${amount(records, say.lang)}`);
  return parts.length === 0 ? none : `${head}: ${formatList(parts, say.lang)}.`;
}

/** What stays and until when; no line where nothing does. */
function staying(
  say: Say,
  records: Readonly<Record<string, number>>,
  until: Readonly<Record<string, string>>,
  head: string,
): readonly string[] {
  const parts = Object.entries(records)
    .filter(([, many]) => many > 0)
    .map(([id, many]) => {
      const day = until[id];
      const what = `${say.label("records", id)} ${amount(many, say.lang)}`;
      if (day === undefined) return what;
      return say.lang === "ko" ? `${what}(${say.day(day)}까지)` : `${what} until ${say.day(day)}`;
    });
  return parts.length === 0 ? [] : [`${head}: ${formatList(parts, say.lang)}.`];
}

function amount(records: number, lang: Lang): string {
  const digits = records.toLocaleString("en-US");
  return lang === "ko" ? `${digits}건` : `(${digits})`;
}
