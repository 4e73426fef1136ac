/** Processors that may go live: the shipped policy with its open facts filled in, for tests. */
import type { Compiled } from "../../src/compiler/compile.ts";
import { compile } from "../../src/compiler/compile.ts";
import { present } from "../../src/base/assert.ts";
import { readPolicy } from "../../src/engine/read-policy.ts";
import { collect } from "../../src/engine/collection/collect.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { answerByStaff } from "../../src/engine/processor/accept-answer.ts";
import { exportTo } from "../../src/engine/processor/export-to.ts";
import { ordersFor } from "../../src/engine/processor/place-orders.ts";
import { runProcessorOrders } from "../../src/engine/processor/run-orders.ts";
import {
  type Carrier,
  CONTRACT_CONTENTS,
  type ProcessorFacts,
} from "../../src/engine/processor/facts.ts";
import { activateProcessor, recordFacts } from "../../src/engine/processor/register.ts";
import type { Database } from "../../src/store/database.ts";
import {
  REMOTEMEETING,
  SIGN_UP,
  SIGN_UP_OPTIONS,
  type TestEngine,
  testEngine,
} from "./test-engine.ts";

export const FACTS = Object.freeze<ProcessorFacts>({
  contract: { document: "2026-17", signedOn: "2026-11-02", contents: CONTRACT_CONTENTS },
  carrier: { kind: "manual" },
  identity: null,
  peopleToldOn: "2026-11-10",
  peoplePostedOn: null,
  subProcessors: [],
});

let disclosed: Promise<Compiled> | null = null;

/** The shipped policy as if the transfer to the mail sender were disclosed in full. */
export function disclosedPolicy(): Promise<Compiled> {
  disclosed ??= readPolicy(REMOTEMEETING).then(({ policy, law }) => {
    const benchmark = present(policy.processors["benchmark"], "the policy names it");
    const text = { ko: "동의한 때", en: "on consent" };
    const overseas = { when: text, method: text, refusal: text };
    const told = { ...benchmark, country: "US", contact: "dpo@mail.example", overseas };
    return compile({ ...policy, processors: { ...policy.processors, benchmark: told } }, law);
  });
  return disclosed;
}

/** An engine that has run under its policy before, as a service has. */
export async function processorEngine(db: Database, now?: string): Promise<TestEngine> {
  const compiled = await disclosedPolicy();
  const engine = await testEngine(db, { compiled, ...(now === undefined ? {} : { now }) });
  const { policy, law, hash } = compiled;
  await db.query(
    `insert into policy_version (hash, policy, announced, effective, document, first_run_at)
     values ($1, $2, $3, $4, $5, now())`,
    [hash, policy.id, policy.announced, policy.effective, JSON.stringify({ policy, law })],
  );
  return engine;
}

/** Lets a processor go live. */
export async function activate(
  context: EngineContext,
  id: string,
  carrier: Carrier = { kind: "manual" },
): Promise<void> {
  await recordFacts(context, id, { ...FACTS, carrier });
  await activateProcessor(context, id);
}

/** A member with a payment; with marketing when told. */
export async function payingMember(
  context: EngineContext,
  consents: readonly string[] = ["terms"],
): Promise<string> {
  const subject = await collect(context, "sign_up", SIGN_UP, { ...SIGN_UP_OPTIONS, consents });
  const paid = { payment_record: "2026-11-23 33000 KRW", card: "tok_test-4242" };
  await collect(context, "payment", paid, { subject });
  return subject;
}

/**
 * A processor with an order past its day, one that waits, and one that was answered. Returns the
 * number of the late one.
 */
export async function someOrders(context: EngineContext): Promise<string> {
  await activate(context, "kcp");
  const orders: string[] = [];
  for (let at = 0; at < 3; at += 1) {
    const subject = await payingMember(context);
    await exportTo(context, subject, { processor: "kcp", work: "payment", items: ["card"] });
    orders.push(...(await ordersFor(context, subject, { kind: "erase", reason: "withdrawal" })));
  }
  await runProcessorOrders(context);
  const [late = "", , answered = ""] = orders;
  await context.db.query(
    `update processor_order
        set due_on = due_on - 9, placed_at = placed_at - interval '9 days',
            escalated_at = placed_at
      where id = decode($1, 'hex')`,
    [late],
  );
  await answerByStaff(context, {
    order: answered,
    state: "retained_own_duty",
    basis: "전자금융거래법 제22조",
    until: "2031-11-23",
    by: "이담당",
    document: "회신 31",
  });
  return late;
}
