/** Pages for people: the policy in force and its past versions, notices, and "my data". */
import { Hono } from "hono";
import type { Context } from "hono";
import { dayOf } from "../base/calendar.ts";
import type { Clock } from "../base/clock.ts";
import type { Compiled } from "../compiler/compile.ts";
import type { Jikim } from "../engine/jikim.ts";
import type { FormTokens } from "../html/form-token.ts";
import { readerOf } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import type { Verdict } from "../proof/verdict.ts";
import { myData } from "./my-data.ts";
import { myDataPage, myDataTitle } from "./my-data-page.ts";
import { noticesPage, noticesTitle } from "./notices-page.ts";
import { policyRoutes } from "./policy-routes.ts";

export interface SiteOptions {
  readonly jikim: Jikim;
  /** Every version there is, in any order; one is shown from the day it is announced. */
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
  app.route("/", policyRoutes({ ...options, today, path: POLICY, boardPath: paths.board }));
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
