/** `/privacy`: the text in force, the text of any past day, and what changed from one to the next. */
import { Hono } from "hono";
import type { Context } from "hono";
import { isDay } from "../base/calendar.ts";
import type { Compiled } from "../compiler/compile.ts";
import { readerOf } from "../html/reader.ts";
import type { Status } from "../proof/verdict.ts";
import { changesPage, changesTitle } from "./changes-page.ts";
import type { SiteOptions } from "./create-site.ts";
import { noTextPage, noTextTitle } from "./no-text-page.ts";
import { pageLang, privacyPage } from "./privacy-page.ts";
import { announcedBy, inForceOn, shownOn, upcomingOn, versionPairs } from "./versions.ts";
import type { VersionPair } from "./versions.ts";

export interface PolicyRouteOptions extends Pick<
  SiteOptions,
  "jikim" | "versions" | "page" | "verdicts"
> {
  /** Today in the policy's time zone. */
  today(): string;
  readonly path: string;
  readonly boardPath: string;
}

/** The routes. */
export function policyRoutes(options: PolicyRouteOptions): Hono {
  const { jikim, versions, page, today, path, boardPath } = options;
  const app = new Hono();
  const statuses = async (): Promise<ReadonlyMap<string, Status>> =>
    new Map((await options.verdicts()).map(({ promise, status }) => [promise, status]));

  const policy = async (c: Context, compiled: Compiled, asked: string | null) => {
    const reader = readerOf(c);
    const main = privacyPage({
      compiled,
      versions: announcedBy(versions, today()),
      reader,
      today: today(),
      asked,
      running: jikim.compiled,
      path,
      boardPath,
      statuses: compiled.hash === jikim.compiled.hash ? await statuses() : new Map(),
    });
    return c.html(await page(c, { title: compiled.page(pageLang(compiled, reader)).title, main }));
  };
  app.get(path, async (c) => {
    const on = c.req.query("on");
    if (on !== undefined) return c.redirect(readerOf(c).to(isDay(on) ? `${path}/${on}` : path));
    const announced = announcedBy(versions, today());
    // Before the first version takes effect, the announced one is all there is to read.
    const compiled = inForceOn(announced, today()) ?? upcomingOn(announced, today());
    return compiled === null ? c.notFound() : policy(c, compiled, null);
  });
  const changes = async (c: Context, pairs: readonly VersionPair[]): Promise<Response> => {
    const reader = readerOf(c);
    const shown = announcedBy(versions, today());
    const main = changesPage({ versions: shown, pairs, reader, today: today(), path });
    return c.html(await page(c, { title: changesTitle(reader.lang), main }));
  };
  app.get(`${path}/changes`, (c) => changes(c, versionPairs(versions, today())));
  app.get(`${path}/:day`, async (c) => {
    const day = c.req.param("day");
    if (!isDay(day)) return c.notFound();
    const shown = shownOn(versions, day, today());
    if (shown.on === "nothing") return c.notFound();
    if (shown.on === "text") {
      const { version } = shown;
      return policy(c, version, day === version.policy.effective ? null : day);
    }
    const reader = readerOf(c);
    const main = noTextPage({ shown, day, reader, path });
    return c.html(await page(c, { title: noTextTitle(shown, reader.lang), main }), 404);
  });
  app.get(`${path}/:day/changes`, async (c) => {
    const day = c.req.param("day");
    const pair = versionPairs(versions, today()).find(
      ({ after }) => after.policy.effective === day,
    );
    return pair === undefined ? c.notFound() : changes(c, [pair]);
  });
  return app;
}
