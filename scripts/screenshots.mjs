/**
 * Pictures of every page, to be looked at: two widths, two languages, light and dark, empty and
 * with a person's data. `node scripts/screenshots.mjs <folder> [word in the name]`
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findChromium, launch } from "../test/support/browser.ts";
import { someOrders } from "../test/support/processors.ts";
import { PERSON, listen, openTestService } from "../test/support/remotemeeting.ts";

const folder = process.argv[2] ?? "screenshots";
const only = process.argv[3] ?? "";
const WIDTHS = [390, 1280];
const LANGS = ["ko", "en"];
const PATHS = {
  home: "/",
  privacy: "/privacy",
  notices: "/notices",
  signup: "/signup",
  login: "/login",
  processors: "/privacy/processors",
  board: "/console/promises",
  log: "/console/log",
  receipt: "/receipt",
  console: "/console/processors",
  record: "/console/record",
  time: "/time?step=P1Y",
  missing: "/nowhere",
};

const path = findChromium();
if (path === null) {
  console.error("no Chromium on this machine");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const service = await openTestService();
await someOrders(service.jikim.context);
await service.daily();
const { url, close } = await listen(service);
const browser = await launch(path);
for (const width of WIDTHS) {
  for (const lang of LANGS) {
    for (const scheme of ["light", "dark"]) {
      if (scheme === "dark" && lang === "en") continue; // colours do not depend on the language
      await shoot({ width, lang, scheme });
    }
  }
}
await browser.close();
await close();
await service.close();

async function shoot({ width, lang, scheme }) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    locale: lang,
    bypassCSP: true, // for the line below only: a whole page has no bottom to stick to
  });
  const page = await context.newPage();
  const picture = async (name) => {
    const file = `${name}-${width}-${lang}-${scheme}.png`;
    if (!file.includes(only)) return;
    await page.addStyleTag({
      content: ".time-bar, .policy-contents { position: static !important }",
    });
    await page.screenshot({ path: join(folder, file), fullPage: true });
  };
  for (const [name, at] of Object.entries(PATHS)) {
    await page.goto(url + at);
    await picture(name);
  }
  await page.goto(`${url}/signup`);
  await page.fill("#email", "not an address");
  await page.getByRole("button", { name: /^가입하기$|^Sign up$/ }).click();
  await picture("signup-errors");
  const user = `${lang}${width}${scheme}`;
  for (const [name, value] of Object.entries({ ...PERSON, user_id: user })) {
    if (name === "country") await page.selectOption("#country", value);
    else await page.fill(`#${name}`, value);
  }
  await page.check(`[id="declare.age_14_or_over"]`);
  await page.check(`[id="consent.terms"]`);
  await page.check(`[id="consent.marketing"]`);
  await page.getByRole("button", { name: /^가입하기$|^Sign up$/ }).click();
  await page.waitForURL(/\/me/);
  await page.goto(`${url}/privacy`);
  await page.goto(`${url}/me`);
  await picture("me");
  await page.goto(`${url}/time?step=P1D`);
  await picture("time-preview");
  await context.close();
}
