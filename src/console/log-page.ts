/** The audit log for staff: its last signed state, how to verify it, and the newest leaves. */
import { kindWords, leafFigures } from "../engine/audit/leaf-words.ts";
import type { LogState } from "../engine/audit/open-log.ts";
import type { LoggedLeaf } from "../engine/audit/read-log.ts";
import { count, momentMark } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";

interface LogWords {
  readonly title: string;
  readonly lead: string;
  readonly never: string;
  readonly strange: string;
  readonly size: string;
  readonly signed: string;
  readonly root: string;
  readonly key: string;
  readonly waiting: string;
  readonly verify: string;
  readonly how: string;
  readonly keep: string;
  readonly newest: string;
  readonly kinds: string;
  readonly none: string;
  readonly place: string;
  readonly kind: string;
  readonly at: string;
  readonly counts: string;
  readonly unsigned: string;
  readonly yes: string;
  readonly no: string;
  readonly json: string;
}

const WORDS: Record<UiLang, LogWords> = {
  ko: {
    title: "감사 기록",
    lead: "한 일마다 한 줄이 남습니다. 줄에는 개인정보가 없고, 날마다 모든 줄을 한꺼번에 서명합니다. 한 줄이라도 고치거나 빼거나 끼워 넣으면 서명과 맞지 않습니다.",
    never: "아직 한 번도 서명하지 않았습니다. 날마다 하는 실행(jikim keep)이 서명합니다.",
    strange:
      "마지막 서명이 이 서비스의 열쇠로 한 것이 아닙니다. 열쇠 파일이 바뀌었거나 기록에 손을 댄 것입니다.",
    size: "서명된 줄",
    signed: "마지막 서명",
    root: "뿌리 해시",
    key: "검증 열쇠",
    waiting: "다음 서명을 기다리는 줄",
    verify: "직접 검증하기",
    how: "내보낸 파일과 검증 열쇠만으로, 이 서비스 없이 확인합니다.",
    keep: "아래 서명을 다른 곳에 보관하십시오. 나중에 그때까지의 기록이 그대로인지 이것으로 알 수 있습니다.",
    newest: "최근 50줄",
    kinds: "종류별",
    none: "아직 아무 줄도 없습니다.",
    place: "번호",
    kind: "무슨 일",
    at: "때",
    counts: "건수",
    unsigned: "서명 전",
    yes: "예",
    no: "아니요",
    json: "JSON으로 받기",
  },
  en: {
    title: "Audit log",
    lead: "Everything done leaves a line. A line holds no personal data, and every day all lines are signed together. A line altered, left out or put in no longer fits the signature.",
    never: "Not signed yet. The daily run (jikim keep) signs.",
    strange:
      "The last signature is not by this service’s key. Either the key file has changed, or somebody has touched the log.",
    size: "Lines signed",
    signed: "Last signed",
    root: "Root hash",
    key: "Verifier key",
    waiting: "Lines waiting for the next signature",
    verify: "Verify it yourself",
    how: "An export and the verifier key are enough; this service is not needed.",
    keep: "Keep the signature below somewhere else. Later it tells whether the log up to now is still as it was.",
    newest: "Last 50 lines",
    kinds: "By kind",
    none: "No lines yet.",
    place: "Number",
    kind: "What happened",
    at: "When",
    counts: "Counts",
    unsigned: "not signed yet",
    yes: "yes",
    no: "no",
    json: "Get as JSON",
  },
};

/** How many leaves are shown. */
export const SHOWN_LEAVES = 50;

/** Title of the page. */
export const logTitle = (lang: UiLang): string => WORDS[lang].title;

export interface LogPageInput {
  readonly reader: Reader;
  readonly timeZone: string;
  readonly path: string;
  readonly state: LogState;
  readonly verifierKey: string;
  /** Newest first. */
  readonly leaves: readonly LoggedLeaf[];
}

/** The page. */
export function logPage(input: LogPageInput): Markup {
  const { reader, state } = input;
  const words = WORDS[reader.lang];
  return html`<div class="board">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${state.strange ? html`<p class="notice" role="alert">${words.strange}</p>` : nothing}
    ${signedPart(input)} ${verifyPart(input)}
    <h2>${words.newest}</h2>
    ${input.leaves.length === 0 ? html`<p>${words.none}</p>` : leavesPart(input)}
    <p class="small"><a href="${reader.to(`${input.path}?format=json`)}">${words.json}</a></p>
  </div>`;
}

