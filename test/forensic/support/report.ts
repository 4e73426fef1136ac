/** Findings as people read them, and as programs do. */
import type { Findings } from "./run.ts";
import { type Check, CHECKS, FAULTS } from "./plan.ts";
import { KINDS } from "./truth.ts";

const SAYS: Readonly<Record<Check, string>> = {
  A1: "forms of a personal value found in any file",
  A2: "forms of a destroyed key or former root found in any file",
  B1: "destroyed opened, with every node ever sealed and today's root",
  B2: "living opened by the same attack",
  B3: "destroyed opened with the former root: the attack has power",
  C1: "destroyed rows whose ciphertext is still on the disks",
  C2: "destroyed values still in a row of a database, the archive's too",
  D1: "erased values a stored look-up tag can be made of, with all living keys",
  D2: "living values a stored look-up tag can be made of",
  D3: "erased values, with the former root: the attack has power",
  E1: "destroyed keys and former roots in the keeper's memory",
  F1: "destroyed opened after the data was restored, today's keys",
};

const count = ([found, of]: readonly [number, number]): string => `${found} of ${of}`;

/** A run as lines of a table. */
export function tableOf(findings: Findings): string {
  const { stand, counts, failed, searched, drill } = findings;
  const head = `${stand}: ${searched.files} files, ${searched.megabytes} MB searched, ${seconds(findings)}`;
  const lines = CHECKS.map((check) => {
    const verdict = failed.includes(check) ? "FAILED" : "ok";
    const skipped = check === "E1" && findings.memorySkipped;
    const figure = skipped ? "not looked" : count(counts[check]);
    return `  ${verdict.padEnd(7)}${check}  ${figure.padStart(14)}  ${SAYS[check]}`;
  });
  const media = findings.media.map(
    ({ medium, files, rows, ok }) =>
      `             ${String(rows).padStart(10)}  of them in ${medium}, ${files} files${ok ? "" : ": FAILED"}`,
  );
  const more = [
    ...KINDS.map((kind) => {
      const [dead, living] = findings.kinds[kind];
      return `             ${String(dead).padStart(10)}  dead and ${living} living: ${kind}`;
    }),
    `             ${String(findings.memoryBefore).padStart(10)}  of these secrets in memory before`,
    ...(drill === null
      ? []
      : [
          `             ${count([drill.livingOpened, drill.living]).padStart(10)}  living opened in the drill`,
          `             ${count([drill.leftOpened, drill.left]).padStart(10)}  records let live by the service opened over it`,
          `             ${count([drill.deadLeft, drill.left]).padStart(10)}  of them should be dead`,
          `             a former root file is answered with ${drill.formerRoot}`,
        ]),
  ];
  return [head, ...lines, ...media, ...more].join("\n");
}

/** Was the planted fault seen by a check that must see it? */
export function isCaught({ fault, failed }: Findings): boolean {
  if (fault === null) return false;
  return FAULTS[fault].seenBy.some((check) => failed.includes(check));
}

/** A planted fault as one line. */
export function faultLine(findings: Findings): string {
  const { stand, fault, failed } = findings;
  if (fault === null) return "";
  const verdict = isCaught(findings) ? "caught" : "MISSED";
  const seen = failed.join(" ") || "nothing";
  return `  ${verdict}  ${stand.padEnd(9)} ${fault.padEnd(11)} ${FAULTS[fault].says}: ${seen}, ${seconds(findings)}`;
}

const seconds = (findings: Findings): string => `${findings.seconds.toFixed(1)} s`;
