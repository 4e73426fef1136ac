/**
 * What a person sees, as text files: `$ jikim …`, the lines that follow, `[exit 0]`. A line of
 * stderr begins with `! `. `…` stands for any text within a line, or alone for any lines. Files a
 * transcript needs follow it, each after `-- name --`, and are written to a folder of its own,
 * where `policies` and `laws` lead to those of the repository; `-- name < policies/a/policy.yaml --`
 * is a copy of that file with each `old => new` line carried out.
 */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import type { CliIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { listFiles } from "../support/source.ts";

let seed = 0; // goes on from step to step, as chance does
const NOON = Date.UTC(2026, 10, 23, 3); // 12:00 in Seoul
const FILES = listFiles("test/transcripts", ".txt");

interface Step {
  readonly command: string;
  readonly expected: string;
}

test.each(FILES)(
  "the transcript %s is what happens",
  async (file) => {
    const { steps, documents } = readTranscript(readFileSync(file, "utf8"));
    expect(steps.length).toBeGreaterThan(0);
    const cwd = mkdtempSync(join(tmpdir(), "jikim-transcript-"));
    try {
      for (const [name, text] of documents) {
        mkdirSync(dirname(join(cwd, name)), { recursive: true });
        writeFileSync(join(cwd, name), text);
      }
      for (const folder of ["policies", "laws"])
        symlinkSync(join(process.cwd(), folder), join(cwd, folder));
      for (const { command, expected } of steps) {
        const actual = await run(command, cwd);
        if (!matches(actual, expected)) expect(actual, `$ ${command}`).toBe(expected);
      }
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  },
  120_000,
);

test("every command appears in a transcript, and so does its help", () => {
  const all = FILES.map((file) => readFileSync(file, "utf8")).join("\n");
  for (const { name } of COMMANDS) {
    expect(all).toContain(`$ jikim ${name} --help\n`);
    expect(all, name).toMatch(new RegExp(`^\\$ jikim ${name} (?!--help)`, "m"));
  }
});

test("a transcript that differs is found", () => {
  expect(matches("a\nb\n", "a\nc\n")).toBe(false);
  expect(matches("a\nb\nc\n", "a\n…\n")).toBe(true);
  expect(matches("a 12 b\n", "a … b\n")).toBe(true);
  expect(matches("a\nb\n", "…\nc\n")).toBe(false);
});

function readTranscript(text: string): { steps: Step[]; documents: Map<string, string> } {
  const [head = "", ...sections] = text.split(/^-- (?=\S.* --$)/m);
  const documents = new Map<string, string>();
  for (const section of sections) {
    const end = section.indexOf(" --\n");
    const [name = "", origin] = section.slice(0, end).split(" < ");
    const body = section.slice(end + 4);
    documents.set(name, origin === undefined ? body : copyOf(origin, body));
  }
  const steps = head
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf("\n");
      return { command: part.slice(0, end), expected: `${part.slice(end + 1).trimEnd()}\n` };
    });
  return { steps, documents };
}

function copyOf(origin: string, edits: string): string {
  let text = readFileSync(origin, "utf8");
  for (const edit of edits.split("\n").filter((line) => line !== "")) {
    const [old = "", fresh = ""] = edit.split(" => ");
    expect(text, `${origin} has "${old}"`).toContain(old);
    text = text.replace(old, () => fresh);
  }
  return text;
}

/** Words as a shell would part them, without its other powers. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}

async function run(command: string, cwd: string): Promise<string> {
  const lines: string[] = [];
  const io: CliIo = {
    out: (text) => void lines.push(text),
    err: (text) => void lines.push(text.replaceAll(/^(?=.)/gm, "! ")),
    colour: false,
    weakened: "wherever tests run",
    cwd,
    clock: { now: () => NOON },
    random: { bytes: (size) => bytesFrom((seed += 1), size) },
  };
  const [program, ...args] = wordsOf(command);
  expect(basename(program ?? "")).toBe("jikim");
  const code = await runCli(args, io);
  return `${lines.join("").trimEnd()}\n[exit ${code}]\n`;
}

function bytesFrom(number: number, size: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(size / 64) }, (_, block) =>
    createHash("sha512").update(`${number}/${block}`).digest(),
  );
  return new Uint8Array(Buffer.concat(blocks).subarray(0, size));
}

function matches(actual: string, expected: string): boolean {
  const pattern = expected
    .split("\n")
    .map((line) => (line === "…" ? "[\\s\\S]*?" : line.split("…").map(escape).join("[^\\n]*?")))
    .join("\n");
  return new RegExp(`^${pattern}$`).test(actual);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
