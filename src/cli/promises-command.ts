import type { Compiled } from "../compiler/compile.ts";
import { renderSentence } from "../compiler/render-sentence.ts";
import { CHECKS } from "../proof/checks.ts";
import { runChecks } from "../proof/run-checks.ts";
import type { Status, Verdict } from "../proof/verdict.ts";
import { STATUSES } from "../proof/verdict.ts";
import type { Command, Input } from "./command.ts";
import { DATA_OPTIONS, openData } from "./data-option.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { KEEPER_OPTION } from "./keeper-option.ts";
import { languageOf } from "./language-of.ts";
import { compilePolicy } from "./load-policy.ts";

/** `jikim promises`: every sentence of the policy and whether it is kept. */
export const promisesCommand: Command = {
  name: "promises",
  says: "every sentence of the policy, and with --data whether it is being kept",
  takes: ["[policy]"],
  options: {
    ...DATA_OPTIONS,
    ...KEEPER_OPTION,
    lang: { takes: "LANG", says: "language of the sentences (default: the policy's first)" },
    status: { takes: "STATUS", says: "only these", oneOf: STATUSES },
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim promises policies/remotemeeting --lang en",
    "jikim promises policies/remotemeeting --data ./data --json",
    "jikim promises policies/remotemeeting --data ./data --status broken",
  ],
  exits: "exit codes: 0 no promise is broken, 1 one is, 2 misuse",
  run: promises,
};

async function promises(input: Input, io: CliIo): Promise<ExitCode> {
  const compiled = await compilePolicy(io, input.words[0], input.text("law"));
  const lang = languageOf(input, compiled.policy.languages);
  const verdicts =
    input.text("data") === undefined ? unlooked(compiled) : await look(input, io, compiled);
  const byKey = new Map(verdicts.map((verdict) => [verdict.key, verdict]));
  const all = compiled.promises.map((promise) => {
    const said = renderSentence(promise, compiled.policy, lang);
    const { id, key, kind, form, per } = promise;
    const verdict = byKey.get(key);
    const status: Status = verdict?.status ?? "unknown";
    return { id, key, kind, form, status, sentence: said.text, open: said.open, per, verdict };
  });
  const wanted = all.filter((each) => (input.text("status") ?? each.status) === each.status);
  const totals = Object.fromEntries(
    STATUSES.map((status) => [status, all.filter((each) => each.status === status).length]),
  );
  if (input.json) {
    printJson(io, { policy: compiled.policy.id, promises: all.length, totals, list: wanted });
  } else {
    for (const each of wanted) {
      io.out(`${each.id.padEnd(6)} ${statusText(io, each.status)} ${each.sentence}\n`);
    }
    const counts = STATUSES.map(
      (status) => `${totals[status] ?? 0} ${status.replaceAll("_", " ")}`,
    );
    io.out(`${all.length} promises: ${counts.join(", ")}\n`);
  }
  return all.some((each) => each.status === "broken") ? 1 : 0;
}

async function look(input: Input, io: CliIo, compiled: Compiled): Promise<readonly Verdict[]> {
  const jikim = await openData(input, io, compiled);
  try {
    return await runChecks({
      compiled,
      db: jikim.context.db,
      clock: jikim.context.clock,
      archive: jikim.context.archive,
    });
  } finally {
    await jikim.close();
  }
}

/** Without data nothing was looked at: a sentence is words only, or nobody knows. */
function unlooked(compiled: Compiled): readonly Verdict[] {
  return compiled.promises.map(({ id, key, form }) => {
    const check = CHECKS[form];
    const code = typeof check === "string" ? check : "never-looked";
    return {
      promise: id,
      key,
      status: typeof check === "string" ? "words_only" : "unknown",
      since: null,
      at: null,
      examined: 0,
      violations: 0,
      evidence: [{ code, facts: {} }],
    };
  });
}

const STYLE: Readonly<Record<Status, "green" | "red" | "yellow" | "dim">> = {
  kept: "green",
  broken: "red",
  unknown: "yellow",
  not_applicable: "dim",
  words_only: "yellow",
};

function statusText(io: CliIo, status: Status): string {
  return styled(io, STYLE[status], status.replaceAll("_", " ").padEnd(14));
}
