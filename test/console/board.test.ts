import { describe, expect, test } from "vitest";
import { Hono } from "hono";
import { makeBoard } from "../../src/console/board.ts";
import { createConsole } from "../../src/console/create-console.ts";
import { readPolicy } from "../../src/engine/read-policy.ts";
import type { Status, Verdict } from "../../src/proof/verdict.ts";
import { POLICY, START } from "../support/remotemeeting.ts";

const compiled = await readPolicy(POLICY);

const verdict = (promise: string, status: Status): Verdict => ({
  promise,
  key: promise,
  status,
  since: START,
  at: START,
  examined: 3,
  violations: status === "broken" ? 1 : 0,
  evidence: [{ code: "records-past-their-day", facts: { examined: 3, violations: 1 } }],
});

const shown = async (verdicts: readonly Verdict[], path = "/console/promises"): Promise<string> => {
  const app = new Hono().route(
    "/",
    createConsole({ compiled, page: async (_, { main }) => main, verdicts: async () => verdicts }),
  );
  return (await app.request(path)).text();
};

describe("the board", () => {
  test("has a line for every sentence, as it is published", () => {
    const board = makeBoard({
      promises: compiled.promises,
      page: compiled.page("ko"),
      verdicts: [],
    });
    expect(board.lines).toHaveLength(98);
    expect(board.lines.filter(({ text }) => text === "")).toEqual([]);
  });

  test("counts a sentence without a verdict as not checked, never as kept", async () => {
    const board = makeBoard({
      promises: compiled.promises,
      page: compiled.page("ko"),
      verdicts: [],
    });
    expect(board.counts).toEqual({
      kept: 0,
      broken: 0,
      unknown: 98,
      not_applicable: 0,
      words_only: 0,
    });
    expect(await shown([])).toContain("아직 한 번도 점검하지 않았습니다");
  });

  test("puts what is broken first and what is kept after everything that is not", async () => {
    const statuses: readonly Status[] = [
      "kept",
      "words_only",
      "unknown",
      "broken",
      "not_applicable",
    ];
    const html = await shown(
      compiled.promises.map(({ id }, at) => verdict(id, statuses[at % 5] ?? "unknown")),
    );
    const order = [...html.matchAll(/<section class="group" id="(\w+)"/g)].map(([, id]) => id);
    expect(order).toEqual(["broken", "unknown", "words_only", "kept", "not_applicable"]);
  });

  test("says one number that only confirmed sentences can raise", async () => {
    const html = await shown([verdict("P1.1", "kept"), verdict("P1.2", "words_only")]);
    expect(html).toMatch(/<b class="figure">98<\/b>개 문장 가운데\s+<b class="figure">1<\/b>개/);
  });

  test("filters by status, and an unknown status filters nothing", async () => {
    const verdicts = [verdict("P1.1", "kept"), verdict("P1.2", "broken")];
    const kept = await shown(verdicts, "/console/promises?status=kept");
    expect([...kept.matchAll(/class="line" id="([^"]+)"/g)].map(([, id]) => id)).toEqual(["P1-1"]);
    const all = await shown(verdicts, "/console/promises?status=nonsense");
    expect([...all.matchAll(/class="line" id=/g)]).toHaveLength(98);
  });

  test("is a document for programs as well", async () => {
    const text = await shown([verdict("P1.2", "broken")], "/console/promises?format=json");
    const board = JSON.parse(text);
    expect(board.counts).toMatchObject({ broken: 1, unknown: 97 });
    expect(board.promises[3]).toMatchObject({
      id: "P1.2",
      status: "broken",
      since: "2026-11-23T01:00:00Z",
      violations: 1,
    });
  });

  test("shows evidence in words, with counts", async () => {
    expect(await shown([verdict("P1.2", "broken")])).toContain("기간이 지난 기록: 3건, 1건 어긋남");
  });
});
