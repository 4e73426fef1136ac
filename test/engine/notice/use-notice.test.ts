/** The yearly notice of use: from the law's number on, to each person, once a year. */
import { expect, test } from "vitest";
import { compile } from "../../../src/compiler/compile.ts";
import { runUseNotice, useNotice } from "../../../src/engine/notice/use-notice.ts";
import { collect } from "../../../src/engine/collection/collect.ts";
import { readPolicy } from "../../../src/engine/read-policy.ts";
import { eachDatabase, type OpenEmpty } from "../../support/databases.ts";
import { REMOTEMEETING, SIGN_UP, SIGN_UP_OPTIONS, testEngine } from "../../support/test-engine.ts";

/** The shipped policy under a law that asks for the notice from so many people on. */
async function engineFrom(open: OpenEmpty, persons: number) {
  const { policy, law } = await readPolicy(REMOTEMEETING);
  const compiled = compile(policy, law);
  const known = compiled.plan.parameters.get("use_notice_persons");
  const parameters = new Map(compiled.plan.parameters);
  if (known !== undefined) parameters.set("use_notice_persons", { ...known, value: persons });
  const engine = await testEngine(await open(), { compiled });
  return { ...engine, context: { ...engine.context, plan: { ...compiled.plan, parameters } } };
}

eachDatabase((_name, open) => {
  test("below the number of the law nobody is told", async () => {
    const { context } = await testEngine(await open());
    await collect(context, "sign_up", SIGN_UP, SIGN_UP_OPTIONS);
    expect(await useNotice(context)).toMatchObject({
      people: 1,
      threshold: 1_000_000,
      owed: false,
    });
    expect(await runUseNotice(context)).toBe(0);
  });

  test("from it on each is told once a year about the year before, newcomers a year later", async () => {
    const { context, clock } = await engineFrom(open, 2);
    for (const user_id of ["kim-test", "lee-test"]) {
      await collect(context, "sign_up", { ...SIGN_UP, user_id }, SIGN_UP_OPTIONS);
    }
    expect(await runUseNotice(context)).toBe(0); // nobody was here last year
    clock.set("2026-12-31T23:59:59+09:00");
    expect(await runUseNotice(context)).toBe(0);
    clock.set("2027-01-01T00:00:00+09:00");
    await collect(context, "sign_up", { ...SIGN_UP, user_id: "new-test" }, SIGN_UP_OPTIONS);
    expect(await runUseNotice(context)).toBe(2);
    expect(await runUseNotice(context)).toBe(0);
    expect(await useNotice(context)).toMatchObject({
      owed: true,
      queued: 2,
      from: "2026-01-01",
      to: "2026-12-31",
    });
    const [message] = await context.db.query<{ facts: string }>("select facts from message");
    expect(JSON.parse(message?.facts ?? "")).toEqual({
      from: "2026-01-01",
      to: "2026-12-31",
      purposes: context.plan.uses.size,
      processors: 0,
    });
    clock.set("2028-01-01T00:00:00+09:00");
    expect(await runUseNotice(context)).toBe(3);
  });
});
