/**
 * The people of the world: how each goes, what a hold keeps of them, and what must be dead in the
 * end. That is judged by whose it is and what was asked, not by any key.
 */
import type { HoldScope } from "../../../src/engine/hold/hold.ts";
import type { SealContext } from "../../../src/keys/keeper.ts";
import { FIRST_ENDS } from "./forensic-policy.ts";
import type { Size } from "./plan.ts";
import type { Kind } from "./truth.ts";

/** Compartment of what a person who leaves gives up. */
export const SERVICE = "service";
/** Its classes. */
export const SERVICE_CLASSES: readonly string[] = ["profile", "usage"];

/** How a person goes: the nine steps, an order to erase what no law keeps, a clock that starts. */
const WAYS = ["withdrawal", "erasure", "clock"] as const;

/** A legal hold on classes of a person; none named: all. */
export interface Held extends Pick<HoldScope, "classes"> {
  /** It ends; what it kept must be dead in the end. */
  readonly released: boolean;
}

export interface Role {
  readonly leaves: (typeof WAYS)[number] | null;
  /** Leaves before the disks are copied: a backup of the archive has what is kept. */
  readonly early: boolean;
  /** Stays, and has a name and one visit erased. */
  readonly erasesPart: boolean;
  readonly holds: readonly Held[];
}

export interface Person extends Role {
  readonly subject: string;
  readonly email: string;
}

/** The part of the nth. */
export function roleOf(n: number, { subjects, days, withdrawn }: Size): Role {
  const leaves = n < withdrawn ? (WAYS[n % WAYS.length] ?? null) : null;
  const early = leaves === "withdrawal" && n < withdrawn / 2;
  const erasesPart = n >= subjects - Math.ceil(withdrawn / 4);
  return { leaves, early, erasesPart, holds: n % days === 0 ? holdsOf(n / days) : [] };

  /** @param nth of those who came on the first day, whose records end */
  function holdsOf(nth: number): readonly Held[] {
    if (leaves === "withdrawal" && !early) {
      return [
        { classes: ["profile"], released: false },
        { classes: ["order"], released: true },
      ];
    }
    const staying = nth - Math.ceil(withdrawn / days);
    if (staying === 0) return [{ classes: [], released: false }];
    return staying === 1 ? [{ classes: [], released: true }] : [];
  }
}

/** What a sealed value is, by its place. */
export function kindOf({ compartment, recordClass }: SealContext): Kind {
  if (["profile", "usage", "order"].includes(recordClass)) {
    if (compartment === "hold") return "held";
    return compartment.startsWith("archive:") ? "archived" : "record";
  }
  return "beside";
}

/**
 * Must a value be dead in the end?
 * @param late it was sealed once what was asked had been carried out
 * @param visits records that were erased by order
 */
export function mustDie(
  person: Person,
  context: SealContext,
  { late, visits }: { readonly late: boolean; readonly visits: ReadonlySet<string> },
): boolean {
  const { compartment, recordClass, expiresOn } = context;
  const { leaves, erasesPart, holds } = person;
  switch (kindOf(context)) {
    case "beside":
      // Put aside for a move or for a last message, which are over.
      return ["archive_move", "withdrawal", "message"].includes(recordClass);
    case "held":
      return !holds.some(
        ({ classes, released }) =>
          !released && (classes.length === 0 || classes.includes(recordClass)),
      );
    case "archived":
      return expiresOn === FIRST_ENDS;
    default:
  }
  if (expiresOn === FIRST_ENDS || visits.has(context.record)) return true;
  if (leaves === "withdrawal") return true;
  if (compartment !== SERVICE) return false;
  if (leaves === "erasure") return true;
  return recordClass === "profile" && (leaves === "clock" || (erasesPart && !late));
}
