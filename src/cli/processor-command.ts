import { resolve } from "node:path";
import { answerByStaff } from "../engine/processor/accept-answer.ts";
import { readFacts } from "../engine/processor/facts.ts";
import { handOver, letterOf } from "../engine/processor/hand-over.ts";
import { endProcessor, peopleAtProcessor } from "../engine/processor/owed-orders.ts";
import { ANSWER_STATES } from "../engine/processor/protocol.ts";
import { activateProcessor, listed, recordFacts } from "../engine/processor/register.ts";
import { recordSupervision, SUPERVISION_KINDS } from "../engine/processor/supervision.ts";
import { tellPeople } from "../engine/processor/tell-people.ts";
import { staffAtWork } from "../engine/staff/staff.ts";
import type { Jikim } from "../engine/jikim.ts";
import { type Action, readAction } from "./action.ts";
import type { Command, Input } from "./command.ts";
import { usage } from "./command.ts";
import { CONFORM_OPTIONS, conformEnd } from "./conform-end.ts";
import { DATA_OPTIONS, openData } from "./data-option.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { counted } from "./issue-lines.ts";
import { KEEPER_OPTION } from "./keeper-option.ts";
import { compilePolicy } from "./load-policy.ts";
import { listOrders, listRegister } from "./processor-lists.ts";
import { readSmallFile } from "./read-small-file.ts";

type DataAct =
  | "list"
  | "orders"
  | "record"
  | "activate"
  | "end"
  | "tell"
  | "letter"
  | "answer"
  | "supervise";

const ACTIONS: Readonly<Record<DataAct | "conform", Action>> = {
  list: { needs: [] },
  orders: { needs: [], may: ["processor"] },
  record: { needs: ["processor", "facts"] },
  activate: { needs: ["processor"], may: ["facts"] },
  end: { needs: ["processor"], may: ["yes"] },
  tell: { needs: ["processor"] },
  letter: { needs: ["order", "staff"], may: ["handed", "reason"] },
  answer: { needs: ["order", "state", "staff", "document"], may: ["basis", "until"] },
  supervise: { needs: ["processor", "kind", "on", "staff", "document"] },
  conform: {
    needs: ["url", "key", "answer-key", "controller", "processor"],
    may: ["items", "reference", "timeout"],
  },
};

/** `jikim processor`: who works for us with data, and what they were told to do. */
export const processorCommand: Command = {
  name: "processor",
  says: "who processes data for us: list, go live, end, orders and answers, test an end",
  takes: ["ACT", "[policy]"],
  options: {
    ...DATA_OPTIONS,
    ...KEEPER_OPTION,
    processor: { takes: "ID", says: "its name in the policy" },
    facts: { takes: "FILE", says: "record, activate: contract, carrier and the like, as JSON" },
    yes: { takes: null, says: "end: do it; without it, what would happen is only shown" },
    order: { takes: "ORDER", says: "letter, answer: 32 hex digits" },
    staff: { takes: "ID", says: "letter, answer, supervise: staff number of who does it" },
    handed: { takes: null, says: "letter: it was sent by hand" },
    reason: { takes: "TEXT", says: "letter: why it is looked at (default: to send it)" },
    state: { takes: "STATE", says: "answer: what was answered", oneOf: ANSWER_STATES },
    document: { takes: "TEXT", says: "answer, supervise: where it is written" },
    basis: { takes: "TEXT", says: "answer: the statute it is retained under" },
    until: { takes: "DAY", says: "answer: the last day under it" },
    kind: { takes: "KIND", says: "supervise: what was held", oneOf: SUPERVISION_KINDS },
    on: { takes: "DAY", says: "supervise: its day" },
    ...CONFORM_OPTIONS,
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim processor list policies/remotemeeting --data ./data",
    "jikim processor activate policies/remotemeeting --data ./data --processor kcp --facts kcp.json",
    "jikim processor tell policies/remotemeeting --data ./data --processor benchmark",
    "jikim processor end policies/remotemeeting --data ./data --processor kcp         # a preview",
    "jikim processor end policies/remotemeeting --data ./data --processor kcp --yes",
    "jikim processor orders policies/remotemeeting --data ./data --json",
    "jikim processor letter policies/remotemeeting --data ./data --order ORDER --staff 12 --handed",
    'jikim processor answer policies/remotemeeting --data ./data --order ORDER --state done --staff 12 --document "mail of 2 March"',
    "jikim processor conform --url https://your.example/orders --key test.key --answer-key KEY --controller remotemeeting --processor you",
  ],
  exits:
    "exit codes: 0 done and nothing late, 1 an order or an inspection is late or it was refused, 2 misuse",
  run: processor,
};

