/**
 * A walk of an auditor through the public faces: pages, endpoints and command line of one running
 * service, on both databases. The command line needs the data to itself, so the service stops for it
 * and starts again, as an operator would do it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject } from "vitest";
import type {
  HandedOver,
  RemoteMeetingOptions,
} from "../../reference/remotemeeting/remotemeeting.ts";
import { present } from "../../src/base/assert.ts";
import type { CliIo } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { systemRandom } from "../../src/engine/system.ts";
import type { Row, Sql } from "../../src/store/database.ts";
import { emptyDatabase } from "./databases.ts";
import {
  atDesk,
  openTestService,
  PERSON,
  POLICY,
  signUpFields,
  START,
  type TestService,
  visitor,
} from "./remotemeeting.ts";

export type Browser = ReturnType<typeof visitor>;

export interface CliAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Walk {
  readonly kind: "pglite" | "postgres";
  /** A folder of the walk's own, for files that commands read and write. */
  readonly folder: string;
  /** What the command line is told of the data. */
  readonly args: readonly string[];
  readonly data: RemoteMeetingOptions["data"];
  now(): number;
  /** The service as it runs now; another one after a command. */
  service(): TestService;
  /** What processors were given, in order. */
  readonly given: HandedOver[];
  /** Runs a command on the data, with the service stopped. @param more after the policy */
  cli(command: readonly string[], more?: readonly string[]): Promise<CliAnswer>;
  /** Runs a command that is told everything. It does not stop the service. */
  tool(args: readonly string[]): Promise<CliAnswer>;
  /** Stops the service, does something, and starts it again. */
  stopped<T>(work: () => Promise<T>): Promise<T>;
  visitor(): Browser;
  officer(): Promise<Browser>;
  /** Whoever was added with `jikim staff add`. */
  staff(id: string): Promise<Browser>;
  member(changes: Readonly<Record<string, string>>): Promise<Browser>;
  /** A browser of a member, signed in anew. */
  signedIn(userId: string): Promise<Browser>;
  /** Moves the clock to a moment. @param at ISO 8601 with an offset */
  setClock(at: string): void;
  /** Rows of the records, for the look at the end. */
  rows<T extends Row>(sql: string, values?: readonly (string | number)[]): Promise<readonly T[]>;
  /** The separate database, for the look at the end. */
  archive(): Promise<Sql>;
}

interface Stand {
  readonly data: RemoteMeetingOptions["data"];
  /** What the command line is told of it. */
  readonly args: readonly string[];
  readonly archiveUrl?: string;
  drop(): Promise<void>;
}

export interface WalkOptions {
  /** Folder of the policy, asked when the walk begins. */
  readonly policy?: () => string;
  /** ISO 8601 with an offset; 23 November 2026, 10:00 in Seoul, when not said. */
  readonly start?: string;
  /** `jikim staff add` before the service starts: id → roles. */
  readonly staff?: Readonly<Record<string, string>>;
}

/** Runs a walk on PGlite and on PostgreSQL; one database of each serves the whole walk. */
export function walkOnBoth(suite: (walk: Walk) => void, options: WalkOptions = {}): void {
  describe("on PGlite", { timeout: 120_000 }, () => {
    suite(walkOn("pglite", onFolder, options));
  });
  const server = inject("postgres");
  const title = server === null ? "on PostgreSQL (not installed)" : "on PostgreSQL";
  describe.skipIf(server === null)(title, { timeout: 120_000 }, () => {
    suite(
      walkOn("postgres", (folder) => onServer(present(server, "not skipped"), folder), options),
    );
  });
}

async function onFolder(folder: string): Promise<Stand> {
  const data = join(folder, "data");
  return { data, args: ["--data", data], drop: async () => undefined };
}

async function onServer(server: string, folder: string): Promise<Stand> {
  const [records, archive] = [await emptyDatabase(server), await emptyDatabase(server)];
  const keys = join(folder, "keys", "tree");
  return {
    data: { url: records.url, keys, archive: archive.url },
    args: ["--data", records.url, "--keys", keys],
    archiveUrl: archive.url,
    async drop() {
      await records.drop();
      await archive.drop();
    },
  };
}

/** The service of a walk, which stops and starts, and the command line beside it. */
interface Runner {
  readonly folder: string;
  readonly stand: Stand;
  service(): TestService;
  now(): number;
  stopped: Walk["stopped"];
  cli: Walk["cli"];
  tool: Walk["tool"];
  begin(): Promise<void>;
  end(): Promise<void>;
}

