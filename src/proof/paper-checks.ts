/**
 * Paper: what the register and the slips say. Only people can see what lies in a cabinet, so every
 * verdict here rests on what staff attested, and names the last who did. Where nothing was ever
 * registered nobody has looked: that is unknown, never kept.
 */
import type { Check, Found, Look } from "./check.ts";
import { counted, found } from "./check.ts";
import { lastTolerableDay } from "./retention-checks.ts";
import { parameterOf } from "./parameters.ts";

/** P6.2: what a law keeps beyond its purpose lies in the separate cabinet. */
export const separateCabinet: Check = async (look) => {
  const statutory = [...look.compiled.plan.clocks.values()]
    .filter((clock) => clock.statutory)
    .map(({ recordClass }) => recordClass.id);
  const apart = await counted(
    look.sql,
    `select count(*) as examined, count(*) filter (where not separate) as violations
       from paper_item
      where slip is null and expires_on is not null and class = any ($1::text[])`,
    [statutory],
  );
  const finding = found([{ code: "paper-in-separate-cabinet", ...apart }]);
  return attested(look, finding, await lastRegistered(look));
};

/** P6.5: paper whose time is over is gone, by a promised method, with a slip that two signed. */
export const destroyed: Check = async (look) => {
  const methods = look.compiled.policy.destruction.paper?.methods ?? [];
  const grace = String(parameterOf(look.compiled.plan, "destroy_grace"));
  const slips = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (
              where method <> all ($1::text[]) or first_by = second_by
                 or items <> (select count(*) from paper_item where slip = paper_slip.id)
            ) as violations
       from paper_slip`,
    [methods],
  );
  const inTime = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (
              where (slip is null and expires_on < $1::date)
                 or destroyed_on <= expires_on
                 or destroyed_on > expires_on + $2::interval) as violations
       from paper_item
       left join paper_slip on paper_slip.id = paper_item.slip
      where slip is not null or expires_on < $1::date`,
    [lastTolerableDay(look), grace],
  );
  const finding = found([
    { code: "paper-slips-of-two", ...slips },
    { code: "paper-destroyed-in-time", ...inTime },
  ]);
  return attested(look, finding, await lastSlip(look));
};

type Attested = { readonly by: string; readonly on: string };

async function lastRegistered({ sql, compiled }: Look): Promise<Attested | undefined> {
  const [row] = await sql.query<Attested>(
    `select registered_by as by, to_char(registered_at at time zone $1, 'YYYY-MM-DD') as on
       from paper_item
      order by registered_at desc, number desc
      limit 1`,
    [compiled.plan.timeZone],
  );
  return row;
}

async function lastSlip({ sql }: Look): Promise<Attested | undefined> {
  const [row] = await sql.query<Attested>(
    `select first_by || ', ' || second_by as by, to_char(destroyed_on, 'YYYY-MM-DD') as on
       from paper_slip
      order by number desc
      limit 1`,
  );
  return row;
}

/** The finding with who attested it last; unknown where nothing was ever registered. */
async function attested({ sql }: Look, finding: Found, last: Attested | undefined): Promise<Found> {
  const [any] = await sql.query<{ known: boolean }>(
    "select exists (select from paper_item) as known",
  );
  if (any?.known !== true) {
    const evidence = [{ code: "paper-never-registered", facts: {} }];
    return { status: "unknown", examined: 0, violations: 0, evidence };
  }
  if (last === undefined) return finding;
  return { ...finding, evidence: [...finding.evidence, { code: "attested", facts: last }] };
}
