/** How a service sets a page of ours on its own sheet, with its header, footer and account corner. */
import type { Context } from "hono";
import type { Markup } from "./markup.ts";

export interface ServicePage {
  readonly title: string;
  readonly main: Markup;
  readonly set?: "people" | "desk";
  readonly front?: boolean;
}

/** Given by the service: puts the frame around a page. */
export type SetPage = (c: Context, page: ServicePage) => Promise<Markup>;
