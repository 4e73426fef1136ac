/** Pages for people: the policy in force and its past versions, notices, and "my data". */
import { Hono } from "hono";
import type { Context } from "hono";
import { dayOf, isDay } from "../base/calendar.ts";
import type { Clock } from "../base/clock.ts";
import type { Compiled } from "../compiler/compile.ts";
import type { Jikim } from "../engine/jikim.ts";
import type { FormTokens } from "../html/form-token.ts";
import { readerOf } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import type { Status, Verdict } from "../proof/verdict.ts";
import { myData } from "./my-data.ts";
import { myDataPage, myDataTitle } from "./my-data-page.ts";
import { noticesPage, noticesTitle } from "./notices-page.ts";
import { changesPage, changesTitle, pageLang, privacyPage } from "./privacy-page.ts";
import { processorPages } from "./processors-page.ts";
import { sentenceChanges } from "./sentence-changes.ts";
import { shownOn, versionBefore } from "./versions.ts";

export interface SiteOptions {
  readonly jikim: Jikim;
  /** Every version of the policy that was announced, in any order. */
  readonly versions: readonly Compiled[];
  readonly clock: Clock;
  readonly page: SetPage;
  readonly tokens: FormTokens;
  /** The signed-in subject, or null. */
  who(c: Context): Promise<string | null>;
  /** The latest verdict on each promise, shown beside the sentences. */
  verdicts(): Promise<readonly Verdict[]>;
  readonly paths?: Partial<SitePaths>;
}

export interface SitePaths {
  readonly login: string;
  readonly logout: string;
  readonly board: string;
}

const PATHS: SitePaths = { login: "/login", logout: "/logout", board: "/console/promises" };
const POLICY = "/privacy";

/**
 * Pages for people, to be mounted at the root of a service.
 * @example app.route("/", createSite({ jikim, versions: [jikim.compiled], clock, page, tokens, who, verdicts }))
 */
export function createSite(options: SiteOptions): Hono {
  const { jikim, versions, clock, page } = options;
  const paths = { ...PATHS, ...options.paths };
  const today = (): string => dayOf(clock.now(), jikim.plan.timeZone);
  const app = new Hono();
  const statuses = async (): Promise<ReadonlyMap<string, Status>> =>
    new Map((await options.verdicts()).map(({ promise, status }) => [promise, status]));

  const policy = async (c: Context, compiled: Compiled | null): Promise<Response> => {
    if (compiled === null) return c.notFound();
    const reader = readerOf(c);
    const main = privacyPage({
      compiled,
      versions,
      reader,
      today: today(),
      path: POLICY,
      boardPath: paths.board,
      statuses: compiled.hash === jikim.compiled.hash ? await statuses() : new Map(),
    });
    return c.html(await page(c, { title: compiled.page(pageLang(compiled, reader)).title, main }));
  };
  app.get(POLICY, (c) => policy(c, shownOn(versions, today(), today())));
  // Before the versions: the last part of this path is a word, not a day.
  app.route("/", processorPages({ inForce: () => shownOn(versions, today(), today()), page }));
  app.get(`${POLICY}/:day`, (c) => policy(c, versionOf(c, versions, today())));
  app.get(`${POLICY}/:day/changes`, async (c) => {
    const after = versionOf(c, versions, today());
    const before = after === null ? null : versionBefore(versions, after);
    if (after === null || before === null) return c.notFound();
    const reader = readerOf(c);
    const changes = sentenceChanges(before, after, pageLang(after, reader));
    const main = changesPage({ before, after, changes, reader, path: POLICY });
    return c.html(await page(c, { title: changesTitle(reader.lang), main }));
  });
  app.get("/notices", async (c) => {
    const reader = readerOf(c);
    const main = noticesPage({ versions, reader, today: today(), policyPath: POLICY });
    return c.html(await page(c, { title: noticesTitle(reader.lang), main }));
  });
  app.get("/me", async (c) => {
    const reader = readerOf(c);
    const subject = await options.who(c);
    if (subject === null) return c.redirect(reader.to(paths.login), 303);
    c.header("Cache-Control", "no-store");
    const main = myDataPage({
      compiled: jikim.compiled,
      data: await myData(jikim, subject),
      reader,
      now: clock.now(),
      token: options.tokens.field(c),
      policyPath: POLICY,
      logoutPath: paths.logout,
    });
    return c.html(await page(c, { title: myDataTitle(reader.lang), main }));
  });
  return app;
}

function versionOf(c: Context, versions: readonly Compiled[], today: string): Compiled | null {
  const day = c.req.param("day") ?? "";
  return isDay(day) ? shownOn(versions, day, today) : null;
}
