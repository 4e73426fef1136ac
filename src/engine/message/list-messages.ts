/** What was told to people, for pages: kinds, days and states; the words are made of the facts. */
import type { Lang } from "../../policy/model.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { handleBytes } from "../subject.ts";
import type { MessageFacts, MessageKind } from "./message-facts.ts";
import { messageText } from "./message-words.ts";
import { langOf } from "./queue-message.ts";

const MOST = 200;
const MOST_EACH = 100;

export interface ListedMessage {
  /** 32 hex digits. */
  readonly id: string;
  readonly kind: MessageKind;
  readonly lang: Lang;
  readonly title: string;
  readonly lines: readonly string[];
  readonly state: "queued" | "sent" | "failed";
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
  readonly sentAt: number | null;
  readonly dueOn: string | null;
  readonly nextAt: number | null;
  readonly attempts: number;
  readonly lastFault: string | null;
  readonly carrier: string | null;
}

type MessageRow = {
  readonly id: Uint8Array;
  readonly kind: MessageKind;
  readonly lang: string;
  readonly facts: string;
  readonly state: ListedMessage["state"];
  readonly queued_at: number;
  readonly sent_at: number | null;
  readonly due_on: string | null;
  readonly next_at: number | null;
  readonly attempts: number;
  readonly last_fault: string | null;
  readonly carrier: string | null;
};

/** The newest messages of everyone, those that wait first; at most 200. No handle, no address. */
export async function newestMessages(context: EngineContext): Promise<readonly ListedMessage[]> {
  const rows = await context.db.query<MessageRow>(
    `(select id, kind, lang, facts, state, queued_at, sent_at, due_on, next_at, attempts,
             last_fault, carrier
        from message where next_at is not null order by next_at, id limit ${MOST_EACH})
     union all
     (select id, kind, lang, facts, state, queued_at, sent_at, due_on, next_at, attempts,
             last_fault, carrier
        from message where next_at is null order by queued_at desc, id limit ${MOST_EACH})`,
  );
  return rows.map((row) => listed(context, row));
}

/** What one person was told, newest first; at most 200. */
export async function messagesOf(
  context: EngineContext,
  subject: string,
): Promise<readonly ListedMessage[]> {
  const rows = await context.db.query<MessageRow>(
    `select id, kind, lang, facts, state, queued_at, sent_at, due_on, next_at, attempts,
            last_fault, carrier
       from message
      where subject = $1
      order by queued_at desc, id
      limit ${MOST}`,
    [handleBytes(subject)],
  );
  return rows.map((row) => listed(context, row));
}

/** How many wait, and how many of them are past their day or were given up. */
export async function messageCounts(
  sql: Sql,
  today: string,
): Promise<{ readonly queued: number; readonly late: number; readonly failed: number }> {
  const [row] = await sql.query<{ queued: number; late: number; failed: number }>(
    `select count(*) filter (where state = 'queued') as queued,
            count(*) filter (where state = 'queued' and due_on < $1::date) as late,
            count(*) filter (where state = 'failed') as failed
       from message`,
    [today],
  );
  return row ?? { queued: 0, late: 0, failed: 0 };
}

function listed(context: EngineContext, row: MessageRow): ListedMessage {
  const lang = langOf(context, row.lang);
  const facts = JSON.parse(row.facts) as MessageFacts; // checked when it was queued
  return Object.freeze({
    id: hex(row.id),
    kind: row.kind,
    lang,
    ...messageText(context.plan.policy, { kind: row.kind, lang, facts }),
    state: row.state,
    queuedAt: row.queued_at,
    sentAt: row.sent_at,
    dueOn: row.due_on,
    nextAt: row.next_at,
    attempts: row.attempts,
    lastFault: row.last_fault,
    carrier: row.carrier,
  });
}
