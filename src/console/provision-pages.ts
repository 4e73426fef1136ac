/** `/console/provisions`: what left for third parties, and the approval of what is to leave. */
import { Hono } from "hono";
import type { Context } from "hono";
import { Temporal } from "temporal-polyfill";
import { JikimError } from "../base/errors.ts";
import type { EngineContext } from "../engine/jikim.ts";
import { approveDocument } from "../engine/provision/document.ts";
import { listDocuments, listProvisions, listStatistics } from "../engine/provision/ledger.ts";
import { PROVISION_RULES, type ProvisionRule } from "../engine/provision/provision-rules.ts";
import { readerOf, type UiLang } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import { PROVISIONS_PATH } from "./console-nav.ts";
import type { StaffedDesk } from "./desk.ts";
import { APPROVAL_WORDS, PROVISION_WORDS } from "./provision-words.ts";
import { documentState, provisionsPage, type ProvisionsInput } from "./provisions-page.ts";

const SHOWN = { limit: 50 };

/** The list for everyone on the staff; approving for whoever is signed in and charged with it. */
export function provisionConsole(
  context: EngineContext,
  page: SetPage,
  staffed: StaffedDesk | null,
): Hono {
  const app = new Hono();
  const show = async (c: Context, said: ProvisionsInput["said"]): Promise<Response> => {
    const reader = readerOf(c);
    const staff = (await staffed?.desk.who(c)) ?? null;
    const charged = staff?.roles.some((role) => role === "staff" || role === "officer") === true;
    const main = provisionsPage({
      ...(await foundIn(context)),
      reader,
      token: charged && staffed !== null ? staffed.tokens.field(c) : null,
      said,
    });
    c.header("Cache-Control", "no-store");
    const sheet = { title: PROVISION_WORDS[reader.lang].title, main, set: "desk" as const };
    return c.html(await page(c, sheet), said?.wrong === true ? 422 : 200);
  };
  app.get(PROVISIONS_PATH, async (c) => {
    c.header("Cache-Control", "no-store");
    if (c.req.query("format") === "json") return c.json(documentOf(await foundIn(context)));
    const words = PROVISION_WORDS[readerOf(c).lang];
    const done = c.req.query("done") === "approved";
    return show(c, done ? { text: words.approved, wrong: false } : null);
  });
  if (staffed === null) return app;
  const { desk } = staffed;
  app.post(`${PROVISIONS_PATH}/:id/approve`, desk.guard("staff", "officer"), async (c) => {
    const staff = await desk.who(c);
    if (staff === null) throw new JikimError("ERR_STAFF_NEEDED", "no staff is signed in");
    try {
      await approveDocument(context, c.req.param("id"), staff.id);
    } catch (error) {
      if (!(error instanceof JikimError) || error.code !== "ERR_PROVISION_REFUSED") throw error;
      const { lang } = readerOf(c);
      return show(c, { text: refusedWords(error, lang), wrong: true });
    }
    return c.redirect(readerOf(c).to(`${PROVISIONS_PATH}?done=approved`), 303);
  });
  return app;
}

type Found = Pick<ProvisionsInput, "policy" | "documents" | "provisions" | "statistics" | "now">;

async function foundIn(context: EngineContext): Promise<Found> {
  return {
    policy: context.plan.policy,
    documents: await listDocuments(context, SHOWN),
    provisions: await listProvisions(context, SHOWN),
    statistics: await listStatistics(context, SHOWN),
    now: context.clock.now(),
  };
}

function refusedWords({ facts }: JikimError, lang: UiLang): string {
  const reasons: readonly unknown[] = Array.isArray(facts["reasons"]) ? facts["reasons"] : [];
  const rules = reasons.flatMap((each): ProvisionRule[] => {
    const rule = typeof each === "object" && each !== null && "rule" in each ? each.rule : null;
    return PROVISION_RULES.filter((known) => known === rule);
  });
  const texts = rules.map((rule) => APPROVAL_WORDS[rule]?.[lang] ?? rule);
  return PROVISION_WORDS[lang].refused(texts.join(" "));
}

/** For programs. A page for everyone on the staff needs no handle. */
function documentOf(found: Found): object {
  return {
    documents: found.documents.map((each) => ({
      id: each.id,
      kind: each.kind,
      state: documentState(each, found),
      items: each.items,
      valid_until: each.validUntil,
      approved_by: each.approvedBy,
      released_at: instant(each.releasedAt),
    })),
    provisions: found.provisions.map((each) => ({
      id: each.id,
      at: instant(each.at),
      basis: each.basis,
      recipient: each.recipient,
      purpose: each.purpose,
      items: each.items,
    })),
    statistics: found.statistics.map(({ at, ...each }) => ({ ...each, at: instant(at) })),
  };
}

const instant = (at: number | null): string | null =>
  at === null ? null : Temporal.Instant.fromEpochMilliseconds(at).toString();
