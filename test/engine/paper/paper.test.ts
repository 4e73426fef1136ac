/** Paper: registered, moved apart, destroyed by two with a slip; never sooner, never by one. */
import { expect, test } from "vitest";
import { present } from "../../../src/base/assert.ts";
import { compile } from "../../../src/compiler/compile.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { destroyPaper, type PaperDestroyed } from "../../../src/engine/paper/destroy-paper.ts";
import { paperItems, paperSlips } from "../../../src/engine/paper/paper.ts";
import {
  movePaper,
  type PaperArrived,
  registerPaper,
} from "../../../src/engine/paper/register-paper.ts";
import { ownLockOf } from "../../../src/engine/record.ts";
import { keep } from "../../../src/engine/retention/sweep.ts";
import { countRows, eachDatabase } from "../../support/databases.ts";
import { testEngine } from "../../support/test-engine.ts";

const FAX = { recordClass: "complaint", cabinet: "A-1", arrivedOn: "2026-11-20", by: "7" };
const CLOSED = { ...FAX, cabinet: "B-2", separate: true, startedOn: "2026-11-23" };
/** The day after the last of three years. */
const DUE = "2029-11-24";
const SLIP = { method: "shred", by: ["7", "9"], box: "상자 3" } as const;

const register = (context: EngineContext, paper: Partial<PaperArrived> = {}) =>
  registerPaper(context, { ...CLOSED, ...paper });

