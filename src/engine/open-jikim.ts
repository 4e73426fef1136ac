/** The one door to the engine: a policy, its law, a store and the keys, put together. */
import { join, resolve } from "node:path";
import type { Clock, Random } from "../base/clock.ts";
import { JikimError } from "../base/errors.ts";
import type { Compiled } from "../compiler/compile.ts";
import type { TreeKeeper } from "../keys/open-keeper.ts";
import { moment } from "../store/column-value.ts";
import type { Database } from "../store/database.ts";
import { openDatabase } from "../store/open-database.ts";
import { openPostgres } from "../store/postgres.ts";
import { archivedOf } from "./archive/archived-of.ts";
import {
  type Archive,
  type ArchiveAddress,
  archiveAt,
  archiveBeside,
  type ArchivePlace,
  createArchive,
} from "./archive/open-archive.ts";
import { appendLeaf } from "./audit/append-leaf.ts";
import { declareNames } from "./audit/declare-names.ts";
import { type AuditLog, openLog } from "./audit/open-log.ts";
import { signReport } from "./audit/sign-report.ts";
import { collect } from "./collection/collect.ts";
import { changeConsent } from "./consent/consent.ts";
import { foundUnderAge } from "./consent/found-under-age.ts";
import { certificateOf } from "./destruction/certificate.ts";
import { confirmDestruction } from "./destruction/confirm-destruction.ts";
import { dailyRun } from "./daily-run.ts";
import { dropKeys } from "./destruction/drop-keys.ts";
import { erase } from "./destruction/erase.ts";
import { leaveStandIn } from "./destruction/leave-stand-in.ts";
import { removeDeadRows } from "./destruction/remove-dead-rows.ts";
import { rotateIndex } from "./destruction/rotate-index.ts";
import { placeHold } from "./hold/place-hold.ts";
import { releaseHold } from "./hold/release-hold.ts";
import type { EngineContext, Jikim } from "./jikim.ts";
import { localCarrier, type MessageCarrier } from "./message/carrier.ts";
import { keyFolder, type KeyPlace, openKeeperOf } from "./open-keeper-of.ts";
import { readPolicy } from "./read-policy.ts";
import { refuseChangedPeriods } from "./retention/refuse-changed-periods.ts";
import { ensureIndex, readEpochs } from "./search/index-epoch.ts";
import { readSetting, writeSetting } from "./setting.ts";
import { systemClock, systemRandom } from "./system.ts";
import { find } from "./use/find.ts";
import { matches, read } from "./use/read.ts";
import { previewWithdrawal } from "./withdrawal/preview.ts";
import { continueWithdrawals, withdraw } from "./withdrawal/withdraw.ts";

/**
 * A folder (embedded databases and keys), a PostgreSQL with its keys elsewhere (`./data/keys` when
 * not said) and its archive apart, or `memory` (gone when closed).
 */
export type DataPlace =
  | string
  | {
      readonly url: string;
      readonly keys?: KeyPlace;
      /** The separate database of what a statute keeps; a role that may not connect to `url`. */
      readonly archive?: ArchiveAddress;
      /** The same records through a role that may only read: for the look after a destruction. */
      readonly look?: string;
    };

/** Work that has to be done before the service opens. */
export type OpeningStep = "leaving-key-file" | "removing-dead-rows";

export interface JikimOptions {
  /** Folder with `policy.yaml`, or the file. */
  readonly policy: string;
  /** File of the law; found by its id otherwise. */
  readonly law?: string;
  /** `./data` when not said. A folder named memory is `./memory`. */
  readonly data?: DataPlace;
  readonly clock?: Clock;
  readonly random?: Random;
  /** A keeper opened elsewhere; it is closed with the engine. */
  readonly keeper?: TreeKeeper;
  /**
   * Why the keys may lie where they are not surely forgotten (overlayfs, tmpfs, a server with
   * fsync off). Without a reason such a place is refused; with one, the promise of destruction is
   * weakened, and every receipt, the board and `jikim doctor` say so.
   */
  readonly weakened?: string;
  /** What carries messages to people; without one they are made and leave the house nowhere. */
  readonly carrier?: MessageCarrier;
  /** Bits of short look-up tags, for tables of many millions; null: whole tags, moved to a new key
   * after destructions. As it was when not said; whole tags at first. */
  readonly shortTagBits?: number | null;
  /** Told how far the work before the opening has come. */
  readonly progress?: (step: OpeningStep, done: number, total: number) => void;
}