async function processor(input: Input, io: CliIo): Promise<ExitCode> {
  const act = readAction("processor", input, ACTIONS);
  if (act === "conform") return conformEnd(input, io);
  const compiled = await compilePolicy(io, input.words[1], input.text("law"));
  const jikim = await openData(input, io, compiled);
  try {
    return await DO[act](input, io, jikim);
  } finally {
    await jikim.close();
  }
}

type Do = (input: Input, io: CliIo, jikim: Jikim) => Promise<ExitCode>;

const DO: Readonly<Record<DataAct, Do>> = {
  list: (input, io, jikim) => listRegister(input, io, jikim.context),
  orders: (input, io, jikim) => listOrders(input, io, jikim.context),
  async record(input, io, jikim) {
    await recordFrom(input, io, jikim);
    return said(input, io, { processor: named(input) }, `${named(input)}: recorded`);
  },
  async activate(input, io, jikim) {
    if (input.text("facts") !== undefined) await recordFrom(input, io, jikim);
    await activateProcessor(jikim.context, named(input));
    const data = { processor: named(input), state: "active" };
    return said(input, io, data, `${named(input)} is live`);
  },
  async end(input, io, { context }) {
    const id = named(input);
    listed(context, id);
    const people = await peopleAtProcessor(context.db, id);
    if (!input.on("yes")) {
      const what = `${id} would end: ${counted(people, "order")} to erase would go out`;
      const data = { processor: id, orders: people, preview: true };
      return said(input, io, data, `${what}\nTo do it, add --yes; it cannot be taken back.`);
    }
    const orders = await endProcessor(context, id);
    const data = { processor: id, orders, preview: false };
    return said(input, io, data, `${id} has ended: ${counted(orders, "order")} to erase placed`);
  },
  async tell(input, io, { context }) {
    const told = await tellPeople(context, named(input));
    const data = { processor: named(input), messages: told };
    return said(input, io, data, `${counted(told, "message")} queued`);
  },
  letter,
  async answer(input, io, { context }) {
    const staff = await staffOf(input, context.db);
    const state = ANSWER_STATES.find((each) => each === input.text("state"));
    if (state === undefined) throw usage(`--state is one of ${ANSWER_STATES.join(", ")}`);
    const taken = await answerByStaff(context, {
      order: input.text("order") ?? "",
      state,
      by: staff,
      document: input.text("document") ?? "",
      basis: input.text("basis"),
      until: input.text("until"),
    });
    const word = taken.repeated ? "it was known" : "taken";
    return said(input, io, taken, `${taken.order} ${taken.state}: ${word}`);
  },
  async supervise(input, io, { context }) {
    const kind = SUPERVISION_KINDS.find((each) => each === input.text("kind"));
    if (kind === undefined) throw usage(`--kind is one of ${SUPERVISION_KINDS.join(", ")}`);
    const held = {
      processor: named(input),
      kind,
      heldOn: input.text("on") ?? "",
      document: input.text("document") ?? "",
      staff: input.text("staff") ?? "",
    };
    await recordSupervision(context, held);
    return said(input, io, held, `${held.processor}: ${kind} of ${held.heldOn} recorded`);
  },
};

async function letter(input: Input, io: CliIo, { context }: Jikim): Promise<ExitCode> {
  const staff = await staffOf(input, context.db);
  const order = input.text("order") ?? "";
  if (input.on("handed")) {
    await handOver(context, order, staff);
    return said(input, io, { order, handed: true }, `${order}: sent by hand`);
  }
  const reason = input.text("reason") ?? "to send the order by hand";
  const found = await letterOf(context, order, { staff, reason, from: "command line" });
  if (found === null) throw usage("there is no open order of this id");
  const { letter: written } = found;
  if (typeof written === "string") {
    io.err(`${styled(io, "red", written)}: the letter cannot be written any more\n`);
    return 1;
  }
  if (input.json) printJson(io, written);
  else io.out(`${written.to === "" ? "" : `${written.to}\n`}${written.subject}\n\n${written.text}`);
  return 0;
}

async function recordFrom(input: Input, io: CliIo, { context }: Jikim): Promise<void> {
  const text = await readSmallFile(resolve(io.cwd, input.text("facts") ?? ""));
  await recordFacts(context, named(input), readFacts(text));
}

const named = (input: Input): string => input.text("processor") ?? "";

async function staffOf(input: Input, db: Parameters<typeof staffAtWork>[0]): Promise<string> {
  const staff = input.text("staff") ?? "";
  if (!(await staffAtWork(db, staff))) throw usage("nobody at work has this staff id");
  return staff;
}

function said(input: Input, io: CliIo, data: object, text: string): ExitCode {
  if (input.json) printJson(io, data);
  else io.out(`${text}\n`);
  return 0;
}
