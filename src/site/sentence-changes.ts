/** Before and after, sentence by sentence: paired by their stable keys, compared word by word. */
import { diffWordsWithSpace } from "diff";
import type { Compiled } from "../compiler/compile.ts";
import type { Lang } from "../policy/model.ts";

export interface WordRun {
  readonly text: string;
  readonly on: "same" | "removed" | "added";
}

export interface SentenceChange {
  readonly key: string;
  /** Number in the newer text; in the older one where the sentence is gone. */
  readonly promise: string;
  readonly kind: "added" | "removed" | "changed";
  readonly runs: readonly WordRun[];
}

/** Sentences that differ, in the order of the newer text; what is gone comes last. */
export function sentenceChanges(
  before: Compiled,
  after: Compiled,
  lang: Lang,
): readonly SentenceChange[] {
  const [old, now] = [sentences(before, lang), sentences(after, lang)];
  const changes: SentenceChange[] = [];
  for (const [key, { promise, text }] of now) {
    const was = old.get(key);
    if (was === undefined) {
      changes.push({ key, promise, kind: "added", runs: [{ text, on: "added" }] });
    } else if (was.text !== text) {
      changes.push({ key, promise, kind: "changed", runs: wordRuns(was.text, text) });
    }
  }
  for (const [key, { promise, text }] of old) {
    if (now.has(key)) continue;
    changes.push({ key, promise, kind: "removed", runs: [{ text, on: "removed" }] });
  }
  return changes;
}

function wordRuns(before: string, after: string): readonly WordRun[] {
  return diffWordsWithSpace(before, after).map(({ value, added, removed }) => ({
    text: value,
    on: added ? "added" : removed ? "removed" : "same",
  }));
}

function sentences(
  compiled: Compiled,
  lang: Lang,
): ReadonlyMap<string, { readonly promise: string; readonly text: string }> {
  const page = compiled.page(lang);
  const keys = new Map(compiled.promises.map(({ id, key }) => [id, key]));
  const blocks = [...page.preamble, ...page.articles.flatMap((article) => article.blocks)];
  return new Map(
    blocks.flatMap((block) => {
      const key = block.kind === "sentence" ? keys.get(block.promise) : undefined;
      return block.kind === "sentence" && key !== undefined
        ? [[key, { promise: block.promise, text: block.text }] as const]
        : [];
    }),
  );
}
