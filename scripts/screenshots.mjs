/**
 * Pictures of every page, to be looked at: two widths, two languages, light and dark, empty and
 * with a person's data. `node scripts/screenshots.mjs <folder> [word in the name]`
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findChromium, launch } from "../test/support/browser.ts";
import { someDestructions } from "../test/support/destructions.ts";
import { someOrders } from "../test/support/processors.ts";
import { someProvisions } from "../test/support/recipients.ts";
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
  apply: "/apply",
  events: "/events",
  support: "/support",
  join: "/join",
  plans: "/plans",
  processors: "/privacy/processors",
  board: "/console/promises",
  receipt: "/receipt",
  "sign-in": "/console/sign-in",
  time: "/time?step=P1Y",
  missing: "/nowhere",
};

/** Behind the sign-in of staff. */
const DESK_PATHS = {
  work: "/console/work",
  "intake-call": "/console/intake/call",
  "intake-partner": "/console/intake/partner",
  mailing: "/console/mailing",
  archive: "/console/archive",
  log: "/console/log",
  console: "/console/processors",
  processor: "/console/processors/kcp",
  "processor-draft": "/console/processors/benchmark",
  provisions: "/console/provisions",
  record: "/console/record",
  withdrawals: "/console/withdrawals",
  messages: "/console/messages",
  destruction: "/console/destruction",
  holds: "/console/holds",
  paper: "/console/paper",
};

const path = findChromium();
if (path === null) {
  console.error("no Chromium on this machine");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const service = await openTestService();
const lateOrder = await someOrders(service.jikim.context);
const erasure = await someDestructions(service.jikim, service.officer.id);
await someProvisions(service.jikim.context);
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
  const user = `${lang}${width}${scheme}`;
  for (const [name, at] of Object.entries(PATHS)) {
    await page.goto(url + at);
    await picture(name);
  }
  await asMember(page, picture, user);
  await asStaff(page, picture, user);
  await page.goto(`${url}/me/leave`);
  await page.fill("#password", PERSON.password);
  await page.check("#sure");
  await page.getByRole("main").getByRole("button").click();
  await page.waitForURL(/\/goodbye/);
  await picture("goodbye");
  await page.goto(`${url}/console/withdrawals`);
  await picture("withdrawals-one");
  await context.close();
}

async function asMember(page, picture, user) {
  await page.goto(`${url}/signup`);
  await page.fill("#email", "not an address");
  await page.getByRole("button", { name: /^가입하기$|^Sign up$/ }).click();
  await picture("signup-errors");
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
  await page.goto(`${url}/me/consents`);
  await page.locator("summary").first().click();
  await picture("consents");
  const buttons = page.getByRole("main").getByRole("button");
  await buttons.first().click();
  await page.waitForURL(/withdraw=/);
  await picture("consents-changed");
  await page.goto(`${url}/me/leave`);
  await picture("leave");
  await page.goto(`${url}/plans/pay?plan=plus`);
  await page.check("#card-blue");
  await picture("plans-pay");
  await page.getByRole("main").getByRole("button").click();
  await page.waitForURL(/\/plans(?:\?|$)/);
  await picture("plans-paid");
  await page.goto(`${url}/time?step=P1D`);
  await picture("time-preview");
}

async function asStaff(page, picture, user) {
  await page.goto(`${url}/console/sign-in`);
  await page.fill("#staff", service.officer.id);
  await page.fill("#pass", service.officer.pass);
  await page.getByRole("main").getByRole("button").click();
  await page.waitForURL(/\/console\/processors/);
  for (const [name, at] of Object.entries({
    ...DESK_PATHS,
    order: `/console/orders/${lateOrder}`,
    certificate: `/console/destruction/${erasure}`,
  })) {
    await page.goto(url + at);
    await picture(name);
  }
  await page.goto(`${url}/console/withdrawals`);
  await page.fill('[id="item.user_id"]', user);
  await page.fill("#reason", "asked by telephone");
  await page
    .getByRole("main")
    .getByRole("button", { name: /미리 보기|preview/ })
    .click();
  await picture("withdrawal-preview");
}
