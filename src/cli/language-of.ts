import type { Lang } from "../policy/model.ts";
import type { Input } from "./command.ts";
import { usage } from "./command.ts";

/** The language asked for with `--lang`, else the policy's first. Throws ERR_USAGE for another. */
export function languageOf(input: Input, published: readonly Lang[]): Lang {
  const wanted = input.text("lang") ?? published[0];
  const lang = published.find((each) => each === wanted);
  if (lang !== undefined) return lang;
  throw usage(`the policy is published in ${published.join(", ")}, not in "${wanted ?? ""}"`);
}
