import { dayOf } from "../base/calendar.ts";
import { type Hold, isHolding, listHolds } from "../engine/hold/hold.ts";
import type { Jikim } from "../engine/jikim.ts";
import { type Action, readAction } from "./action.ts";
import { type Command, type Input, usage } from "./command.ts";
import { DATA_OPTIONS, openData } from "./data-option.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { counted } from "./issue-lines.ts";
import { KEEPER_OPTION } from "./keeper-option.ts";
import { compilePolicy } from "./load-policy.ts";

type Act = "place" | "release" | "list";

const ACTIONS: Readonly<Record<Act, Action>> = {
  place: { needs: ["subject", "document", "until", "by"], may: ["classes", "records"] },
  release: { needs: ["id", "by"], may: ["confirm"] },
  list: { needs: [] },
};

/** `jikim hold`: legal holds. They stop destruction and nothing else. */
export const holdCommand: Command = {
  name: "hold",
  says: "legal holds: place, release, list; they stop destruction and nothing else",
  takes: ["ACT", "[policy]"],
  options: {
    ...DATA_OPTIONS,
    ...KEEPER_OPTION,
    subject: { takes: "SUBJECT", says: "place: whose records, 16 hex digits" },
    classes: { takes: "NAMES", says: "place: only these record classes (default: all)" },
    records: { takes: "IDS", says: "place: only these records, 32 hex digits each" },
    document: { takes: "REFERENCE", says: "place: the document that orders it; it is sealed" },
    until: { takes: "DAY", says: "place: last day, within ten years" },
    by: { takes: "ID", says: "number of the staff who does it" },
    id: { takes: "HOLD", says: "release: 32 hex digits, or as many as tell it apart" },
    confirm: { takes: null, says: "release: do it; without this it only says what would happen" },
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim hold place policies/remotemeeting --data ./data --subject 9f86d081884c7d65 --document 2026-가합-17 --until 2027-06-30 --by 12",
    "jikim hold release policies/remotemeeting --data ./data --id 4f1c09aa --by 12",
    "jikim hold list policies/remotemeeting --data ./data --json",
  ],
  exits: "exit codes: 0 done or shown, 1 something could not be saved any more, 2 misuse",
  run: hold,
};

async function hold(input: Input, io: CliIo): Promise<ExitCode> {
  const act = readAction("hold", input, ACTIONS);
  const compiled = await compilePolicy(io, input.words[1], input.text("law"));
  const jikim = await openData(input, io, compiled);
  try {
    return await DO[act](input, io, jikim);
  } finally {
    await jikim.close();
  }
}

const DO: Readonly<Record<Act, (input: Input, io: CliIo, jikim: Jikim) => Promise<ExitCode>>> = {
  async place(input, io, jikim) {
    const placed = await jikim.placeHold({
      subject: input.text("subject") ?? "",
      classes: names(input.text("classes")),
      records: names(input.text("records")),
      document: input.text("document") ?? "",
      until: input.text("until") ?? "",
      by: input.text("by") ?? "",
    });
    if (input.json) printJson(io, { id: placed.id, kept: placed.kept, too_late: placed.tooLate });
    else {
      io.out(`${placed.id}\n`);
      if (placed.kept > 0) io.err(`${counted(placed.kept, "record")} past the last day saved\n`);
      if (placed.tooLate > 0) {
        const late = `${counted(placed.tooLate, "record")} too late`;
        io.err(`${styled(io, "red", late)}: their key was destroyed before\n`);
      }
    }
    return placed.tooLate === 0 ? 0 : 1;
  },
  async release(input, io, jikim) {
    const found = await holdNamed(jikim, input.text("id") ?? "");
    const done = input.on("confirm");
    if (done) await jikim.releaseHold(found.id, { by: input.text("by") ?? "" });
    if (input.json) printJson(io, { id: found.id, kept: found.kept, released: done });
    else if (done) io.out(`${found.id} released\n`);
    else {
      io.out(`${found.id}  ${counted(found.kept, "record")} kept past the last day\n`);
      io.err(
        "Nothing was done. --confirm releases it; what no other hold keeps is then destroyed.\n",
      );
    }
    return 0;
  },
  async list(input, io, jikim) {
    const holds = await listHolds(jikim.context);
    const { timeZone } = jikim.plan;
    const today = dayOf(io.clock.now(), timeZone);
    if (input.json) printJson(io, { holds: holds.map((it) => dataOf(it, today)) });
    else {
      for (const it of holds) {
        const scope = it.classes.length === 0 ? "all classes" : it.classes.join(", ");
        const some =
          it.records.length === 0 ? "" : `, ${counted(it.records.length, "record")} named`;
        const state = isHolding(it, today)
          ? `until ${it.until}`
          : styled(io, "dim", it.releasedBy === null ? `ended ${it.until}` : "released");
        io.out(
          `${it.id.slice(0, 8)}  ${it.document}  ${scope}${some}  ${state}  ` +
            `${counted(it.kept, "record")} kept past the last day\n`,
        );
      }
      const living = holds.filter((it) => isHolding(it, today)).length;
      io.out(`${counted(living, "hold")} in force\n`);
    }
    return 0;
  },
};

async function holdNamed(jikim: Jikim, named: string): Promise<Hold> {
  if (!/^[0-9a-f]{6,32}$/.test(named)) throw usage("--id has 6 to 32 hex digits");
  const found = (await listHolds(jikim.context)).filter(({ id }) => id.startsWith(named));
  const [only] = found;
  if (only === undefined || found.length > 1) throw usage("no single hold is meant by that");
  return only;
}

function dataOf(it: Hold, today: string): object {
  return {
    id: it.id,
    subject: it.subject,
    classes: it.classes,
    records: it.records,
    document: it.document,
    until: it.until,
    placed_by: it.placedBy,
    released_by: it.releasedBy,
    in_force: isHolding(it, today),
    kept_past_the_last_day: it.kept,
  };
}

function names(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
