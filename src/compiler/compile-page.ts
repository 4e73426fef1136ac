/**
 * From promises to the published page: per article its sentences, each once and with its number,
 * then the tables of each clause kind. Everything is in the one language.
 */
import { JikimError } from "../base/errors.ts";
import type { ClauseKind, Lang } from "../policy/model.ts";
import { type PageSource, pageSource } from "./blocks/block.ts";
import { collectionBlocks } from "./blocks/collection.ts";
import {
  contactBlocks,
  cookieBlocks,
  noticeBlocks,
  purposeBlocks,
  rightBlocks,
  scopeBlocks,
} from "./blocks/rest.ts";
import { destructionBlocks, retentionBlocks } from "./blocks/retention.ts";
import { processorBlocks, provisionBlocks } from "./blocks/sharing.ts";
import { labelIn } from "./format-value.ts";
import { labelMarks } from "./label.ts";
import type { Block, Page } from "./page.ts";
import type { PolicyPromise } from "./promise.ts";
import { renderSentence } from "./render-sentence.ts";

const noBlocks = (): readonly Block[] => [];

/** Tables and notes of each clause kind, after its sentences. A kind left out does not compile. */
export const BLOCKS = {
  scope: scopeBlocks,
  collection: collectionBlocks,
  purpose: purposeBlocks,
  provision: provisionBlocks,
  processor: processorBlocks,
  retention: retentionBlocks,
  destruction: destructionBlocks,
  right: rightBlocks,
  duty: noBlocks, // the sentences say it all
  cookie: cookieBlocks,
  safeguard: noBlocks, // the sentences are the list
  contact: contactBlocks,
  link: noBlocks,
  notice: noticeBlocks,
} as const satisfies Readonly<Record<ClauseKind, (source: PageSource) => readonly Block[]>>;

/**
 * The page in one language.
 *
 * @throws JikimError `ERR_USAGE` when the policy is not published in `lang`.
 * @example compilePage({ policy, law, plan, promises }, "ko").articles[0]?.heading
 */
export function compilePage(
  of: Pick<PageSource, "policy" | "law" | "plan"> & {
    readonly promises: readonly PolicyPromise[];
  },
  lang: Lang,
): Page {
  const { policy, promises } = of;
  if (!policy.languages.includes(lang)) {
    throw new JikimError("ERR_USAGE", `this policy is not published in ${lang}`, {
      lang,
      languages: policy.languages,
    });
  }
  const source = pageSource(of, lang);
  const blocksOf = (number: number, kinds: readonly ClauseKind[]): readonly Block[] =>
    kinds.flatMap((kind) => [
      ...promises
        .filter((promise) => promise.article === number && promise.kind === kind)
        .map((promise) => sentenceBlock(source, promise)),
      ...BLOCKS[kind](source),
    ]);
  return Object.freeze({
    lang,
    title: source.words.title(labelIn(policy.controller.service, lang)),
    announced: policy.announced,
    effective: policy.effective,
    label: labelMarks(source),
    preamble: blocksOf(0, ["scope"]),
    articles: policy.articles.map(({ number, heading, clauses }) => ({
      number,
      anchor: `article-${number}`,
      heading: labelIn(heading, lang),
      blocks: blocksOf(number, clauses),
    })),
  });
}

function sentenceBlock({ policy, lang }: PageSource, promise: PolicyPromise): Block {
  return { kind: "sentence", promise: promise.id, ...renderSentence(promise, policy, lang) };
}
