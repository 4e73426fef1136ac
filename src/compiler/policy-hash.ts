import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { present } from "../base/assert.ts";
import type { Law } from "../policy/law.ts";
import type { Policy } from "../policy/model.ts";

/**
 * What a consent refers to: sha256, in hex, over the canonical JSON (RFC 8785) of policy and law.
 * Order of keys and comments in the documents do not change it; any word or figure does.
 */
export function policyHash(policy: Policy, law: Law): string {
  const canonical = present(canonicalize({ policy, law }), "policy and law are plain JSON values");
  return createHash("sha256").update(canonical, "utf8").digest("hex");
}
