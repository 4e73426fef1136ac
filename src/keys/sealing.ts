/** Sealing and opening many values: names to locks, locks to keys, keys to sealed bytes. */
import { present } from "../base/assert.ts";
import type { Clock, Random } from "../base/clock.ts";
import { JikimError } from "../base/errors.ts";
import {
  lockHead,
  type LockSet,
  readHead,
  type ReadHead,
  slotsOf,
  WRAP_BYTES,
} from "./envelope/locks.ts";
import { derivePair, pairInfo } from "./envelope/pair-key.ts";
import { type BoundKey, NONCE_BYTES, openAt, sealAt, unwrapKey, wrapKey } from "./envelope/seal.ts";
import type { SealContext } from "./keeper.ts";
import type { PairCache, PairEntry } from "./pair-cache.ts";
import { freshKey } from "./secret.ts";
import type { Allocator } from "./slots/allocator.ts";
import { slotNameBytes } from "./slots/slot-map.ts";
import { FANOUT } from "./tree/node.ts";
import type { ShredTree } from "./tree/shred-tree.ts";

/** What sealing stands on. */
export interface Sealing {
  readonly tree: ShredTree;
  readonly allocator: Allocator;
  readonly cache: PairCache;
  readonly clock: Clock;
  readonly random: Random;
  readonly ttlMs: number;
  /** A nonce never used before. */
  readonly nonces: () => Uint8Array;
  /** How often a name was given a fresh lock. A key made before must not be kept for sealing. */
  readonly renewals: { count: number };
}

/** Nonces are no secret and 96 random bits each (NIST SP 800-38D 8.2.2); drawn 512 at a time. */
export function noncePool(random: Random): () => Uint8Array {
  let pool: Uint8Array = new Uint8Array(0);
  let at = 0;
  return () => {
    if (at + NONCE_BYTES > pool.length) {
      pool = random.bytes(NONCE_BYTES * 512);
      at = 0;
    }
    at += NONCE_BYTES;
    return pool.subarray(at - NONCE_BYTES, at);
  };
}

function namesOf(context: SealContext): string {
  const { together } = context;
  const other = together === undefined ? "" : `${together.rule}\0${together.subject}`;
  const lock = `${context.subject}\0${context.compartment}\0${context.recordClass}`;
  return `${lock}\0${context.expiresOn ?? ""}\0${other}\0${context.ownLock ?? ""}`;
}

export async function sealAll(
  state: Sealing,
  values: readonly { context: SealContext; plain: Uint8Array }[],
): Promise<Uint8Array[]> {
  const renewals = state.renewals.count;
  const missing = values.filter(({ context }) => !state.cache.byNames(namesOf(context)));
  const named = await nameLocks(
    state,
    missing.map(({ context }) => context),
  );
  const sealed: Uint8Array[] = [];
  for (const { context, plain } of values) {
    const names = namesOf(context);
    const locks = named.get(names);
    if (context.together?.rule === "any-of") {
      const known = locks ?? present((await nameLocks(state, [context])).get(names), "named");
      sealed.push(await sealAnyOf(state, context, { locks: known, plain }));
      continue;
    }
    const cached = state.cache.byNames(names);
    if (cached !== undefined) {
      sealed.push(sealAt(cached, context, { nonce: state.nonces(), plain }));
      continue;
    }
    const known = locks ?? present((await nameLocks(state, [context])).get(names), "named");
    const fresh = await pairEntry(state, context, known);
    try {
      sealed.push(sealAt(fresh, context, { nonce: state.nonces(), plain }));
      if (renewals === state.renewals.count) remember(state, fresh, "sealing");
    } finally {
      fresh.key.fill(0); // the cache keeps its own copy
    }
  }
  return sealed;
}

/** Slots of the locks of many contexts, made where there are none yet: at most two writes. */
async function nameLocks(
  state: Sealing,
  contexts: readonly SealContext[],
): Promise<ReadonlyMap<string, LockSet>> {
  const subjects = contexts.flatMap(({ subject, compartment, together }) =>
    [subject, ...(together === undefined ? [] : [together.subject])].map((who) =>
      slotNameBytes({ pool: "subject", subject: who, compartment }),
    ),
  );
  const days = contexts.flatMap(({ recordClass, expiresOn }) =>
    expiresOn === null ? [] : [slotNameBytes({ pool: "day", recordClass, day: expiresOn })],
  );
  const subjectSlots = [...(await state.allocator.ensure("subject", subjects))];
  const daySlots = [...(await state.allocator.ensure("day", days))];
  const found = new Map<string, LockSet>();
  for (const context of contexts) {
    const subject = present(subjectSlots.shift(), "a slot for every subject");
    const { together } = context;
    found.set(namesOf(context), {
      subject,
      together:
        together === undefined
          ? null
          : { rule: together.rule, other: present(subjectSlots.shift(), "a slot for the other") },
      day: context.expiresOn === null ? null : present(daySlots.shift(), "a slot for every day"),
      own: context.ownLock ?? null,
    });
  }
  return found;
}

