/** `/console/destruction`: the ledger, and the certificate of each run with the officer's word. */
import { Hono } from "hono";
import type { Context } from "hono";
import { JikimError } from "../base/errors.ts";
import { LEDGER_FILTERS, ledgerCounts, newestLines } from "../engine/destruction/ledger-lines.ts";
import type { Jikim } from "../engine/jikim.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import { readerOf, type UiLang } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import { certificateData } from "./certificate-data.ts";
import { certificateDocument, certificateSheet, certificateTitle } from "./certificate-page.ts";
import { consoleNav, DESTRUCTION_PATH } from "./console-nav.ts";
import type { StaffedDesk } from "./desk.ts";
import { ledgerPage, ledgerTitle } from "./ledger-page.ts";

const WORDS: Record<UiLang, { confirm: string; file: string; json: string; back: string }> = {
  ko: {
    confirm: "파기 결과를 확인했습니다",
    file: "문서로 받기 (인쇄용)",
    json: "JSON으로 받기",
    back: "대장으로",
  },
  en: {
    confirm: "I have looked at it and confirm it",
    file: "Get as a document (for print)",
    json: "Get as JSON",
    back: "Back to the ledger",
  },
};

/** The pages. Confirming needs an officer at a desk. */
export function destructionConsole(jikim: Jikim, page: SetPage, staffed: StaffedDesk | null): Hono {
  const app = new Hono();
  app.get(DESTRUCTION_PATH, async (c) => showLedger(jikim, page, c));
  app.get(`${DESTRUCTION_PATH}/:run`, async (c) => showRun({ jikim, page, staffed }, c));
  if (staffed === null) return app;
  const { desk } = staffed;
  app.post(`${DESTRUCTION_PATH}/:run/confirm`, desk.guard("officer"), async (c) => {
    const staff = await desk.who(c);
    if (staff === null) throw new JikimError("ERR_STAFF_NEEDED", "no staff is signed in");
    const run = c.req.param("run");
    await jikim.confirmDestruction(run, staff);
    return c.redirect(readerOf(c).to(`${DESTRUCTION_PATH}/${run}`), 303);
  });
  return app;
}

async function showLedger(jikim: Jikim, page: SetPage, c: Context): Promise<Response> {
  const { context } = jikim;
  const reader = readerOf(c);
  const filter = LEDGER_FILTERS.find((each) => each === c.req.query("show")) ?? "all";
  const lines = await newestLines(context, filter);
  c.header("Cache-Control", "no-store");
  if (c.req.query("format") === "json") {
    return c.json({
      lines: lines.map((line) => ({
        run: line.run,
        class: line.recordClass,
        last_day: line.lastDay,
        reason: line.reason,
        records: line.records,
        state: line.state,
        overdue: line.overdue,
        traces: line.look?.found ?? null,
        confirmed: line.confirmedAt !== null,
      })),
    });
  }
  const counts = await ledgerCounts(context.db);
  const main = ledgerPage({ policy: jikim.plan.policy, reader, filter, counts, lines });
  return c.html(await page(c, { title: ledgerTitle(reader.lang), main, set: "desk" }));
}

async function showRun(
  { jikim, page, staffed }: { jikim: Jikim; page: SetPage; staffed: StaffedDesk | null },
  c: Context,
): Promise<Response> {
  const reader = readerOf(c);
  const { lang } = reader;
  const run = c.req.param("run") ?? "";
  if (!/^[0-9a-f]{32}$/.test(run)) return c.notFound();
  const certificate = await jikim.certificateOf(run);
  c.header("Cache-Control", "no-store");
  const { compiled } = jikim;
  const format = c.req.query("format");
  if (format === "json") return c.json(certificateData(certificate, jikim.plan.timeZone));
  if (format === "document") {
    return c.body(await certificateDocument({ compiled, certificate, lang }), 200, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Disposition": `attachment; filename="certificate-${run.slice(0, 8)}.html"`,
    });
  }
  const roles = (await staffed?.desk.who(c))?.roles ?? [];
  const may =
    certificate.state === "complete" &&
    certificate.confirmation === null &&
    roles.includes("officer");
  const words = WORDS[lang];
  const at = `${DESTRUCTION_PATH}/${run}`;
  const confirm =
    may && staffed !== null
      ? html`<form class="no-print" method="post" action="${reader.to(`${at}/confirm`)}">
          ${staffed.tokens.field(c)}<button>${words.confirm}</button>
        </form>`
      : nothing;
  const link = (to: string, says: string): Markup => html`<a href="${reader.to(to)}">${says}</a>`;
  const main = html`<div class="board register">
    ${consoleNav(reader, DESTRUCTION_PATH)}
    ${certificateSheet({ compiled, certificate, lang, confirm })}
    <p class="small no-print">
      ${link(`${at}?format=document`, words.file)} · ${link(`${at}?format=json`, words.json)} ·
      ${link(DESTRUCTION_PATH, words.back)}
    </p>
  </div>`;
  return c.html(await page(c, { title: certificateTitle(certificate, lang), main, set: "desk" }));
}
