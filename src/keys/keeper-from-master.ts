/**
 * The stand-in behind the keeper's interface: every lock is derived from one master key, so none
 * can be dropped alone. Destruction under it is the removal of rows and says so:
 * `irrecoverable: false`. The key store whose locks really die takes this place later.
 */
import { createHmac } from "node:crypto";
import { assert } from "../base/assert.ts";
import type { Random } from "../base/clock.ts";
import { bindFields } from "./bind-fields.ts";
import { dayOf, openValue, pairKey, sealValue } from "./envelope.ts";
import type { Keeper, KeyReceipt, SealContext } from "./keeper.ts";

export const MASTER_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NOTHING_DROPPED: KeyReceipt = Object.freeze({ keys: 0, irrecoverable: false });

/**
 * A keeper over a master key of 32 bytes, which it takes over and zeroes at close.
 * @example const keeper = keeperFromMaster(random.bytes(32), { random });
 */
export function keeperFromMaster(master: Uint8Array, options: { readonly random: Random }): Keeper {
  assert(master.length === MASTER_BYTES, "a master key has 32 bytes");
  let closed = false;

  function derive(label: string, fields: readonly string[]): Buffer {
    assert(!closed, "a closed keeper is not asked");
    return createHmac("sha256", master)
      .update(bindFields([label, ...fields]))
      .digest();
  }
  function withPairKey<T>(place: SealContext, work: (key: Buffer) => T): T {
    const ofSubject = derive("jikim/subject/v1", [place.subject, place.compartment]);
    const ofDay = derive("jikim/day/v1", [place.recordClass, dayOf(place)]);
    const key = pairKey(ofSubject, ofDay, place);
    try {
      return work(key);
    } finally {
      for (const secret of [ofSubject, ofDay, key]) secret.fill(0);
    }
  }

  return Object.freeze<Keeper>({
    async seal(values) {
      return values.map(({ context, plain }) =>
        withPairKey(context, (key) =>
          sealValue(key, options.random.bytes(NONCE_BYTES), context, plain),
        ),
      );
    },
    async open(values) {
      return values.map(({ context, sealed }) =>
        withPairKey(context, (key) => openValue(key, context, sealed)),
      );
    },
    async tags(values) {
      const tagKey = derive("jikim/tag/v1", []);
      const tags = values.map(({ item, normalised }) => {
        const whole = createHmac("sha256", tagKey)
          .update(bindFields([item, normalised]))
          .digest();
        return new Uint8Array(whole.subarray(0, TAG_BYTES));
      });
      tagKey.fill(0);
      return tags;
    },
    async destroyDay() {
      return NOTHING_DROPPED;
    },
    async destroySubject() {
      return NOTHING_DROPPED;
    },
    async close() {
      closed = true;
      master.fill(0);
    },
  });
}
