/**
 * Provision to third parties: the rules that everything which leaves goes through are asked, and
 * the ledger is held against the consents, the documents and the log.
 */
import { present } from "../base/assert.ts";
import { bindingKind } from "../engine/provision/document.ts";
import { recipientOf, refusalsByPlan } from "../engine/provision/provision-rules.ts";
import { smallestCell, statisticsReasons } from "../engine/provision/statistics.ts";
import { suppressSmall } from "../engine/provision/suppress.ts";
import { allowedBy } from "../engine/use/use-rules.ts";
import type { Check, Count, Look } from "./check.ts";
import { counted, found } from "./check.ts";

/** A name no policy can declare: ids begin with a letter. */
const NOBODY = "-";

/** P3.2: no purpose sees what it is not for, and one that waits for consent had it. */
export const beyondScope: Check = async (look) => {
  const { plan, policy } = look.compiled;
  const beyond = [...plan.uses.values()].flatMap((use) => {
    const bound = new Set([...use.items.values()].flatMap((items) => [...items]));
    const declared = new Set(
      Object.values(policy.occasions).flatMap((each) =>
        Object.hasOwn(each.purposes, use.purpose) ? (each.purposes[use.purpose] ?? []) : [],
      ),
    );
    return [...plan.items.keys()]
      .filter((item) => !declared.has(item))
      .map((item) => ({ purpose: use.purpose, item, bound: bound.has(item) }));
  });
  const open = beyond.filter(
    ({ purpose, item, bound }) => bound || "use" in allowedBy(plan, [item], { purpose }, "read"),
  );
  const consented = Object.values(policy.purposes).filter(({ basis }) => basis === "consent");
  const counts: Count[] = [
    { code: "beyond-purpose-refused", examined: beyond.length, violations: open.length },
  ];
  for (const { id } of consented) counts.push(await looksWithConsent(look, id));
  return found(counts);
};

/** P3.3: whoever the policy does not name gets nothing, and nobody else stands in the ledger. */
export const byDefault: Check = async ({ compiled: { plan, policy }, sql }) => {
  const items = [...plan.items.keys()];
  const open = items.filter(
    (item) => refusalsByPlan(plan, { recipient: NOBODY, items: [item] }).length === 0,
  );
  // A row of an earlier version was looked at under that version; one of no version is nobody's.
  const rows = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (
              where (policy_hash = $2 and basis = 'consent' and recipient <> all($1::text[]))
                 or (policy_hash = $2 and basis <> all($3::text[]))
                 or not exists (select from policy_version as version
                                 where version.hash = provision.policy_hash)) as violations
       from provision`,
    [Object.keys(policy.provision.recipients), plan.hash, policy.provision.exceptions],
  );
  return found([
    { code: "unnamed-recipient-refused", examined: items.length, violations: open.length },
    { code: "provisions-on-an-exception", ...rows },
  ]);
};

/** P3.4: what left by consent had that very consent, living, at that moment. */
export const byConsent: Check = async (look) =>
  found([recipientsAsked(look), await provisionsWithConsent(look, null)]);

/** P3.5: a letter binds nobody; what an authority got stood in a document two people approved. */
export const byAuthority: Check = async ({ compiled: { plan }, sql }) => {
  const letters = bindingKind("letter") === null ? 0 : 1;
  const rows = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (
              where not exists (
                select from provision_document as demand
                 where demand.subject = given.subject and demand.id = given.document
                   and given.items <@ demand.items
                   and demand.registered_at <= given.at
                   and demand.first_approved_at <= given.at
                   and demand.second_approved_at <= given.at
                   and demand.first_approved_by <> demand.second_approved_by
                   and (given.at at time zone $1)::date <= demand.valid_until)) as violations
       from provision as given
      where basis = 'authority'`,
    [plan.timeZone],
  );
  const released = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (
              where not exists (select from provision as given
                                 where given.subject = demand.subject
                                   and given.document = demand.id)) as violations
       from provision_document as demand
      where released_at is not null`,
  );
  return found([
    { code: "letter-refused", examined: 1, violations: letters },
    { code: "provisions-by-document", ...rows },
    { code: "released-in-the-ledger", ...released },
  ]);
};

/** Tables whose small cells could be told, if anything were left to tell. */
const SAMPLES: readonly (readonly number[])[] = [
  [9, 1],
  [9, 7, 1],
  [20, 9, 2, 1],
  [3],
  [1, 1],
  [50],
];

/** P3.6: nobody can be told apart in a table of counts. */
export const byStatistics: Check = async ({ compiled: { plan, policy }, sql }) => {
  const smallest = smallestCell({ plan });
  const identifying = Object.values(policy.items).filter(
    ({ find, stored }) => find || stored === "one_way",
  );
  const open = identifying.filter(({ id }) =>
    [...plan.uses.keys()].some(
      (purpose) => statisticsReasons({ plan }, { purpose, item: id, smallest }).length === 0,
    ),
  );
  const told = SAMPLES.filter((people) => tells(people, smallest));
  const tables = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (where smallest < $1 or item = any($2::text[])
                                or smallest_shown < $1) as violations
       from provision_statistic
      where policy_hash = $3`,
    [smallest, identifying.map(({ id }) => id), plan.hash],
  );
  return found([
    {
      code: "identifying-item-refused",
      examined: identifying.length,
      violations: open.length,
    },
    { code: "small-cells-left-out", examined: SAMPLES.length, violations: told.length },
    { code: "statistics-without-small-cells", ...tables },
  ]);
};