function signedPart({ reader, state, timeZone, verifierKey }: LogPageInput): Markup {
  const words = WORDS[reader.lang];
  const { checkpoint, waiting } = state;
  const line = (term: string, value: Markup): Markup =>
    html`<div>
      <dt>${term}</dt>
      <dd>${value}</dd>
    </div>`;
  return html`<section class="tally">
    ${checkpoint === null && !state.strange ? html`<p>${words.never}</p>` : nothing}
    <dl class="receipt-figures">
      ${
        checkpoint === null
          ? nothing
          : html`${line(words.size, html`<b class="figure">${count(checkpoint.size)}</b>`)}
            ${line(words.signed, momentMark(checkpoint.at, timeZone, reader.lang))}
            ${line(words.root, html`<code class="long-code">${hexOf(checkpoint.root)}</code>`)}`
      }
      ${line(words.waiting, html`<span class="figure">${count(waiting)}</span>`)}
      ${line(words.key, html`<code class="long-code">${verifierKey}</code>`)}
    </dl>
  </section>`;
}

function verifyPart({ reader, state }: LogPageInput): Markup {
  const words = WORDS[reader.lang];
  const note = state.checkpoint?.note;
  return html`<details>
    <summary>${words.verify}</summary>
    <div class="fold">
      <p>${words.how}</p>
      <pre class="long-code"><code>jikim log export --data DATA --out log.jsonl
jikim verify-log log.jsonl --key KEY --checkpoint KEPT</code></pre>
      ${
        note === undefined
          ? nothing
          : html`<p>${words.keep}</p>
              <pre class="long-code"><code>${note}</code></pre>`
      }
    </div>
  </details>`;
}

function leavesPart({ reader, leaves, timeZone }: LogPageInput): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const kinds = new Map<string, number>();
  for (const { kind } of leaves) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return html`<p>
      ${words.kinds}:
      ${[...kinds].map(
        ([kind, number], index) =>
          html`${index === 0 ? nothing : " · "}${kindWords(kind)[lang]}
            <span class="figure">${count(number)}</span>`,
      )}
    </p>
    <div class="scroll" tabindex="0" role="region" aria-label="${words.newest}">
      <table>
        <thead>
          <tr>
            <th scope="col">${words.place}</th>
            <th scope="col">${words.at}</th>
            <th scope="col">${words.kind}</th>
            <th scope="col">${words.counts}</th>
          </tr>
        </thead>
        <tbody>
          ${leaves.map(
            (leaf) =>
              html`<tr>
                <td>
                  ${
                    leaf.position === null
                      ? words.unsigned
                      : html`<span class="figure">${count(leaf.position + 1)}</span>`
                  }
                </td>
                <td>${momentMark(leaf.at, timeZone, lang)}</td>
                <th scope="row">${kindWords(leaf.kind)[lang]}</th>
                <td>${figuresText(leaf, lang)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function figuresText(leaf: LoggedLeaf, lang: UiLang): string {
  const words = WORDS[lang];
  return leafFigures(leaf)
    .map(({ says, value }) => {
      const shown = typeof value === "number" ? count(value) : value ? words.yes : words.no;
      return `${says[lang]} ${shown}`;
    })
    .join(" · ");
}

/** The same for programs. */
export function logDocument({ state, verifierKey, leaves }: LogPageInput): object {
  const { checkpoint, waiting, strange } = state;
  return {
    verifier_key: verifierKey,
    signed:
      checkpoint === null
        ? null
        : {
            leaves: checkpoint.size,
            root: hexOf(checkpoint.root),
            at: new Date(checkpoint.at).toISOString(),
            note: checkpoint.note,
          },
    signed_by_another_key: strange,
    waiting,
    newest: leaves.map((leaf) => ({
      leaf: leaf.position,
      at: new Date(leaf.at).toISOString(),
      kind: leaf.kind,
      figures: leafFigures(leaf).map(({ says, value }) => ({ says: says.en, value })),
    })),
  };
}

const hexOf = (hash: Uint8Array): string => Buffer.from(hash).toString("hex");
