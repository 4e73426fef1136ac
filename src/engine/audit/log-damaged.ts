import { JikimError } from "../../base/errors.ts";

export type Damage =
  /** The last checkpoint is not one of ours, or its signature is wrong. */
  | "checkpoint"
  /** Stored hashes do not lead to the root that was signed, or are missing. */
  | "nodes"
  /** Places were given or taken outside the log. */
  | "positions"
  /** A leaf that waits for its place is not the one that was written. */
  | "leaf";

/** What is stored is not what was written: nothing is signed until a person has looked. */
export function logDamaged(reason: Damage, message: string, seq?: number): JikimError {
  return new JikimError(
    "ERR_LOG_DAMAGED",
    message,
    seq === undefined ? { reason } : { reason, seq },
  );
}
