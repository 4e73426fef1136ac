/**
 * The root in three hands: a root store over three custodians, of whom any two have the root and
 * any two can unmake it.
 *
 *   prepare  all who can be reached, at least two, hold a share of root e+1, freshly split
 *   load     two shares that join; a false one is found by its check and left out
 *   wipe     complete when two of three have wiped and read back: the one share that may be left,
 *            in a lost or stolen custodian, tells nothing
 *
 * One custodian may be lost for good, and one may give a false share. One who was away brings shares
 * of roots that are past: they are wiped, and he gets one that counts with the next root or by
 * `repair`. Marks are written to two at least and read from two at least, so the newest is always
 * seen. One who claims to know a later keeper, or another tree, stops every change: that may be
 * true, and no vote can tell; whoever runs the keeper takes him out (then he is one who is lost).
 *
 * While one is away the other two are both needed; `status` says so.
 */
import { assert, present } from "../../base/assert.ts";
import type { Random } from "../../base/clock.ts";
import { JikimError } from "../../base/errors.ts";
import { copyOfKey } from "../secret.ts";
import { createSerial } from "../serial.ts";
import type { NextRoot, RootMark, RootStore } from "../tree/stores.ts";
import type { Custodian, CustodianStatus } from "./custodian.ts";
import { CUSTODIANS, joinShares, QUORUM, shareFor, shareLabel, splitRoot } from "./share.ts";

export interface Custody extends RootStore {
  /**
   * Gives the present root's share to those who can be reached and lack it, and wipes elder ones.
   * Returns the names of those who lacked it; none while a root is prepared, which is given to all.
   */
  repair(): Promise<readonly string[]>;
  /** Who answers now, with what they hold; null for those who do not. */
  status(): Promise<Readonly<Record<string, CustodianStatus | null>>>;
}

export interface CustodyOptions {
  readonly random: Random;
  /** The operator's reason for two media that may not forget; weakens every receipt. */
  readonly allowWeak?: string;
}

interface State {
  readonly custodians: readonly Custodian[];
  readonly random: Random;
  readonly allowWeak: string | null;
  /** Media that may not forget, by custodian, as far as they were heard of. */
  readonly weak: Map<string, string>;
  /** The last mark this keeper wrote or read: what it was allowed to do so far. */
  mark: RootMark | null;
  /** Who confirmed the last wipe. */
  confirmed: readonly string[];
  /** Epoch of a root that is prepared, while no mark says that its commit came. */
  prepared: number | null;
}

/** What became of a question to several custodians. */
interface Answers<T> {
  readonly given: readonly { readonly custodian: Custodian; readonly value: T }[];
  readonly missing: readonly string[];
}

/**
 * A root store over three custodians of different names, media and, better, machines.
 * Its calls throw ERR_CUSTODIANS_TOO_FEW when fewer than two do their part, before anything is
 * changed where that can be known before; ERR_CUSTODIANS_DISAGREE when what they hold does not
 * make one root; ERR_KEEPER_FENCED.
 * @example const roots = openCustody([file, memory, remote], { random });
 */
export function openCustody(custodians: readonly Custodian[], options: CustodyOptions): Custody {
  const names = custodians.map(({ name }) => name);
  assert(
    custodians.length === CUSTODIANS && new Set(names).size === CUSTODIANS,
    "three custodians",
  );
  const state: State = {
    custodians: [...custodians],
    random: options.random,
    allowWeak: options.allowWeak ?? null,
    weak: new Map(),
    mark: null,
    confirmed: Object.freeze(names),
    prepared: null,
  };
  const serial = createSerial();
  return Object.freeze<Custody>({
    get custodians() {
      return state.confirmed;
    },
    weakness:
      state.allowWeak === null
        ? null
        : `two custodians' media may not forget (allowed: ${state.allowWeak})`,
    ready: () => serial(async () => void (await statuses(state, state.mark?.tree ?? null))),
    epochs: () => serial(() => epochs(state)),
    mark: () => serial(() => readMark(state)),
    setMark: (mark) => serial(() => setMark(state, mark)),
    prepare: (next, root) => serial(() => prepare(state, next, root)),
    load: (tree, epoch) => serial(() => load(state, tree, epoch)),
    wipe: (epoch, above) => serial(() => wipe(state, epoch, above)),
    repair: () => serial(() => repair(state)),
    status: () => serial(() => statusOf(state)),
    close: () => serial(async () => void (await each(state, (custodian) => custodian.close()))),
  });
}

