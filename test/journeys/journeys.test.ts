import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, launch } from "../support/browser.ts";
import { someDestructions } from "../support/destructions.ts";
import { someOrders } from "../support/processors.ts";
import { someProvisions } from "../support/recipients.ts";
import { PERSON, listen, openTestService } from "../support/remotemeeting.ts";
import type { TestService } from "../support/remotemeeting.ts";
import { LONGER, policyFolder } from "../support/two-versions.ts";
import type { PolicyFolder } from "../support/two-versions.ts";

const chromium = findChromium();

const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const SIGN_UP = /^(가입하기|Sign up)$/;

/** What axe answers, as far as it is looked at. */
interface AxeResult {
  readonly passed: number;
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}
// Everything is looked at; only what is wrong is described and brought over from the browser.
const RUN = (only: string): string =>
  `axe.run(document, { resultTypes: ["violations"], ${only} })
     .then(({ violations, passes }) => ({ violations, passed: passes.length }))`;

const where = chromium === null ? "there is no Chromium on this machine" : "in a browser";

describe.skipIf(chromium === null)(where, () => {
  let folder: PolicyFolder;
  let service: TestService;
  let server: Awaited<ReturnType<typeof listen>>;
  let browser: Browser;
  beforeAll(async () => {
    folder = policyFolder();
    folder.add("2026-12-23.yaml", LONGER);
    service = await openTestService({ policy: folder.path });
    forStaff.push(`/console/orders/${await someOrders(service.jikim.context)}`);
    const run = await someDestructions(service.jikim, service.officer?.id ?? "");
    forStaff.push(`/console/destruction/${run}`);
    await someProvisions(service.jikim.context);
    await service.daily();
    server = await listen(service);
    browser = await launch(chromium ?? "");
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await server.close();
    await service.close();
    folder.remove();
  });

  const within = async <T>(
    options: Parameters<Browser["newContext"]>[0],
    work: (page: Page, context: BrowserContext) => Promise<T>,
  ): Promise<T> => {
    const context = await browser.newContext({ baseURL: server.url, locale: "ko-KR", ...options });
    try {
      return await work(await context.newPage(), context);
    } finally {
      await context.close();
    }
  };
  const fillSignUp = async (page: Page, user: string): Promise<void> => {
    for (const [name, value] of Object.entries({ ...PERSON, user_id: user })) {
      if (name === "country") await page.selectOption("#country", value);
      else await page.fill(`#${name}`, value);
    }
    await page.check(`[id="declare.age_14_or_over"]`);
    await page.check(`[id="consent.terms"]`);
  };
  const signUp = async (page: Page, user: string, lang: string): Promise<void> => {
    await page.goto(`/signup?lang=${lang}`);
    await fillSignUp(page, user);
    await page.getByRole("button", { name: SIGN_UP }).click();
    await page.waitForURL(/\/me/);
  };
  const atDesk = async (page: Page): Promise<void> => {
    await page.goto("/console/sign-in");
    await page.fill("#staff", service.officer?.id ?? "");
    await page.fill("#pass", service.officer?.pass ?? "");
    await page.getByRole("main").getByRole("button").click();
    await page.waitForURL(/\/console\/processors/);
  };
  const violations = async (page: Page, scheme: "light" | "dark"): Promise<readonly string[]> => {
    await page.emulateMedia({ colorScheme: scheme });
    const only = scheme === "dark" ? `runOnly: ["cat.color"]` : "";
    const result = await page.evaluate<AxeResult>(RUN(only));
    if (result.passed === 0) return [`${page.url()}: axe looked at nothing`];
    return result.violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) =>
          `${page.url()} ${scheme} ${id}: ${html} ${failureSummary ?? ""}`,
      ),
    );
  };
  const sideways = (page: Page): Promise<number> =>
    page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");

  const open = [
    "/",
    "/privacy",
    "/privacy/changes",
    "/privacy/2020-01-01", // before the first version
    "/privacy/processors",
    "/notices",
    "/signup",
    "/login",
    "/apply",
    "/events",
    "/support",
    "/join",
    "/plans",
    "/support?done=yes",
    "/console/promises",
    "/console/sign-in",
    "/receipt",
    "/goodbye",
    "/nowhere",
  ];
  const forStaff = [
    "/console/work",
    "/console/intake/call",
    "/console/intake/partner",
    "/console/mailing",
    "/console/archive",
    "/console/log",
    "/console/processors",
    "/console/processors/benchmark",
    "/console/processors/kcp",
    "/console/provisions",
    "/console/record",
    "/console/withdrawals",
    "/console/messages",
    "/console/destruction",
    "/console/destruction?show=traces",
    "/console/holds",
    "/console/paper",
  ];
  const signedIn = [
    "/",
    "/me",
    "/me/consents",
    "/me/leave",
    "/apply",
    "/plans",
    "/plans/pay?plan=plus",
    "/time?step=P1Y",
    "/privacy/2021-01-28",
  ];

  /** Everything that is to be found out about a page, each page opened once. */
  const lookAt = async (page: Page): Promise<readonly string[]> => {
    const found: string[] = [];
    await page.addScriptTag({ content: AXE });
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      found.push(...(await violations(page, "light")));
      // Which colours there are is all that the dark look changes.
      found.push(...(await violations(page, "dark")));
    }
    // A window of 1280 px at 200 % lays out as one of 640 px (WCAG 1.4.10).
    for (const width of [320, 640]) {
      await page.setViewportSize({ width, height: 640 });
      const over = await sideways(page);
      if (over > 0) found.push(`${page.url()} at ${width} px: ${over} px to the side`);
    }
    return found;
  };

  test.concurrent.each(["ko", "en"])(
    "in %s axe finds nothing wrong at 390 and 1280 px, light and dark, and nothing has to be scrolled sideways at 320 px nor when twice as large",
    { timeout: 120_000 },
    async (lang) => {
      // The policy of the pages allows no script, so the checker is let in here only.
      // Without motion a link has its new colour at once when the scheme changes.
      const look = { bypassCSP: true, reducedMotion: "reduce" as const };
      const found = await within(look, async (page) => {
        const all: string[] = [];
        const at = async (path: string): Promise<void> => {
          await page.goto(`${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);
          all.push(...(await lookAt(page)));
        };
        for (const path of open) await at(path);
        await page.goto(`/signup?lang=${lang}`);
        await page.getByRole("button", { name: SIGN_UP }).click();
        all.push(...(await lookAt(page)));
        await signUp(page, `axe-${lang}`, lang);
        for (const path of signedIn) await at(path);
        await atDesk(page);
        for (const path of forStaff) await at(path);
        await page.goto(`/me/leave?lang=${lang}`);
        await page.fill("#password", PERSON.password);
        await page.check("#sure");
        await page.getByRole("main").getByRole("button").click();
        await page.waitForURL(/\/goodbye/);
        all.push(...(await lookAt(page)));
        return all;
      });
      expect(found).toEqual([]);
    },
  );

  test(
    "no page asks another host for anything, and no console complains",
    { timeout: 60_000 },
    async () => {
      const noise = await within({}, async (page) => {
        const found: string[] = [];
        page.on("request", (request) => {
          if (!request.url().startsWith(server.url)) found.push(request.url());
        });
        page.on("console", (message) => {
          const missing = /\/nowhere|\/2020-01-01/.test(message.location().url);
          if (message.type() === "error" && !missing) {
            found.push(message.text());
          }
        });
        await signUp(page, "quiet", "ko");
        await atDesk(page);
        for (const path of [...open, ...signedIn, ...forStaff]) await page.goto(path);
        return found;
      });
      expect(noise).toEqual([]);
    },
  );

  test("somebody signs up with the keyboard alone", { timeout: 60_000 }, async () => {
    await within({ javaScriptEnabled: false }, async (page) => {
      await page.goto("/signup");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter"); // the skip link
      const fields = [PERSON.company_id, "keyboard", PERSON.password, PERSON.name, PERSON.email];
      await page.keyboard.press("Tab"); // the link to the policy
      for (const value of fields) {
        await page.keyboard.press("Tab");
        await page.keyboard.type(value);
      }
      await page.keyboard.press("Tab");
      await page.keyboard.press("ArrowDown"); // the first country is the policy's own
      for (const key of ["Tab", "Tab", "Tab", "Space", "Tab", "Space"])
        await page.keyboard.press(key);
      await page.keyboard.press("Tab"); // the fold with the full text
      await page.keyboard.press("Enter");
      expect(await page.getByText("거부할 권리").first().isVisible()).toBe(true);
      for (const key of ["Tab", "Tab", "Tab", "Enter"]) await page.keyboard.press(key);
      await page.waitForURL(/\/me$/);
      expect(await page.getByText("keyboard", { exact: true }).isVisible()).toBe(true);
    });
  });

  test("the error summary has the focus and leads to the field", { timeout: 60_000 }, async () => {
    await within({ javaScriptEnabled: true }, async (page) => {
      await page.goto("/signup");
      await page.getByRole("button", { name: SIGN_UP }).click();
      const focused = await page.evaluate<string>("document.activeElement.className");
      expect(focused).toBe("error-summary");
      await page.getByRole("link", { name: "이름을 입력해 주십시오." }).click();
      expect(await page.evaluate<string>("document.activeElement.id")).toBe("name");
    });
  });

  test("sign-up, my data, a year later, the board", { timeout: 120_000 }, async () => {
    const own = await openTestService();
    await own.daily();
    const at = await listen(own);
    await within({ baseURL: at.url }, async (page) => {
      await signUp(page, "traveller", "ko");
      expect(await page.getByText("2027년 11월 23일").first().isVisible()).toBe(true);
      for (const step of ["+1년", "+1일"]) {
        await page.getByRole("link", { name: step, exact: true }).click();
        await page.getByRole("button", { name: /옮기고 파기하기/ }).click();
        await page.waitForURL(/\/time\/moved/);
      }
      expect(await page.getByRole("rowheader", { name: "서비스 이용 기록" }).isVisible()).toBe(
        true,
      );
      await page.getByRole("main").getByRole("link", { name: "약속 점검표 보기" }).click();
      const line = page.locator("#P5-3");
      expect(await line.getByText("지켜짐").isVisible()).toBe(true);
      expect(await line.getByText(/파기한 날에 남은 기록: \d+건, 어긋남 없음/).isVisible()).toBe(
        true,
      );
      await page.getByRole("link", { name: "로그인", exact: true }).click();
      await page.fill("#company_id", PERSON.company_id);
      await page.fill("#user_id", "traveller");
      await page.fill("#password", PERSON.password);
      await page.getByRole("button", { name: "로그인" }).click();
      await page.waitForURL(/\/me/);
      expect(await page.getByText("2028년 11월 24일").first().isVisible()).toBe(true);
      expect(await page.getByText("2027년 11월 23일").count()).toBe(0);
    });
    await at.close();
    await own.close();
  });
});
