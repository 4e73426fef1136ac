/**
 * The address of the last message. The profile that holds it dies before the message can say so;
 * it is therefore taken when the wish is confirmed, sealed under a lock that nothing else has, and
 * that lock dies once the message is in the outbox.
 */
import { present } from "../../base/assert.ts";
import type { SealContext } from "../../keys/keeper.ts";
import type { EngineContext } from "../jikim.ts";
import { readAddress } from "../message/read-address.ts";

const COMPARTMENT = "withdrawal";

/** The sealed address; null where none can be read. */
export async function takeAddress(
  context: EngineContext,
  subject: string,
  withdrawal: string,
): Promise<Uint8Array | null> {
  const address = await readAddress(context, subject);
  if (typeof address !== "string") return null;
  const [ownLock] = await context.keeper.reserve(1);
  const place = { ...placeOf(subject, withdrawal), ownLock: present(ownLock, "one was reserved") };
  const plain = new Uint8Array(Buffer.from(address, "utf8"));
  const [sealed] = await context.keeper.seal([{ context: place, plain }]);
  plain.fill(0);
  return present(sealed, "one value was sealed");
}

/** The address in clear, for the outbox, which seals it again. */
export async function openAddress(
  { keeper }: EngineContext,
  it: { readonly subject: string; readonly id: string },
  sealed: Uint8Array,
): Promise<string> {
  const [plain] = await keeper.open([{ context: placeOf(it.subject, it.id), sealed }]);
  const address = Buffer.from(present(plain, "one value opened")).toString("utf8");
  plain?.fill(0);
  return address;
}

function placeOf(subject: string, withdrawal: string): SealContext {
  return {
    subject,
    record: withdrawal,
    recordClass: "withdrawal",
    compartment: COMPARTMENT,
    expiresOn: null,
  };
}
