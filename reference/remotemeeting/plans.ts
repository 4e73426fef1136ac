/** Plans and billing: choose, pay, look back, cancel. A plan is a contract, each fee a payment. */
import { Hono } from "hono";
import type { Context } from "hono";
import { dayOf, readerOf, recordEvent, subjectRecords } from "jikim";
import { handToProcessor, isLive } from "./handing-over.ts";
import type { PaymentAgent } from "./payment-agent.ts";
import { type HeldPlan, type Paid, type Plan, PLANS } from "./plan-list.ts";
import { cardsPage, plansPage, PLAN_WORDS } from "./plans-page.ts";
import type { Service } from "./remotemeeting.ts";

/** Who collects, once its contract stands; until then nothing is given to anybody. */
const COLLECTOR = "kcp";
/** Payments shown; older ones are in "my data". */
const SHOWN = 12;

/** The pages. */
export function planPages(service: Service, agent: PaymentAgent): Hono {
  const app = new Hono();
  const guard = async (c: Context): Promise<string | Response> =>
    (await service.sessions.who(c)) ?? c.redirect(readerOf(c).to("/login"), 303);
  app.get("/plans", async (c) => {
    const subject = await service.sessions.who(c);
    const reader = readerOf(c);
    const held = subject === null ? null : await heldBy(service, subject);
    c.header("Cache-Control", "no-store");
    const main = plansPage({ reader, token: service.tokens.field(c), held });
    return c.html(await service.page(c, { title: PLAN_WORDS[reader.lang].title, main }));
  });
  app.get("/plans/pay", async (c) => {
    const subject = await guard(c);
    if (typeof subject !== "string") return subject;
    return showCards(service, agent, c, { id: c.req.query("plan") ?? "", wrong: false });
  });
  app.post("/plans/pay", async (c) => {
    const subject = await guard(c);
    if (typeof subject !== "string") return subject;
    const { plan: id, card } = await c.req.parseBody();
    const plan = PLANS.find((each) => each.id === id);
    if (plan === undefined) return c.redirect(readerOf(c).to("/plans"), 303);
    const charged = typeof card === "string" ? await agent.charge(card, plan.won) : null;
    if (charged === null) return showCards(service, agent, c, { id: plan.id, wrong: true });
    await pay(service, subject, plan, charged.token);
    return c.redirect(readerOf(c).to("/plans"), 303);
  });
  app.post("/plans/cancel", async (c) => {
    const subject = await guard(c);
    if (typeof subject !== "string") return subject;
    const { context } = service.jikim;
    const day = dayOf(context.clock.now(), service.jikim.plan.timeZone);
    await recordEvent(context, { subject, event: "contract_ended", day, recordClass: "contract" });
    return c.redirect(readerOf(c).to("/plans"), 303);
  });
  return app;
}

/** The contract begins with its first fee; paying again is one more payment, not a second contract. */
async function pay(service: Service, subject: string, plan: Plan, token: string): Promise<void> {
  const { jikim } = service;
  const day = dayOf(jikim.context.clock.now(), jikim.plan.timeZone);
  if ((await heldBy(service, subject)).plan === null) {
    await jikim.collect("subscription", { contract_record: `${day} ${plan.name}` }, { subject });
  }
  const items = { payment_record: `${day} ${plan.name} ${plan.won} KRW`, card: token };
  await jikim.collect("payment", items, { subject });
  for (const event of ["payment_completed", "supply_completed"]) {
    await recordEvent(jikim.context, { subject, event, day, recordClass: "payment" });
  }
  if (await isLive(service, COLLECTOR)) {
    const given = { processor: COLLECTOR, work: "payment", items: ["payment_record", "card"] };
    await handToProcessor(service, subject, given);
  }
}

async function heldBy({ jikim }: Service, subject: string): Promise<HeldPlan> {
  const { records } = await subjectRecords(jikim.context, subject);
  const read = async (item: string, record: string): Promise<string> =>
    (await jikim.read(subject, [item], { purpose: "contract", record }))[item] ?? "";
  const contract = records.find(
    ({ recordClass, endsOn }) => recordClass === "contract" && endsOn === null,
  );
  const paid: Paid[] = [];
  const payments = records.filter(({ recordClass }) => recordClass === "payment");
  for (const { id, endsOn } of payments.slice(0, SHOWN)) {
    paid.push({ says: await read("payment_record", id), keptUntil: endsOn });
  }
  return {
    plan: contract === undefined ? null : await read("contract_record", contract.id),
    paid,
  };
}

async function showCards(
  service: Service,
  agent: PaymentAgent,
  c: Context,
  { id, wrong }: { readonly id: string; readonly wrong: boolean },
): Promise<Response> {
  const reader = readerOf(c);
  const plan = PLANS.find((each) => each.id === id);
  if (plan === undefined) return c.redirect(reader.to("/plans"), 303);
  c.header("Cache-Control", "no-store");
  const main = cardsPage({ reader, token: service.tokens.field(c), agent, plan, wrong });
  const page = await service.page(c, { title: PLAN_WORDS[reader.lang].pay, main });
  return c.html(page, wrong ? 422 : 200);
}
