import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Hono } from "hono";
import { compile } from "../../src/compiler/compile.ts";
import type { Compiled } from "../../src/compiler/compile.ts";
import { layout } from "../../src/html/layout.ts";
import { nothing } from "../../src/html/markup.ts";
import { createSite } from "../../src/site/create-site.ts";
import { openTestService } from "../support/remotemeeting.ts";
import type { TestService } from "../support/remotemeeting.ts";

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
});
afterAll(() => service.close());

const get = async (path: string): Promise<{ status: number; html: string }> => {
  const answer = await service.app.request(path);
  return { status: answer.status, html: await answer.text() };
};

describe("the policy page", () => {
  test.each(["ko", "en"] as const)(
    "in %s shows every sentence once, with its number",
    async (lang) => {
      const { html } = await get(`/privacy?lang=${lang}`);
      for (const { id } of service.jikim.compiled.promises) {
        expect(html.split(`id="${id.replace(".", "-")}"`)).toHaveLength(2);
      }
    },
  );

  test("leads from each sentence to its line on the board, and back", async () => {
    const { html } = await get("/privacy");
    expect(html).toContain('href="/console/promises#P5-3"');
    const board = await get("/console/promises");
    expect(board.html).toContain('id="P5-3"');
    expect(board.html).toContain('href="/privacy#P5-3"');
  });

  test("shows both dates and says which version this is", async () => {
    const { html } = await get("/privacy");
    expect(html).toContain('datetime="2021-01-21"');
    expect(html).toContain('datetime="2021-01-28"');
    expect(html).toContain("시행 중인 처리방침입니다");
  });

  test.each([
    ["/privacy/2021-01-28", 200],
    ["/privacy/2024-02-29", 200],
    ["/privacy/2021-01-27", 404],
    ["/privacy/2999-01-01", 404],
    ["/privacy/2024-02-30", 404],
    ["/privacy/yesterday", 404],
    ["/privacy/2021-01-28/changes", 404], // there is none before it
    ["/privacy/changes", 200],
  ])("%s answers %i", async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });
});

test("before anything has changed the page of changes says so", async () => {
  expect((await get("/privacy/changes")).html).toContain("아직 바뀐 적이 없습니다");
});

test("the notices list the version with its days", async () => {
  const { html } = await get("/notices");
  expect(html).toContain('datetime="2021-01-21"');
  expect(html).toContain('href="/privacy/2021-01-28"');
});

describe("with a second version announced", () => {
  const today = "2026-11-23";
  const sited = (versions: readonly Compiled[]): Hono => {
    const { jikim, clock } = service;
    const app = new Hono();
    const frame = { service: "S", brand: nothing, links: [], account: nothing, foot: nothing };
    const site = createSite({
      jikim,
      versions,
      clock,
      page: async (c, { title, main }) =>
        layout({ ...frame, bar: nothing, styles: [] }, { lang: "ko", url: c.req.url, title, main }),
      tokens: { fieldName: "t", field: () => nothing, fits: () => true },
      who: async () => null,
      verdicts: service.daily,
    });
    return app.route("/", site);
  };
  const next = (): Compiled => {
    const { policy, law } = service.jikim.compiled;
    const usage = policy.records["usage"];
    if (usage === undefined) throw new Error("the policy keeps usage records");
    const shorter = { ...policy.records, usage: { ...usage, keep: "P6M" } };
    const dated = { ...policy, announced: today, effective: "2026-12-23", records: shorter };
    return compile(dated, law);
  };
  const text = async (app: Hono, path: string): Promise<string> => (await app.request(path)).text();

  test("the old one stays in force until the day, and the new one can be read before it", async () => {
    const app = sited([service.jikim.compiled, next()]);
    expect(await text(app, "/privacy")).toContain("1년");
    expect(await text(app, "/privacy/2026-12-23")).toContain("공고된 처리방침입니다");
    expect(await text(app, "/privacy")).toContain('href="/privacy/2026-12-23/changes"');
  });

  test("the change is shown before and after", async () => {
    const html = await text(sited([service.jikim.compiled, next()]), "/privacy/2026-12-23/changes");
    expect(html).toMatch(/<del>[^<]*1년/);
    expect(html).toMatch(/<ins>[^<]*6개월/);
    expect(html).not.toContain("녹화"); // that sentence has not changed
  });

  test("a version that is not announced yet is shown to nobody", async () => {
    const later = next();
    const secret = { ...later, policy: { ...later.policy, announced: "2026-11-24" } };
    const app = sited([service.jikim.compiled, secret]);
    expect((await app.request("/privacy/2026-12-23")).status).toBe(404);
    expect(await text(app, "/notices")).not.toContain("2026-12-23");
  });

  test("before any version is announced the notices say what will appear", async () => {
    expect(await text(sited([]), "/notices")).toContain("아직 공지가 없습니다");
    expect((await sited([]).request("/privacy")).status).toBe(404);
  });
});
