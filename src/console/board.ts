/**
 * The promise board: every sentence as published, with what a look found. Broken first, then not
 * checked, then words only, and what is kept last: a board is for what needs work, not for praise.
 */
import type { Page } from "../compiler/page.ts";
import type { PolicyPromise } from "../compiler/promise.ts";
import { STATUSES } from "../proof/verdict.ts";
import type { Status, Verdict } from "../proof/verdict.ts";

/** The order of the board. */
export const BOARD_ORDER = ["broken", "unknown", "words_only", "kept", "not_applicable"] as const;

/** One sentence with its verdict. */
export interface BoardLine {
  readonly promise: PolicyPromise;
  readonly text: string;
  readonly heading: string;
  readonly status: Status;
  /** Since when the verdict has been the same; null when nothing was ever found out. */
  readonly since: number | null;
  /** When it was last looked at, in milliseconds since the epoch; null when never. */
  readonly at: number | null;
  readonly examined: number;
  readonly violations: number;
  readonly evidence: Verdict["evidence"];
}

export interface Board {
  readonly lines: readonly BoardLine[];
  readonly counts: Readonly<Record<Status, number>>;
  /** The youngest look of all; null when nothing was ever checked. */
  readonly lookedAt: number | null;
}

export interface BoardInput {
  readonly promises: readonly PolicyPromise[];
  readonly page: Page;
  readonly verdicts: readonly Verdict[];
}

/** Joins sentences, their text on the page and the latest verdicts. A sentence without a verdict
 * is `unknown`: silence is never taken for a yes. */
export function makeBoard(input: BoardInput): Board {
  const byPromise = new Map(input.verdicts.map((verdict) => [verdict.promise, verdict]));
  const texts = sentenceTexts(input.page);
  const headings = new Map(input.page.articles.map(({ number, heading }) => [number, heading]));
  const lines = input.promises.map((promise): BoardLine => {
    const verdict = byPromise.get(promise.id);
    return Object.freeze({
      promise,
      text: texts.get(promise.id) ?? "",
      heading: headings.get(promise.article) ?? "",
      status: verdict?.status ?? "unknown",
      since: verdict?.since ?? null,
      at: verdict?.at ?? null,
      examined: verdict?.examined ?? 0,
      violations: verdict?.violations ?? 0,
      evidence: verdict?.evidence ?? [],
    });
  });
  const counts = Object.fromEntries(
    STATUSES.map((status) => [status, lines.filter((line) => line.status === status).length]),
  ) as Record<Status, number>;
  const looks = lines.flatMap(({ at }) => (at === null ? [] : [at]));
  return Object.freeze({ lines, counts, lookedAt: looks.length === 0 ? null : Math.max(...looks) });
}

function sentenceTexts(page: Page): ReadonlyMap<string, string> {
  const blocks = [...page.preamble, ...page.articles.flatMap((article) => article.blocks)];
  return new Map(
    blocks.flatMap((block) => (block.kind === "sentence" ? [[block.promise, block.text]] : [])),
  );
}
