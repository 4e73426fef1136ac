/** Provision to third parties (PIPA 17, 18): none, save what is listed here. */
import type { ProvisionException } from "../../policy/model.ts";
import { label, labelsOf, named, period, stated } from "../value.ts";
import { articleOf, type Draft, draft, type FormOf, type Source } from "./draft.ts";

type ProvisionDraft = Draft<FormOf<"provision">>;

const EXCEPTION_FORMS = {
  consent: "provision/exception_consent",
  authority: "provision/exception_authority",
  statistics: "provision/exception_statistics",
} as const satisfies Record<ProvisionException, FormOf<"provision">>;

export function draftProvision({ policy }: Source): readonly ProvisionDraft[] {
  const recipients = stated(Object.values(policy.provision.recipients));
  return [
    draft("provision/scope", { values: { article: articleOf(policy, "purpose") } }),
    draft("provision/beyond_scope"),
    draft("provision/default"),
    ...policy.provision.exceptions.map((exception) => draft(EXCEPTION_FORMS[exception])),
    ...recipients.map((recipient) =>
      draft("provision/recipient", {
        ref: recipient.id,
        values: {
          recipient: label(recipient.label),
          purpose: labelsOf(named(policy.purposes, [recipient.purpose])),
          items: labelsOf(named(policy.items, recipient.items)),
          keep: period(recipient.keep),
        },
        about: [recipient],
      }),
    ),
    draft("provision/otherwise"),
    draft("provision/recorded"),
  ];
}
