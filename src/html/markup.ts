/**
 * Markup is text that has been escaped. Everything put into a template is escaped unless it is
 * markup itself; `trusted` is the one door past that, for text of our own making.
 */
import { html, raw } from "hono/html";

export { html };

/** A piece of a page. Templates nest and may wait for promises. */
export type Markup = ReturnType<typeof html>;

/** Nothing at all, where a piece of a page is asked for. */
export const nothing: Markup = html``;

/** Markup made elsewhere by our own renderers; never text that came from outside. */
export function trusted(text: string): Markup {
  return raw(text);
}
