import { resolve } from "node:path";
import { openCheckpoint, type Checkpoint } from "../engine/audit/checkpoint.ts";
import type { LeafLine } from "../engine/audit/log-line.ts";
import type { VerifierKey } from "../engine/audit/note.ts";
import { digitsOfReceipt, isProof, parseProof, verifyProof } from "../engine/audit/receipt-code.ts";
import { type LogFault, type LogVerdict, verifyLog } from "../engine/audit/verify-log.ts";
import type { Command, Input } from "./command.ts";
import { usage } from "./command.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { counted } from "./issue-lines.ts";
import { showProgress } from "./progress.ts";
import { readLines } from "./read-lines.ts";
import { readSmallFile } from "./read-small-file.ts";
import { readVerifierKeys } from "./verifier-keys.ts";

/** `jikim verify-log`: needs no data, no policy and no network: a file and the verifier key. */
export const verifyLogCommand: Command = {
  name: "verify-log",
  says: "is an exported log, or a receipt, what was signed? needs only the verifier key",
  takes: ["[FILE]"],
  options: {
    key: { takes: "KEY", says: "the log's verifier key, or a file with one a line" },
    checkpoint: { takes: "FILE", says: "a checkpoint kept earlier: the log must continue it" },
    receipt: { takes: "CODE", says: "a receipt: short with FILE, long also alone" },
  },
  examples: [
    "jikim verify-log log.jsonl --key key.txt",
    "jikim verify-log log.jsonl --key key.txt --checkpoint kept-last-year.txt --json",
    "jikim verify-log --key key.txt --receipt jikim-receipt-1.AAAA…",
  ],
  exits: "exit codes: 0 all of it is what was signed, 1 something is not, 2 misuse",
  run: verify,
};

async function verify(input: Input, io: CliIo): Promise<ExitCode> {
  const keys = await readVerifierKeys(io, input.text("key"), "key");
  const [file] = input.words;
  const receipt = input.text("receipt");
  if (receipt !== undefined && digitsOfReceipt(receipt) === null) {
    throw usage("that is no code of a receipt");
  }
  if (file === undefined) {
    if (receipt === undefined || !isProof(receipt)) {
      throw usage("say what: a FILE of jikim log export, or --receipt with a long code");
    }
    return verifyAlone(input, io, keys, receipt);
  }
  const kept = await readKept(input, io, keys);
  const lines = readLines(resolve(io.cwd, file), (done, total) =>
    showProgress(io, "verifying", { done, total }),
  );
  const verdict = await verifyLog(lines, {
    keys,
    kept: kept === null ? [] : [kept],
    ...(receipt === undefined ? {} : { receipt }),
  });
  const proved = receipt !== undefined && isProof(receipt) ? proofOf(receipt, keys) : null;
  const holds = receipt === undefined || (verdict.receipt !== null && proved?.holds !== false);
  const ok = verdict.fault === null && holds;
  if (input.json)
    printJson(io, verdictJson(verdict, ok, receipt === undefined ? undefined : holds));
  else printVerdict(io, verdict, receipt === undefined ? null : holds);
  return ok ? 0 : 1;
}

function verifyAlone(
  input: Input,
  io: CliIo,
  keys: readonly VerifierKey[],
  code: string,
): ExitCode {
  const { holds, position, checkpoint } = proofOf(code, keys);
  if (input.json) {
    const signed = checkpoint === null ? null : stateJson(checkpoint);
    printJson(io, { ok: holds, leaf: position, signed });
  } else if (checkpoint !== null) {
    io.out(`the receipt holds: it is leaf ${position} of the log\n${signedText(checkpoint)}\n`);
  } else {
    io.out(`${styled(io, "red", "the receipt does not hold under this key")}\n`);
  }
  return holds ? 0 : 1;
}

function proofOf(
  code: string,
  keys: readonly VerifierKey[],
): { holds: boolean; position: number | null; checkpoint: Checkpoint | null } {
  const proof = parseProof(code);
  const checkpoint = proof === null ? null : verifyProof(proof, keys);
  return { holds: checkpoint !== null, position: proof?.position ?? null, checkpoint };
}

async function readKept(
  input: Input,
  io: CliIo,
  keys: readonly VerifierKey[],
): Promise<Checkpoint | null> {
  const named = input.text("checkpoint");
  if (named === undefined) return null;
  const kept = openCheckpoint(await readSmallFile(resolve(io.cwd, named)), keys);
  if (kept === null) throw usage(`${named} is no checkpoint that this key signed`);
  return kept;
}

function printVerdict(io: CliIo, verdict: LogVerdict, receiptHolds: boolean | null): void {
  const { fault, leaves, checkpoints, last, receipt } = verdict;
  if (fault !== null) io.out(`${styled(io, "red", faultText(fault))}\n`);
  const read = `${counted(leaves, "leaf", "leaves")}, ${counted(checkpoints, "checkpoint")}`;
  if (fault === null) io.out(`${read}: nothing was altered, left out or put in\n`);
  else io.out(`${read} fit before it\n`);
  if (last !== null) io.out(`${signedText(last)}\n`);
  if (receipt !== null) io.out(`receipt: ${leafText(receipt)}\n`);
  if (receiptHolds === false) {
    io.out(`${styled(io, "red", "the receipt is of no leaf that is proved")}\n`);
  }
}

function faultText(fault: LogFault): string {
  switch (fault.what) {
    case "malformed":
      return `line ${fault.line} is none that an export has`;
    case "altered":
      return `leaf ${fault.leaf} was altered: its content is not that of its hash`;
    case "missing":
      return `leaf ${fault.leaf} is missing`;
    case "added":
      return `leaf ${fault.leaf} was added: no signed state has it there`;
    case "differs":
      return (
        `leaves ${fault.first} to ${fault.past - 1}: one was altered, left out or put in ` +
        `(the log is as it was signed before leaf ${fault.first})`
      );
    case "checkpoint":
      return `checkpoint ${fault.checkpoint} is missing or not signed with this key`;
    case "history":
      return `the log does not continue the checkpoint kept at ${counted(fault.size, "leaf", "leaves")}`;
    default:
      throw new Error("unknown fault", { cause: fault satisfies never });
  }
}

const signedText = (checkpoint: Checkpoint): string =>
  `${checkpoint.origin}, ${counted(checkpoint.size, "leaf", "leaves")}, signed ` +
  `${new Date(checkpoint.at).toISOString()}, root ${rootOf(checkpoint)}`;

const leafText = (line: LeafLine): string =>
  `leaf ${line.leaf}, ${line.kind}, ${new Date(line.at).toISOString()} ${JSON.stringify(line.facts)}`;

const rootOf = ({ root }: Checkpoint): string => Buffer.from(root).toString("hex");

function stateJson(checkpoint: Checkpoint): object {
  const { origin, size, at } = checkpoint;
  return { origin, leaves: size, root: rootOf(checkpoint), at: new Date(at).toISOString() };
}

function verdictJson(verdict: LogVerdict, ok: boolean, receiptHolds: boolean | undefined): object {
  const { leaves, checkpoints, last, fault, receipt } = verdict;
  return {
    ok,
    leaves,
    checkpoints,
    signed: last === null ? null : stateJson(last),
    fault,
    ...(receiptHolds === undefined ? {} : { receipt: { holds: receiptHolds, leaf: receipt } }),
  };
}
