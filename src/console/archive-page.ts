/**
 * `/console/archive`: a look at what a statute keeps apart. Found by the receipt of the withdrawal,
 * never by a value; opened on a ground, by whoever has the archive in their charge, for a reason.
 * What is refused stands in the access log too.
 */
import { Hono } from "hono";
import type { Context } from "hono";
import { JikimError } from "../base/errors.ts";
import { sentenceCase } from "../compiler/format-value.ts";
import { ruleOf } from "../compiler/statute.ts";
import { archivedClasses } from "../engine/archive/archived-classes.ts";
import { LONGEST_CODE } from "../engine/audit/receipt-code.ts";
import type { Jikim } from "../engine/jikim.ts";
import { type ArchivedRead, readArchived } from "../engine/use/read-archived.ts";
import { dayMark } from "../html/figures.ts";
import { errorSummary, field, type FieldError } from "../html/form-parts.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import { type Reader, readerOf, type UiLang } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import { ARCHIVE_PATH, consoleNav } from "./console-nav.ts";
import type { StaffedDesk } from "./desk.ts";

type Form = Readonly<Record<"receipt" | "ground" | "reason", string>>;
type Fault = "receipt" | "refused";

interface Words {
  readonly title: string;
  readonly lead: string;
  readonly receipt: string;
  readonly receiptHint: string;
  readonly ground: string;
  readonly noGround: string;
  readonly request: string;
  readonly reason: string;
  readonly reasonHint: string;
  readonly look: string;
  readonly found: string;
  readonly collected: string;
  readonly until: (day: Markup) => Markup;
  readonly open: string;
  readonly faults: Readonly<Record<Fault, string>>;
}

const WORDS: Readonly<Record<UiLang, Words>> = {
  ko: {
    title: "분리 보관한 기록 보기",
    lead: "떠난 사람의 기록 가운데 법령이 보존하게 한 것만 다른 데이터베이스에 있습니다. 분리 보관을 맡은 담당자가 근거를 대고 볼 수 있습니다.",
    receipt: "탈퇴 확인 번호",
    receiptHint: "탈퇴 목록에 있습니다. 이름이나 이메일로는 찾을 수 없습니다.",
    ground: "보는 근거",
    noGround: "근거를 골라 주십시오",
    request: "본인의 열람 요청",
    reason: "보는 까닭",
    reasonHint: "거절되어도 접속기록에 남습니다.",
    look: "보기",
    found: "보관하고 있는 기록",
    collected: "수집한 날",
    until: (day) => html`${day}까지 보관`,
    open: "보관 기간이 아직 시작되지 않음",
    faults: {
      receipt: "이 번호의 탈퇴로 분리 보관한 기록이 없습니다.",
      refused:
        "보여 드릴 수 없습니다. 분리 보관을 맡은 담당자가 근거와 까닭을 대야 합니다. 이 시도를 기록했습니다.",
    },
  },
  en: {
    title: "Records kept apart",
    lead: "What a statute makes us keep of people who left lies in another database. Whoever has it in their charge can look, on a ground.",
    receipt: "Receipt of the withdrawal",
    receiptHint: "It stands in the list of withdrawals. Nothing is found by name or address.",
    ground: "Ground",
    noGround: "Pick a ground",
    request: "The person asked to see it",
    reason: "Why you look",
    reasonHint: "It stands in the access log, also when it is refused.",
    look: "Look",
    found: "What is kept",
    collected: "Collected",
    until: (day) => html`kept until ${day}`,
    open: "the period has not begun",
    faults: {
      receipt: "Nothing is kept apart by a withdrawal of this receipt.",
      refused:
        "This cannot be shown: it needs staff in charge of the archive, a ground and a reason. The attempt was recorded.",
    },
  },
};
const EMPTY: Form = { receipt: "", ground: "", reason: "" };
const LONGEST_REASON = 500;

/** The page, for whoever is signed in; the engine says who may see, and logs who tried. */
export function archiveConsole(jikim: Jikim, page: SetPage, { desk, tokens }: StaffedDesk): Hono {
  const app = new Hono();
  const show = async (
    c: Context,
    it: { form: Form; fault: Fault | null; found: readonly ArchivedRead[] },
  ): Promise<Response> => {
    const reader = readerOf(c);
    c.header("Cache-Control", "no-store");
    const main = archivePage({ jikim, reader, token: tokens.field(c), ...it });
    const sheet = await page(c, { title: WORDS[reader.lang].title, main, set: "desk" });
    return c.html(sheet, it.fault === null ? 200 : it.fault === "refused" ? 403 : 422);
  };
  app.get(ARCHIVE_PATH, (c) => show(c, { form: EMPTY, fault: null, found: [] }));
  app.post(ARCHIVE_PATH, async (c) => {
    const staff = await desk.who(c);
    if (staff === null) throw new JikimError("ERR_STAFF_NEEDED", "no staff is signed in");
    const sent = await c.req.parseBody();
    const form = formOf(sent);
    const by = { staff: staff.id, reason: form.reason, from: desk.from(c) };
    try {
      const found = await look(jikim, form, by);
      return await show(c, { form, fault: found.length === 0 ? "receipt" : null, found });
    } catch (error) {
      const code = error instanceof JikimError ? error.code : "";
      if (code === "ERR_USE_REFUSED") return show(c, { form, fault: "refused", found: [] });
      if (code !== "ERR_SUBJECT_UNKNOWN") throw error;
      return show(c, { form, fault: "receipt", found: [] });
    }
  });
  return app;
}

