/**
 * A policy for GDPRbench: 25 purposes, ten periods, and of each purpose a second use that a person
 * can object to. A record of the benchmark is one item of one subject.
 */
import { compile, type Compiled } from "../../src/compiler/compile.ts";
import type { Declared, Policy } from "../../src/policy/model.ts";
import { SMALL_POLICY, smallLaw } from "../../test/support/small-policy.ts";

/** What workload files of the benchmark give as cardinalities. */
export const PURPOSES = 25;
/** Periods instead of seconds: the engine counts days. One in ten dies on the second day. */
export const KEEPS = [
  "P1D",
  "P4M",
  "P5M",
  "P6M",
  "P7M",
  "P8M",
  "P9M",
  "P10M",
  "P11M",
  "P10Y",
] as const;
/** Purpose and period of a record are its number modulo 25 and 10: fifty pairs. */
const PAIRS = 50;
/** Records a user can have: ten from the loading, the others inserted. */
export const SLOTS = 16;

const two = (value: number): string => String(value).padStart(2, "0");
export const purposeName = (purpose: number): string => `pur_${two(purpose)}`;
/** Decisions made by machine on what was collected for a purpose. */
export const secondName = (purpose: number): string => `dec_${two(purpose)}`;
export const itemName = (slot: number): string => `data_${two(slot)}`;
/** Everything of a user has one purpose and one period, as in the benchmark. */
export const occasionName = (user: number): string => `occ_${two(user % PAIRS)}`;

export function benchPolicy(): Compiled {
  const items = Array.from({ length: SLOTS }, (_, slot) => itemName(slot));
  const item = { stored: "sealed", format: "text", find: false, maxLength: 200 } as const;
  const purposes = Array.from({ length: PURPOSES }, (_, purpose) => purpose);
  const pairs = Array.from({ length: PAIRS }, (_, pair) => pair);
  const policy: Policy = {
    ...SMALL_POLICY,
    id: "gdprbench",
    minimumAge: null,
    declarations: {},
    items: keyed(items, (id) => ({ ...declared(id), ...item })),
    consents: { terms: { ...declared("terms"), purposes: [], occasions: [] } },
    purposes: keyed(
      purposes.flatMap((each) => [purposeName(each), secondName(each)]),
      (id) => ({ ...declared(id), basis: "contract" as const, tasks: [] }),
    ),
    occasions: keyed(pairs.map(occasionName), (id, pair) => ({
      ...declared(id),
      requires: [],
      offers: items,
      declares: [],
      consents: { requires: [], offers: [] },
      purposes: {
        [purposeName(pair % PURPOSES)]: items,
        [secondName(pair % PURPOSES)]: items,
      },
      methods: ["form"],
      makes: [`ttl_${pair % KEEPS.length}`],
      opens: false,
      automatic: false,
      isolated: false,
      exclusive: false,
      sameAs: null,
    })),
    events: {},
    records: keyed(
      KEEPS.map((_, period) => `ttl_${period}`),
      (id, period) => ({
        ...declared(id),
        holds: items,
        keep: KEEPS[period] ?? null,
        from: { laterOf: ["collected"] },
        atMost: false,
        basis: "purpose" as const,
        law: null,
        compartment: "service",
        archiveBeside: null,
      }),
    ),
    works: {},
    processors: {},
  };
  return compile(policy, smallLaw());
}

function declared(id: string): Declared {
  return { id, label: { ko: id, en: id }, gap: false, per: [] };
}

function keyed<T>(ids: readonly string[], make: (id: string, at: number) => T): Record<string, T> {
  return Object.fromEntries(ids.map((id, at) => [id, make(id, at)]));
}
