import { receiptOf } from "../engine/audit/receipt-code.ts";
import { stateOfRun } from "../engine/destruction/remove-classes.ts";
import type { Jikim } from "../engine/jikim.ts";
import { partWords } from "../engine/withdrawal/part-words.ts";
import { totalsOf, type WithdrawalPreview } from "../engine/withdrawal/preview.ts";
import type { WithdrawalPart } from "../engine/withdrawal/sort-records.ts";
import {
  type Confirmer,
  CONFIRMERS,
  type Withdrawal,
  WITHDRAWAL_CHANNELS,
  WITHDRAWAL_STEPS,
  type WithdrawalChannel,
} from "../engine/withdrawal/withdrawal-row.ts";
import { type Command, type Input, usage } from "./command.ts";
import { DATA_OPTIONS, openData } from "./data-option.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { counted } from "./issue-lines.ts";
import { KEEPER_OPTION } from "./keeper-option.ts";
import { compilePolicy } from "./load-policy.ts";
import { progressLine } from "./progress-line.ts";

/** `jikim withdraw`: ends a membership, after a look at what that does. */
export const withdrawCommand: Command = {
  name: "withdraw",
  says: "ends a membership: what is destroyed, moved apart, kept; first as a preview",
  takes: ["SUBJECT", "[policy]"],
  options: {
    ...DATA_OPTIONS,
    ...KEEPER_OPTION,
    preview: { takes: null, says: "only say what would happen" },
    confirm: { takes: null, says: "do it; the wish and the identity are confirmed" },
    channel: { takes: "CHANNEL", says: "how the wish came", oneOf: WITHDRAWAL_CHANNELS },
    "confirmed-by": { takes: "WHO", says: "who confirmed it (default: staff)", oneOf: CONFIRMERS },
    by: { takes: "ID", says: "number of the staff who checked the identity" },
    lang: { takes: "LANG", says: "language of the last message (default: the policy's first)" },
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim withdraw 9f86d081884c7d65 policies/remotemeeting --data ./data --preview",
    "jikim withdraw 9f86d081884c7d65 policies/remotemeeting --data ./data --confirm --channel phone --by 12",
    "jikim withdraw 9f86d081884c7d65 policies/remotemeeting --data ./data --preview --json",
  ],
  exits: "exit codes: 0 done or shown, 1 refused or not finished, 2 misuse",
  run: withdraw,
};

async function withdraw(input: Input, io: CliIo): Promise<ExitCode> {
  const [subject = "", policy] = input.words;
  const doIt = input.on("confirm");
  if (doIt === input.on("preview")) throw usage("say --preview, or --confirm once it is confirmed");
  const channel = WITHDRAWAL_CHANNELS.find((each) => each === input.text("channel"));
  if (doIt && channel === undefined) throw usage("--confirm needs --channel: how the wish came");
  const compiled = await compilePolicy(io, policy, input.text("law"));
  const jikim = await openData(input, io, compiled);
  try {
    if (doIt && channel !== undefined) return await leave(jikim, { input, io, subject, channel });
    show(jikim, input, io, await jikim.previewWithdrawal(subject));
    return 0;
  } finally {
    await jikim.close();
  }
}

async function leave(
  jikim: Jikim,
  {
    input,
    io,
    subject,
    channel,
  }: { input: Input; io: CliIo; subject: string; channel: WithdrawalChannel },
): Promise<ExitCode> {
  const [by, lang] = [input.text("by"), input.text("lang")];
  const confirmedBy: Confirmer =
    CONFIRMERS.find((each) => each === input.text("confirmed-by")) ?? "staff";
  const line = input.json
    ? null
    : progressLine(io, WITHDRAWAL_STEPS.length, counted(WITHDRAWAL_STEPS.length, "step"));
  let done: Withdrawal;
  try {
    done = await jikim.withdraw(subject, {
      confirmedBy,
      channel,
      ...(by === undefined ? {} : { by }),
      ...(lang === undefined ? {} : { lang }),
      onStep: (step) => line?.show(WITHDRAWAL_STEPS.indexOf(step)),
    });
  } finally {
    line?.end();
  }
  await showDone(jikim, input, io, done);
  return 0;
}

function show(jikim: Jikim, input: Input, io: CliIo, preview: WithdrawalPreview): void {
  if (input.json) return printJson(io, { parts: preview.parts, processors: preview.processors });
  table(jikim, io, preview.parts);
  for (const id of preview.processors) io.out(`order to erase  ${id}\n`);
  io.err("Nothing was done. --confirm does it, once the wish and the identity are confirmed.\n");
  return undefined;
}

async function showDone(jikim: Jikim, input: Input, io: CliIo, done: Withdrawal): Promise<void> {
  const receipt = done.leaf === null ? null : receiptOf(done.leaf);
  const state = await stateOfRun(jikim.context.db, done.id);
  if (input.json) {
    return printJson(io, {
      run: done.id,
      step: done.step,
      state,
      parts: done.parts,
      orders: done.orders,
      receipt,
    });
  }
  table(jikim, io, done.parts);
  io.out(`${counted(done.orders ?? 0, "order")} to processors\n`);
  io.out(`receipt ${receipt ?? "–"}\n`);
  return undefined;
}

function table(jikim: Jikim, io: CliIo, parts: readonly WithdrawalPart[]): void {
  for (const row of partWords(jikim.compiled, parts, "en")) {
    const style = row.fate === "destroyed" ? "red" : row.fate === "moved" ? "yellow" : "dim";
    const until = row.until === "" ? "" : `  ${row.until}`;
    io.out(
      `${styled(io, style, row.fate.padEnd(9))}  ${counted(row.records, "record").padEnd(12)}` +
        `  ${row.name}${until}  ${styled(io, "dim", row.why)}\n`,
    );
  }
  const { destroyed, moved, kept } = totalsOf(parts);
  io.out(`${destroyed} destroyed, ${moved} moved apart, ${kept} kept\n`);
}
