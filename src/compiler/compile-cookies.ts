import type { Policy } from "../policy/model.ts";
import type { CookieConfiguration } from "./plan.ts";

/** What may be set before a choice is made: the essential categories, and nothing else. */
export function compileCookies(policy: Policy): CookieConfiguration {
  const categories = Object.values(policy.cookies?.categories ?? {});
  return Object.freeze({
    categories: Object.freeze(
      categories.map(({ id, label, essential, purpose }) =>
        Object.freeze({ id, label, essential, purpose, readOnly: essential }),
      ),
    ),
  });
}
