/** Who saw or received my data: looks of staff and what left for third parties, newest first. */
import type { Compiled } from "../compiler/compile.ts";
import { ruleOf } from "../compiler/statute.ts";
import type { EngineContext } from "../engine/jikim.ts";
import { DOCUMENT_KINDS } from "../engine/provision/document.ts";
import { provisionsOf, type ProvisionTold } from "../engine/provision/ledger.ts";
import { accessesOf, type AccessTold } from "../engine/use/staff-access.ts";
import { momentMark } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import { say, sayAll } from "./say.ts";

interface Words {
  readonly title: string;
  readonly looks: string;
  readonly noLooks: string;
  readonly provisions: string;
  readonly noProvisions: string;
  readonly refused: string;
  readonly request: string;
  readonly archive: string;
  readonly authority: string;
}

const WORDS: Readonly<Record<UiLang, Words>> = {
  ko: {
    title: "누가 보았고 어디에 제공했는지",
    looks: "담당자가 본 것",
    noLooks: "담당자가 본 적이 없습니다. 보면 언제 무엇을 왜 보았는지 여기에 나타납니다.",
    provisions: "제3자에게 제공한 것",
    noProvisions: "제공한 적이 없습니다. 제공하면 언제 누구에게 무엇을 주었는지 여기에 나타납니다.",
    refused: "거절됨",
    request: "본인의 요청",
    archive: "분리 보관한 기록",
    authority: "법령에 따라",
  },
  en: {
    title: "Who looked and who received it",
    looks: "Looks of our staff",
    noLooks: "Nobody has looked. When somebody does, what they saw and what for shows here.",
    provisions: "Given to third parties",
    noProvisions: "Nothing was given. When something is, who received what shows here.",
    refused: "refused",
    request: "your own request",
    archive: "kept apart",
    authority: "as a law demands",
  },
};
const SHOWN = 50;

/** The section, with what the engine tells the person. */
export async function disclosuresPart(
  context: EngineContext,
  compiled: Compiled,
  of: { readonly subject: string; readonly reader: Reader },
): Promise<Markup> {
  // What was released on a document is among the provisions, once no law bars telling it.
  const released: ReadonlySet<string | null> = new Set(DOCUMENT_KINDS);
  const looks = (await accessesOf(context, of.subject))
    .filter(({ ground }) => !released.has(ground))
    .slice(0, SHOWN);
  const provisions = (await provisionsOf(context, of.subject)).slice(0, SHOWN);
  const words = WORDS[of.reader.lang];
  const list = (lines: readonly Markup[], none: string): Markup =>
    lines.length === 0
      ? html`<p class="soft">${none}</p>`
      : html`<ul class="settled">
          ${lines}
        </ul>`;
  return html`<section>
    <h2>${words.title}</h2>
    <h3>${words.looks}</h3>
    ${list(
      looks.map((each) => lookLine(compiled, each, of.reader.lang)),
      words.noLooks,
    )}
    <h3>${words.provisions}</h3>
    ${list(
      provisions.map((each) => provisionLine(compiled, each, of.reader.lang)),
      words.noProvisions,
    )}
  </section>`;
}

function lookLine({ policy, law }: Compiled, look: AccessTold, lang: UiLang): Markup {
  const words = WORDS[lang];
  const purpose = policy.purposes[look.purpose ?? ""];
  const what =
    look.ground === "request"
      ? words.request
      : (ruleOf(law, look.ground)?.article[lang] ?? say(purpose?.label ?? {}, lang));
  return html`<li>
    ${momentMark(look.at, policy.timeZone, lang)} · ${namesOf(policy, look.items, lang)}
    ${what === "" ? nothing : html`· ${what}`}
    ${look.place === "archive" ? html`· ${words.archive}` : nothing}
    ${look.refused ? html`· ${words.refused}` : nothing}
  </li>`;
}

function provisionLine({ policy }: Compiled, told: ProvisionTold, lang: UiLang): Markup {
  const words = WORDS[lang];
  const label = policy.provision.recipients[told.recipient]?.label;
  const why =
    told.document === null
      ? say(policy.purposes[told.purpose ?? ""]?.label ?? {}, lang)
      : html`${words.authority}: <span lang="ko">${told.document.article}</span>`;
  return html`<li>
    ${momentMark(told.at, policy.timeZone, lang)} ·
    ${label === undefined ? html`<span lang="ko">${told.recipient}</span>` : say(label, lang)} ·
    ${namesOf(policy, told.items, lang)} · ${why}
  </li>`;
}

function namesOf({ items }: Compiled["policy"], ids: readonly string[], lang: UiLang): string {
  return sayAll(
    ids.map((id) => items[id]?.label ?? { ko: id, en: id }),
    lang,
  );
}
