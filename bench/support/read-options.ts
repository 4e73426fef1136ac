/** Options of a benchmark: numbers and switches, each with what it says in `--help`. */
export interface OptionSpec {
  readonly says: string;
  /** A number or a word to begin with; `false` for a switch. */
  readonly is: number | string | false;
}

type Value<T extends OptionSpec> = T["is"] extends false
  ? boolean
  : T["is"] extends number
    ? number
    : string;
export type Options<S extends Readonly<Record<string, OptionSpec>>> = {
  readonly [K in keyof S]: Value<S[K]>;
};

/** Thrown for what cannot be read, and with the help itself (`status` 0). */
export interface Usage {
  readonly text: string;
  readonly status: 0 | 2;
}

/**
 * Reads `--records 1000 --json`.
 * @example readOptions(["--quick"], { quick: { is: false, says: "small" } }).quick // true
 */
export function readOptions<const S extends Readonly<Record<string, OptionSpec>>>(
  args: readonly string[],
  spec: S,
): { readonly options: Options<S> } | { readonly usage: Usage } {
  const values = new Map<string, number | string | boolean>(
    Object.entries(spec).map(([name, { is }]) => [name, is]),
  );
  const help = (status: 0 | 2, why = ""): { usage: Usage } => ({
    usage: { text: why + helpOf(spec), status },
  });
  for (let i = 0; i < args.length; i += 1) {
    const name = (args[i] ?? "").replace(/^--/, "");
    if (name === "help") return help(0);
    const known = Object.hasOwn(spec, name) ? spec[name] : undefined;
    if (known === undefined || !String(args[i]).startsWith("--")) {
      return help(2, `unknown option: ${String(args[i])}\n\n`);
    }
    if (known.is === false) values.set(name, true);
    else {
      i += 1;
      const given = args[i] ?? "";
      const value = typeof known.is === "number" ? Number(given) : given;
      if (given === "" || Number.isNaN(value)) return help(2, `--${name} needs a value\n\n`);
      values.set(name, value);
    }
  }
  return { options: Object.fromEntries(values) as Options<S> };
}

function helpOf(spec: Readonly<Record<string, OptionSpec>>): string {
  const lines = Object.entries(spec).map(([name, { is, says }]) => {
    const value = is === false ? "" : ` ${is}`;
    return `  ${`--${name}${value}`.padEnd(24)} ${says}`;
  });
  return `${lines.join("\n")}\n`;
}
