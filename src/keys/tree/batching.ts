/** Group commit: one new root, one commit and one wipe for all who wait together. */
import { assert } from "../../base/assert.ts";
import type { TreeReceipt } from "./shred-tree.ts";

/** Largest number of slots in one destruction. */
export const MAX_BATCH_SLOTS = 200_000;

/** While one batch is carried out, the next one gathers: no timer, and no request waits alone. */
export function createBatching(
  destroy: (slots: readonly number[]) => Promise<TreeReceipt>,
): (slots: readonly number[]) => Promise<TreeReceipt> {
  let gathering: { readonly slots: Set<number>; readonly receipt: Promise<TreeReceipt> } | null =
    null;
  let running: Promise<unknown> = Promise.resolve();
  return (wanted) => {
    assert(wanted.length <= MAX_BATCH_SLOTS, "a destruction names at most 200,000 slots");
    if (gathering === null || gathering.slots.size + wanted.length > MAX_BATCH_SLOTS) {
      const slots = new Set<number>();
      const receipt = running.then(() => {
        if (gathering?.slots === slots) gathering = null;
        return destroy([...slots].toSorted((a, b) => a - b));
      });
      running = receipt.catch(() => undefined);
      gathering = { slots, receipt };
    }
    for (const slot of wanted) gathering.slots.add(slot);
    return gathering.receipt;
  };
}