eachDatabase((_name, open) => {
  test("paper is kept as long as its class, then due, then overdue, and gone with a slip", async () => {
    const { context, clock } = await testEngine(await open());
    const number = await register(context, { note: "김시험의 편지" });
    const state = async () => (await paperItems(context))[0]?.state;
    clock.set("2029-11-23T23:59:59+09:00");
    expect(await state()).toBe("kept");
    clock.set(`${DUE}T00:00:00+09:00`);
    expect(await state()).toBe("due");
    clock.set("2029-11-29T00:00:00.001+09:00");
    expect(await state()).toBe("overdue");
    const slip = await destroyPaper(context, { ...SLIP, numbers: [number], on: "2029-11-28" });
    expect(await paperItems(context)).toEqual([]);
    expect(await paperSlips(context.db)).toEqual([
      {
        number: slip,
        method: "shred",
        destroyedOn: "2029-11-28",
        by: ["7", "9"],
        box: "상자 3",
        weightGrams: null,
        items: 1,
      },
    ]);
    const kinds = await context.db.query(
      "select kind from audit_leaf where kind like 'paper%' order by seq",
    );
    expect(kinds).toEqual([{ kind: "paper_registered" }, { kind: "paper_destroyed" }]);
  });

  test("a note is sealed, and its key dies after the slip", async () => {
    const { context, clock } = await testEngine(await open());
    const number = await register(context, { note: "김시험의 편지" });
    const [row] = await context.db.query<{ note: Uint8Array }>("select note from paper_item");
    const { note } = present(row, "an item");
    expect(Buffer.from(note).toString("utf8")).not.toContain("김시험");
    clock.set(`${DUE}T09:00:00+09:00`);
    await destroyPaper(context, { ...SLIP, numbers: [number], on: DUE });
    await keep(context);
    const lock = present(ownLockOf(note), "a lock of its own");
    expect(await context.keeper.gone([lock])).toEqual([lock]);
    expect(await context.db.query("select note from paper_item")).toEqual([{ note: null }]);
  });

  test("what waits for an event has no end until it happens; then it lies apart", async () => {
    const { context } = await testEngine(await open());
    const number = await registerPaper(context, FAX);
    expect(await paperItems(context)).toMatchObject([
      { number, state: "waiting", lastDay: null, separate: false },
    ]);
    await movePaper(context, number, { cabinet: "B-2", startedOn: "2026-11-23", by: "7" });
    expect(await paperItems(context)).toMatchObject([
      { number, state: "kept", lastDay: "2029-11-23", separate: true, cabinet: "B-2" },
    ]);
    await expect(
      movePaper(context, number, { cabinet: "B-3", startedOn: "2026-11-23", by: "7" }),
    ).rejects.toMatchObject({ facts: { rules: ["paper-moved"] } });
  });

  test("one slip may stand for many papers; its weight will do instead of a box", async () => {
    const { context, clock } = await testEngine(await open());
    const numbers = [await register(context), await register(context), await register(context)];
    clock.set(`${DUE}T09:00:00+09:00`);
    const { box: _box, ...slip } = SLIP;
    await destroyPaper(context, { ...slip, numbers, on: DUE, weightGrams: 850 });
    expect(await paperSlips(context.db)).toMatchObject([{ items: 3, weightGrams: 850 }]);
  });

  test.each<[string, Partial<PaperArrived>, string]>([
    ["of a class the policy lacks", { recordClass: "diary" }, "class-unknown"],
    ["in a cabinet without a name", { cabinet: " " }, "cabinet-malformed"],
    ["that only waits, in the daily cabinet", { separate: false }, "cabinet-not-separate"],
    ["from tomorrow", { arrivedOn: "2026-11-24" }, "day-impossible"],
    ["of a day that is none", { arrivedOn: "2026-02-30" }, "day-impossible"],
    ["closed before it came", { startedOn: "2026-11-19" }, "day-impossible"],
    ["with a long note", { note: "x".repeat(201) }, "note-too-long"],
    ["by a name", { by: "김담당" }, "by-malformed"],
  ])("paper %s is refused, and nothing is stored", async (_what, paper, rule) => {
    const { context } = await testEngine(await open());
    await expect(register(context, paper)).rejects.toMatchObject({
      code: "ERR_PAPER_REFUSED",
      facts: { rules: [rule] },
    });
    expect(await countRows(context.db)).toMatchObject({ paper_item: 0 });
  });

  test.each<[string, Partial<PaperDestroyed>, string]>([
    ["by one person twice", { by: ["7", "7"] }, "same-person-twice"],
    ["by a name", { by: ["7", "김담당"] }, "by-malformed"],
    ["of nothing", { numbers: [] }, "nothing-named"],
    ["of what is not registered", { numbers: [99] }, "paper-unknown"],
    ["on the last day it is kept", { on: "2029-11-23" }, "not-due"],
    ["tomorrow", { on: "2029-11-25" }, "day-impossible"],
    ["with a weight that is none", { weightGrams: 0 }, "box-or-weight"],
    ["with a box without a name", { box: "" }, "box-or-weight"],
  ])("a slip %s is refused, and nothing is recorded", async (_what, slip, rule) => {
    const { context, clock } = await testEngine(await open());
    const number = await register(context);
    clock.set(`${DUE}T09:00:00+09:00`);
    const asked = { ...SLIP, numbers: [number], on: DUE, ...slip };
    await expect(destroyPaper(context, asked)).rejects.toMatchObject({
      code: "ERR_PAPER_REFUSED",
      facts: { rules: [rule] },
    });
    expect(await countRows(context.db)).toMatchObject({ paper_slip: 0 });
    expect(await paperItems(context)).toHaveLength(1);
  });

  test("paper goes once", async () => {
    const { context, clock } = await testEngine(await open());
    const numbers = [await register(context)];
    clock.set(`${DUE}T09:00:00+09:00`);
    await destroyPaper(context, { ...SLIP, numbers, on: DUE });
    await expect(destroyPaper(context, { ...SLIP, numbers, on: DUE })).rejects.toMatchObject({
      facts: { rules: ["paper-gone"] },
    });
  });

  test("a method the policy does not promise is refused, and so is paper it knows nothing of", async () => {
    const engine = await testEngine(await open());
    const { policy, law } = engine.compiled;
    const under = (paper: typeof policy.destruction.paper) => ({
      ...engine.context,
      plan: compile({ ...policy, destruction: { ...policy.destruction, paper } }, law).plan,
    });
    const number = await register(engine.context);
    engine.clock.set(`${DUE}T09:00:00+09:00`);
    const shredOnly = under({ separate: true, methods: ["shred"] });
    const slip = { ...SLIP, numbers: [number], on: DUE, method: "incinerate" } as const;
    await expect(destroyPaper(shredOnly, slip)).rejects.toMatchObject({
      facts: { rules: ["method-not-promised"] },
    });
    await expect(register(under(null))).rejects.toMatchObject({
      facts: { rules: ["no-paper-in-policy"] },
    });
  });
});
