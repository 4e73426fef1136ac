/** Purposes, processors and cookies: each rests on something. */
import type { Check } from "./check.ts";

export const checkParties: Check = (policy, report) => {
  const covered = new Set(Object.values(policy.consents).flatMap((one) => one.purposes));
  for (const purpose of Object.values(policy.purposes)) {
    if (purpose.basis !== "consent" || covered.has(purpose.id)) continue;
    const message = `no consent covers \`${purpose.id}\``;
    report("consent-without-purpose", `purposes.${purpose.id}`, message);
  }
  for (const processor of Object.values(policy.processors)) {
    if (processor.work.length > 0) continue;
    const message = `\`${processor.id}\` has no work`;
    report("processor-without-work", `processors.${processor.id}`, message);
  }
  for (const category of Object.values(policy.cookies?.categories ?? {})) {
    if (category.essential || category.purpose !== null) continue;
    const message = `\`${category.id}\` is not essential and serves no purpose`;
    report("cookie-without-purpose", `cookies.categories.${category.id}`, message);
  }
};
