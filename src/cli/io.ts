/** What a command may touch of the outside. Tests and transcripts give their own. */
import type { Clock, Random } from "../base/clock.ts";

export interface CliIo {
  /** The answer: what a program may read. */
  out(text: string): void;
  /** Remarks for people. */
  err(text: string): void;
  /** Colour only where a terminal shows it and NO_COLOR is not set. */
  readonly colour: boolean;
  /** Remarks go to a terminal that can draw its last line again. */
  readonly live?: boolean;
  /** Relative paths begin here. */
  readonly cwd: string;
  /** The operator's standing reason for weakened keys (JIKIM_WEAKENED). */
  readonly weakened?: string;
  /** Address of the key database (JIKIM_KEYS), where keys have one. */
  readonly keyUrl?: string;
  /** Address of the separate database (JIKIM_ARCHIVE), where the data are in PostgreSQL. */
  readonly archiveUrl?: string;
  /** Address of the records for a role that may only read (JIKIM_LOOK): the look after a
   * destruction. */
  readonly lookUrl?: string;
  /** Folders in which programs are found (PATH): the one that prints. */
  readonly path?: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** `0`: all well. `1`: something is wrong with what was looked at. `2`: the command was misused. */
export type ExitCode = 0 | 1 | 2;

const STYLES = { red: "31", yellow: "33", green: "32", dim: "2", bold: "1" } as const;

/** Text in a style where the terminal shows styles, plain otherwise. Never the only sign. */
export function styled(io: CliIo, style: keyof typeof STYLES, text: string): string {
  return io.colour ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
}

/** Prints a value as JSON, one final newline. */
export function printJson(io: CliIo, value: unknown): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`);
}
