import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { JikimError } from "../base/errors.ts";
import { usedArchive } from "../engine/archive/used-archive.ts";
import { openDestructions } from "../engine/destruction/open-destructions.ts";
import type { Jikim } from "../engine/jikim.ts";
import type { Command, Input } from "./command.ts";
import { DATA_OPTIONS, isUrl, openData } from "./data-option.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { KEEPER_OPTION } from "./keeper-option.ts";
import { counted } from "./issue-lines.ts";
import { compilePolicy, loadPolicy } from "./load-policy.ts";

/** One thing looked at. `warn` is something to know; `fail` something to mend. */
interface Sign {
  readonly name: string;
  readonly state: "ok" | "warn" | "fail";
  readonly says: string;
}

/** Before this moment no clock of a running service can be right (the first release). */
const EARLIEST_NOW = Date.UTC(2026, 0, 1);
const NODE_NEEDED = 24;

/** `jikim doctor`: is everything there that a service needs, and what is not protected yet? */
export const doctorCommand: Command = {
  name: "doctor",
  says: "is everything there that a service needs, and what is not protected yet",
  takes: ["[policy]"],
  options: {
    ...DATA_OPTIONS,
    ...KEEPER_OPTION,
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim doctor policies/remotemeeting",
    "jikim doctor policies/remotemeeting --data ./data --json",
  ],
  exits: "exit codes: 0 nothing must be mended (warnings are to know), 1 something must, 2 misuse",
  run: doctor,
};

async function doctor(input: Input, io: CliIo): Promise<ExitCode> {
  const signs = [node(), clock(io), await policy(input, io), ...(await data(input, io))];
  const failed = signs.filter((sign) => sign.state === "fail");
  if (input.json) printJson(io, { ok: failed.length === 0, signs });
  else for (const sign of signs) io.out(signLine(io, sign));
  return failed.length === 0 ? 0 : 1;
}

function node(): Sign {
  const major = Number(process.versions.node.split(".")[0]);
  const state = major >= NODE_NEEDED ? "ok" : "fail";
  return { name: "node", state, says: `${process.version}; ${NODE_NEEDED} or newer is needed` };
}

function clock(io: CliIo): Sign {
  const now = io.clock.now();
  const state = now >= EARLIEST_NOW ? "ok" : "fail";
  return { name: "clock", state, says: `${new Date(now).toISOString()}; retention counts by it` };
}

async function policy(input: Input, io: CliIo): Promise<Sign> {
  try {
    const loaded = await loadPolicy(io, input.words[0], input.text("law"));
    const errors = loaded.issues.filter((issue) => issue.severity === "error").length;
    const findings = loaded.issues.length - errors;
    const count = `${counted(errors, "error")}, ${counted(findings, "finding")}`;
    const says = `${loaded.file}: ${count} (jikim check lists them)`;
    return { name: "policy", state: errors > 0 ? "fail" : "ok", says };
  } catch (error) {
    return { name: "policy", state: "fail", says: codeOf(error) };
  }
}

async function data(input: Input, io: CliIo): Promise<readonly Sign[]> {
  const named = input.text("data");
  if (named === undefined) {
    return [{ name: "store", state: "warn", says: "not looked at: name it with --data" }];
  }
  if (!isUrl(named) && (await stat(resolve(io.cwd, named)).catch(() => null)) === null) {
    return [
      { name: "store", state: "warn", says: `${named} is not there; the first start makes it` },
    ];
  }
  try {
    const compiled = await compilePolicy(io, input.words[0], input.text("law"));
    const jikim = await openData(input, io, compiled);
    const { kind, durability } = jikim.context.db;
    const [row] = await jikim.context.db.query<{ applied: number; records: number }>(
      `select (select count(*) from migration) as applied, (select count(*) from record) as records`,
    );
    const keys = await keySigns(jikim);
    const log = await logSign(jikim);
    const archive = await archiveSigns(jikim);
    await jikim.close();
    return [
      { name: "store", state: "ok", says: `${kind}, ${counted(row?.records ?? 0, "record")}` },
      { name: "durability", state: kind === "pglite" ? "warn" : "ok", says: durability },
      { name: "migrations", state: "ok", says: `${row?.applied ?? 0} applied, none missing` },
      log,
      ...archive,
      ...keys,
    ];
  } catch (error) {
    return [{ name: "store", state: "fail", says: codeOf(error) }];
  }
}

/** The key tree, and every reason why what it destroys might come back. */
async function keySigns({ context }: Jikim): Promise<readonly Sign[]> {
  const { epoch } = await context.keeper.identity();
  const { weaknesses } = context.keeper;
  const says =
    weaknesses.length === 0
      ? "destroyed keys are in no medium any more; SSD remnants cannot be seen from here"
      : "destruction is promised only weakly";
  const open = await openDestructions(context.db);
  return [
    {
      name: "keys",
      state: weaknesses.length === 0 ? "ok" : "warn",
      says: `key tree, epoch ${epoch}: ${says}`,
    },
    ...weaknesses.map((reason): Sign => ({ name: "weakened", state: "warn", says: reason })),
    ...(open.length === 0
      ? []
      : [
          {
            name: "destruction",
            state: "warn" as const,
            says: `${counted(open.length, "destruction")} under way; jikim keep goes on with them`,
          },
        ]),
  ];
}

/** The separate database, once anything was moved there. */
async function archiveSigns({ context }: Jikim): Promise<readonly Sign[]> {
  try {
    const archive = await usedArchive(context);
    if (archive === null) return [];
    const [row] = await archive.query<{ records: number }>(
      "select count(*) as records from archived_record",
    );
    const says = `${archive.kind}, ${counted(row?.records ?? 0, "record")} kept apart`;
    return [{ name: "archive", state: "ok", says }];
  } catch (error) {
    return [{ name: "archive", state: "fail", says: codeOf(error) }];
  }
}

/** The audit log: signed lately, and by the key that is here. */
async function logSign({ log }: Jikim): Promise<Sign> {
  const { checkpoint, strange, waiting } = await log.state();
  if (strange) {
    return { name: "log", state: "fail", says: "the last checkpoint is not signed with log.key" };
  }
  const signed =
    checkpoint === null
      ? "not signed yet"
      : `${counted(checkpoint.size, "leaf", "leaves")} signed ${new Date(checkpoint.at).toISOString()}`;
  const open = waiting === 0 ? "" : `, ${waiting} to be signed by the next jikim keep`;
  return { name: "log", state: checkpoint === null ? "warn" : "ok", says: signed + open };
}

function codeOf(error: unknown): string {
  return error instanceof JikimError ? `${error.code}: ${error.message}` : String(error);
}

function signLine(io: CliIo, sign: Sign): string {
  const colour = { ok: "green", warn: "yellow", fail: "red" } as const;
  return `${styled(io, colour[sign.state], sign.state.padEnd(5))} ${sign.name.padEnd(11)} ${sign.says}\n`;
}
