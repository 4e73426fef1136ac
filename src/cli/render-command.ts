import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pageToDocument } from "../compiler/page-html.ts";
import { pageToMarkdown } from "../compiler/page-markdown.ts";
import type { Command, Input } from "./command.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson } from "./io.ts";
import { languageOf } from "./language-of.ts";
import { compilePolicy } from "./load-policy.ts";

/** `jikim render`: the page people read, from the policy. */
export const renderCommand: Command = {
  name: "render",
  says: "the page people read, as HTML or Markdown",
  takes: ["[policy]"],
  options: {
    lang: { takes: "LANG", says: "language of the page (default: the policy's first)" },
    format: { takes: "FORMAT", says: "html (default) or md", oneOf: ["html", "md"] },
    out: { takes: "FILE", says: "write to a file instead of the terminal" },
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim render policies/remotemeeting --lang ko --out privacy.html",
    "jikim render policies/remotemeeting --lang en --format md",
    "jikim render policies/remotemeeting --json      the page as a value",
  ],
  run: render,
};

async function render(input: Input, io: CliIo): Promise<ExitCode> {
  const compiled = await compilePolicy(io, input.words[0], input.text("law"));
  const page = compiled.page(languageOf(input, compiled.policy.languages));
  if (input.json) {
    printJson(io, page);
    return 0;
  }
  const text = input.text("format") === "md" ? pageToMarkdown(page) : pageToDocument(page);
  const out = input.text("out");
  if (out === undefined) io.out(text);
  else {
    await writeFile(resolve(io.cwd, out), text);
    io.err(`wrote ${out}\n`);
  }
  return 0;
}
