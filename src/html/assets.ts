/**
 * Style sheets and fonts, served from this machine: no page of ours tells another host that
 * somebody reads it. Addresses carry the hash of the content and are cached for a year.
 *
 * The typeface is Pretendard (SIL Open Font License 1.1), taken unchanged from its npm package in
 * 92 pieces by character range, so that a page loads only the pieces it needs.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Hono } from "hono";

const SHEETS = [
  "tokens",
  "base",
  "parts",
  "policy",
  "board",
  "log",
  "register",
  "certificate",
  "print",
] as const;
const FONT_CSS = "pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css";
const FONT_NAME = /^PretendardVariable\.subset\.\d{1,3}\.woff2$/;
const YEAR = "public, max-age=31536000, immutable";

export interface StyleSheet {
  readonly href: string;
  readonly text: string;
}

/** A style sheet under an address that changes with its text. */
export function styleSheet(name: string, text: string): StyleSheet {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return Object.freeze({ href: `/assets/${name}.${hash}.css`, text });
}

/** Our own sheet: the font's ranges, then tokens, base, parts and the sheets of single pages. */
export function jikimSheet(): StyleSheet {
  const own = SHEETS.map((name) =>
    readFileSync(new URL(`./styles/${name}.css`, import.meta.url), "utf8"),
  );
  const fonts = readFileSync(fileURLToPath(import.meta.resolve(FONT_CSS)), "utf8").replaceAll(
    "./woff2-dynamic-subset/",
    "/assets/fonts/",
  );
  return styleSheet("jikim", [fonts, ...own].join("\n"));
}

/** Serves the sheets and the font pieces. Mount it at the root of an application. */
export function assets(sheets: readonly StyleSheet[]): Hono {
  const app = new Hono();
  const fontFolder = new URL("./woff2-dynamic-subset/", import.meta.resolve(FONT_CSS));
  for (const sheet of sheets) {
    app.get(sheet.href, (c) =>
      c.body(sheet.text, 200, {
        "Content-Type": "text/css; charset=utf-8",
        "Cache-Control": YEAR,
      }),
    );
  }
  app.get("/assets/fonts/:name", async (c) => {
    const name = c.req.param("name");
    if (!FONT_NAME.test(name)) return c.notFound();
    const piece = await readFile(new URL(name, fontFolder)).catch(() => null);
    if (piece === null) return c.notFound();
    return c.body(piece, 200, { "Content-Type": "font/woff2", "Cache-Control": YEAR });
  });
  return app;
}
