/** What using the service leaves behind: one record a page, as the occasion `service_use` says. */
import { isIP } from "node:net";
import type { Context } from "hono";
import type { Jikim } from "jikim";
import { deviceFamily, systemFamily } from "./user-agent.ts";

// Private, loopback and link-local addresses (RFC 1918, 4193, 3927, 4291): the policy names public
// and private addresses as two items, so each goes under its own name.
const PRIVATE =
  /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i;

/** The items of one use: system, device, the page without its query, and the address. */
export function usageItems(
  act: string,
  userAgent: string,
  address: string | null,
): Record<string, string> {
  const ip = address?.replace(/^::ffff:/i, "") ?? "";
  const items = {
    os: systemFamily(userAgent),
    device: deviceFamily(userAgent),
    usage_record: act.slice(0, 200),
  };
  if (isIP(ip) === 0) return items;
  return PRIVATE.test(ip) ? { ...items, ip_private: ip } : { ...items, ip_public: ip };
}

/** Records that a signed-in person used the service. */
export async function collectUse(
  jikim: Jikim,
  subject: string,
  use: { readonly act: string; readonly c: Context; readonly address: string | null },
): Promise<void> {
  const items = usageItems(use.act, use.c.req.header("user-agent") ?? "", use.address);
  await jikim.collect("service_use", items, { subject, method: "service_use" });
}
