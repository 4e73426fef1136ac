/**
 * The log as JSON Lines, for somebody who verifies it without us: a head, then every leaf in its
 * place and every checkpoint behind the last leaf it covers. Memory stays the same for any size.
 */
import type { Sql } from "../../store/database.ts";
import { LOG_FORMAT } from "./log-line.ts";
import type { SigningKey } from "./note.ts";
import { placedLeaves, signedCheckpoints } from "./read-log.ts";
import type { SignedCheckpoint } from "./make-checkpoint.ts";

/** The lines of the log up to a checkpoint, each with its newline. */
export async function* exportLog(
  sql: Sql,
  key: SigningKey,
  until: SignedCheckpoint,
): AsyncGenerator<string> {
  const { size, number } = until;
  yield line({ format: LOG_FORMAT, key: key.verifier.text, leaves: size, checkpoints: number + 1 });
  const checkpoints = signedCheckpoints(sql, number);
  let waiting = await checkpoints.next();
  let done = 0;
  for await (const leaf of placedLeaves(sql, size)) {
    for (
      ;
      waiting.done !== true && waiting.value.size <= done;
      waiting = await checkpoints.next()
    ) {
      yield line({ checkpoint: waiting.value.number, note: waiting.value.note });
    }
    const { position, at, kind, facts, hash } = leaf;
    yield line({ leaf: position, at, kind, facts, hash });
    done += 1;
  }
  for (; waiting.done !== true; waiting = await checkpoints.next()) {
    yield line({ checkpoint: waiting.value.number, note: waiting.value.note });
  }
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
