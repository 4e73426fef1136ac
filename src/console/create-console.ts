/**
 * The staff's pages: promise board, processors, record of processing, audit log. With a desk all but
 * the board need a signed-in member of staff; without one there is nothing that writes.
 */
import { Hono } from "hono";
import { Temporal } from "temporal-polyfill";
import { assert } from "../base/assert.ts";
import type { Compiled } from "../compiler/compile.ts";
import type { AuditLog } from "../engine/audit/open-log.ts";
import type { Jikim } from "../engine/jikim.ts";
import { findOverdue } from "../engine/retention/overdue.ts";
import { useNotice } from "../engine/notice/use-notice.ts";
import { readerOf } from "../html/reader.ts";
import type { FormTokens } from "../html/form-token.ts";
import type { SetPage } from "../html/service-page.ts";
import { STATUSES } from "../proof/verdict.ts";
import type { Status, Verdict } from "../proof/verdict.ts";
import { archiveConsole } from "./archive-page.ts";
import { makeBoard } from "./board.ts";
import { boardPage, boardTitle } from "./board-page.ts";
import { logDocument, logPage, logTitle, SHOWN_LEAVES } from "./log-page.ts";
import { BOARD_PATH, LOG_PATH } from "./console-nav.ts";
import { type Desk, guardConsole } from "./desk.ts";
import { destructionConsole } from "./destruction-pages.ts";
import { holdConsole } from "./hold-pages.ts";
import { paperConsole } from "./paper-pages.ts";
import { messageConsole } from "./messages-page.ts";
import { processorConsole, recordConsole } from "./processor-pages.ts";
import { provisionConsole } from "./provision-pages.ts";
import { signInPages, withStaffLine } from "./sign-in-page.ts";
import { withdrawalConsole } from "./withdrawal-pages.ts";

export interface ConsoleOptions {
  /** The policy in force. */
  readonly compiled: Compiled;
  /** The engine, for the pages of what it does; without it there are only the policy's own. */
  readonly jikim?: Jikim;
  readonly page: SetPage;
  /** The latest verdict on each promise. */
  verdicts(): Promise<readonly Verdict[]>;
  /** The audit log; without it there is no page of it. */
  readonly log?: AuditLog;
  /** Who is signed in as staff. */
  readonly desk?: Desk;
  /** Tokens of the forms, bound to the desk's cookie too; they come with a desk. */
  readonly tokens?: FormTokens;
  /** Where the policy is published. Default `/privacy`. */
  readonly policyPath?: string;
}

/**
 * Pages under `/console`, to be mounted at the root of a service.
 * @example app.route("/", createConsole({ compiled, page, verdicts, desk, tokens }))
 */
export function createConsole(given: ConsoleOptions): Hono {
  const { compiled, desk, tokens, policyPath = "/privacy" } = given;
  const app = new Hono();
  assert(desk === undefined || tokens !== undefined, "a desk comes with tokens for its forms");
  let { page } = given;
  const staffed = desk === undefined || tokens === undefined ? null : { desk, tokens };
  if (staffed !== null) {
    app.use("/console/*", guardConsole(staffed.desk));
    page = withStaffLine(staffed, page);
    app.route("/", signInPages(staffed, page));
  }
  const options = { ...given, page };
  app.get(BOARD_PATH, async (c) => {
    const reader = readerOf(c);
    const lang = compiled.policy.languages.includes(reader.lang)
      ? reader.lang
      : (compiled.policy.languages[0] ?? reader.lang);
    const board = makeBoard({
      promises: compiled.promises,
      page: compiled.page(lang),
      verdicts: await options.verdicts(),
    });
    c.header("Cache-Control", "no-store");
    if (c.req.query("format") === "json") return c.json(boardDocument(board, compiled));
    const main = boardPage({
      board,
      reader,
      policy: compiled.policy,
      overdue: options.jikim === undefined ? null : await findOverdue(options.jikim.context),
      filter: statusOf(c.req.query("status")),
      policyPath,
      boardPath: BOARD_PATH,
      logPath: options.log === undefined ? null : LOG_PATH,
    });
    return c.html(await page(c, { title: boardTitle(reader.lang), main, set: "desk" }));
  });
  if (options.log !== undefined) addLog(app, options, options.log);
  const engine = given.jikim?.context;
  const notice = engine === undefined ? undefined : () => useNotice(engine);
  app.route("/", recordConsole(compiled, page, notice));
  if (options.jikim !== undefined) {
    app.route("/", withdrawalConsole({ jikim: options.jikim, page, desk, tokens }));
    app.route("/", messageConsole(options.jikim.context, page));
    if (staffed !== null) app.route("/", archiveConsole(options.jikim, page, staffed));
    app.route("/", processorConsole(options.jikim.context, page, staffed));
    app.route("/", destructionConsole(options.jikim, page, staffed));
    if (staffed !== null) app.route("/", holdConsole(options.jikim, page, staffed));
    app.route("/", paperConsole(options.jikim.context, page, staffed));
    app.route("/", provisionConsole(options.jikim.context, page, staffed));
  }
  return app;
}

function addLog(app: Hono, { compiled, page }: ConsoleOptions, log: AuditLog): void {
  app.get(LOG_PATH, async (c) => {
    const reader = readerOf(c);
    const input = {
      reader,
      timeZone: compiled.policy.timeZone,
      path: LOG_PATH,
      state: await log.state(),
      verifierKey: log.verifierKey,
      leaves: await log.newest(SHOWN_LEAVES),
    };
    c.header("Cache-Control", "no-store");
    if (c.req.query("format") === "json") return c.json(logDocument(input));
    const main = logPage(input);
    return c.html(await page(c, { title: logTitle(reader.lang), main, set: "desk" }));
  });
}

function statusOf(text: string | undefined): Status | null {
  return STATUSES.find((status) => status === text) ?? null;
}

/** The board for programs. */
function boardDocument(board: ReturnType<typeof makeBoard>, compiled: Compiled): object {
  return {
    policy: compiled.policy.id,
    effective: compiled.policy.effective,
    hash: compiled.hash,
    looked_at: instant(board.lookedAt),
    counts: board.counts,
    promises: board.lines.map((line) => ({
      id: line.promise.id,
      key: line.promise.key,
      text: line.text,
      status: line.status,
      since: instant(line.since),
      at: instant(line.at),
      examined: line.examined,
      violations: line.violations,
      evidence: line.evidence,
    })),
  };
}

const instant = (at: number | null): string | null =>
  at === null ? null : Temporal.Instant.fromEpochMilliseconds(at).toString();
