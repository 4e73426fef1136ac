/**
 * RemoteMeeting: the service that runs under the policy. It puts the parts of `jikim` together the
 * way any other service would: engine, pages for people, console, sessions, and its own pages.
 */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Hono } from "hono";
import type { Context } from "hono";
import type {
  Clock,
  Desk,
  FormTokens,
  Items,
  Jikim,
  JikimOptions,
  PublishedVersions,
  Random,
  Reader,
  ServicePage,
  Sessions,
  Verdict,
} from "jikim";
import {
  JikimError,
  assets,
  createAttempts,
  createConsole,
  createFormTokens,
  createProcessorAnswers,
  createSite,
  dayOf,
  endStaff,
  guardEdge,
  jikimSheet,
  latestVerdicts,
  layout,
  nothing,
  addStaff,
  listStaff,
  openDesk,
  openJikim,
  renewPass,
  openSessions,
  publishedVersions,
  readerOf,
  runChecks,
  runProcessorOrders,
  runUseNotice,
  styleSheet,
  systemRandom,
} from "jikim";
import { frame } from "./frame.ts";
import { homePage, homeTitle } from "./home.ts";
import { accountPages } from "./account-pages.ts";
import { intakePages } from "./intakes.ts";
import { mailingPages } from "./mailing.ts";
import { demoAgent } from "./payment-agent.ts";
import { planPages } from "./plans.ts";
import { timePages } from "./time-routes.ts";
import { openTimeMachine } from "./time-machine.ts";
import type { TimeMachine } from "./time-machine.ts";
import { timeBar } from "./time-pages.ts";
import { collectUse } from "./usage.ts";
import { workPages } from "./work.ts";

const TIME_ZONE = "Asia/Seoul"; // of the service's calendar, before the policy is read

export interface RemoteMeetingOptions {
  /** Folder with `policy.yaml`. */
  readonly policy: string;
  /** Data folder, a PostgreSQL with its keys and its archive elsewhere, or `memory`. */
  readonly data: NonNullable<JikimOptions["data"]>;
  readonly clock: Clock;
  readonly random?: Random;
  /** Shows the time machine. Never in a service that real people use. */
  readonly demo: boolean;
  /** Why keys may lie where they are not surely forgotten; without a reason that is refused. */
  readonly weakened?: string;
  /** The public origin, when pages are reached through another host; https makes cookies Secure. */
  readonly origin?: string;
  /** Takes what the policy gives a processor to that processor's own door; without it, nobody does. */
  handOver?(given: HandedOver): Promise<void>;
  /** The address a request came from, or null. */
  addressOf(c: Context): string | null;
  /** How long a person waits for the time machine before a page tells how far it has come. */
  patience(): Promise<void>;
  /** Receives errors that must not be shown. */
  log(error: unknown): void;
}

/** What leaves for a processor: the ledger has its line already. */
export interface HandedOver {
  readonly processor: string;
  /** The processor's own name for the person. */
  readonly reference: string;
  readonly values: Items;
}

export interface RemoteMeeting {
  readonly app: Hono;
  readonly jikim: Jikim;
  /** Destroys what is due, sends orders to processors and looks at every promise. Run it daily. */
  daily(): Promise<readonly Verdict[]>;
  /** Of the demonstration: how to enter the console. Made anew at every start; null in a service. */
  readonly officer: DemoOfficer | null;
  close(): Promise<void>;
}

/** A member of staff of the demonstration alone. */
export interface DemoOfficer {
  readonly id: string;
  readonly pass: string;
}

/** What the service's own pages share. */
export interface Service {
  readonly jikim: Jikim;
  readonly sessions: Sessions;
  readonly tokens: FormTokens;
  readonly options: RemoteMeetingOptions;
  page(c: Context, page: ServicePage): Promise<ReturnType<typeof layout>>;
  verdicts(): Promise<readonly Verdict[]>;
  check(): Promise<readonly Verdict[]>;
}

/**
 * Opens the service. The application answers without a port: `app.request("/")`.
 * @example const { app, close } = await createRemoteMeeting({ policy, data: "memory", … });
 */
export async function createRemoteMeeting(options: RemoteMeetingOptions): Promise<RemoteMeeting> {
  const random = options.random ?? systemRandom;
  const folder = folderOf(options.data);
  const machine = options.demo ? openTimeMachine(options.clock, TIME_ZONE, folder) : null;
  const clock = machine?.clock ?? options.clock;
  const { policy, data, weakened } = options;
  const weak = weakened === undefined ? {} : { weakened };
  const jikim = await openJikim({ policy, data, clock, random, ...weak });
  const secure = (c: Context): boolean => (options.origin ?? c.req.url).startsWith("https:");
  const sessions = openSessions({ db: jikim.context.db, clock, random, secure });
  const desk = openDesk({
    db: jikim.context.db,
    clock,
    random,
    secure,
    addressOf: options.addressOf,
  });
  const sessionCookies = [sessions.cookieName, desk.cookieName];
  const tokens = createFormTokens({ random, sessionCookies, secure });
  const versions = await versionsOf(jikim, options);
  const { db, archive } = jikim.context;
  const proof = { compiled: jikim.compiled, db, archive, clock };
  const styles = [
    jikimSheet(),
    styleSheet(
      "remotemeeting",
      readFileSync(new URL("./remotemeeting.css", import.meta.url), "utf8"),
    ),
  ];
  const page = pageSetter({
    sessions,
    tokens,
    machine,
    jikim,
    hrefs: styles.map(({ href }) => href),
  });
  const service: Service = {
    jikim,
    sessions,
    tokens,
    options,
    page,
    verdicts: () => latestVerdicts(proof),
    check: () => runChecks(proof),
  };
  const app = new Hono();
  // Before the edge: processors' programs send signed JSON here, no forms.
  app.route("/", createProcessorAnswers({ context: jikim.context, log: options.log }));
  guardEdge(app, { tokens, origin: options.origin, page, log: options.log });
  app.route("/", assets(styles));
  app.use(rememberUse(service));
  ownPages(app, service, desk);
  app.route(
    "/",
    createSite({ ...service, versions, clock, who: sessions.who, endSession: sessions.end }),
  );
  app.route("/", createConsole({ ...service, desk, compiled: jikim.compiled, log: jikim.log }));
  if (machine !== null) app.route("/", timePages(service, machine));
  const officer = await demoOfficer(jikim, options.demo);
  const daily = dailyOf(service, desk);
  return Object.freeze({ app, jikim, daily, officer, close: () => jikim.close() });
}