const DEFAULT_FOLDER = "./data";
const KEY_FOLDER = "keys";

/**
 * Opens the engine under a policy.
 *
 * Throws ERR_POLICY_UNREADABLE, ERR_POLICY_INVALID (`facts.issues`), ERR_POLICY_CHANGED when it
 * ran here with other periods under the same day (`facts.changes`), ERR_STORE_LOCKED,
 * ERR_STORE_UNAVAILABLE, ERR_STORE_DRIFT, ERR_STORE_NEWER; ERR_KEYS_MISSING and ERR_KEYS_OTHER when
 * the keys are not those this store was sealed with; ERR_KEY_ROOT_MEDIUM and ERR_KEY_STORE_UNSAFE
 * when they lie where they are not surely forgotten and no reason was given; the others of
 * `openKeys`; and ERR_LOG_KEY when the key file of the log is damaged or readable by others.
 * @example
 * const jikim = await openJikim({ policy: "policies/remotemeeting", data: "./data" });
 */
export async function openJikim(options: JikimOptions): Promise<Jikim> {
  const compiled = await readPolicy(options.policy, options.law);
  return openCompiled(compiled, options);
}

/** The same with a policy already compiled. Throws as {@link openJikim}. */
export async function openCompiled(
  compiled: Compiled,
  options: Omit<JikimOptions, "policy" | "law">,
): Promise<Jikim> {
  const data = options.data ?? DEFAULT_FOLDER;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const db = await openStore(data);
  let keeper: TreeKeeper | null = null;
  let archive: Archive | null = null;
  let looker: Database | null = null;
  try {
    const expected = (await readSetting(db, "key_tree")) !== null;
    const needs = { clock, random, expected, weakened: options.weakened };
    keeper = options.keeper ?? (await openKeeperOf(keyPlaceOf(data), needs));
    await refuseOtherKeys(db, keeper);
    const records = { plan: compiled.plan, db, keeper, clock, random };
    archive = createArchive(archivePlaceOf(data), records);
    looker = await openLooker(data);
    const context: EngineContext = Object.freeze({
      ...records,
      archive: archive.open,
      ...(looker === null ? {} : { looker }),
    });
    await refuseChangedPeriods(db, compiled.policy, compiled.hash);
    await declareNames(db, compiled.policy);
    await makeReady(context, options);
    await recordPolicy(compiled, context);
    await continueWithdrawals(context);
    const log = await openLogOf(compiled, context, data);
    return jikimOf(compiled, context, { log, archive, carrier: options.carrier ?? localCarrier });
  } catch (error) {
    await looker?.close();
    await archive?.close();
    await keeper?.close();
    await db.close();
    throw error;
  }
}

/** The log's key lies beside the key folder, not in it: the folder must never be copied. */
async function openLogOf(
  { policy }: Compiled,
  { db, clock, random }: EngineContext,
  data: DataPlace,
): Promise<AuditLog> {
  const place = keyPlaceOf(data);
  const keyFolderOrNone = place === "memory" ? null : keyFolder(place);
  return openLog({ db, clock, random, policy, keyFolder: keyFolderOrNone });
}

interface Parts {
  readonly log: AuditLog;
  readonly archive: Archive;
  readonly carrier: MessageCarrier;
}

function jikimOf(
  compiled: Compiled,
  context: EngineContext,
  { log, archive, carrier }: Parts,
): Jikim {
  return Object.freeze<Jikim>({
    compiled,
    plan: compiled.plan,
    context,
    log,
    collect: (occasion, items, options) => collect(context, occasion, items, options),
    read: (subject, items, use) => read(context, subject, items, use),
    find: (items, use) => find(context, items, use),
    matches: (subject, item, value) => matches(context, subject, item, value),
    erase: (subject, what) => erase(context, subject, what),
    placeHold: (asked) => placeHold(context, asked),
    releaseHold: (id, choices) => releaseHold(context, id, choices),
    certificateOf: (run) => certificateOf(context, run),
    confirmDestruction: (run, by) => confirmDestruction(context, run, by),
    archivedOf: (subject) => archivedOf(context, subject),
    previewWithdrawal: (subject) => previewWithdrawal(context, subject),
    withdraw: (subject, choices) => withdraw(context, subject, choices),
    consent: (subject, change) => changeConsent(context, subject, change),
    foundUnderAge: (subject, choices) => foundUnderAge(context, subject, choices),
    keep: async (options) => ({
      ...(await dailyRun(context, carrier, options)),
      log: await signReport(log),
    }),
    async close() {
      await context.looker?.close();
      await archive.close();
      await context.keeper.close();
      await context.db.close();
    },
  });
}

