/** What a command does is its first word, where it does several things: `jikim keeper status`. */
import { type Input, usage } from "./command.ts";

export interface Action {
  /** Options that must be given. */
  readonly needs: readonly string[];
  /** Options that may be. Any other option of the command is a misuse. */
  readonly may?: readonly string[];
}

/**
 * The action asked for, once its options fit. Throws ERR_USAGE.
 * @example const action = readAction("keeper", input, ACTIONS);
 */
export function readAction<A extends string>(
  command: string,
  input: Input,
  actions: Readonly<Record<A, Action>>,
): A {
  const names = Object.keys(actions) as A[];
  const action = names.find((name) => name === input.words[0]);
  if (action === undefined) {
    throw usage(`jikim ${command} does one of ${names.join(", ")}, not "${input.words[0] ?? ""}"`);
  }
  const { needs, may = [] } = actions[action];
  for (const name of needs) {
    if (input.text(name) === undefined) throw usage(`jikim ${command} ${action} needs --${name}`);
  }
  const known = names.flatMap((name) => [...actions[name].needs, ...(actions[name].may ?? [])]);
  for (const name of known) {
    if (needs.includes(name) || may.includes(name)) continue;
    if (input.text(name) !== undefined || input.on(name)) {
      throw usage(`jikim ${command} ${action} takes no --${name}`);
    }
  }
  return action;
}