/** Asks all at once. A fence is final, whoever says it; who fails otherwise did not do his part. */
async function each<T>(
  state: State,
  ask: (custodian: Custodian) => Promise<T>,
  of: readonly Custodian[] = state.custodians,
): Promise<Answers<T>> {
  const settled = await Promise.allSettled(of.map(async (custodian) => ask(custodian)));
  const given: { custodian: Custodian; value: T }[] = [];
  for (const [i, outcome] of settled.entries()) {
    const custodian = present(of[i], "an outcome for everyone asked");
    if (outcome.status === "fulfilled") given.push({ custodian, value: outcome.value });
    else if (isFence(outcome.reason)) throw outcome.reason;
  }
  const answered = new Set(given.map(({ custodian }) => custodian.name));
  const missing = state.custodians.map(({ name }) => name).filter((name) => !answered.has(name));
  return { given, missing };
}

function isFence(error: unknown): error is JikimError {
  return error instanceof JikimError && error.code === "ERR_KEEPER_FENCED";
}

function assertQuorum<T>({ given, missing }: Answers<T>, what: string): void {
  if (given.length >= QUORUM) return;
  throw tooFew(what, missing);
}

/** What at least two say of themselves; who answers under another's name is not believed. */
async function statuses(state: State, tree: string | null): Promise<Answers<CustodianStatus>> {
  const answers = await each(state, async (custodian) => {
    const status = await custodian.status(tree);
    assert(status.name === custodian.name, "a custodian answers by his own name");
    return status;
  });
  for (const { value } of answers.given) {
    if (value.weakness === null) state.weak.delete(value.name);
    else state.weak.set(value.name, value.weakness);
  }
  assertQuorum(answers, "answer");
  if (state.weak.size >= QUORUM && state.allowWeak === null) {
    const weakness = [...state.weak].map(([name, why]) => `${name}: ${why}`).join("; ");
    throw new JikimError("ERR_KEY_ROOT_MEDIUM", `two custodians may not forget: ${weakness}`, {
      weakness,
    });
  }
  const trees = new Set(answers.given.map(({ value }) => value.mark?.tree).filter(Boolean));
  if (tree !== null) trees.add(tree);
  if (trees.size > 1) throw disagree("a custodian belongs to another key tree", answers.given);
  return answers;
}

async function readMark(state: State): Promise<RootMark | null> {
  let newest: RootMark | null = null;
  for (const { value } of (await statuses(state, null)).given) {
    const { mark } = value;
    if (mark === null) continue;
    const isNewer =
      newest === null ||
      mark.sequence > newest.sequence ||
      (mark.sequence === newest.sequence && mark.assigned > newest.assigned);
    if (isNewer) newest = mark;
  }
  state.mark = newest;
  return newest;
}

async function setMark(state: State, mark: RootMark): Promise<void> {
  assertQuorum(await each(state, (custodian) => custodian.setMark(mark)), "keep the mark");
  state.mark = mark;
  if (mark.epoch === state.prepared) state.prepared = null;
}

/** All epochs anyone holds a share of; whether two shares join is for `load` to say. */
async function epochs(state: State): Promise<readonly number[]> {
  const { given, missing } = await statuses(state, state.mark?.tree ?? null);
  const found = new Set(given.flatMap(({ value }) => value.shares.map(({ epoch }) => epoch)));
  if (found.size === 0 && missing.length > 0) throw tooFew("hold a share", missing);
  return [...found].toSorted((a, b) => a - b);
}

async function prepare(state: State, next: NextRoot, root: Uint8Array): Promise<void> {
  const { given } = await statuses(state, next.tree);
  for (const { value } of given) {
    const isLate = (value.mark?.sequence ?? 0) >= next.sequence;
    // Before anything is written anywhere: a later keeper's share must not meet an elder's wipe.
    if (isLate || value.shares.some(({ sequence }) => sequence >= next.sequence)) {
      throw new JikimError("ERR_KEEPER_FENCED", "another keeper has taken the custodians over", {
        custodian: value.name,
        epoch: next.epoch,
      });
    }
  }
  const reached = given.map(({ custodian }) => custodian);
  const shares = await splitRoot(root, next, state.random);
  state.prepared = next.epoch;
  try {
    const give = (custodian: Custodian): Promise<void> =>
      custodian.store(next, present(shares[state.custodians.indexOf(custodian)], "three shares"));
    const stored = await each(state, give, reached);
    if (stored.given.length >= QUORUM) return;
    // No commit will follow: what was stored so far goes again, where it can be reached.
    await each(state, (custodian) => custodian.wipe(next.sequence, next.epoch - 1, true), reached);
    state.prepared = null;
    throw tooFew("store their share", stored.missing);
  } finally {
    for (const share of shares) share.fill(0);
  }
}

interface Joined {
  readonly root: Buffer;
  /** The two shares that joined. */
  readonly pair: readonly [Buffer, Buffer];
  /** Those who hold a true share of this very split. */
  readonly holders: readonly Custodian[];
}