async function openStore(data: DataPlace): Promise<Database> {
  if (data === "memory") return openDatabase({ migrations: "data" });
  if (typeof data !== "string") return openDatabase({ url: data.url, migrations: "data" });
  return openDatabase({ folder: join(resolve(data), "records"), migrations: "data" });
}

/** A second principal for the records, where one is named; the schema is not its to change. */
async function openLooker(data: DataPlace): Promise<Database | null> {
  if (typeof data === "string" || data.look === undefined) return null;
  return openPostgres(data.look);
}

/** Where the archive of data is; null where none was named. */
export function archivePlaceOf(data: DataPlace): ArchivePlace | null {
  if (data === "memory") return "memory";
  if (typeof data === "string") return archiveBeside(data);
  return data.archive === undefined ? null : archiveAt(data.archive);
}

/** Where the keys of data are. */
export function keyPlaceOf(data: DataPlace): KeyPlace {
  if (data === "memory") return "memory";
  if (typeof data === "string") return join(resolve(data), KEY_FOLDER);
  const keys = data.keys ?? join(DEFAULT_FOLDER, KEY_FOLDER);
  return typeof keys === "string" ? resolve(keys) : { ...keys, root: resolve(keys.root) };
}

/**
 * A store knows its key tree. Another one would not open a single value and would add new ones
 * beside them: refused before anything is read or written.
 */
async function refuseOtherKeys(db: Database, keeper: TreeKeeper): Promise<void> {
  const { tree } = await keeper.identity();
  const known = await readSetting(db, "key_tree");
  if (known === null) await writeSetting(db, "key_tree", tree);
  else if (known !== tree) {
    throw new JikimError("ERR_KEYS_OTHER", "the keys are not those this store was sealed with");
  }
  await writeSetting(db, "weaknesses", JSON.stringify(keeper.weaknesses));
}

/** What has to be done before anyone is let in. */
async function makeReady(
  context: EngineContext,
  options: Omit<JikimOptions, "policy" | "law">,
): Promise<void> {
  const tell = options.progress ?? (() => undefined);
  const place = keyPlaceOf(options.data ?? DEFAULT_FOLDER);
  await ensureIndex(context, options.shortTagBits ?? null);
  await leaveStandIn(context, keyFolder(place), (done, total) =>
    tell("leaving-key-file", done, total),
  );
  await removeDeadRows(context, (done, total) => tell("removing-dead-rows", done, total));
  await changeIndex(context, options.shortTagBits);
}

/** Moves the index to short tags or back, when asked for. */
async function changeIndex(context: EngineContext, bits: number | null | undefined): Promise<void> {
  if (bits === undefined || (await readEpochs(context.db)).present.bits === bits) return;
  await rotateIndex(context, bits);
  await dropKeys(context, [], []);
}

/** The first time a store runs under a text is told once. */
async function recordPolicy(compiled: Compiled, context: EngineContext): Promise<void> {
  const { db, clock } = context;
  const { policy, law } = compiled;
  const at = clock.now();
  await db.transaction(async (tx) => {
    const added = await tx.query(
      `insert into policy_version (hash, policy, announced, effective, document, first_run_at)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (hash) do nothing
       returning hash`,
      [
        compiled.hash,
        policy.id,
        policy.announced,
        policy.effective,
        JSON.stringify({ policy, law }),
        moment(at),
      ],
    );
    if (added.length === 0) return;
    await appendLeaf(tx, at, "policy_in_force", {
      policy: policy.id,
      hash: compiled.hash,
      effective: policy.effective,
    });
  });
}
