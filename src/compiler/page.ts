/**
 * The published page as a value. Renderers to HTML and Markdown only walk it.
 */
import type { Day, Lang } from "../policy/model.ts";

/** A cell or sentence in one language; `open` marks a fact the text leaves open. */
export interface Text {
  readonly text: string;
  readonly open?: boolean;
  /** Where the text leads, if it is an address: `https:`, `mailto:` or `tel:`. */
  readonly href?: string;
}
export type Block =
  | {
      readonly kind: "sentence";
      readonly promise: string;
      readonly text: string;
      readonly open: boolean;
    }
  | {
      readonly kind: "table";
      readonly caption: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly Text[])[];
    }
  | { readonly kind: "note"; readonly text: string };

export interface PageArticle {
  readonly number: number;
  readonly anchor: string;
  readonly heading: string;
  readonly blocks: readonly Block[];
}

/** The summary at the head: what, why, how long, who else, your rights. */
export interface LabelMark {
  readonly mark: "what" | "why" | "how_long" | "who_else" | "rights";
  readonly title: string;
  readonly text: string;
  readonly article: number;
}

export interface Page {
  readonly lang: Lang;
  readonly title: string;
  readonly announced: Day;
  readonly effective: Day;
  readonly label: readonly LabelMark[];
  readonly preamble: readonly Block[];
  readonly articles: readonly PageArticle[];
}