/** Where a service keeps what is no record: its data folder, or the one its keys lie in. */
function folderOf(data: RemoteMeetingOptions["data"]): string | null {
  if (typeof data === "string") return data === "memory" ? null : data;
  const { keys = "data/keys" } = data;
  return dirname(resolve(typeof keys === "string" ? keys : keys.root));
}

/** What a service does every day; the notices go first, so that the outbox takes them along. */
function dailyOf({ jikim, sessions, check }: Service, desk: Desk): RemoteMeeting["daily"] {
  return async () => {
    await sessions.sweep();
    await desk.sweep();
    await runUseNotice(jikim.context);
    await jikim.keep();
    await runProcessorOrders(jikim.context);
    return check();
  };
}

/** The pages that are RemoteMeeting's own. */
function ownPages(app: Hono, service: Service, desk: Desk): void {
  const { jikim, sessions, page } = service;
  const { clock, random } = jikim.context;
  app.get("/", async (c) => {
    const reader = readerOf(c);
    const signedIn = (await sessions.who(c)) !== null;
    const main = homePage(jikim.compiled, reader, signedIn);
    return c.html(await page(c, { title: homeTitle(reader.lang), main, front: true }));
  });
  app.route("/", accountPages(service, createAttempts(clock, random)));
  app.route("/", intakePages(service, desk));
  app.route("/", planPages(service, demoAgent(random)));
  app.route("/", workPages(service, desk));
  app.route("/", mailingPages(service, desk));
}

const DEMO_STAFF = /^d\d+$/; // numbers with a d belong to demonstrations

/**
 * Whoever starts a demonstration may look at everything, with a pass that lasts until the next
 * start. A service that is none ends whom demonstrations on its data have left.
 */
async function demoOfficer({ context }: Jikim, demo: boolean): Promise<DemoOfficer | null> {
  const known = (await listStaff(context.db)).filter(({ id }) => DEMO_STAFF.test(id));
  const live = known.filter(({ endedAt }) => endedAt === null).map(({ id }) => id);
  if (!demo) {
    for (const id of live) await endStaff(context, id);
    return null;
  }
  const [id] = live;
  if (id !== undefined) return { id, pass: await renewPass(context, id) };
  const next = `d${known.length + 1}`;
  return { id: next, pass: await addStaff(context, next, ["staff", "officer", "archive"]) };
}

async function versionsOf(
  jikim: Jikim,
  { policy, log }: RemoteMeetingOptions,
): Promise<PublishedVersions["versions"]> {
  try {
    const { versions, altered } = await publishedVersions(jikim, policy);
    // Named by its hash: the board shows the same finding beside the promise of past texts.
    for (const hash of altered) {
      const says = `the stored text ${hash.slice(0, 12)} is not what ran, so it is not shown`;
      log(new JikimError("ERR_POLICY_INVALID", says, { hash }));
    }
    return versions;
  } catch (error) {
    await jikim.close();
    throw error;
  }
}

interface PageParts {
  readonly sessions: Sessions;
  readonly tokens: FormTokens;
  readonly machine: TimeMachine | null;
  readonly jikim: Jikim;
  readonly hrefs: readonly string[];
}

function pageSetter(parts: PageParts): Service["page"] {
  return async (c, { title, main, set, front }) => {
    const reader: Reader = readerOf(c);
    // The error page is set here too, and may stand because the store does not answer.
    const signedIn = (await parts.sessions.who(c).catch(() => null)) !== null;
    const { machine, jikim } = parts;
    const around = frame({
      reader,
      signedIn,
      desk: set === "desk",
      token: () => parts.tokens.field(c),
      bar:
        machine === null
          ? nothing
          : timeBar(reader, dayOf(machine.clock.now(), jikim.plan.timeZone)),
      styles: parts.hrefs,
    });
    return layout(around, {
      lang: reader.lang,
      url: c.req.url,
      title,
      main,
      ...(set === undefined ? {} : { set }),
      ...(front === undefined ? {} : { front }),
    });
  };
}

// A page a signed-in person was shown leaves a usage record, as the policy says (P1.5). A failure
// to write it is logged and does not take the page away.
function rememberUse({ jikim, sessions, options }: Service) {
  return async (c: Context, next: () => Promise<void>): Promise<void> => {
    await next();
    if (c.req.method !== "GET" || c.res.status !== 200) return;
    try {
      const subject = await sessions.who(c);
      if (subject === null) return;
      await collectUse(jikim, subject, { act: c.req.path, c, address: options.addressOf(c) });
    } catch (error) {
      options.log(error);
    }
  };
}