/** Runs `use` on the root and two shares that join, and zeroes all but what `use` returns. */
async function withShares<T>(
  state: State,
  of: { readonly tree: string; readonly epoch: number },
  use: (joined: Joined | null, answers: Answers<Buffer | null>) => Promise<T>,
): Promise<T> {
  const answers = await each(state, (custodian) => custodian.load(of.tree, of.epoch));
  let joined: Joined | null = null;
  try {
    assertQuorum(answers, "answer");
    joined = await joinAny(answers, of);
    return await use(joined, answers);
  } finally {
    for (const { value } of answers.given) value?.fill(0);
    joined?.root.fill(0);
  }
}

async function joinAny(
  { given }: Answers<Buffer | null>,
  of: { readonly tree: string; readonly epoch: number },
): Promise<Joined | null> {
  const held = given.flatMap(({ custodian, value }) =>
    value === null ? [] : [{ custodian, share: value }],
  );
  for (const [i, a] of held.entries()) {
    for (const b of held.slice(i + 1)) {
      const root = await joinShares(a.share, b.share, of);
      if (root === null) continue;
      const holders = [a.custodian, b.custodian];
      for (const other of held) {
        if (holders.includes(other.custodian)) continue;
        const same = await joinShares(a.share, other.share, of);
        if (same !== null) holders.push(other.custodian);
        same?.fill(0);
      }
      return { root, pair: [a.share, b.share], holders };
    }
  }
  return null;
}

async function load(state: State, tree: string, epoch: number): Promise<Buffer | null> {
  return withShares(state, { tree, epoch }, async (joined, answers) => {
    if (joined !== null) return copyOfKey(joined.root);
    const holding = answers.given.filter(({ value }) => value !== null);
    if (holding.length >= QUORUM) throw disagree("their shares do not make a root", holding);
    if (answers.missing.length > 0) throw tooFew("hold a share of this root", answers.missing);
    return null;
  });
}

/**
 * Complete when fewer than two shares can be left: those of custodians who did not confirm, and of
 * such whose medium may not forget; unless the operator allowed two of these.
 */
async function wipe(state: State, epoch: number, above: boolean): Promise<void> {
  const by = state.mark?.sequence ?? 0;
  const answers = await each(state, async (custodian) => {
    const left = await custodian.wipe(by, epoch, above);
    const wrong = left.some((held) => held < epoch || (above && held > epoch));
    assert(!wrong, "a wiped share is not held any more");
  });
  assertQuorum(answers, "confirm the wipe");
  const weakConfirmed = answers.given.filter(({ custodian }) => state.weak.has(custodian.name));
  const mayBeLeft = answers.missing.length + weakConfirmed.length;
  if (mayBeLeft >= QUORUM && state.allowWeak === null) {
    throw tooFew("have forgotten for certain", answers.missing);
  }
  state.confirmed = Object.freeze(answers.given.map(({ custodian }) => custodian.name));
}

async function repair(state: State): Promise<readonly string[]> {
  const { mark } = state;
  if (mark === null || state.prepared !== null) return [];
  return withShares(state, mark, async (joined, { given }) => {
    if (joined === null) throw disagree("their shares do not make a root", given);
    const repaired: string[] = [];
    const { sequence } = present(shareLabel(joined.pair[0]), "a share that joined");
    for (const { custodian } of given) {
      if (joined.holders.includes(custodian)) continue;
      const index = state.custodians.indexOf(custodian);
      const share = await shareFor(index, ...joined.pair);
      try {
        const now = { ...mark, sequence: Math.max(mark.sequence, sequence) };
        await custodian.replace(now, share);
        await custodian.setMark(mark);
        repaired.push(custodian.name);
      } finally {
        share.fill(0);
      }
    }
    // One who went between a commit and its wipe came back with the share that counts, and an elder.
    for (const custodian of joined.holders) {
      await custodian.setMark(mark);
      await custodian.wipe(mark.sequence, mark.epoch, false);
    }
    return repaired;
  });
}

async function statusOf(state: State): Promise<Record<string, CustodianStatus | null>> {
  const tree = state.mark?.tree ?? null;
  const { given } = await each(state, (custodian) => custodian.status(tree));
  return Object.fromEntries(
    state.custodians.map((custodian) => [
      custodian.name,
      given.find((answer) => answer.custodian === custodian)?.value ?? null,
    ]),
  );
}

function tooFew(what: string, missing: readonly string[]): JikimError {
  return new JikimError(
    "ERR_CUSTODIANS_TOO_FEW",
    `fewer than two of three custodians ${what}: bring another one back`,
    { missing },
  );
}

function disagree(why: string, among: readonly { readonly custodian: Custodian }[]): JikimError {
  return new JikimError("ERR_CUSTODIANS_DISAGREE", `the custodians do not agree: ${why}`, {
    custodians: among.map(({ custodian }) => custodian.name),
  });
}
