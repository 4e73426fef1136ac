import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTestService, signUpFields, visitor } from "../support/remotemeeting.ts";
import type { TestService } from "../support/remotemeeting.ts";

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
});
afterAll(() => service.close());

const FORM = { "content-type": "application/x-www-form-urlencoded", origin: "http://localhost" };

describe("every answer", () => {
  const paths = ["/", "/privacy", "/notices", "/signup", "/login", "/console/promises", "/nowhere"];
  test.each(paths)("%s allows no script, no frame and no foreign source", async (path) => {
    const { headers } = await service.app.request(path);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; " +
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("cache-control")).toMatch(/no-store|no-cache/);
  });

  test.each(paths)("%s carries no script and no inline style", async (path) => {
    const html = await (await service.app.request(path)).text();
    expect(html).not.toMatch(/<script|\sstyle=|\son[a-z]+=|javascript:/i);
  });

  test("no page sets a cookie on somebody who only reads", async () => {
    for (const path of ["/", "/privacy", "/notices", "/console/promises"]) {
      expect((await service.app.request(path)).headers.getSetCookie()).toEqual([]);
    }
  });
});

describe("style and font", () => {
  test("are served from here, under addresses that never change their content", async () => {
    const html = await (await service.app.request("/")).text();
    const hrefs = [...html.matchAll(/rel="stylesheet" href="([^"]+)"/g)].map(
      ([, href]) => href ?? "",
    );
    expect(hrefs).toHaveLength(2);
    for (const href of hrefs) {
      const sheet = await service.app.request(href);
      expect(sheet.headers.get("cache-control")).toContain("immutable");
      const css = await sheet.text();
      expect(css).not.toMatch(/url\(["']?(?:https?:|\/\/)/);
    }
    const font = await service.app.request("/assets/fonts/PretendardVariable.subset.91.woff2");
    expect(font.headers.get("content-type")).toBe("font/woff2");
    expect((await font.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
  });

  test.each(["..%2f..%2fpackage.json", "PretendardVariable.subset.9999.woff2", "x.woff2"])(
    "a font named %s does not exist",
    async (name) => {
      expect((await service.app.request(`/assets/fonts/${name}`)).status).toBe(404);
    },
  );
});

describe("a form", () => {
  test("from another site is refused and stores nothing", async () => {
    const person = visitor(service);
    const answer = await person.post("/signup", "/signup", signUpFields({ user_id: "foreign" }), {
      origin: "https://elsewhere.example",
    });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("ERR_FOREIGN_FORM");
    const found = await service.jikim.find(
      { company_id: "hanbit", user_id: "foreign" },
      { purpose: "user_management" },
    );
    expect(found).toEqual([]);
  });

  test("without any origin is refused", async () => {
    const answer = await visitor(service).post("/signup", "/signup", signUpFields(), {});
    expect(answer.status).toBe(403);
  });

  test("without its token, or with another browser's, is refused", async () => {
    const bare = await service.app.request("/login", {
      method: "POST",
      headers: FORM,
      body: "a=b",
    });
    expect(bare.status).toBe(403);
    expect(await bare.text()).toContain("ERR_STALE_FORM");
    const other = visitor(service);
    const token = /name="form_token" value="([^"]+)"/.exec(await other.text("/login"))?.[1] ?? "";
    const mine = visitor(service);
    const answer = await mine.post("/login", "/login", { form_token: token });
    expect(answer.status).toBe(403);
  });

  test("in another format than our pages send is refused", async () => {
    const answer = await service.app.request("/login", {
      method: "POST",
      headers: { "content-type": "application/json", origin: "http://localhost" },
      body: "{}",
    });
    expect(answer.status).toBe(415);
  });

  test("larger than 64 KB is refused", async () => {
    const body = `x=${"y".repeat(65 * 1024)}`;
    const answer = await service.app.request("/signup", { method: "POST", headers: FORM, body });
    expect(answer.status).toBe(413);
    expect(await answer.text()).toContain("ERR_TOO_LARGE");
  });
});

describe("the error door", () => {
  test("says in the reader's language that a page does not exist", async () => {
    const ko = await service.app.request("/nowhere");
    expect(ko.status).toBe(404);
    expect(await ko.text()).toContain("찾으시는 페이지가 없습니다");
    const en = await service.app.request("/nowhere?lang=en");
    expect(await en.text()).toContain("There is no such page");
  });

  test("names the methods an address has", async () => {
    const answer = await service.app.request("/privacy", {
      method: "DELETE",
      headers: { origin: "http://localhost" },
    });
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toContain("GET");
    expect(await answer.text()).toContain("ERR_METHOD");
  });

  test("never shows the inner message of an error", async () => {
    const broken = await openTestService();
    await broken.close();
    const answer = await visitor(broken).get("/console/promises");
    expect(answer.status).toBeGreaterThanOrEqual(500);
    const html = await answer.text();
    expect(html).toMatch(/ERR_INTERNAL|ERR_STORE/);
    expect(html).not.toMatch(/closed|at .*\.ts|select/i);
    expect(broken.errors.length).toBeGreaterThan(0);
  });
});

describe("the language", () => {
  const shown = async (path: string, accept?: string): Promise<string | undefined> => {
    const headers = accept === undefined ? {} : { "accept-language": accept };
    const html = await (await service.app.request(path, { headers })).text();
    return /<html lang="(\w+)"/.exec(html)?.[1];
  };
  test.each([
    ["/", undefined, "ko"],
    ["/", "en-US,en;q=0.9", "en"],
    ["/", "ko-KR,ko;q=0.9,en;q=0.5", "ko"],
    ["/", "fr-FR,en;q=0.8", "en"],
    ["/", "fr", "ko"],
    ["/?lang=en", "ko-KR", "en"],
    ["/?lang=xx", "en", "en"],
  ])("of %s for a browser that says %s is %s", async (path, accept, lang) => {
    expect(await shown(path, accept)).toBe(lang);
  });

  test("switch keeps the place, and links keep the language", async () => {
    const html = await (await service.app.request("/console/promises?status=kept&lang=en")).text();
    expect(html).toContain('href="/console/promises?status=kept&amp;lang=ko"');
    expect(html).toContain('href="/privacy?lang=en"');
  });
});

test("under an https origin cookies are Secure and the browser is told to stay there", async () => {
  const secure = await openTestService({
    origin: "https://www.remotemeeting.example",
    demo: false,
  });
  const answer = await secure.app.request("/login");
  expect(answer.headers.getSetCookie().every((cookie) => /; Secure/i.test(cookie))).toBe(true);
  expect(answer.headers.getSetCookie()).toHaveLength(1);
  expect(answer.headers.get("strict-transport-security")).toContain("max-age");
  await secure.close();
});
