/** One of the two systems that are compared: it carries out operations and tells what it holds. */
import type { Model } from "./model.ts";
import type { Op } from "./workloads.ts";

export interface Side {
  readonly name: string;
  /** Stores what the model holds. */
  load(model: Model): Promise<void>;
  /** Statistics taken and pages written: every measurement begins on the same ground. */
  settle(): Promise<void>;
  /** Carries an operation out; the rows it answers. */
  run(op: Op): Promise<readonly string[]>;
  /** Everything that is held: metadata row and data of each record, by what the side itself says. */
  dump(): Promise<readonly string[]>;
  /** Makes one in ten records end, and removes them; returns how many went. */
  expire(): Promise<number>;
  /** Bytes of all it stores. */
  bytes(): Promise<number>;
  close(): Promise<void>;
}
