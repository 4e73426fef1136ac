/** The benchmarks run, small: what nobody starts for a while must not rot. */
import { expect, inject, test } from "vitest";
import { gdprbench } from "../../bench/gdprbench/run.ts";
import { lifeBench } from "../../bench/life/run.ts";
import type { CliIo } from "../../src/cli/io.ts";
import { systemClock, systemRandom } from "../../src/engine/system.ts";

const BENCHES = { gdprbench, life: lifeBench } as const;

function captured(): { readonly io: CliIo; readonly out: string[]; readonly err: string[] } {
  const [out, err]: [string[], string[]] = [[], []];
  const io: CliIo = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    colour: false,
    cwd: process.cwd(),
    clock: systemClock,
    random: systemRandom,
  };
  return { io, out, err };
}

test.skipIf(inject("postgres") === null)(
  "every mix of GDPRbench is answered rightly by both sides, and told as figures",
  async () => {
    const { io, out, err } = captured();
    expect(await gdprbench(["--quick", "--json"], io), err.join("")).toBe(0);
    const { measured } = JSON.parse(out.join("")) as {
      measured: { side: string; workload: string; opsPerSecond: number }[];
    };
    const sides = (side: string) => measured.filter((each) => each.side === side);
    expect(sides("jikim").map(({ workload }) => workload)).toHaveLength(7);
    expect(sides("compliant")).toHaveLength(7);
    expect(measured.every(({ opsPerSecond }) => opsPerSecond > 0)).toBe(true);
  },
  120_000,
);

test.skipIf(inject("postgres") === null)(
  "the life of a record is measured from collecting to leaving, with a sweep at the end",
  async () => {
    const { io, out, err } = captured();
    expect(await lifeBench(["--quick"], io), err.join("")).toBe(0);
    const text = out.join("");
    for (const word of ["collect", "read", "find", "withdraw", "reading p99"]) {
      expect(text).toContain(word);
    }
  },
  120_000,
);

test.each(Object.entries(BENCHES))(
  "the benchmark %s says what it can be asked",
  async (_, bench) => {
    const { io, err } = captured();
    expect(await bench(["--help"], io)).toBe(0);
    expect(err.join("")).toContain("--quick");
    expect(await bench(["--no-such"], io)).toBe(2);
  },
);
