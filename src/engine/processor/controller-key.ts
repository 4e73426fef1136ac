/**
 * The key that signs our orders. It is made once and lies in the store, sealed by the keeper under
 * a place that is nobody's, so that every process of a service signs with the same key.
 */
import { assert, present } from "../../base/assert.ts";
import type { SealContext } from "../../keys/keeper.ts";
import type { EngineContext } from "../jikim.ts";
import { keyFromSeed, type SigningKey } from "./sign.ts";

const SETTING = "processor_signing_key";
const SEED_BYTES = 32;
const PLACE: SealContext = Object.freeze({
  subject: "00".repeat(8), // no subject has this handle
  record: "00".repeat(16),
  recordClass: "processor_signing_key",
  compartment: "operator",
  expiresOn: null,
});

/** The controller's signing key; made at the first call. */
export async function controllerKey(context: EngineContext): Promise<SigningKey> {
  const { db, keeper, random } = context;
  let sealed = await storedSeed(context);
  if (sealed === null) {
    const plain = random.bytes(SEED_BYTES);
    const [fresh] = await keeper.seal([{ context: PLACE, plain }]);
    plain.fill(0);
    // Two processes may begin at once: the first one's key stays.
    await db.query(
      "insert into setting (name, value) values ($1, $2) on conflict (name) do nothing",
      [SETTING, present(fresh, "one value was sealed")],
    );
    sealed = present(await storedSeed(context), "it was just written");
  }
  const [seed] = await keeper.open([{ context: PLACE, sealed }]);
  assert(seed !== undefined, "one value was opened");
  const key = keyFromSeed(seed);
  seed.fill(0);
  return key;
}

async function storedSeed({ db }: EngineContext): Promise<Uint8Array | null> {
  const [row] = await db.query<{ value: Uint8Array }>("select value from setting where name = $1", [
    SETTING,
  ]);
  return row?.value ?? null;
}
