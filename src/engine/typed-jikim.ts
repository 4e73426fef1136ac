/**
 * The verbs with the names of one policy in their types. `jikim types` writes the interface of
 * names; with it an item the policy does not name, or a purpose that may not read it, does not
 * compile. The gate refuses the same things at run time: types are the earlier, not the only, look.
 */
import type { CollectOptions, Jikim } from "./jikim.ts";
import type { AskedUse } from "./use/asked-use.ts";

/** The names of one policy, as `jikim types` writes them. Unions; `never` where there are none. */
export interface PolicyNames {
  readonly policy: string;
  readonly occasions: Readonly<Record<string, OccasionNames>>;
  /** Purpose → items it may read. */
  readonly purposes: Readonly<Record<string, string>>;
  /** Items that can be looked up. */
  readonly findable: string;
  /** Items kept one way: they can be matched, never read. */
  readonly matchable: string;
}
export interface OccasionNames {
  readonly requires: string;
  readonly offers: string;
  readonly declares: string;
  readonly consents: string;
  readonly methods: string;
}

type Values<Required extends string, Optional extends string> = {
  readonly [Item in Required]: string;
} & { readonly [Item in Optional]?: string };

type TypedOptions<O extends OccasionNames> = Omit<
  CollectOptions,
  "consents" | "declares" | "method" | "unique"
> & {
  readonly consents?: readonly O["consents"][];
  readonly declares?: readonly O["declares"][];
  readonly method?: O["methods"];
  readonly unique?: readonly (O["requires"] | O["offers"])[];
};

/** {@link Jikim} for one policy. */
export interface TypedJikim<P extends PolicyNames> extends Omit<
  Jikim,
  "collect" | "read" | "find" | "matches"
> {
  collect<O extends keyof P["occasions"] & string>(
    occasion: O,
    items: Values<P["occasions"][O]["requires"], P["occasions"][O]["offers"]>,
    options?: TypedOptions<P["occasions"][O]>,
  ): Promise<string>;
  read<U extends keyof P["purposes"] & string, I extends P["purposes"][U]>(
    subject: string,
    items: readonly I[],
    use: AskedUse & { readonly purpose: U },
  ): Promise<{ readonly [Item in I]?: string }>;
  find(
    items: { readonly [Item in P["findable"]]?: string },
    use: AskedUse & { readonly purpose: keyof P["purposes"] & string },
  ): Promise<readonly string[]>;
  matches(subject: string, item: P["matchable"], value: string): Promise<boolean>;
}

/**
 * The same engine, typed by the names of its policy. Nothing happens at run time.
 *
 * @example
 * ```ts
 * import type { RemotemeetingPolicy } from "./remotemeeting.policy.d.ts"; // jikim types
 * const jikim = typed<RemotemeetingPolicy>(await openJikim({ policy: "policies/remotemeeting" }));
 * await jikim.read(subject, ["emial"], { purpose: "contract" }); // does not compile
 * ```
 */
export function typed<P extends PolicyNames>(jikim: Jikim): TypedJikim<P> {
  return jikim as TypedJikim<P>;
}
