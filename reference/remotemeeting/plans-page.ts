/** The pages of plans and payments. */
import type { Markup, Reader, UiLang } from "jikim";
import { count, dayMark, html, nothing } from "jikim";
import type { PaymentAgent } from "./payment-agent.ts";
import { type HeldPlan, type Plan, PLANS } from "./plan-list.ts";

interface PlanWords {
  readonly title: string;
  readonly lead: string;
  readonly choose: (plan: string) => string;
  readonly again: (plan: string) => string;
  readonly month: (won: string) => string;
  readonly needsAccount: (signUp: string, login: string) => Markup;
  readonly running: string;
  readonly cancel: string;
  readonly cancelText: string;
  readonly paid: string;
  readonly none: string;
  readonly what: string;
  readonly keptUntil: string;
  readonly pay: string;
  readonly payLead: string;
  readonly demonstration: string;
  readonly card: string;
  readonly wrong: string;
  readonly send: (won: string) => string;
}

export const PLAN_WORDS: Readonly<Record<UiLang, PlanWords>> = {
  ko: {
    title: "요금제",
    lead: "카드 번호는 결제대행사에만 남습니다. 저희는 토큰과 끝 네 자리만 받고, 탈퇴하면 함께 파기합니다.",
    choose: (plan) => `${plan} 고르기`,
    again: (plan) => `이번 달 ${plan} 요금 내기`,
    month: (won) => `한 달 ${won}원`,
    needsAccount: (signUp, login) =>
      html`요금제를 고르려면 <a href="${signUp}">가입</a>하거나
        <a href="${login}">로그인</a>하십시오.`,
    running: "지금 쓰는 요금제",
    cancel: "해지하기",
    cancelText: "해지하면 계약 기록은 법이 정한 기간 뒤에 파기합니다.",
    paid: "결제 내역",
    none: "아직 결제한 것이 없습니다. 요금제를 고르면 여기에 나타납니다.",
    what: "결제",
    keptUntil: "보유하는 마지막 날",
    pay: "결제",
    payLead: "쓸 카드를 고릅니다.",
    demonstration:
      "시연용 결제대행사입니다. 실제로 돈이 나가지 않고, 카드 번호를 적는 칸도 없습니다.",
    card: "카드",
    wrong: "카드를 골라 주십시오.",
    send: (won) => `${won}원 결제하기`,
  },
  en: {
    title: "Plans",
    lead: "Your card number stays with the payment agent. We get a token and the last four digits, destroyed when you leave.",
    choose: (plan) => `Choose ${plan}`,
    again: (plan) => `Pay this month's ${plan} fee`,
    month: (won) => `${won} won a month`,
    needsAccount: (signUp, login) =>
      html`To choose a plan, please <a href="${signUp}">sign up</a> or
        <a href="${login}">log in</a>.`,
    running: "Your plan",
    cancel: "Cancel",
    cancelText: "The record of the contract is destroyed after the period the law sets.",
    paid: "Payments",
    none: "Nothing has been paid yet. Once you choose a plan, it appears here.",
    what: "Payment",
    keptUntil: "Kept until",
    pay: "Payment",
    payLead: "Choose the card to use.",
    demonstration:
      "This agent is a demonstration. No money moves, and no card number is asked for.",
    card: "Card",
    wrong: "Please choose a card.",
    send: (won) => `Pay ${won} won`,
  },
};

/** `/plans`; `held` is null for whoever is not signed in. */
export function plansPage(input: {
  readonly reader: Reader;
  readonly token: Markup;
  readonly held: HeldPlan | null;
}): Markup {
  const { reader, held } = input;
  const words = PLAN_WORDS[reader.lang];
  return html`<div class="column">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${held === null ? html`<p>${words.needsAccount(reader.to("/signup"), reader.to("/login"))}</p>` : nothing}
    <ul class="plans">
      ${PLANS.map(
        ({ id, name, won }) =>
          html`<li>
            <h2>${name}</h2>
            <p>${words.month(count(won))}</p>
            ${
              held === null
                ? nothing
                : html`<p>
                    <a class="button" href="${reader.to(`/plans/pay?plan=${id}`)}"
                      >${held.plan === null ? words.choose(name) : words.again(name)}</a
                    >
                  </p>`
            }
          </li>`,
      )}
    </ul>
    ${held === null ? nothing : html`${running(input, held)} ${payments(reader, held)}`}
  </div>`;
}

function running({ reader, token }: { reader: Reader; token: Markup }, held: HeldPlan): Markup {
  const words = PLAN_WORDS[reader.lang];
  if (held.plan === null) return nothing;
  return html`<section>
    <h2>${words.running}</h2>
    <p>${held.plan}</p>
    <p class="hint">${words.cancelText}</p>
    <form method="post" action="${reader.to("/plans/cancel")}">
      ${token}<button class="button-quiet">${words.cancel}</button>
    </form>
  </section>`;
}

function payments(reader: Reader, { paid }: HeldPlan): Markup {
  const words = PLAN_WORDS[reader.lang];
  if (paid.length === 0)
    return html`<section>
      <h2>${words.paid}</h2>
      <p>${words.none}</p>
    </section>`;
  return html`<section>
    <h2>${words.paid}</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="${words.paid}">
      <table>
        <thead>
          <tr>
            <th scope="col">${words.what}</th>
            <th scope="col">${words.keptUntil}</th>
          </tr>
        </thead>
        <tbody>
          ${paid.map(
            ({ says, keptUntil }) =>
              html`<tr>
                <td>${says}</td>
                <td>${keptUntil === null ? "–" : dayMark(keptUntil, reader.lang)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** `/plans/pay`: the cards the agent offers. */
export function cardsPage(input: {
  readonly reader: Reader;
  readonly token: Markup;
  readonly agent: PaymentAgent;
  readonly plan: Plan;
  readonly wrong: boolean;
}): Markup {
  const { reader, agent, plan, wrong } = input;
  const words = PLAN_WORDS[reader.lang];
  return html`<div class="column">
    <h1>${words.pay}</h1>
    <p class="lead">${words.payLead}</p>
    ${agent.demonstration ? html`<p class="notice">${words.demonstration}</p>` : nothing}
    ${wrong ? html`<p class="field-error" role="alert">${words.wrong}</p>` : nothing}
    <form class="form" method="post" action="${reader.to("/plans/pay")}">
      ${input.token}
      <input type="hidden" name="plan" value="${plan.id}" />
      <fieldset>
        <legend>${words.card}</legend>
        ${agent.cards.map(
          ({ id, says }) =>
            html`<label class="tick" for="card-${id}">
              <input type="radio" id="card-${id}" name="card" value="${id}" />
              <span>${says}</span>
            </label>`,
        )}
      </fieldset>
      <button>${words.send(count(plan.won))}</button>
    </form>
  </div>`;
}
