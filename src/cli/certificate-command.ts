import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { certificateData } from "../console/certificate-data.ts";
import { certificateDocument } from "../console/certificate-page.ts";
import { STATE_WORDS } from "../console/destruction-words.ts";
import type { Certificate } from "../engine/destruction/certificate.ts";
import { newestLines } from "../engine/destruction/ledger-lines.ts";
import type { Jikim } from "../engine/jikim.ts";
import { listStaff } from "../engine/staff/staff.ts";
import { type Command, type Input, usage } from "./command.ts";
import { DATA_OPTIONS, openData } from "./data-option.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { counted } from "./issue-lines.ts";
import { KEEPER_OPTION } from "./keeper-option.ts";
import { compilePolicy } from "./load-policy.ts";
import { printPdf } from "./print-pdf.ts";

const LIST = "list";

/** `jikim certificate`: what a run of the ledger destroyed, and the officer's word on it. */
export const certificateCommand: Command = {
  name: "certificate",
  says: "what a run destroyed, as text, JSON, HTML or PDF; list: the newest runs",
  takes: ["RUN", "[policy]"],
  options: {
    ...DATA_OPTIONS,
    ...KEEPER_OPTION,
    html: { takes: "FILE", says: "write the document that stands alone" },
    pdf: { takes: "FILE", says: "print it (needs Chromium on this machine)" },
    lang: { takes: "LANG", says: "ko (default) or en", oneOf: ["ko", "en"] },
    "confirm-by": { takes: "ID", says: "the officer confirms the run: number of the officer" },
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim certificate list policies/remotemeeting --data ./data",
    "jikim certificate 4f1c09aa policies/remotemeeting --data ./data --pdf certificate.pdf",
    "jikim certificate 4f1c09aa policies/remotemeeting --data ./data --confirm-by 1",
  ],
  exits: "exit codes: 0 destroyed and nothing found, 1 not yet or traces found, 2 misuse",
  run: certificate,
};

async function certificate(input: Input, io: CliIo): Promise<ExitCode> {
  const [named = "", policy] = input.words;
  const needs = ["html", "pdf", "confirm-by"].find((name) => input.text(name) !== undefined);
  if (named === LIST && needs !== undefined) throw usage(`--${needs} needs a run`);
  const compiled = await compilePolicy(io, policy, input.text("law"));
  const jikim = await openData(input, io, compiled);
  try {
    if (named === LIST) return await list(input, io, jikim);
    const run = await runNamed(jikim, named);
    const by = input.text("confirm-by");
    if (by !== undefined) await confirm(jikim, run, by);
    return await show(input, io, jikim, await jikim.certificateOf(run));
  } finally {
    await jikim.close();
  }
}

/** The roles come from the register; what is typed here is only the number. */
async function confirm(jikim: Jikim, run: string, by: string): Promise<void> {
  const roles = (await listStaff(jikim.context.db)).find(({ id }) => id === by)?.roles ?? [];
  await jikim.confirmDestruction(run, { id: by, roles });
}

async function runNamed(jikim: Jikim, named: string): Promise<string> {
  if (/^[0-9a-f]{32}$/.test(named)) return named;
  if (!/^[0-9a-f]{6,31}$/.test(named)) throw usage("a run has 6 to 32 hex digits");
  const lines = await newestLines(jikim.context, "all");
  const runs = new Set(lines.map(({ run }) => run).filter((run) => run.startsWith(named)));
  const [only] = runs;
  if (only === undefined || runs.size > 1) throw usage("none of the newest runs is meant by that");
  return only;
}

async function list(input: Input, io: CliIo, jikim: Jikim): Promise<ExitCode> {
  const lines = await newestLines(jikim.context, "all");
  const runs = [...Map.groupBy(lines, ({ run }) => run).keys()];
  const certificates = [];
  for (const run of runs) certificates.push(await jikim.certificateOf(run));
  if (input.json) {
    printJson(
      io,
      certificates.map((each) => certificateData(each, jikim.plan.timeZone)),
    );
  } else {
    for (const each of certificates) io.out(`${line(io, each)}\n`);
    io.out(`${counted(certificates.length, "run")} of the ledger\n`);
  }
  return certificates.every(({ state }) => state === "complete") ? 0 : 1;
}

function line(io: CliIo, it: Certificate): string {
  const days = it.lines.map(({ recordClass, lastDay }) => `${recordClass} ${lastDay}`);
  const shown =
    days.slice(0, 3).join(", ") + (days.length > 3 ? ` and ${days.length - 3} more` : "");
  const colour = it.state === "complete" ? "green" : it.state === "traces_found" ? "red" : "yellow";
  const state = styled(io, colour, STATE_WORDS[it.state].en.toLowerCase());
  const seen =
    it.confirmation !== null
      ? `confirmed by ${it.confirmation.by}`
      : it.confirmationOverdue
        ? styled(io, "red", "confirmation overdue")
        : "not confirmed";
  return `${it.run.slice(0, 8)}  ${counted(it.records, "record")}  ${shown}  ${state}, ${seen}`;
}

async function show(input: Input, io: CliIo, jikim: Jikim, it: Certificate): Promise<ExitCode> {
  const lang = input.text("lang") === "en" ? "en" : "ko";
  const [htmlFile, pdfFile] = [input.text("html"), input.text("pdf")];
  const document = async (): Promise<string> =>
    certificateDocument({ compiled: jikim.compiled, certificate: it, lang });
  if (htmlFile !== undefined) {
    await writeFile(resolve(io.cwd, htmlFile), await document(), { flag: "wx" }).catch(() => {
      throw usage(`${htmlFile} is there already, or cannot be written`);
    });
    io.err(`wrote ${htmlFile}\n`);
  }
  if (pdfFile !== undefined) {
    await printPdf(await document(), resolve(io.cwd, pdfFile), io.path ?? "");
    io.err(`wrote ${pdfFile}\n`);
  }
  if (input.json) printJson(io, certificateData(it, jikim.plan.timeZone));
  else if (htmlFile === undefined && pdfFile === undefined) {
    io.out(`${line(io, it)}\n`);
    for (const each of it.lines) {
      const look = each.look === null ? "not looked at" : counted(each.look.found, "trace");
      io.out(
        `  ${each.recordClass}  last day ${each.lastDay}  ${counted(each.records, "record")}, ` +
          `${counted(each.subjects, "person", "people")}  ${each.state.replaceAll("_", " ")}  ${look}\n`,
      );
    }
    for (const { code, kind } of it.receipts) io.out(`  receipt ${code}  ${kind}\n`);
  }
  return it.state === "complete" ? 0 : 1;
}