/** P3 of one recipient: it gets its items for its purpose, by consent. */
export const recipient: Check = async (look, promise) => {
  const id = present(promise.ref, "a promise about a recipient names it");
  const { plan } = look.compiled;
  const named = present(recipientOf(plan, id), "the policy names it");
  const rows = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where not items <@ $2::text[] or purpose <> $3) as violations
       from provision
      where recipient = $1 and policy_hash = $4`,
    [id, named.items, named.purpose, plan.hash],
  );
  return found([
    recipientsAsked(look, id),
    { code: "provisions-of-listed-items", ...rows },
    await provisionsWithConsent(look, id),
  ]);
};

/** P3.7: every other provision has a consent to a text that named who receives what. */
export const otherwise: Check = async (look) => {
  const { plan, policy } = look.compiled;
  const contracts = Object.values(policy.provision.recipients).filter(
    ({ purpose }) => plan.uses.get(purpose)?.basis !== "consent",
  );
  const open = contracts.filter(
    ({ id, items }) => refusalsByPlan(plan, { recipient: id, items }).length === 0,
  );
  const nobody = [...plan.items.keys()].filter(
    (item) => refusalsByPlan(plan, { recipient: NOBODY, items: [item] }).length === 0,
  );
  const rows = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (
              where not exists (
                select from consent as act
                  join policy_version as version on version.hash = act.policy_hash
                 cross join lateral (select version.document::jsonb #>
                   array['policy', 'provision', 'recipients', given.recipient] as text) as named
                 where act.subject = given.subject and act.id = given.consent
                   and named.text ->> 'purpose' = given.purpose
                   and to_jsonb(given.items) <@ (named.text -> 'items'))) as violations
       from provision as given
      where basis = 'consent'
        and exists (select from consent where consent.subject = given.subject)`,
  );
  return found([
    {
      code: "provision-without-consent-refused",
      examined: plan.items.size + contracts.length,
      violations: open.length + nobody.length,
    },
    { code: "consents-named-the-recipient", ...rows },
  ]);
};

