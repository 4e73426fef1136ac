/** What `jikim processor list` and `orders` show. */
import type { EngineContext } from "../engine/jikim.ts";
import { openOrders, orderCounts } from "../engine/processor/order-row.ts";
import { processorRegister } from "../engine/processor/register.ts";
import { SUPERVISION_KINDS, supervisionOf } from "../engine/processor/supervision.ts";
import type { Input } from "./command.ts";
import type { CliIo, ExitCode } from "./io.ts";
import { printJson, styled } from "./io.ts";
import { counted } from "./issue-lines.ts";

/** The register: state, what is missing, orders, inspections and trainings. */
export async function listRegister(
  input: Input,
  io: CliIo,
  context: EngineContext,
): Promise<ExitCode> {
  const register = await processorRegister(context);
  const counts = await orderCounts(context.db);
  const supervision = await supervisionOf(context, register);
  const rows = register.map(({ processor: { id }, state, missing, facts }) => {
    const orders = counts.get(id) ?? { open: 0, late: 0 };
    const overdue = SUPERVISION_KINDS.filter((kind) => supervision.get(id)?.[kind].overdue);
    const carrier = facts.carrier?.kind ?? null;
    return { id, state, missing, carrier, sub_processors: facts.subProcessors, orders, overdue };
  });
  const late = rows.some(({ orders, overdue }) => orders.late > 0 || overdue.length > 0);
  if (input.json) {
    printJson(io, { processors: rows });
    return late ? 1 : 0;
  }
  for (const { id, state, missing, orders, overdue } of rows) {
    const parts = [
      ...(orders.open > 0 ? [counted(orders.open, "open order")] : []),
      ...(orders.late > 0 ? [styled(io, "red", `${orders.late} late`)] : []),
      ...(missing.length > 0 ? [`missing: ${missing.join(", ")}`] : []),
      ...overdue.map((kind) => styled(io, "red", `${kind} overdue`)),
    ];
    io.out(`${`${id.padEnd(14)} ${state.padEnd(7)} ${parts.join("; ")}`.trimEnd()}\n`);
  }
  const live = rows.filter(({ state, missing }) => state === "active" && missing.length === 0);
  io.out(`${counted(rows.length, "processor")}, ${live.length} may be given data\n`);
  return late ? 1 : 0;
}

/** Open orders, red ones first; no handle of a person. */
export async function listOrders(
  input: Input,
  io: CliIo,
  { db }: EngineContext,
): Promise<ExitCode> {
  const only = input.text("processor");
  const orders = (await openOrders(db)).filter(
    ({ processor }) => processor === (only ?? processor),
  );
  const late = orders.filter(({ escalatedAt }) => escalatedAt !== null).length;
  if (input.json) {
    const list = orders.map((order) => ({
      order: order.id,
      processor: order.processor,
      kind: order.kind,
      reason: order.reason,
      items: order.items,
      state: order.state,
      due_on: order.dueOn,
      attempts: order.attempts,
      last_fault: order.lastFault,
      late: order.escalatedAt !== null,
    }));
    printJson(io, { orders: list });
    return late > 0 ? 1 : 0;
  }
  for (const order of orders) {
    const { id, processor, kind, state, dueOn, lastFault, escalatedAt } = order;
    const red = escalatedAt === null ? "" : `  ${styled(io, "red", "late")}`;
    const fault = lastFault === null ? "" : `  ${lastFault}`;
    io.out(`${id}  ${processor}  ${kind}  ${state}  due ${dueOn}${red}${fault}\n`);
  }
  io.out(`${counted(orders.length, "open order")}, ${late} late\n`);
  return late > 0 ? 1 : 0;
}
