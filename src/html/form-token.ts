/**
 * A token in every form, bound to the browser it was shown to and to its session: a form made
 * elsewhere, or shown before a log-in or log-out, is refused. It stands beside the origin check.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { Random } from "../base/clock.ts";
import { html } from "./markup.ts";
import type { Markup } from "./markup.ts";

const FORM_COOKIE = "form";
const FIELD = "form_token";

export interface FormTokens {
  /** A hidden field for a form of this page. Sets the form cookie if the browser has none. */
  field(c: Context): Markup;
  /** Does the value sent with a form fit this browser and session? */
  fits(c: Context, value: unknown): boolean;
  /** Name of the hidden field. */
  readonly fieldName: string;
}

export interface FormTokenOptions {
  readonly random: Random;
  /** Names of the session cookies the token is bound to. */
  readonly sessionCookies: readonly string[];
  /** Are the pages reached over https? Then the cookie is `Secure`. */
  secure(c: Context): boolean;
}

/** Form tokens under a secret that lives as long as the process. */
export function createFormTokens(options: FormTokenOptions): FormTokens {
  const secret = options.random.bytes(32);
  const tokenOf = (c: Context, browser: string): string =>
    createHmac("sha256", secret)
      .update([browser, ...options.sessionCookies.map((name) => getCookie(c, name))].join("\n"))
      .digest("base64url");

  // One request can show several forms; they share the cookie that its answer sets.
  const fresh = new WeakMap<Context, string>();
  const browserOf = (c: Context): string => {
    const known = getCookie(c, FORM_COOKIE) ?? fresh.get(c);
    if (known !== undefined) return known;
    const made = Buffer.from(options.random.bytes(16)).toString("base64url");
    fresh.set(c, made);
    setCookie(c, FORM_COOKIE, made, {
      path: "/",
      httpOnly: true,
      sameSite: "Strict",
      secure: options.secure(c),
    });
    return made;
  };
  return Object.freeze({
    fieldName: FIELD,
    field: (c: Context) =>
      html`<input type="hidden" name="${FIELD}" value="${tokenOf(c, browserOf(c))}" />`,
    fits: (c: Context, value: unknown) => {
      const browser = getCookie(c, FORM_COOKIE);
      if (browser === undefined || typeof value !== "string") return false;
      const expected = Buffer.from(tokenOf(c, browser));
      const given = Buffer.from(value);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  });
}
