import { resolve } from "node:path";
import { dayOf } from "../base/calendar.ts";
import { JikimError } from "../base/errors.ts";
import type { Jikim } from "../engine/jikim.ts";
import { approveDocument, DOCUMENT_KINDS, registerDocument } from "../engine/provision/document.ts";
import {
  type DocumentLine,
  findDocumentLine,
  listDocuments,
  listProvisions,
  listStatistics,
} from "../engine/provision/ledger.ts";
import { provide as provideTo } from "../engine/provision/provide.ts";
import { releaseDocument } from "../engine/provision/release.ts";
import { statistics } from "../engine/provision/statistics.ts";
import { checkPass } from "../engine/staff/staff.ts";
import { type Action, readAction } from "./action.ts";
import { type Command, type Input, usage } from "./command.ts";
import { DATA_OPTIONS, openData } from "./data-option.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { counted } from "./issue-lines.ts";
import { KEEPER_OPTION } from "./keeper-option.ts";
import { compilePolicy } from "./load-policy.ts";
import { readSmallFile } from "./read-small-file.ts";

type Act = "register" | "approve" | "release" | "give" | "statistics" | "list";

const STAFF = ["staff", "pass"] as const;
const ACTIONS: Readonly<Record<Act, Action>> = {
  register: {
    needs: ["subject", "kind", "authority", "number", "article", "items", "valid-until", ...STAFF],
    may: ["untold-until"],
  },
  approve: { needs: ["id", ...STAFF] },
  release: { needs: ["id"], may: ["items", "archive", "confirm", "reason", ...STAFF] },
  give: { needs: ["subject", "recipient", "items", "reason", ...STAFF], may: ["confirm"] },
  statistics: { needs: ["purpose", "item"], may: ["smallest", "recipient"] },
  list: { needs: [] },
};

/** `jikim provide`: what goes to third parties. */
export const provideCommand: Command = {
  name: "provide",
  says: "what goes to third parties: register a demand, approve, release, give, statistics, list",
  takes: ["ACT", "[policy]"],
  options: {
    ...DATA_OPTIONS,
    ...KEEPER_OPTION,
    subject: { takes: "SUBJECT", says: "whose data are demanded: the handle, 16 digits" },
    kind: { takes: "KIND", says: "what the document is", oneOf: DOCUMENT_KINDS },
    authority: { takes: "NAME", says: "who demands it" },
    number: { takes: "NUMBER", says: "number of the document" },
    article: { takes: "ARTICLE", says: "the article it rests on" },
    items: { takes: "ITEMS", says: "items it names: name,email" },
    "valid-until": { takes: "DAY", says: "last day on which it may be carried out" },
    "untold-until": { takes: "DAY", says: "last day on which a law bars telling the person" },
    id: { takes: "ID", says: "the document, as `list` shows it in full with --json" },
    archive: { takes: null, says: "release also what a statute keeps apart" },
    confirm: { takes: null, says: "release or give it; without this only say what would leave" },
    staff: { takes: "ID", says: "number of the member of staff who does it" },
    pass: { takes: "FILE", says: "a file with their pass" },
    reason: { takes: "TEXT", says: "why, for the access log" },
    purpose: { takes: "PURPOSE", says: "what is counted for" },
    item: { takes: "ITEM", says: "what is counted" },
    smallest: { takes: "N", says: "fewest people in a cell (default and least: the policy's)" },
    recipient: { takes: "NAME", says: "who receives the table; give: a third party of the policy" },
    law: { takes: "FILE", says: "the law (default: the one the policy names)" },
  },
  examples: [
    "jikim provide register policies/remotemeeting --data ./data --subject 9f86d081884c7d65 \\",
    "    --kind warrant --authority 서울중앙지방법원 --number 2026-1 --article 형사소송법§215 \\",
    "    --items name,email --valid-until 2026-12-01 --staff 12 --pass pass-12",
    "jikim provide approve policies/remotemeeting --data ./data --id 0f1e… --staff 3 --pass pass-3",
    "jikim provide release policies/remotemeeting --data ./data --id 0f1e…   # what would leave",
    "jikim provide give policies/remotemeeting --data ./data --subject 9f86d081884c7d65 \\",
    '    --recipient partner --items email --staff 12 --pass pass-12 --reason "offer of May"',
    "jikim provide statistics policies/remotemeeting --data ./data --purpose improvement --item os",
    "jikim provide list policies/remotemeeting --data ./data --json",
  ],
  exits: "exit codes: 0 done or shown, 1 refused, 2 misuse",
  run: provide,
};

