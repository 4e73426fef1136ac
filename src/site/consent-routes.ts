/** `/me/consents`: what I agreed to, and one button to give a consent or take it back. */
import { Hono } from "hono";
import type { Context } from "hono";
import type { Jikim } from "../engine/jikim.ts";
import type { FormTokens } from "../html/form-token.ts";
import { readerOf } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import type { Compiled } from "../compiler/compile.ts";
import { consentsPage, consentsTitle } from "./consents-page.ts";
import { consentEvidence } from "./consent-text.ts";
import { myConsents } from "./my-consents.ts";

export const CONSENTS_PATH = "/me/consents";

export interface ConsentRouteOptions {
  readonly jikim: Jikim;
  readonly versions: readonly Compiled[];
  readonly page: SetPage;
  readonly tokens: FormTokens;
  /** The signed-in subject, or null. */
  who(c: Context): Promise<string | null>;
  readonly paths: {
    readonly login: string;
    readonly leave: string;
    readonly me: string;
    readonly policy: string;
  };
}

const ACTS = ["give", "withdraw"] as const;

/** The routes, to be mounted at the root of a service. */
export function consentRoutes(options: ConsentRouteOptions): Hono {
  const { jikim, page, paths } = options;
  const versions = new Map(options.versions.map(({ hash, policy }) => [hash, policy.effective]));
  const app = new Hono();
  app.get(CONSENTS_PATH, async (c) => {
    const reader = readerOf(c);
    const subject = await options.who(c);
    if (subject === null) return c.redirect(reader.to(paths.login), 303);
    c.header("Cache-Control", "no-store");
    const asked = new URL(c.req.url).searchParams;
    const act = ACTS.find((each) => asked.has(each));
    const consent = act === undefined ? "" : (asked.get(act) ?? "");
    const known = Object.hasOwn(jikim.compiled.policy.consents, consent);
    const main = consentsPage({
      compiled: jikim.compiled,
      data: await myConsents(jikim, subject, reader.lang),
      reader,
      token: options.tokens.field(c),
      versions,
      done: act !== undefined && known ? { act, consent } : null,
      path: CONSENTS_PATH,
      leavePath: paths.leave,
      mePath: paths.me,
      policyPath: paths.policy,
    });
    return c.html(await page(c, { title: consentsTitle(reader.lang), main }));
  });
  app.post(CONSENTS_PATH, async (c) => {
    const reader = readerOf(c);
    const subject = await options.who(c);
    if (subject === null) return c.redirect(reader.to(paths.login), 303);
    const form = await c.req.parseBody();
    const act = ACTS.find((each) => each === form["act"]);
    const { consents } = await myConsents(jikim, subject, reader.lang);
    const asked = consents.find(({ id }) => id === form["consent"]);
    if (asked === undefined || act === undefined) return c.redirect(reader.to(CONSENTS_PATH), 303);
    if (asked.by === "leave") return c.redirect(reader.to(paths.leave), 303);
    const { id, text } = asked;
    const { lang } = reader;
    // What is evidence of a giving is what this page has shown; to take back, nothing need be.
    const shown = act === "give" ? [consentEvidence(jikim.compiled, id, text, lang)] : [];
    const evidence = { lang, shown, method: "site" };
    await jikim.consent(
      subject,
      act === "give" ? { ...evidence, give: id } : { ...evidence, withdraw: id },
    );
    return c.redirect(reader.to(`${CONSENTS_PATH}?${act}=${id}`), 303);
  });
  return app;
}
