/**
 * RemoteMeeting: the service that runs under the policy. It puts the parts of `jikim` together the
 * way any other service would: engine, pages for people, console, sessions, and its own pages.
 */
import { readFileSync } from "node:fs";
import { Hono } from "hono";
import type { Context } from "hono";
import type {
  Clock,
  FormTokens,
  Jikim,
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
  createConsole,
  createFormTokens,
  createProcessorAnswers,
  createSite,
  dayOf,
  guardEdge,
  jikimSheet,
  latestVerdicts,
  layout,
  nothing,
  openJikim,
  openSessions,
  publishedVersions,
  readerOf,
  runChecks,
  runProcessorOrders,
  styleSheet,
  systemRandom,
} from "jikim";
import { createAttempts } from "./attempts.ts";
import { frame } from "./frame.ts";
import { homePage, homeTitle } from "./home.ts";
import { accountPages } from "./account-pages.ts";
import { timePages } from "./time-routes.ts";
import { openTimeMachine } from "./time-machine.ts";
import type { TimeMachine } from "./time-machine.ts";
import { timeBar } from "./time-pages.ts";
import { collectUse } from "./usage.ts";

const TIME_ZONE = "Asia/Seoul"; // of the service's calendar, before the policy is read

export interface RemoteMeetingOptions {
  /** Folder with `policy.yaml`. */
  readonly policy: string;
  /** Data folder, or `memory`. */
  readonly data: string;
  readonly clock: Clock;
  readonly random?: Random;
  /** Shows the time machine. Never in a service that real people use. */
  readonly demo: boolean;
  /** Why keys may lie where they are not surely forgotten; without a reason that is refused. */
  readonly weakened?: string;
  /** The public origin, when pages are reached through another host; https makes cookies Secure. */
  readonly origin?: string;
  /** The address a request came from, or null. */
  addressOf(c: Context): string | null;
  /** How long a person waits for the time machine before a page tells how far it has come. */
  patience(): Promise<void>;
  /** Receives errors that must not be shown. */
  log(error: unknown): void;
}

export interface RemoteMeeting {
  readonly app: Hono;
  readonly jikim: Jikim;
  /** Destroys what is due, sends orders to processors and looks at every promise. Run it daily. */
  daily(): Promise<readonly Verdict[]>;
  close(): Promise<void>;
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
  const folder = options.data === "memory" ? null : options.data;
  const machine = options.demo ? openTimeMachine(options.clock, TIME_ZONE, folder) : null;
  const clock = machine?.clock ?? options.clock;
  const { policy, data, weakened } = options;
  const weak = weakened === undefined ? {} : { weakened };
  const jikim = await openJikim({ policy, data, clock, random, ...weak });
  const secure = (c: Context): boolean => (options.origin ?? c.req.url).startsWith("https:");
  const sessions = openSessions({ db: jikim.context.db, clock, random, secure });
  const tokens = createFormTokens({ random, sessionCookie: sessions.cookieName, secure });
  const versions = await versionsOf(jikim, options);
  const proof = { compiled: jikim.compiled, db: jikim.context.db, clock };
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
  app.get("/", async (c) => {
    const reader = readerOf(c);
    const signedIn = (await sessions.who(c)) !== null;
    const main = homePage(jikim.compiled, reader, signedIn);
    return c.html(await page(c, { title: homeTitle(reader.lang), main, front: true }));
  });
  app.route("/", accountPages(service, createAttempts(clock, random)));
  app.route("/", createSite({ ...service, versions, clock, who: sessions.who }));
  app.route("/", createConsole({ ...service, compiled: jikim.compiled, log: jikim.log }));
  if (machine !== null) app.route("/", timePages(service, machine));
  const daily = async (): Promise<readonly Verdict[]> => {
    await sessions.sweep();
    await jikim.keep();
    await runProcessorOrders(jikim.context);
    return service.check();
  };
  return Object.freeze({ app, jikim, daily, close: () => jikim.close() });
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