async function provide(input: Input, io: CliIo): Promise<ExitCode> {
  const act = readAction("provide", input, ACTIONS);
  const compiled = await compilePolicy(io, input.words[1], input.text("law"));
  const jikim = await openData(input, io, compiled);
  try {
    await DO[act](input, io, jikim);
    return 0;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const rules = rulesOf(error);
    if (input.json) printJson(io, { refused: { code: error.code, rules } });
    else io.err(`${error.code}: ${error.message} (${rules.join(", ")})\n`);
    return 1;
  } finally {
    await jikim.close();
  }
}

const DO: Readonly<Record<Act, (input: Input, io: CliIo, jikim: Jikim) => Promise<void>>> = {
  async register(input, io, { context }) {
    const staff = await staffAt(input, io, context);
    const untold = input.text("untold-until");
    const id = await registerDocument(context, {
      subject: input.text("subject") ?? "",
      kind: DOCUMENT_KINDS.find((kind) => kind === input.text("kind")) ?? "letter",
      authority: input.text("authority") ?? "",
      number: input.text("number") ?? "",
      article: input.text("article") ?? "",
      items: listOf(input.text("items")),
      validUntil: input.text("valid-until") ?? "",
      staff,
      ...(untold === undefined ? {} : { untoldUntil: untold }),
    });
    if (input.json) return printJson(io, { id, approvals: 0 });
    io.out(`${id}\n`);
    io.err("Two different members of staff approve it; then it can be released.\n");
    return undefined;
  },
  async approve(input, io, { context }) {
    const staff = await staffAt(input, io, context);
    const id = input.text("id") ?? "";
    const approvals = await approveDocument(context, id, staff);
    if (input.json) return printJson(io, { id, approvals });
    io.out(`${counted(approvals, "approval")} of 2\n`);
    return undefined;
  },
  release,
  give,
  async statistics(input, io, { context }) {
    const [smallest, recipient] = [input.text("smallest"), input.text("recipient")];
    const table = await statistics(context, {
      purpose: input.text("purpose") ?? "",
      item: input.text("item") ?? "",
      ...(smallest === undefined ? {} : { smallest: Number(smallest) }),
      ...(recipient === undefined ? {} : { recipient }),
    });
    if (input.json) return printJson(io, table);
    for (const { value, people } of table.cells) {
      io.out(`${String(people).padStart(8)}  ${value}\n`);
    }
    const total = table.total === null ? "withheld" : String(table.total);
    io.out(`total ${total}, ${counted(table.suppressed, "cell")} left out`);
    io.out(` (fewer than ${table.smallest} people, or computable)\n`);
    return undefined;
  },
  list,
};

/** First what would leave; with `--confirm` the values: they are printed and kept nowhere. */
async function release(input: Input, io: CliIo, { context }: Jikim): Promise<void> {
  const id = input.text("id") ?? "";
  const items = input.text("items") === undefined ? undefined : listOf(input.text("items"));
  if (!input.on("confirm")) {
    const document = await findDocumentLine(context, id);
    if (document === null) throw usage("there is no such document");
    const leaving = items ?? document.items;
    if (input.json) return printJson(io, { document: documentOf(document), would_leave: leaving });
    io.out(`${leaving.join(", ")} would go to ${document.authority} (${document.article})\n`);
    io.err(`${counted(document.approvedBy.length, "approval")} of 2. Nothing was released; `);
    io.err("--confirm does it, once.\n");
    return undefined;
  }
  const reason = input.text("reason");
  if (reason === undefined || input.text("staff") === undefined) {
    throw usage("--confirm needs --staff, --pass and --reason");
  }
  const by = { staff: await staffAt(input, io, context), reason, from: "command line" };
  const released = await releaseDocument(context, id, {
    by,
    archive: input.on("archive"),
    ...(items === undefined ? {} : { items }),
  });
  return printJson(io, released);
}

