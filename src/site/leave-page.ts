/** Leaving, as pages: what it would do, before anything is done; and a goodbye afterwards. */
import type { Compiled } from "../compiler/compile.ts";
import { receiptOf } from "../engine/audit/receipt-code.ts";
import { partWords } from "../engine/withdrawal/part-words.ts";
import type { WithdrawalPreview } from "../engine/withdrawal/preview.ts";
import { totalsOf } from "../engine/withdrawal/preview.ts";
import type { WithdrawalPart } from "../engine/withdrawal/sort-records.ts";
import type { Withdrawal } from "../engine/withdrawal/withdrawal-row.ts";
import { fateTable } from "../html/fate-table.ts";
import { count, momentMark, plural } from "../html/figures.ts";
import { choice, errorSummary, field } from "../html/form-parts.ts";
import type { FieldError } from "../html/form-parts.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import { sayAll } from "./say.ts";

interface LeaveWords {
  readonly title: string;
  readonly lead: string;
  readonly tally: (totals: Readonly<Record<"destroyed" | "moved" | "kept", number>>) => Markup;
  readonly caption: string;
  readonly nothingHeld: string;
  readonly later: string;
  readonly orders: (names: string) => string;
  readonly confirm: string;
  readonly password: string;
  readonly passwordHint: string;
  readonly sure: string;
  readonly leave: string;
  readonly stay: string;
}

const WORDS: Record<UiLang, LeaveWords> = {
  ko: {
    title: "탈퇴",
    lead: "탈퇴하면 갖고 있는 기록이 아래처럼 됩니다. 확인하시기 전에는 아무 일도 하지 않습니다.",
    tally: ({ destroyed, moved, kept }) =>
      html`파기 <b class="figure">${count(destroyed)}</b>건, 따로 옮겨 보관
        <b class="figure">${count(moved)}</b>건, 쓰지 않고 남겨 둠
        <b class="figure">${count(kept)}</b>건`,
    caption: "탈퇴하면 기록마다 어떻게 되는지",
    nothingHeld: "갖고 있는 기록이 없습니다. 탈퇴하면 로그인만 할 수 없게 됩니다.",
    later:
      "따로 옮긴 기록에는 법이 요구하는 이름과 이메일만 함께 가며, 그 보관 말고는 쓰지 않습니다. 적힌 날이 지나면 파기합니다.",
    orders: (names) => `이곳에는 맡긴 정보를 지우라고 지시하고 확인을 받습니다: ${names}`,
    confirm: "탈퇴 확인",
    password: "비밀번호",
    passwordHint: "본인인지 확인하려고 한 번 더 묻습니다.",
    sure: "파기한 기록은 저희도 되살릴 수 없다는 것을 알고 있습니다.",
    leave: "탈퇴하기",
    stay: "그만두고 내 정보로 돌아가기",
  },
  en: {
    title: "Leave the service",
    lead: "This is what becomes of what we hold about you if you leave. Nothing is done before you confirm.",
    tally: ({ destroyed, moved, kept }) =>
      html`<b class="figure">${plural(destroyed, "record")}</b> destroyed,
        <b class="figure">${count(moved)}</b> moved apart and kept,
        <b class="figure">${count(kept)}</b> kept, unused`,
    caption: "What happens to each kind of record when you leave",
    nothingHeld: "We hold no records about you. If you leave, you can no longer log in.",
    later:
      "Records that are moved apart take along only what the law asks for, your name and e-mail, and serve nothing but that keeping. After the day shown they are destroyed.",
    orders: (names) =>
      `These companies are ordered to erase what they hold, and to confirm: ${names}`,
    confirm: "Confirm that you leave",
    password: "Password",
    passwordHint: "We ask once more, to be sure it is you.",
    sure: "I know that nobody, not even you, can bring back what is destroyed.",
    leave: "Leave the service",
    stay: "Stay, and go back to my data",
  },
};

export const leaveTitle = (lang: UiLang): string => WORDS[lang].title;

export interface LeavePageInput {
  readonly compiled: Compiled;
  readonly reader: Reader;
  readonly token: Markup;
  readonly preview: WithdrawalPreview;
  readonly errors: readonly FieldError[];
  /** Is there a password to ask for? */
  readonly asksPassword: boolean;
  readonly path: string;
  readonly backPath: string;
}

/** The page with the preview and the form. */
export function leavePage(input: LeavePageInput): Markup {
  const { compiled, reader, preview, errors } = input;
  const words = WORDS[reader.lang];
  const totals = totalsOf(preview.parts);
  const names = preview.processors.flatMap((id) => compiled.policy.processors[id]?.label ?? []);
  return html`<div class="column leave">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${errorSummary(errors, reader.lang)}
    ${
      preview.parts.length === 0
        ? html`<p class="notice">${words.nothingHeld}</p>`
        : html`<p>${words.tally(totals)}</p>
            ${partsTable(compiled, preview.parts, reader.lang)}
            ${totals.moved > 0 ? html`<p class="soft">${words.later}</p>` : nothing}`
    }
    ${names.length > 0 ? html`<p>${words.orders(sayAll(names, reader.lang))}</p>` : nothing}
    ${form(input)}
    <p><a href="${reader.to(input.backPath)}">${words.stay}</a></p>
  </div>`;
}

