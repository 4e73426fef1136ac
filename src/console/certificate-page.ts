/**
 * The certificate of a destruction, for the console, for paper and as a document that stands alone.
 * It says 파기 완료 only of what nothing can bring back and a second principal found no trace of;
 * before that the same page says how far it is.
 */
import type { Compiled } from "../compiler/compile.ts";
import { DOCUMENT_STYLE } from "../compiler/document-style.ts";
import { ruleOf } from "../compiler/statute.ts";
import { kindWords } from "../engine/audit/leaf-words.ts";
import type { Certificate } from "../engine/destruction/certificate.ts";
import { DESTRUCTION_STATES } from "../engine/destruction/destruction-state.ts";
import type { LedgerLine } from "../engine/destruction/ledger-lines.ts";
import { CERTIFICATE_WORDS as WORDS } from "./certificate-words.ts";
import { count, dayMark, momentMark } from "../html/figures.ts";
import { html, nothing, trusted } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { UiLang } from "../html/reader.ts";
import { statusShape } from "../html/verdict-mark.ts";
import {
  KIND_WORDS,
  LOOKER_WORDS,
  STATE_MARKS,
  STATE_WORDS,
  STEP_WORDS,
} from "./destruction-words.ts";

/** Title of the page: a certificate only once it is one. */
export function certificateTitle({ state }: Certificate, lang: UiLang): string {
  return state === "complete" ? WORDS[lang].certificate : WORDS[lang].progress;
}

export interface CertificateInput {
  readonly compiled: Compiled;
  readonly certificate: Certificate;
  readonly lang: UiLang;
  /** What stands under the confirmation: a form, for whoever may confirm. */
  readonly confirm?: Markup;
}

/** The certificate itself, without the page around it. */
export function certificateSheet(input: CertificateInput): Markup {
  const { certificate, lang } = input;
  const words = WORDS[lang];
  const { state, lines, receipts } = certificate;
  const says = {
    complete: lines.every((line) => line.irrecoverable) ? words.complete : words.weak,
    traces_found: words.traces,
    under_way: words.behind,
    not_looked: words.behind,
  }[state];
  return html`<article class="certificate">
    <h1>${certificateTitle(certificate, lang)}</h1>
    <p class="verdict verdict-${STATE_MARKS[state]}">
      ${statusShape(STATE_MARKS[state])}<strong>${STATE_WORDS[state][lang]}</strong>
    </p>
    <p class="lead">${says}</p>
    ${factsOf(input)}
    <section aria-labelledby="what">
      <h2 id="what">${words.what}</h2>
      ${lines.map((line) => lineBlock(input, line))}
    </section>
    <section aria-labelledby="receipts">
      <h2 id="receipts">${words.receipts}</h2>
      ${
        receipts.length === 0
          ? html`<p class="soft">${words.noReceipts}</p>`
          : html`<p class="soft">${words.receiptsHint}</p>
              <ul class="receipts">
                ${receipts.map(
                  ({ code, kind }) => html`<li><code>${code}</code> ${kindWords(kind)[lang]}</li>`,
                )}
              </ul>`
      }
    </section>
    <section aria-labelledby="limits">
      <h2 id="limits">${words.limits}</h2>
      <ul>
        ${words.limitLines.map((line) => html`<li>${line}</li>`)}
      </ul>
    </section>
  </article>`;
}

