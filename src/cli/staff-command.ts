import { Temporal } from "temporal-polyfill";
import type { Jikim } from "../engine/jikim.ts";
import { addStaff, endStaff, listStaff, renewPass, STAFF_ROLES } from "../engine/staff/staff.ts";
import { type Action, readAction } from "./action.ts";
import type { Command, Input } from "./command.ts";
import { DATA_OPTIONS, openData } from "./data-option.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { counted } from "./issue-lines.ts";
import { KEEPER_OPTION } from "./keeper-option.ts";
import { compilePolicy } from "./load-policy.ts";

type Act = "add" | "pass" | "end" | "list";

const ACTIONS: Readonly<Record<Act, Action>> = {
  add: { needs: ["id"], may: ["roles"] },
  pass: { needs: ["id"] },
  end: { needs: ["id"] },
  list: { needs: [] },
};

/** `jikim staff`: who may work at the desk. */
export const staffCommand: Command = {
  name: "staff",
  says: "who may work at the desk: add, pass (make another), end, list",
  takes: ["ACT", "[policy]"],
  options: {
    ...DATA_OPTIONS,
    ...KEEPER_OPTION,
    id: { takes: "ID", says: "a number of your own choosing, never a name: 12, s1024" },
    roles: { takes: "ROLES", says: `some of ${STAFF_ROLES.join(",")} (default: staff)` },
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim staff add policies/remotemeeting --data ./data --id 12",
    "jikim staff add policies/remotemeeting --data ./data --id 1 --roles staff,officer",
    "jikim staff end policies/remotemeeting --data ./data --id 12   # at once, in every browser",
    "jikim staff list policies/remotemeeting --data ./data --json",
  ],
  exits: "exit codes: 0 done, 1 the data do not open, 2 misuse",
  run: staff,
};

async function staff(input: Input, io: CliIo): Promise<ExitCode> {
  const act = readAction("staff", input, ACTIONS);
  const compiled = await compilePolicy(io, input.words[1], input.text("law"));
  const jikim = await openData(input, io, compiled);
  try {
    await DO[act](input, io, jikim);
    return 0;
  } finally {
    await jikim.close();
  }
}

const DO: Readonly<Record<Act, (input: Input, io: CliIo, jikim: Jikim) => Promise<void>>> = {
  async add(input, io, { context }) {
    const id = input.text("id") ?? "";
    const roles = (input.text("roles") ?? "staff").split(",").map((role) => role.trim());
    showPass(input, io, id, await addStaff(context, id, roles));
  },
  async pass(input, io, { context }) {
    const id = input.text("id") ?? "";
    showPass(input, io, id, await renewPass(context, id));
  },
  async end(input, io, { context }) {
    const id = input.text("id") ?? "";
    await endStaff(context, id);
    if (input.json) printJson(io, { id, ended: true });
    else io.out(`${id} has ended, in every browser\n`);
  },
  async list(input, io, { context, plan }) {
    const everyone = await listStaff(context.db);
    if (input.json) {
      printJson(io, {
        staff: everyone.map(({ id, roles, addedAt, endedAt }) => ({
          id,
          roles,
          added_at: instant(addedAt),
          ended_at: endedAt === null ? null : instant(endedAt),
        })),
      });
      return;
    }
    const day = (at: number): string =>
      Temporal.Instant.fromEpochMilliseconds(at)
        .toZonedDateTimeISO(plan.timeZone)
        .toPlainDate()
        .toString();
    for (const { id, roles, addedAt, endedAt } of everyone) {
      const ended = endedAt === null ? "" : `  ${styled(io, "dim", `ended ${day(endedAt)}`)}`;
      io.out(`${id.padEnd(8)} ${roles.join(", ").padEnd(24)} since ${day(addedAt)}${ended}\n`);
    }
    const atWork = everyone.filter(({ endedAt }) => endedAt === null).length;
    io.out(`${counted(atWork, "member")} of staff at work\n`);
  },
};

/** The pass stands alone on its line, so that it can be handed over and nothing else. */
function showPass(input: Input, io: CliIo, id: string, pass: string): void {
  if (input.json) return printJson(io, { id, pass });
  io.out(`${pass}\n`);
  io.err(`That is the pass of ${id}. It is shown only now; nothing can show it again.\n`);
  return undefined;
}

const instant = (at: number): string => Temporal.Instant.fromEpochMilliseconds(at).toString();
