/** What is said between a keeper and a custodian's process: shares, one at a time. */
import type { NextRoot, RootMark } from "../tree/stores.ts";
import { malformed, type WireReader, type WireWriter } from "../socket/wire.ts";
import type { CustodianStatus } from "./custodian.ts";
import { CUSTODIANS } from "./share.ts";

/** Operations by number. A number is never given to another operation. */
export const CUSTODIAN_OP = {
  status: 1,
  setMark: 2,
  store: 3,
  replace: 4,
  load: 5,
  wipe: 6,
} as const;
export type CustodianOp = keyof typeof CUSTODIAN_OP;

export function custodianOpOf(kind: number): CustodianOp | null {
  const found = Object.entries(CUSTODIAN_OP).find(([, value]) => value === kind);
  return found === undefined ? null : (found[0] as CustodianOp);
}

const TREE = /^[0-9a-f]{32}$/;

export function readTree(from: WireReader): string {
  const tree = from.text();
  if (!TREE.test(tree)) throw malformed("a tree is named by 16 bytes");
  return tree;
}

export function writeNext(to: WireWriter, next: NextRoot): void {
  to.text(next.tree);
  to.u48(next.epoch);
  to.u48(next.sequence);
}

export function readNext(from: WireReader): NextRoot {
  return { tree: readTree(from), epoch: from.u48(), sequence: from.u48() };
}

export function writeMark(to: WireWriter, mark: RootMark): void {
  writeNext(to, mark);
  to.u48(mark.assigned);
}

export function readMark(from: WireReader): RootMark {
  return { ...readNext(from), assigned: from.u48() };
}

export function writeStatus(to: WireWriter, status: CustodianStatus): void {
  to.text(status.name);
  to.texts(status.weakness === null ? [] : [status.weakness]);
  to.u8(status.mark === null ? 0 : 1);
  if (status.mark !== null) writeMark(to, status.mark);
  to.u32(status.shares.length);
  for (const { epoch, index, sequence, set } of status.shares) {
    to.u48(epoch);
    to.u8(index);
    to.u48(sequence);
    to.text(set);
  }
}

export function readStatus(from: WireReader): CustodianStatus {
  const name = from.text();
  const [weakness] = from.texts();
  const mark = from.u8() === 1 ? readMark(from) : null;
  const shares = Array.from({ length: from.count(15) }, () => {
    const share = {
      epoch: from.u48(),
      index: from.u8(),
      sequence: from.u48(),
      set: from.text(),
    };
    if (share.index >= CUSTODIANS) throw malformed("there are three custodians");
    return share;
  });
  return { name, weakness: weakness ?? null, mark, shares };
}