/** By the person's consent, to a third party the policy names: first what would leave. */
async function give(input: Input, io: CliIo, { context }: Jikim): Promise<void> {
  const [subject = "", recipient = ""] = [input.text("subject"), input.text("recipient")];
  const items = listOf(input.text("items"));
  const staff = await staffAt(input, io, context);
  if (!input.on("confirm")) {
    if (input.json) return printJson(io, { recipient, would_leave: items });
    io.out(`${items.join(", ")} would go to ${recipient}\n`);
    io.err("Nothing was given. --confirm does it, if the person's consent covers it.\n");
    return undefined;
  }
  const by = { staff, reason: input.text("reason") ?? "", from: "command line" };
  return printJson(io, await provideTo(context, subject, { recipient, items, by }));
}

async function list(input: Input, io: CliIo, { context, plan }: Jikim): Promise<void> {
  const most = { limit: 100 };
  const documents = await listDocuments(context, most);
  const provisions = await listProvisions(context, most);
  const tables = await listStatistics(context, most);
  if (input.json) {
    return printJson(io, {
      documents: documents.map(documentOf),
      provisions,
      statistics: tables,
    });
  }
  const day = (at: number): string => dayOf(at, plan.timeZone);
  for (const each of documents) {
    const state =
      each.releasedAt === null
        ? `${counted(each.approvedBy.length, "approval")} of 2, until ${each.validUntil}`
        : `released ${day(each.releasedAt)}`;
    io.out(`${each.id.slice(0, 8)}  ${each.kind.padEnd(11)}  ${state}  ${each.items.join(", ")}\n`);
  }
  for (const each of provisions) {
    io.out(`${day(each.at)}  ${each.basis.padEnd(9)}  ${each.recipient}  `);
    io.out(`${each.items.join(", ")}  ${styled(io, "dim", each.id.slice(0, 8))}\n`);
  }
  for (const each of tables) {
    io.out(`${day(each.at)}  statistics  ${each.recipient ?? "(inside)"}  ${each.item}\n`);
  }
  io.out(`${counted(documents.length, "document")}, `);
  io.out(`${counted(provisions.length, "provision")}, ${counted(tables.length, "table")}\n`);
  return undefined;
}

/** The member of staff, once their pass fits: a number alone approves nothing. */
async function staffAt(input: Input, io: CliIo, context: Jikim["context"]): Promise<string> {
  const file = input.text("pass");
  if (file === undefined) throw usage("say with --pass which file holds their pass");
  const pass = await readSmallFile(resolve(io.cwd, file));
  const staff = await checkPass(context, input.text("staff") ?? "", pass);
  if (staff === null) throw usage("the pass is not that of this member of staff");
  return staff.id;
}

/** A document for programs. */
function documentOf(line: DocumentLine): object {
  return {
    id: line.id,
    kind: line.kind,
    authority: line.authority,
    number: line.number,
    article: line.article,
    items: line.items,
    valid_until: line.validUntil,
    registered_by: line.registeredBy,
    approved_by: line.approvedBy,
    released_at: line.releasedAt === null ? null : new Date(line.releasedAt).toISOString(),
  };
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function isRefusal(error: unknown): error is JikimError {
  return (
    error instanceof JikimError &&
    (error.code === "ERR_PROVISION_REFUSED" || error.code === "ERR_RESTRICTED")
  );
}

function rulesOf({ facts }: JikimError): readonly string[] {
  const reasons = facts["reasons"];
  if (!Array.isArray(reasons)) return [];
  return [...new Set(reasons.map((each: { rule?: unknown }) => String(each.rule)))];
}