function form({ reader, token, errors, asksPassword, path }: LeavePageInput): Markup {
  const words = WORDS[reader.lang];
  const wrong = (name: string): string | undefined =>
    errors.find((error) => error.field === name)?.says;
  return html`<section aria-labelledby="confirm">
    <h2 id="confirm">${words.confirm}</h2>
    <form class="form" method="post" action="${reader.to(path)}" novalidate>
      ${token}
      ${
        asksPassword
          ? field(
              {
                name: "password",
                label: words.password,
                required: true,
                type: "password",
                hint: words.passwordHint,
                error: wrong("password"),
                autocomplete: "current-password",
              },
              reader.lang,
            )
          : nothing
      }
      ${choice(
        { name: "sure", label: words.sure, required: true, error: wrong("sure") },
        reader.lang,
      )}
      <button class="button-danger">${words.leave}</button>
    </form>
  </section>`;
}

interface GoodbyeWords {
  readonly title: string;
  readonly done: string;
  readonly underWay: string;
  readonly when: (at: Markup) => Markup;
  readonly receipt: string;
  readonly keep: string;
  readonly look: string;
  readonly caption: string;
  readonly told: string;
  readonly orders: (orders: number) => string;
  readonly home: string;
}

const GOODBYE: Record<UiLang, GoodbyeWords> = {
  ko: {
    title: "탈퇴했습니다",
    done: "탈퇴를 마쳤습니다. 기록이 어떻게 됐는지 아래에 모두 적었습니다.",
    underWay:
      "탈퇴를 접수했고 이제부터 정보를 쓰지 않습니다. 남은 일은 닷새 안에 마치고, 알려 주신 이메일로 결과를 보내 드립니다.",
    when: (at) => html`${at}에 의사를 확인했습니다.`,
    receipt: "처리 확인 번호",
    keep: "이 번호를 적어 두시면 로그인하지 않고도 언제든지 처리 내용을 확인할 수 있습니다.",
    look: "감사 기록에서 확인하기",
    caption: "탈퇴하면서 기록마다 어떻게 됐는지",
    told: "같은 내용을 알려 주신 이메일로도 보내 드립니다.",
    orders: (orders) => `처리를 맡긴 곳 ${count(orders)}곳에 삭제를 지시했습니다.`,
    home: "첫 페이지로",
  },
  en: {
    title: "You have left",
    done: "Your membership has ended. What became of every record stands below.",
    underWay:
      "Your wish is recorded and nothing of yours is used from now on. The rest is done within five days, and the result goes to your e-mail.",
    when: (at) => html`You confirmed on ${at}.`,
    receipt: "Receipt code",
    keep: "Keep this code: with it you can check what was done at any time, without logging in.",
    look: "Check it in the audit log",
    caption: "What happened to each kind of record",
    told: "The same goes to your e-mail.",
    orders: (orders) =>
      `${plural(orders, "company", "companies")} working for us got an order to erase.`,
    home: "To the front page",
  },
};

export const goodbyeTitle = (lang: UiLang): string => GOODBYE[lang].title;

export interface GoodbyeInput {
  readonly compiled: Compiled;
  readonly reader: Reader;
  /** Null: it is still under way, or the code leads to no withdrawal. */
  readonly withdrawal: Withdrawal | null;
  readonly receiptPath: string;
}

/** The goodbye. Whoever has the receipt sees classes, counts and days; nothing else is left. */
export function goodbyePage({ compiled, reader, withdrawal, receiptPath }: GoodbyeInput): Markup {
  const { lang } = reader;
  const words = GOODBYE[lang];
  const { leaf = null } = withdrawal ?? {};
  if (withdrawal === null || leaf === null) {
    return html`<div class="column leave">
      <h1>${words.title}</h1>
      <p class="lead">${words.underWay}</p>
      <p><a href="${reader.to("/")}">${words.home}</a></p>
    </div>`;
  }
  const code = receiptOf(leaf);
  const { timeZone } = compiled.policy;
  return html`<div class="column leave">
    <h1>${words.title}</h1>
    <p class="lead">${words.done}</p>
    <p class="soft">${words.when(momentMark(withdrawal.confirmedAt, timeZone, lang))}</p>
    <section aria-labelledby="receipt">
      <h2 id="receipt">${words.receipt}</h2>
      <p class="receipt-code"><b>${code}</b></p>
      <p class="soft">${words.keep}</p>
      <p>
        <a href="${reader.to(`${receiptPath}?code=${encodeURIComponent(code)}`)}">${words.look}</a>
      </p>
    </section>
    ${partsTable(compiled, withdrawal.parts, lang, words.caption)}
    ${(withdrawal.orders ?? 0) > 0 ? html`<p>${words.orders(withdrawal.orders ?? 0)}</p>` : nothing}
    <p class="soft">${words.told}</p>
    <p><a href="${reader.to("/")}">${words.home}</a></p>
  </div>`;
}

function partsTable(
  compiled: Compiled,
  parts: readonly WithdrawalPart[],
  lang: UiLang,
  caption = WORDS[lang].caption,
): Markup {
  if (parts.length === 0) return nothing;
  return fateTable(partWords(compiled, parts, lang), caption, lang);
}
