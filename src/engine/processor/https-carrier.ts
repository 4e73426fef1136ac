/**
 * An order over HTTPS: one POST, no redirect, a time limit, a small answer. Whatever goes wrong is
 * a fault with a code: the order stays open and is sent again.
 */
import { isCarrierUrl } from "./facts.ts";
import { MAX_MESSAGE_BYTES } from "./protocol.ts";

/** Everything that can go wrong on the way. */
export const CARRIER_FAULTS = [
  "address-refused",
  "unreachable",
  "too-slow",
  "redirected",
  "refused",
  "failed",
  "answer-too-large",
] as const;
export type CarrierFault = (typeof CARRIER_FAULTS)[number];

/** Delivered, with the answer if one came at once; or not. */
export type Delivery = { readonly body: string | null } | { readonly fault: CarrierFault };

const TIMEOUT_MS = 10_000;

/** Posts a signed order. Never throws for what the other side does. */
export async function postOrder(
  url: string,
  body: string,
  timeoutMs = TIMEOUT_MS,
): Promise<Delivery> {
  // The address was checked when it was recorded; the store is not believed either.
  if (!isCarrierUrl(url)) return { fault: "address-refused" };
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { status } = response;
    if (status >= 300 && status < 400) return dropped(response, "redirected");
    if (status >= 400 && status < 500) return dropped(response, "refused");
    if (status !== 200 && status !== 202) return dropped(response, "failed");
    const answer = await readBounded(response);
    if (answer === null) return { fault: "answer-too-large" };
    return { body: answer.trim() === "" ? null : answer };
  } catch (error) {
    const slow = error instanceof Error && error.name === "TimeoutError";
    return { fault: slow ? "too-slow" : "unreachable" };
  }
}

async function dropped(response: Response, fault: CarrierFault): Promise<Delivery> {
  await response.body?.cancel();
  return { fault };
}

/** The body, or null as soon as it is larger than an answer can be. */
async function readBounded(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_MESSAGE_BYTES) return null; // leaving the loop cancels the stream
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
