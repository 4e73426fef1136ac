/** A member with a paid history, and what is to be seen of them afterwards. */
import { collect } from "../../../src/engine/collection/collect.ts";
import type { EngineContext } from "../../../src/engine/jikim.ts";
import { recordEvent } from "../../../src/engine/retention/record-event.ts";
import type { Sql } from "../../../src/store/database.ts";
import { SIGN_UP, SIGN_UP_OPTIONS } from "../../support/test-engine.ts";

export interface History {
  readonly payments?: number;
  readonly usages?: number;
  readonly consents?: readonly string[];
  readonly userId?: string;
}

/** S2: a member who paid, asked, disputed, recorded and was there. */
export async function memberWithHistory(
  context: EngineContext,
  { payments = 14, usages = 3, consents = ["terms", "marketing"], userId }: History = {},
): Promise<string> {
  const items = { ...SIGN_UP, phone: "010-1234-5678", ...(userId && { user_id: userId }) };
  const subject = await collect(context, "sign_up", items, { ...SIGN_UP_OPTIONS, consents });
  await collect(context, "subscription", { contract_record: "plan basic" }, { subject });
  for (let month = 0; month < payments; month += 1) {
    const paid = { payment_record: `month ${month}: 33000 KRW`, card: "tok_test ****4242" };
    await collect(context, "payment", paid, { subject });
  }
  const day = "2026-11-23";
  await recordEvent(context, { subject, event: "payment_completed", day });
  const support = { country: "KR", name: "김시험", phone: "010-1234-5678", email: "a@example.org" };
  const inquiry = { ...support, inquiry_text: "How do I record?" };
  await collect(context, "support_inquiry", inquiry, { subject, method: "support_board" });
  const { name, email } = support;
  const dispute = { name, email, inquiry_text: "I was charged twice." };
  await collect(context, "dispute", dispute, { subject, method: "phone_fax" });
  for (let meeting = 0; meeting < 3; meeting += 1) {
    const recording = { participant_name: "김시험", recording: `file ${meeting}` };
    await collect(context, "meeting", recording, { subject });
  }
  for (let use = 0; use < usages; use += 1) {
    const line = { usage_record: `joined ${use}`, ip_public: "192.0.2.17", os: "none" };
    await collect(context, "service_use", line, { subject });
  }
  return subject;
}

/** Records of a subject in one of the databases, by class. */
export async function classesOf(
  sql: Sql,
  subject: string,
  table: "record" | "archived_record" = "record",
): Promise<Readonly<Record<string, number>>> {
  const handle = new Uint8Array(Buffer.from(subject, "hex"));
  const rows =
    table === "record"
      ? await sql.query<{ class: string; records: number }>(
          `select class, count(*) as records from record
            where subject = $1 group by class order by class`,
          [handle],
        )
      : await sql.query<{ class: string; records: number }>(
          `select class, count(*) as records from archived_record
            where subject = $1 group by class order by class`,
          [handle],
        );
  return Object.fromEntries(rows.map((row) => [row.class, row.records]));
}

/** Leaves of the log about a subject, by kind. */
export async function leavesOf(
  sql: Sql,
  subject: string,
): Promise<Readonly<Record<string, number>>> {
  const rows = await sql.query<{ kind: string; leaves: number }>(
    `select kind, count(*) as leaves
       from audit_leaf where facts ->> 'subject' = $1 group by kind order by kind`,
    [subject],
  );
  return Object.fromEntries(rows.map((row) => [row.kind, row.leaves]));
}
