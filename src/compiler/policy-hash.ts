import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { present } from "../base/assert.ts";
import type { Law } from "../policy/law.ts";
import type { Policy } from "../policy/model.ts";

/**
 * What a consent refers to: sha256, in hex, over the canonical JSON (RFC 8785) of
 * `{ policy, law, order }`.
 *
 * Canonical JSON sorts keys, yet the order in which things are declared gives the sentences their
 * numbers. `order` says it: the ids of each map of declared things, as they stand, by the map's
 * path. Any word, any figure and any such order changes the hash; comments, and the order of the
 * document's own keys (`items` before `methods`), do not.
 */
export function policyHash(policy: Policy, law: Law): string {
  const value = { policy, law, order: orderOf(policy, law) };
  const canonical = present(canonicalize(value), "policy and law are plain JSON values");
  return createHash("sha256").update(canonical, "utf8").digest("hex");
}

type Path = keyof Maps | "provision.recipients" | "cookies.categories" | "law.rules";
/** The parts of a policy that are maps from id to thing. */
type Maps = {
  readonly [K in keyof Policy as string extends keyof Policy[K] ? K : never]: Policy[K];
};

function orderOf(policy: Policy, law: Law): Readonly<Record<Path, readonly string[]>> {
  return {
    resolutions: Object.keys(policy.resolutions),
    items: Object.keys(policy.items),
    methods: Object.keys(policy.methods),
    declarations: Object.keys(policy.declarations),
    consents: Object.keys(policy.consents),
    purposes: Object.keys(policy.purposes),
    occasions: Object.keys(policy.occasions),
    events: Object.keys(policy.events),
    records: Object.keys(policy.records),
    works: Object.keys(policy.works),
    processors: Object.keys(policy.processors),
    parameters: Object.keys(policy.parameters),
    wording: Object.keys(policy.wording),
    "provision.recipients": Object.keys(policy.provision.recipients),
    "cookies.categories": Object.keys(policy.cookies?.categories ?? {}),
    "law.rules": Object.keys(law.rules),
  };
}
