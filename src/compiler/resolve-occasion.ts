import type { Occasion, Policy } from "../policy/model.ts";

/**
 * The occasion with what it takes over from another: an occasion that is the `same_as` another
 * inherits each field it leaves empty. A chain ends where it comes back to itself.
 */
export function resolveOccasion(policy: Policy, occasion: Occasion): Occasion {
  return resolve(policy, occasion, new Set());
}

function resolve(policy: Policy, occasion: Occasion, seen: ReadonlySet<string>): Occasion {
  if (occasion.sameAs === null || seen.has(occasion.id)) return occasion;
  const other = Object.hasOwn(policy.occasions, occasion.sameAs)
    ? policy.occasions[occasion.sameAs]
    : undefined;
  if (other === undefined) return occasion;
  const same = resolve(policy, other, new Set([...seen, occasion.id]));
  const takesItems = occasion.requires.length === 0 && occasion.offers.length === 0;
  return Object.freeze({
    ...occasion,
    requires: takesItems ? same.requires : occasion.requires,
    offers: takesItems ? same.offers : occasion.offers,
    declares: orOther(occasion.declares, same.declares),
    consents: Object.freeze({
      requires: orOther(occasion.consents.requires, same.consents.requires),
      offers: orOther(occasion.consents.offers, same.consents.offers),
    }),
    purposes: Object.keys(occasion.purposes).length === 0 ? same.purposes : occasion.purposes,
    methods: orOther(occasion.methods, same.methods),
    makes: orOther(occasion.makes, same.makes),
  });
}

function orOther(own: readonly string[], other: readonly string[]): readonly string[] {
  return own.length === 0 ? other : own;
}