/** P3.8: the ledger and the log tell of the same provisions. */
export const recorded: Check = async ({ sql, now }) => {
  // Lines end some years after the person has left; the leaf stays.
  const told = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (
              where not exists (
                select from provision as line
                 where line.subject = decode(leaf.facts ->> 'subject', 'hex')
                   and line.id = decode(leaf.facts ->> 'provision', 'hex')
                   and line.basis = leaf.facts ->> 'basis'
                   and line.recipient is not distinct from leaf.facts ->> 'recipient'
                   and to_jsonb(line.items) = leaf.facts -> 'items'
                   and line.at = leaf.at)) as violations
       from audit_leaf as leaf
      where kind = 'provided' and at > to_timestamp($1::float8 / 1000) - interval '3 years'`,
    [now],
  );
  const lines = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (
              where not exists (select from audit_leaf as leaf
                                 where leaf.kind = 'provided' and leaf.at = line.at
                                   and leaf.facts ->> 'provision' = encode(line.id, 'hex')))
              as violations
       from provision as line`,
  );
  return found([
    { code: "provisions-told-and-kept", ...told },
    { code: "provisions-in-the-log", ...lines },
  ]);
};

/** Recipients are asked for an item they are not listed with. */
function recipientsAsked({ compiled: { plan, policy } }: Look, only?: string): Count {
  const recipients = Object.values(policy.provision.recipients).filter(
    ({ id }) => only === undefined || id === only,
  );
  const asked = [NOBODY, ...recipients.map(({ id }) => id)].flatMap((id) =>
    [...plan.items.keys()]
      .filter((item) => !(policy.provision.recipients[id]?.items ?? []).includes(item))
      .map((item) => ({ recipient: id, items: [item] })),
  );
  const open = asked.filter((each) => refusalsByPlan(plan, each).length === 0);
  return { code: "unlisted-items-refused", examined: asked.length, violations: open.length };
}

/** Provisions by consent whose act was not there, not for it, or no longer living. */
async function provisionsWithConsent(look: Look, only: string | null): Promise<Count> {
  const { policy } = look.compiled;
  const pairs = Object.values(policy.consents).flatMap(({ id, purposes }) =>
    purposes.map((purpose) => ({ id, purpose })),
  );
  const rows = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (
              where not exists (
                select from consent as act
                  join unnest($1::text[], $2::text[]) as covers (consent, purpose)
                       on covers.consent = act.consent and covers.purpose = given.purpose
                 where act.subject = given.subject and act.id = given.consent
                   and act.given and act.at <= given.at
                   and not exists (select from consent as later
                                    where later.subject = act.subject
                                      and later.consent = act.consent and not later.given
                                      and later.seq > act.seq and later.at < given.at)))
              as violations
       from provision as given
      where basis = 'consent' and ($3::text is null or recipient = $3)
        -- Evidence of consent ends some years after its data; the ledger may end later.
        and exists (select from consent where consent.subject = given.subject)`,
    [pairs.map(({ id }) => id), pairs.map(({ purpose }) => purpose), only],
  );
  return { code: "provisions-with-consent", ...rows };
}

/** Looks of staff for a purpose that waits for consent, at people who had not given it. */
async function looksWithConsent({ compiled, sql }: Look, purpose: string): Promise<Count> {
  const consents = Object.values(compiled.policy.consents)
    .filter(({ purposes }) => purposes.includes(purpose))
    .map(({ id }) => id);
  const looks = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (
              where not exists (
                select from consent as act
                 where act.subject = looked.subject and act.consent = any($2::text[])
                   and act.given and act.at <= looked.at
                   and not exists (select from consent as later
                                    where later.subject = act.subject
                                      and later.consent = act.consent and not later.given
                                      and later.seq > act.seq and later.at < looked.at)))
              as violations
       from access_log as looked
      where purpose = $1 and place = 'live' and refused = '{}'
        and exists (select from consent where consent.subject = looked.subject)`,
    [purpose, consents],
  );
  return { code: "looks-with-consent", ...looks, facts: { purpose } };
}

/** Does what is shown of a table tell a cell that is too small? */
function tells(people: readonly number[], smallest: number): boolean {
  const cells = people.map((count, index) => ({ value: String(index), people: count }));
  const { cells: shown, suppressed, total } = suppressSmall(cells, smallest);
  const rest = total === null ? null : total - shown.reduce((sum, one) => sum + one.people, 0);
  const small = shown.some((cell) => cell.people < smallest);
  return small || (suppressed > 0 && rest !== null && (suppressed === 1 || rest < smallest));
}
