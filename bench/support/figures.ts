/** Figures of a run and what they were taken on. */
import { open, rm } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Milliseconds a piece of work takes, with what it gives. */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const from = performance.now();
  const result = await work();
  return { ms: performance.now() - from, result };
}

/** Three digits that say something: 0.0123, 1.23, 123, 12,300. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  if (Math.abs(value) < 0.1 && value !== 0) return value.toPrecision(2);
  return value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: 0 });
}

/** A ratio with the least and the most of its rounds. */
export interface Ratio {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Ratios are taken round by round: both sides of a round saw the same machine. */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Ratio {
  const ratios = ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

export function ratioText({ median: middle, least, most }: Ratio): string {
  if (!Number.isFinite(middle)) return "–";
  const times = (value: number): string => `${figure(value)}×`;
  return least === most ? times(middle) : `${times(middle)} [${figure(least)}–${figure(most)}]`;
}

export interface Machine {
  /** One-minute load. */
  readonly load: number;
  /** Median milliseconds to write 4 KiB and have it on the medium. */
  readonly syncMs: number;
  readonly node: string;
  readonly postgres: string;
}

/** The floor under everything that commits: one block on the medium. */
export async function syncFloor(folder: string): Promise<number> {
  const path = join(folder, "floor");
  const file = await open(path, "w");
  const block = Buffer.alloc(4096, 1);
  const times: number[] = [];
  for (let i = 0; i < 100; i += 1) {
    const { ms } = await timed(async () => {
      await file.write(block, 0, block.length, (i % 6) * 4096);
      await file.datasync();
    });
    times.push(ms);
  }
  await file.close();
  await rm(path);
  return median(times);
}

export async function machineOf(folder: string, postgres: string): Promise<Machine> {
  const [load = Number.NaN] = loadavg();
  return { load, syncMs: await syncFloor(folder), node: process.version, postgres };
}

export function machineText({ load, syncMs, node, postgres }: Machine): string {
  const busy = load > 2 ? " (busy: ratios hold, absolute figures do not)" : "";
  return `load ${figure(load)}${busy}; 4 KiB + fdatasync ${figure(syncMs)} ms; ${postgres}; Node ${node}`;
}
