/** Pages for people: the policy and its past versions, notices, "my data", and receipts. */
import { Hono } from "hono";
import type { Context } from "hono";
import { dayOf } from "../base/calendar.ts";
import type { Clock } from "../base/clock.ts";
import { JikimError } from "../base/errors.ts";
import type { Compiled } from "../compiler/compile.ts";
import type { FoundReceipt } from "../engine/audit/read-log.ts";
import type { Jikim } from "../engine/jikim.ts";
import { LONGEST_CODE } from "../engine/audit/receipt-code.ts";
import type { FormTokens } from "../html/form-token.ts";
import { readerOf } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import type { Verdict } from "../proof/verdict.ts";
import { consentRoutes, CONSENTS_PATH } from "./consent-routes.ts";
import { disclosuresPart } from "./disclosures-part.ts";
import { LEAVE_PATH, leaveRoutes } from "./leave-routes.ts";
import { myData } from "./my-data.ts";
import { myDataPage, myDataTitle } from "./my-data-page.ts";
import { noticesPage, noticesTitle } from "./notices-page.ts";
import { policyRoutes } from "./policy-routes.ts";
import { receiptPage, receiptTitle } from "./receipt-page.ts";
import { processorPages, standingOf } from "./processors-page.ts";
import { announcedBy, inForceOn } from "./versions.ts";

export interface SiteOptions {
  readonly jikim: Jikim;
  /** Every version there is, in any order; one is shown from the day it is announced. */
  readonly versions: readonly Compiled[];
  readonly clock: Clock;
  readonly page: SetPage;
  readonly tokens: FormTokens;
  /** The signed-in subject, or null. */
  who(c: Context): Promise<string | null>;
  /** Ends the session of this browser, for somebody who leaves. */
  endSession?(c: Context): Promise<void>;
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
const RECEIPT = "/receipt";

/**
 * Pages for people, to be mounted at the root of a service.
 * @example app.route("/", createSite({ jikim, versions: [jikim.compiled], clock, page, tokens, who, verdicts }))
 */
export function createSite(options: SiteOptions): Hono {
  const { jikim, versions, clock, page } = options;
  const paths = { ...PATHS, ...options.paths };
  const today = (): string => dayOf(clock.now(), jikim.plan.timeZone);
  const app = new Hono();
  // Before the versions: the last part of this path is a word, not a day.
  app.route(
    "/",
    processorPages({
      inForce: () => inForceOn(announcedBy(versions, today()), today()),
      page,
      standing: () => standingOf(jikim.context),
    }),
  );
  app.route("/", policyRoutes({ ...options, today, path: POLICY, boardPath: paths.board }));
  app.get("/notices", async (c) => {
    const reader = readerOf(c);
    const main = noticesPage({ versions, reader, today: today(), policyPath: POLICY });
    return c.html(await page(c, { title: noticesTitle(reader.lang), main }));
  });
  app.get(RECEIPT, async (c) => {
    const reader = readerOf(c);
    const code = (c.req.query("code") ?? "").trim().slice(0, LONGEST_CODE);
    const main = receiptPage({
      reader,
      timeZone: jikim.plan.timeZone,
      path: RECEIPT,
      code,
      found: code === "" ? null : await findReceipt(jikim, code),
      verifierKey: jikim.log.verifierKey,
    });
    // The code is in the address; no cache between here and the browser keeps the answer.
    c.header("Cache-Control", "no-store");
    return c.html(await page(c, { title: receiptTitle(reader.lang), main }));
  });
  const mine = { login: paths.login, leave: LEAVE_PATH, me: "/me", policy: POLICY };
  app.route("/", consentRoutes({ ...options, paths: mine }));
  app.route("/", leaveRoutes({ ...options, paths: { ...paths, receipt: RECEIPT, me: "/me" } }));
  app.get("/me", async (c) => {
    const reader = readerOf(c);
    const subject = await options.who(c);
    if (subject === null) return c.redirect(reader.to(paths.login), 303);
    c.header("Cache-Control", "no-store");
    const main = myDataPage({
      compiled: jikim.compiled,
      data: await myData(jikim, subject),
      disclosures: await disclosuresPart(jikim.context, jikim.compiled, { subject, reader }),
      reader,
      now: clock.now(),
      token: options.tokens.field(c),
      policyPath: POLICY,
      logoutPath: paths.logout,
      leavePath: LEAVE_PATH,
      consentsPath: CONSENTS_PATH,
    });
    return c.html(await page(c, { title: myDataTitle(reader.lang), main }));
  });
  return app;
}

/** A log that does not fit its signatures confirms nothing, and the page says so. */
async function findReceipt(jikim: Jikim, code: string): Promise<FoundReceipt | null | "damaged"> {
  try {
    return await jikim.log.find(code);
  } catch (error) {
    if (error instanceof JikimError && error.code === "ERR_LOG_DAMAGED") return "damaged";
    throw error;
  }
}
