/**
 * Who reads, as far as a page needs to know: the language, and whether it was chosen. A chosen
 * language travels in the address (`?lang=en`), so that no cookie is needed to remember it.
 */
import type { Context } from "hono";
import { accepts } from "hono/accepts";

/** Languages our own pages are written in. */
export const UI_LANGS = ["ko", "en"] as const;
export type UiLang = (typeof UI_LANGS)[number];

export interface Reader {
  readonly lang: UiLang;
  /** The address with the chosen language kept. */
  to(path: string): string;
}

const isUiLang = (text: string | undefined): text is UiLang =>
  UI_LANGS.some((lang) => lang === text);

/**
 * The reader of a request: `?lang=` decides, else `Accept-Language`, else Korean.
 * @example readerOf(c).to("/privacy") // "/privacy?lang=en" when ?lang=en was asked for
 */
export function readerOf(c: Context): Reader {
  const asked = c.req.query("lang");
  if (isUiLang(asked))
    return Object.freeze({ lang: asked, to: (path: string) => withLang(path, asked) });
  const accepted = accepts(c, {
    header: "Accept-Language",
    supports: [...UI_LANGS],
    default: "ko",
  });
  // Browsers send "en-US" as often as "en"; the region never changes which page is right.
  const primary = (c.req.header("Accept-Language") ?? "").trim().slice(0, 2).toLowerCase();
  const lang = isUiLang(primary) ? primary : isUiLang(accepted) ? accepted : "ko";
  return Object.freeze({ lang, to: (path: string) => path });
}

/** The same place in another language: path and other parameters stay. */
export function switchLang(url: string, lang: UiLang): string {
  const { pathname, search } = new URL(url);
  const params = new URLSearchParams(search);
  params.set("lang", lang);
  return `${pathname}?${params.toString()}`;
}

function withLang(path: string, lang: UiLang): string {
  const [beforeHash = "", hash] = path.split("#", 2);
  const joined = `${beforeHash}${beforeHash.includes("?") ? "&" : "?"}lang=${lang}`;
  return hash === undefined ? joined : `${joined}#${hash}`;
}
