import type { Item, ItemFormat } from "../policy/model.ts";

/** Made-up values the gate must accept; they belong to nobody (RFC 2606, RFC 5737). */
const SAMPLES: Record<ItemFormat, string> = {
  text: "probe",
  email: "probe@example.invalid",
  phone: "+82 2-0000-0000",
  country: "KR",
  ip: "192.0.2.1",
  postcode: "00000",
  password: "probe-probe-probe-0",
};

/** A plainly synthetic value of an item's format, for asking the gate. */
export function sampleValue(item: Item): string {
  return SAMPLES[item.format];
}
