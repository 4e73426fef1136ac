/** Rights (PIPA 35–38): how to ask, what can be asked, and what holds while it is worked on. */
import type { AccessScope, Channel, Policy, Right } from "../../policy/model.ts";
import type { Value } from "../promise.ts";
import { fact, label, labels, NOTHING, officesOf, reachAt, word } from "../value.ts";
import { CHANNEL_WORDS } from "../words.ts";
import { articleOf, type Draft, draft, type FormOf, type Source } from "./draft.ts";

type RightDraft = Draft<FormOf<"right">>;

const SCOPE_FORMS = {
  own_data: "right/scope_own_data",
  use_and_provision: "right/scope_use_and_provision",
  consents: "right/scope_consents",
} as const satisfies Record<AccessScope, FormOf<"right">>;

export function draftRight({ policy }: Source): readonly RightDraft[] {
  const { rights } = policy;
  const channels = rights.channels.map((channel) => CHANNEL_WORDS[channel]);
  return [
    draft("right/channels", {
      values: { channels: labels(channels), who: officesOf(policy.contacts) },
    }),
    ...rights.offers.map((right: Right) => draft(`right/${right}`)),
    ...(rights.correctionRestricts ? [draft("right/correction_restricts")] : []),
    ...(rights.correctionNotifiesRecipients ? [draft("right/correction_notifies")] : []),
    draft("right/deleted_not_used", { values: { article: articleOf(policy, "retention") } }),
    ...rights.accessBy.map((channel) =>
      draft("right/access_channel", {
        ref: channel,
        values: { channel: label(CHANNEL_WORDS[channel]), at: CHANNEL_ADDRESS[channel](policy) },
      }),
    ),
    draft("right/identity_first"),
    ...(rights.representative ? [draft("right/representative")] : []),
    ...rights.scopes.map((scope) => draft(SCOPE_FORMS[scope])),
  ];
}

/** Where a request by this channel goes. */
const CHANNEL_ADDRESS = {
  letter: () => NOTHING,
  phone: (policy) =>
    fact(
      reachAt(policy.contacts, (contact) => contact.phone),
      word,
    ),
  email: (policy) =>
    fact(
      reachAt(policy.contacts, (contact) => contact.email),
      word,
    ),
  board: (policy) => word(policy.controller.site),
} as const satisfies Record<Channel, (policy: Policy) => Value>;