function factsOf({ compiled, certificate, lang, confirm }: CertificateInput): Markup {
  const words = WORDS[lang];
  const { timeZone, controller } = compiled.policy;
  const at = (ms: number): Markup => momentMark(ms, timeZone, lang);
  const rows: readonly (readonly [string, Markup | string])[] = [
    [words.facts.controller, controller.label[lang] ?? controller.service[lang] ?? ""],
    [words.facts.why, KIND_WORDS[certificate.kind][lang]],
    [words.facts.records, count(certificate.records)],
    [
      words.facts.ended,
      certificate.destroyedAt === null || certificate.state === "traces_found"
        ? words.notYet
        : at(certificate.destroyedAt),
    ],
    [
      words.confirmation,
      html`${confirmationOf(certificate, lang, timeZone)} ${confirm ?? nothing}`,
    ],
    [words.facts.run, html`<code>${certificate.run}</code>`],
    [
      words.facts.policy,
      html`${certificate.policy} <code>${certificate.policyHash.slice(0, 16)}</code>`,
    ],
    [words.facts.issued, at(certificate.issuedAt)],
  ];
  return html`<dl class="pairs">
    ${rows.map(
      ([term, value]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function confirmationOf(certificate: Certificate, lang: UiLang, timeZone: string): Markup {
  const words = WORDS[lang];
  const { confirmation, confirmBy, confirmationOverdue } = certificate;
  if (confirmation !== null) {
    return words.confirmed(confirmation.by, momentMark(confirmation.at, timeZone, lang));
  }
  if (confirmBy === null || certificate.state !== "complete") return html`${words.notYet}`;
  const late = html`<span class="verdict verdict-broken"
    >${statusShape("broken")}<span>${words.late}</span></span
  >`;
  return html`${words.unconfirmed(dayMark(confirmBy, lang))} ${confirmationOverdue ? late : nothing}`;
}

function lineBlock({ compiled, lang }: CertificateInput, line: LedgerLine): Markup {
  const words = WORDS[lang];
  const { timeZone } = compiled.policy;
  const rule = ruleOf(compiled.law, line.law);
  const basis = rule?.article[lang] ?? words.policyBasis;
  const { look } = line;
  const lookText =
    look === null
      ? words.noLook
      : `${words.found(look.found)}: ${words.looked(look.examined, LOOKER_WORDS[look.by][lang])}`;
  const rows: readonly (readonly [string, Markup | string])[] = [
    [words.line.basis, basis],
    [words.line.lastDay, dayMark(line.lastDay, lang)],
    [words.line.records, count(line.records)],
    ...(line.subjects === 0 ? [] : [[words.line.people, count(line.subjects)] as const]),
    ...(line.deadlineAt === null
      ? []
      : [
          [
            words.line.deadline,
            html`${momentMark(line.deadlineAt, timeZone, lang)}
            ${line.overdue ? html`<strong class="open">${words.line.overdue}</strong>` : nothing}`,
          ] as const,
        ]),
    [words.steps, stepList(line, timeZone, lang)],
    [words.keys.look, lookText],
    ...keyRows(line, lang),
  ];
  return html`<section class="destroyed-class">
    <h3>${compiled.policy.records[line.recordClass]?.label[lang] ?? line.recordClass}</h3>
    <dl class="pairs">
      ${rows.map(
        ([term, value]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function keyRows(line: LedgerLine, lang: UiLang): readonly (readonly [string, Markup | string])[] {
  const { keys, irrecoverable, noKey } = WORDS[lang];
  const { times, epoch, custodians, slotsHash, weaknesses } = line;
  if (times.key_dropped_at === null) return [[keys.epoch, noKey]];
  const fact = line.irrecoverable ? ` ${irrecoverable}` : "";
  return [
    [keys.epoch, `${epoch === null ? "–" : count(epoch)}${fact === "" ? "" : `.${fact}`}`],
    ...(custodians.length === 0 ? [] : [[keys.custodians, custodians.join(", ")] as const]),
    ...(slotsHash === null ? [] : [[keys.slots, html`<code>${slotsHash}</code>`] as const]),
    ...(weaknesses.length === 0 ? [] : [[keys.weak, weaknesses.join("; ")] as const]),
  ];
}

function stepList(line: LedgerLine, timeZone: string, lang: UiLang): Markup {
  const words = WORDS[lang];
  return html`<ol class="destruction-steps">
    ${DESTRUCTION_STATES.map((state) => {
      const at = line.times[`${state}_at`];
      return html`<li>
        ${STEP_WORDS[state][lang]}
        ${at === null ? html`<span class="soft">${words.notYet}</span>` : momentMark(at, timeZone, lang)}
      </li>`;
    })}
  </ol>`;
}

const STYLE = `
.certificate { font-size: 0.95rem; }
.verdict { display: flex; gap: 0.5rem; align-items: center; }
.shape { flex: none; }
.verdict-kept { color: light-dark(#1b6b3a, #8fd3a5); }
.verdict-broken, .open { color: light-dark(#a3261d, #f2a79f); }
.fill { fill: currentColor; }
.cut { fill: none; stroke: Canvas; stroke-width: 1.8; }
.line { fill: none; stroke: currentColor; stroke-width: 1.6; }
.pairs > div { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: 0 1rem;
  padding: 0.3rem 0; border-bottom: 1px solid var(--line); }
.pairs { margin: 1rem 0; }
.destruction-steps { margin: 0; padding-left: 1.2rem; }
code { overflow-wrap: anywhere; }
@media (max-width: 36rem) { .pairs > div { grid-template-columns: minmax(0, 1fr); } }
@media print { section { break-inside: avoid; } @page { margin: 18mm; } }
`;

/** A document that stands alone: for a file, for print, for whoever has no access here. */
export async function certificateDocument(input: CertificateInput): Promise<string> {
  const title = certificateTitle(input.certificate, input.lang);
  return String(
    await html`<!doctype html>
      <html lang="${input.lang}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} ${input.certificate.run.slice(0, 8)}</title>
          <style>
            ${trusted(DOCUMENT_STYLE + STYLE)}
          </style>
        </head>
        <body>
          <main>${certificateSheet(input)}</main>
        </body>
      </html> `,
  );
}
