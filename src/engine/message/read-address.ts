/** Where a message goes: an e-mail address, through the gate, when it is sent. */
import { JikimError } from "../../base/errors.ts";
import type { Plan } from "../../compiler/plan.ts";
import type { EngineContext } from "../jikim.ts";
import { read } from "../use/read.ts";

/** Why there is no address: it is held no longer, or may not be used at present. */
export type NoAddress = "address-gone" | "address-restricted";

export interface AddressWay {
  readonly purpose: string;
  readonly item: string;
  /** Occasions whose records hold it for the purpose. */
  readonly occasions: readonly string[];
}

/**
 * The address of a subject, or why there is none. It is read for the first purpose that may read
 * one and needs no consent: whoever is told about their rights has not agreed to be advertised to.
 */
export async function readAddress(
  context: EngineContext,
  subject: string,
): Promise<string | { readonly fault: NoAddress }> {
  const way = addressWay(context.plan);
  if (way === null) return { fault: "address-gone" };
  try {
    const values = await read(context, subject, [way.item], { purpose: way.purpose });
    return values[way.item] ?? { fault: "address-gone" };
  } catch (error) {
    if (!(error instanceof JikimError)) throw error;
    if (error.code === "ERR_RESTRICTED") return { fault: "address-restricted" };
    const gone = ["ERR_SUBJECT_UNKNOWN", "ERR_USE_REFUSED", "ERR_KEY_GONE"];
    if (gone.includes(error.code)) return { fault: "address-gone" };
    throw error;
  }
}

/** For which purpose an address may be read, and from which occasions; null: for none. */
export function addressWay(plan: Plan): AddressWay | null {
  for (const use of plan.uses.values()) {
    if (use.basis === "consent") continue;
    const all = [...use.items.values()].flatMap((set) => [...set]);
    const item = all.find((id) => plan.items.get(id)?.format === "email");
    if (item === undefined) continue;
    const holding = [...use.items].filter(([, set]) => set.has(item));
    return { purpose: use.purpose, item, occasions: holding.map(([occasion]) => occasion) };
  }
  return null;
}
