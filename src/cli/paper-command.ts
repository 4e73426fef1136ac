import type { Jikim } from "../engine/jikim.ts";
import { destroyPaper } from "../engine/paper/destroy-paper.ts";
import { type PaperItem, paperItems, paperSlips } from "../engine/paper/paper.ts";
import { movePaper, registerPaper } from "../engine/paper/register-paper.ts";
import { type Action, readAction } from "./action.ts";
import { type Command, type Input, usage } from "./command.ts";
import { DATA_OPTIONS, openData } from "./data-option.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { counted } from "./issue-lines.ts";
import { KEEPER_OPTION } from "./keeper-option.ts";
import { compilePolicy } from "./load-policy.ts";

type Act = "add" | "move" | "destroy" | "list";

const ACTIONS: Readonly<Record<Act, Action>> = {
  add: {
    needs: ["class", "cabinet", "arrived", "by"],
    may: ["separate", "started", "subject", "note"],
  },
  move: { needs: ["numbers", "cabinet", "started", "by"] },
  destroy: { needs: ["numbers", "method", "on", "by", "with"], may: ["box", "grams"] },
  list: { needs: [] },
};
const METHODS = ["shred", "incinerate"] as const;

/** `jikim paper`: the register of paper and the slips of its end. */
export const paperCommand: Command = {
  name: "paper",
  says: "paper with personal data: add, move (apart), destroy (with a slip), list",
  takes: ["ACT", "[policy]"],
  options: {
    ...DATA_OPTIONS,
    ...KEEPER_OPTION,
    class: { takes: "NAME", says: "add: record class whose clock it has" },
    cabinet: { takes: "NAME", says: "add, move: where it lies" },
    separate: { takes: null, says: "add: that is the separate cabinet of what is only kept" },
    arrived: { takes: "DAY", says: "add: the day it came" },
    started: { takes: "DAY", says: "add, move: the day its clock started, if not on arrival" },
    subject: { takes: "SUBJECT", says: "add: whose it is, where that is known" },
    note: { takes: "TEXT", says: "add: what it is; sealed, and gone with the paper" },
    numbers: { takes: "NUMBERS", says: "move, destroy: numbers in the register, 12,14" },
    method: { takes: "METHOD", says: "destroy: shred or incinerate", oneOf: METHODS },
    on: { takes: "DAY", says: "destroy: the day it was done" },
    by: { takes: "ID", says: "number of the staff who does it" },
    with: { takes: "ID", says: "destroy: number of the second person" },
    box: { takes: "NAME", says: "destroy: number of the box" },
    grams: { takes: "GRAMS", says: "destroy: the weight, where there is no box" },
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim paper add policies/remotemeeting --data ./data --class complaint --cabinet A-1 --arrived 2026-11-20 --by 12",
    "jikim paper move policies/remotemeeting --data ./data --numbers 1 --cabinet B-2 --started 2026-11-23 --by 12",
    "jikim paper destroy policies/remotemeeting --data ./data --numbers 1 --method shred --on 2029-11-24 --by 12 --with 15 --box 3",
    "jikim paper list policies/remotemeeting --data ./data",
  ],
  exits: "exit codes: 0 done, 1 refused, or some paper is overdue, 2 misuse",
  run: paper,
};

async function paper(input: Input, io: CliIo): Promise<ExitCode> {
  const act = readAction("paper", input, ACTIONS);
  const compiled = await compilePolicy(io, input.words[1], input.text("law"));
  const jikim = await openData(input, io, compiled);
  try {
    return await DO[act](input, io, jikim);
  } finally {
    await jikim.close();
  }
}

const DO: Readonly<Record<Act, (input: Input, io: CliIo, jikim: Jikim) => Promise<ExitCode>>> = {
  async add(input, io, { context }) {
    const [started, subject, note] = [
      input.text("started"),
      input.text("subject"),
      input.text("note"),
    ];
    const number = await registerPaper(context, {
      recordClass: input.text("class") ?? "",
      cabinet: input.text("cabinet") ?? "",
      separate: input.on("separate"),
      arrivedOn: input.text("arrived") ?? "",
      by: input.text("by") ?? "",
      ...(started === undefined ? {} : { startedOn: started }),
      ...(subject === undefined ? {} : { subject }),
      ...(note === undefined ? {} : { note }),
    });
    if (input.json) printJson(io, { number });
    else io.out(`paper ${number}: write this number on it\n`);
    return 0;
  },
  async move(input, io, { context }) {
    const numbers = numbersOf(input);
    for (const number of numbers) {
      await movePaper(context, number, {
        cabinet: input.text("cabinet") ?? "",
        startedOn: input.text("started") ?? "",
        by: input.text("by") ?? "",
      });
    }
    if (input.json) printJson(io, { moved: numbers });
    else io.out(`${counted(numbers.length, "paper")} moved apart\n`);
    return 0;
  },
  async destroy(input, io, { context }) {
    const [box, grams] = [input.text("box"), input.text("grams")];
    const numbers = numbersOf(input);
    const slip = await destroyPaper(context, {
      numbers,
      method: METHODS.find((each) => each === input.text("method")) ?? "shred",
      on: input.text("on") ?? "",
      by: [input.text("by") ?? "", input.text("with") ?? ""],
      ...(box === undefined ? {} : { box }),
      ...(grams === undefined ? {} : { weightGrams: Number(grams) }),
    });
    if (input.json) printJson(io, { slip, papers: numbers });
    else io.out(`slip ${slip}: ${counted(numbers.length, "paper")}\n`);
    return 0;
  },
  async list(input, io, { context }) {
    const items = await paperItems(context);
    const slips = await paperSlips(context.db);
    const overdue = items.filter(({ state }) => state === "overdue").length;
    if (input.json) printJson(io, { papers: items.map(dataOf), slips });
    else {
      for (const item of items) io.out(`${line(io, item)}\n`);
      for (const slip of slips) {
        const held = slip.box === null ? `${slip.weightGrams} g` : `box ${slip.box}`;
        io.out(
          `slip ${slip.number}  ${slip.destroyedOn}  ${slip.method}  ` +
            `${counted(slip.items, "paper")}, ${held}  by ${slip.by.join(" and ")}\n`,
        );
      }
      io.out(`${counted(items.length, "paper")} in the register\n`);
    }
    return overdue === 0 ? 0 : 1;
  },
};

function line(io: CliIo, item: PaperItem): string {
  const late = item.state === "overdue" ? styled(io, "red", "overdue") : item.state;
  const until = item.lastDay === null ? "until its event" : `last day ${item.lastDay}`;
  const apart = item.separate ? " (separate)" : "";
  return `${item.number}  ${item.recordClass}  cabinet ${item.cabinet}${apart}  ${until}  ${late}`;
}

function dataOf(item: PaperItem): object {
  return {
    number: item.number,
    class: item.recordClass,
    cabinet: item.cabinet,
    separate: item.separate,
    arrived_on: item.arrivedOn,
    last_day: item.lastDay,
    state: item.state,
    registered_by: item.registeredBy,
  };
}

function numbersOf(input: Input): readonly number[] {
  const parts = (input.text("numbers") ?? "").split(",").map((part) => part.trim());
  if (!parts.every((part) => /^[1-9]\d{0,8}$/.test(part))) {
    throw usage("--numbers are numbers of the register: 12,14");
  }
  return parts.map(Number);
}