function createRunner(
  place: (folder: string) => Promise<Stand>,
  options: WalkOptions,
  given: HandedOver[],
): Runner {
  let folder = "";
  let stand: Stand | null = null;
  let running: TestService | null = null;
  let policy = POLICY;
  let now = options.start === undefined ? START : Date.parse(options.start);
  const standing = (): Stand => present(stand, "made before the walk");
  const handOver = async (one: HandedOver): Promise<void> => void given.push(one);
  const start = async (): Promise<void> => {
    running = await openTestService({ policy, data: standing().data, start: now, handOver });
  };
  const stop = async (): Promise<void> => {
    if (running === null) return;
    now = running.clock.now();
    expect(running.errors).toEqual([]);
    await running.close();
    running = null;
  };
  const at = (): number => running?.clock.now() ?? now;
  const tool: Walk["tool"] = (args) => runWith(args, { now: at(), folder, stand });
  const run: Walk["cli"] = (command, more = []) =>
    tool([...command, policy, ...standing().args, ...more]);
  const stopped: Walk["stopped"] = async (work) => {
    await stop();
    try {
      return await work();
    } finally {
      await start();
    }
  };
  return {
    get folder() {
      return folder;
    },
    get stand() {
      return standing();
    },
    service: () => present(running, "the service runs"),
    now: at,
    stopped,
    tool,
    cli: (command, more) => stopped(() => run(command, more)),
    async begin() {
      folder = mkdtempSync(join(tmpdir(), "jikim-walk-"));
      mkdirSync(join(folder, "data"));
      policy = options.policy?.() ?? POLICY;
      stand = await place(folder);
      for (const [id, roles] of Object.entries(options.staff ?? {})) {
        const { code, out, err } = await run(["staff", "add"], ["--id", id, "--roles", roles]);
        if (code !== 0) throw new Error(err);
        writeFileSync(join(folder, `pass-${id}`), out);
      }
      await start();
    },
    async end() {
      await stop();
      await stand?.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function walkOn(
  kind: Walk["kind"],
  place: (folder: string) => Promise<Stand>,
  options: WalkOptions,
): Walk {
  const given: HandedOver[] = [];
  const runner = createRunner(place, options, given);
  const { service } = runner;
  beforeAll(() => runner.begin(), 120_000);
  afterAll(() => runner.end());
  return {
    kind,
    given,
    service,
    get folder() {
      return runner.folder;
    },
    get data() {
      return runner.stand.data;
    },
    get args() {
      return runner.stand.args;
    },
    now: runner.now,
    cli: runner.cli,
    tool: runner.tool,
    stopped: runner.stopped,
    visitor: () => visitor(service()),
    officer: () => atDesk(service()),
    async staff(id) {
      const pass = readFileSync(join(runner.folder, `pass-${id}`), "utf8").trim();
      return sent(service(), SIGN_IN, { staff: id, pass });
    },
    member: (changes) => sent(service(), "/signup", signUpFields(changes)),
    signedIn: (userId) => {
      const { company_id, password } = PERSON;
      return sent(service(), "/login", { company_id, user_id: userId, password });
    },
    setClock(at) {
      const { clock } = service();
      clock.pass(Date.parse(at) - clock.now());
    },
    rows: (sql, values = []) => service().jikim.context.db.query(sql, values),
    archive: () => service().jikim.context.archive(),
  };
}

/** A new browser that has sent a form and was let in. */
async function sent(
  service: TestService,
  path: string,
  fields: Readonly<Record<string, string>>,
): Promise<Browser> {
  const browser = visitor(service);
  const answer = await browser.post(path, path, fields);
  if (answer.status !== 303) throw new Error(`${path} answered ${answer.status}`);
  return browser;
}

const SIGN_IN = "/console/sign-in";

async function runWith(
  args: readonly string[],
  of: { readonly now: number; readonly folder: string; readonly stand: Stand | null },
): Promise<CliAnswer> {
  const [out, err]: [string[], string[]] = [[], []];
  const io: CliIo = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    colour: false,
    weakened: "wherever tests run",
    ...(of.stand?.archiveUrl === undefined ? {} : { archiveUrl: of.stand.archiveUrl }),
    cwd: of.folder,
    clock: { now: () => of.now },
    random: systemRandom,
  };
  const code = await runCli(args, io);
  return { code, out: out.join(""), err: err.join("") };
}

/** Options as a command takes them. */
export function flags(options: Readonly<Record<string, string | true>>): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, value],
  );
}
