/**
 * The edge of every application we serve: headers, limits, forms only from our own pages, and one
 * door for errors. Pages carry no script at all, so the content policy allows none.
 */
import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import type { FormTokens } from "./form-token.ts";
import type { Markup } from "./markup.ts";
import { problemFrom, problemOf, problemPage, problemTitle } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { readerOf } from "./reader.ts";

/** Largest request body, in bytes. A form of ours needs a tenth of it. */
export const MAX_BODY_BYTES = 64 * 1024;

export interface EdgeOptions {
  readonly tokens: FormTokens;
  /** The public origin (`https://www.example.com`); without it the request's own. */
  readonly origin?: string | undefined;
  /** Sets a page on the service's sheet. */
  page(c: Context, sheet: { readonly title: string; readonly main: Markup }): Promise<Markup>;
  /** Receives what must not be shown. Never with a personal value: errors hold none. */
  log(error: unknown): void;
}

/** Puts the edge around an application; call it before any route is added. */
export function guardEdge(app: Hono, options: EdgeOptions): void {
  const answer = (c: Context, problem: Problem): Promise<Response> =>
    problemAnswer(c, problem, options);
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.status === 403) {
      return answer(c, problemOf("ERR_FOREIGN_FORM"));
    }
    const problem = problemFrom(error);
    if (problem.status >= 500) options.log(error);
    return answer(c, problem);
  });
  app.notFound((c) => answer(c, problemOf("ERR_NOT_FOUND")));
  app.use(headers(options.origin?.startsWith("https:") === true));
  app.use(async (c, next) => {
    await next();
    // A page may differ by who is signed in; nothing between here and the browser keeps it.
    if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "private, no-cache");
  });
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: async (c, methods) => {
        const response = await answer(c, problemOf("ERR_METHOD"));
        response.headers.set("Allow", methods.join(", "));
        return response;
      },
    }),
  );
  app.use(
    bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => answer(c, problemOf("ERR_TOO_LARGE")) }),
  );
  app.use(options.origin === undefined ? csrf() : csrf({ origin: options.origin }));
  app.use(async (c, next) => {
    if (c.req.method !== "POST") return next();
    // Only the form our pages send: a second format would be a second door to guard.
    const type = c.req.header("content-type") ?? "";
    if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
      return answer(c, problemOf("ERR_MEDIA_TYPE"));
    }
    const form = await c.req.parseBody();
    if (!options.tokens.fits(c, form[options.tokens.fieldName])) {
      return answer(c, problemOf("ERR_STALE_FORM"));
    }
    return next();
  });
}

async function problemAnswer(
  c: Context,
  problem: Problem,
  options: EdgeOptions,
): Promise<Response> {
  const reader = readerOf(c);
  const main = problemPage(problem, reader.lang, reader.to("/"));
  const page = await options.page(c, { title: problemTitle(problem, reader.lang), main });
  c.header("Cache-Control", "no-store");
  return c.html(page, problem.status);
}

// No script, no frame, no foreign source. `same-origin` and not `no-referrer`: a browser told to
// send no referrer sends `Origin: null` with forms, and the origin check would refuse our own.
function headers(https: boolean): ReturnType<typeof secureHeaders> {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      fontSrc: ["'self'"],
      imgSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: "same-origin",
    strictTransportSecurity: https ? "max-age=31536000; includeSubDomains" : false,
    xFrameOptions: "DENY",
    permissionsPolicy: { camera: [], microphone: [], geolocation: [], browsingTopics: [] },
  });
}
