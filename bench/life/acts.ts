/** What is measured, and how it is told. */
import type { Machine } from "../support/figures.ts";

export const ACTS = ["collect", "read", "find", "withdraw"] as const;
export type Act = (typeof ACTS)[number];

/** One kind of act at one size. */
export interface ActFigures {
  readonly people: number;
  readonly act: Act;
  /** Milliseconds of each, in turns. */
  readonly plain: readonly number[];
  readonly ours: readonly number[];
  readonly statements: { readonly plain: number; readonly ours: number };
}

/** One sweep, with somebody reading all the time. */
export interface SweepFigures {
  readonly side: "plain" | "ours";
  readonly records: number;
  readonly ms: number;
  /** 99th percentile of the readings, milliseconds: before the sweep and during it. */
  readonly quietP99: number;
  readonly busyP99: number;
}

export interface LifeReport {
  readonly machine: Machine;
  readonly withdrawal: string;
  readonly loads: readonly { people: number; records: number; ms: number; plainMs: number }[];
  readonly acts: readonly ActFigures[];
  readonly sweeps: readonly SweepFigures[];
}