/** The key made of these locks. A destruction in between is seen, and the key made anew. */
async function pairEntry(state: Sealing, context: SealContext, locks: LockSet): Promise<PairEntry> {
  for (;;) {
    const { epoch } = state.tree.head;
    const slots = slotsOf(locks);
    const key = await deriveFrom(state, slots, context);
    if (epoch !== state.tree.head.epoch) {
      key.fill(0);
      continue;
    }
    const head = lockHead(locks);
    const from = state.clock.now();
    const until = from + state.ttlMs;
    const headText = head.toString("latin1");
    const names = namesOf(context);
    return { key, head, epoch, headText, info: pairInfo(context), names, slots, from, until };
  }
}

/** Keeps a key unless a destruction came in between: its own lock may be among the dead. */
function remember(state: Sealing, entry: PairEntry, use: "sealing" | "opening"): void {
  if (entry.epoch === state.tree.head.epoch) state.cache.put(entry, use);
}

async function deriveFrom(
  state: Sealing,
  slots: readonly number[],
  context: SealContext,
): Promise<Buffer> {
  const locks: Buffer[] = [];
  try {
    for (const slot of slots) locks.push(await state.tree.key(slot));
    return derivePair(locks, pairInfo(context));
  } finally {
    for (const lock of locks) lock.fill(0);
  }
}

/** Each branch of an any-of value: the locks that open it without the other subject. */
function branches({ subject, together, day, own }: LockSet): readonly (readonly number[])[] {
  const other = present(together, "two subjects").other;
  const rest = [day, own].filter((slot) => slot !== null);
  return [
    [subject, ...rest],
    [other, ...rest],
  ];
}

async function sealAnyOf(
  state: Sealing,
  context: SealContext,
  value: { readonly locks: LockSet; readonly plain: Uint8Array },
): Promise<Uint8Array> {
  const dataKey = freshKey(state.random);
  const wraps: Uint8Array[] = [];
  try {
    for (const slots of branches(value.locks)) {
      const pair = await deriveFrom(state, slots, context);
      wraps.push(wrapKey(pair, state.nonces(), dataKey));
      pair.fill(0);
    }
    const head = Buffer.concat([lockHead(value.locks), ...wraps]);
    const bound: BoundKey = { key: dataKey, head, info: pairInfo(context) };
    return sealAt(bound, context, { nonce: state.nonces(), plain: value.plain });
  } finally {
    dataKey.fill(0);
  }
}

export async function openAll(
  state: Sealing,
  values: readonly { context: SealContext; sealed: Uint8Array }[],
): Promise<Uint8Array[]> {
  const opened: Uint8Array[] = [];
  for (const { context, sealed } of values) {
    const read = readHead(sealed);
    if (read.locks.together?.rule === "any-of") {
      opened.push(await openAnyOf(state, context, { read, sealed }));
      continue;
    }
    const head = Buffer.from(sealed.buffer, sealed.byteOffset, read.length).toString("latin1");
    const asked = read.locks.own === null ? context : { ...context, ownLock: read.locks.own };
    const cached = state.cache.byHead(head, namesOf(asked));
    if (cached !== undefined) {
      opened.push(openAt(cached, context, sealed));
      continue;
    }
    assertMinted(state, read.locks);
    const fresh = await pairEntry(state, asked, read.locks);
    try {
      opened.push(openAt(fresh, context, sealed));
      // Only now: a forged head must not leave a key behind. Never for sealing: the value's lock
      // may be a former one.
      remember(state, fresh, "opening");
    } finally {
      fresh.key.fill(0); // the cache keeps its own copy
    }
  }
  return opened;
}

async function openAnyOf(
  state: Sealing,
  context: SealContext,
  value: { readonly read: ReadHead; readonly sealed: Uint8Array },
): Promise<Uint8Array> {
  const { read, sealed } = value;
  assertMinted(state, read.locks);
  const wraps = [0, 1].map((i) =>
    sealed.subarray(read.fixed + i * WRAP_BYTES, read.fixed + (i + 1) * WRAP_BYTES),
  );
  let gone: unknown = null;
  for (const [i, slots] of branches(read.locks).entries()) {
    let pair: Buffer;
    try {
      pair = await deriveFrom(state, slots, context);
    } catch (error) {
      if (!(error instanceof JikimError) || error.code !== "ERR_KEY_GONE") throw error;
      gone = error; // this subject's lock is gone; the other's may live
      continue;
    }
    const key = unwrapKey(pair, present(wraps[i], "a wrap a branch"));
    pair.fill(0);
    try {
      const head = sealed.subarray(0, read.length);
      return openAt({ key, head, info: pairInfo(context) }, context, sealed);
    } finally {
      key.fill(0);
    }
  }
  throw gone;
}

/** A slot beyond the tree can only come from a changed value. */
function assertMinted(state: Sealing, locks: LockSet): void {
  const limit = state.tree.head.leaves * FANOUT;
  if (slotsOf(locks).every((slot) => slot < limit)) return;
  throw new JikimError("ERR_SEALED_VALUE_DAMAGED", "a sealed value names locks that never were");
}
