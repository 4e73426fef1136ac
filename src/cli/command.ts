/** A command: its name, what it takes, examples, and what it does. */
import { parseArgs } from "node:util";
import { JikimError } from "../base/errors.ts";
import type { CliIo, ExitCode } from "./io.ts";

export interface Option {
  /** What stands after it (`DAY`); null for a switch. */
  readonly takes: string | null;
  readonly says: string;
  /** The values there are, when they are few. */
  readonly oneOf?: readonly string[];
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly says: string;
  /** What stands after the name, `[policy]` when it may be left out. */
  readonly takes: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  readonly examples: readonly string[];
  /** What the exit codes mean here, when not the usual. */
  readonly exits?: string;
  run(input: Input, io: CliIo): Promise<ExitCode>;
}

/** Arguments after parsing. */
export interface Input {
  readonly words: readonly string[];
  readonly json: boolean;
  /** Value of an option, undefined when it was not given. */
  text(name: string): string | undefined;
  /** Was this switch given? */
  on(name: string): boolean;
}

const COMMON: Readonly<Record<string, Option>> = {
  json: { takes: null, says: "the answer as JSON" },
  help: { takes: null, says: "this text" },
};

/** A misuse of the command line: exit code 2 and a line that says what to do. */
export function usage(message: string): JikimError {
  return new JikimError("ERR_USAGE", message);
}

/**
 * Parses what stands after the name of a command. Throws ERR_USAGE for an option the command does
 * not have, a value that is not one of those possible, and too many or too few words.
 * @returns null when help was asked for.
 */
export function readInput(command: Command, args: readonly string[]): Input | null {
  const options = { ...command.options, ...COMMON };
  const { values, positionals } = parse(command, options, args);
  if (values["help"] === true) return null;
  for (const [name, { oneOf }] of Object.entries(options)) {
    const value = values[name];
    if (oneOf !== undefined && typeof value === "string" && !oneOf.includes(value)) {
      throw usage(`--${name} is one of ${oneOf.join(", ")}, not "${value}"`);
    }
  }
  const needed = command.takes.filter((word) => !word.startsWith("[")).length;
  if (positionals.length < needed || positionals.length > command.takes.length) {
    throw usage(`usage: jikim ${[command.name, ...command.takes].join(" ")}`);
  }
  return {
    words: positionals,
    json: values["json"] === true,
    text(name) {
      const value = values[name];
      return typeof value === "string" ? value : undefined;
    },
    on: (name) => values[name] === true,
  };
}

function parse(
  command: Command,
  options: Readonly<Record<string, Option>>,
  args: readonly string[],
): { values: Readonly<Record<string, string | boolean | undefined>>; positionals: string[] } {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { takes }]) => [
      name,
      { type: takes === null ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options: config, allowPositionals: true, strict: true });
  } catch (error) {
    const says = error instanceof Error ? (error.message.split(". ")[0] ?? "") : "";
    throw usage(`${says}; see jikim ${command.name} --help`);
  }
}

/** The text of `jikim <command> --help`. */
export function helpOf(command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON }).map(([name, option]) => {
    const left = `--${name}${option.takes === null ? "" : ` ${option.takes}`}`;
    return `  ${left.padEnd(20)} ${option.says}`;
  });
  return [
    `jikim ${[command.name, ...command.takes].join(" ")}`,
    `  ${command.says}`,
    "",
    ...options,
    "",
    command.exits ??
      "exit codes: 0 all well, 1 something is wrong with what was looked at, 2 misuse",
    "",
    "examples:",
    ...command.examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}