async function look(
  jikim: Jikim,
  { receipt, ground }: Form,
  by: Parameters<typeof readArchived>[3]["by"],
): Promise<readonly ArchivedRead[]> {
  const leaf = receipt === "" ? null : ((await jikim.log.find(receipt))?.leaf ?? null);
  const subject = leaf?.kind === "withdrawn" ? leaf.facts["subject"] : null;
  if (typeof subject !== "string") return [];
  return readArchived(jikim.context, subject, itemsOn(jikim, ground), { ground, by });
}

/** Every item that the ground opens. */
function itemsOn({ plan }: Jikim, ground: string): readonly string[] {
  const opened = [...archivedClasses(plan).values()].filter(
    ({ law }) => ground === "request" || law === ground,
  );
  return [
    ...new Set(opened.flatMap(({ clock, beside }) => [...clock.recordClass.holds, ...beside])),
  ];
}

function formOf(sent: Readonly<Record<string, unknown>>): Form {
  const text = (name: keyof Form, most: number): string => {
    const value = sent[name];
    return typeof value === "string" ? value.trim().slice(0, most) : "";
  };
  return {
    receipt: text("receipt", LONGEST_CODE),
    ground: text("ground", 100),
    reason: text("reason", LONGEST_REASON),
  };
}

interface ArchiveInput {
  readonly jikim: Jikim;
  readonly reader: Reader;
  readonly token: Markup;
  readonly form: Form;
  readonly fault: Fault | null;
  readonly found: readonly ArchivedRead[];
}

function archivePage(input: ArchiveInput): Markup {
  const { reader, fault, form } = input;
  const { lang } = reader;
  const words = WORDS[lang];
  const errors: FieldError[] =
    fault === null ? [] : [{ field: "receipt", says: words.faults[fault] }];
  return html`<div class="board register">
    ${consoleNav(reader, ARCHIVE_PATH)}
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${errorSummary(errors, lang)} ${input.found.length === 0 ? nothing : foundSection(input)}
    <form
      class="form"
      method="post"
      action="${reader.to(ARCHIVE_PATH)}"
      novalidate
      autocomplete="off"
    >
      ${input.token}
      ${field(
        {
          name: "receipt",
          label: words.receipt,
          required: true,
          hint: words.receiptHint,
          value: form.receipt,
          maxLength: LONGEST_CODE,
        },
        lang,
      )}
      ${field(
        {
          name: "ground",
          label: words.ground,
          required: true,
          value: form.ground,
          choices: [["", words.noGround], ...groundsOf(input.jikim, lang)],
        },
        lang,
      )}
      ${field(
        {
          name: "reason",
          label: words.reason,
          required: true,
          hint: words.reasonHint,
          value: form.reason,
          maxLength: LONGEST_REASON,
        },
        lang,
      )}
      <button>${words.look}</button>
    </form>
  </div>`;
}

/** The rules that keep anything, and the person's own wish. */
function groundsOf({ compiled }: Jikim, lang: UiLang): readonly (readonly [string, string])[] {
  const laws = new Set([...archivedClasses(compiled.plan).values()].map(({ law }) => law));
  return [
    ...[...laws].map((id) => [id, ruleOf(compiled.law, id)?.article[lang] ?? id] as const),
    ["request", WORDS[lang].request],
  ];
}

function foundSection({ jikim, reader, found }: ArchiveInput): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const { policy } = jikim.plan;
  return html`<section aria-labelledby="found">
    <h2 id="found">${words.found}</h2>
    ${found.map(
      ({ recordClass, collectedOn, endsOn, values }) =>
        html`<dl class="terms">
          <div>
            <dt>${sentenceCase(policy.records[recordClass]?.label[lang] ?? recordClass, lang)}</dt>
            <dd>
              ${words.collected} ${dayMark(collectedOn, lang)} ·
              ${endsOn === null ? words.open : words.until(dayMark(endsOn, lang))}
            </dd>
          </div>
          ${Object.entries(values).map(
            ([id, value]) =>
              html`<div>
                <dt>${sentenceCase(policy.items[id]?.label[lang] ?? id, lang)}</dt>
                <dd>${value}</dd>
              </div>`,
          )}
        </dl>`,
    )}
  </section>`;
}
