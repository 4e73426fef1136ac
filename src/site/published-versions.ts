/**
 * Every version of a policy a service can show: the one it runs, those its store has run under,
 * and the files beside the document, in `versions/`: texts from before the store, and the next one
 * once it is announced.
 *
 * A file in `versions/` is published, never run. On its effective day it becomes the text in force
 * on the page; the plan changes when it is made `policy.yaml` and the service starts again, and
 * until then the page says so. A plan that changes by itself at 00:00 is not built yet.
 */
import { readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { JikimError } from "../base/errors.ts";
import { compile } from "../compiler/compile.ts";
import type { Compiled } from "../compiler/compile.ts";
import { policyHash } from "../compiler/policy-hash.ts";
import type { Jikim } from "../engine/jikim.ts";
import { readPolicy } from "../engine/read-policy.ts";
import type { Law } from "../policy/law.ts";
import type { Policy } from "../policy/model.ts";
import { inOrder } from "./versions.ts";

const MOST_VERSIONS = 1_000;
const FOLDER = "versions";

export interface PublishedVersions {
  /** One for each effective day, oldest first. */
  readonly versions: readonly Compiled[];
  /** Hashes of stored texts that are no longer what ran: never shown (P13.4 finds them too). */
  readonly altered: readonly string[];
}

/**
 * Gathers the versions. Throws ERR_POLICY_INVALID and ERR_POLICY_UNREADABLE for a file in
 * `versions/` that does not compile or belongs to another policy: a text that cannot be published
 * is found at the start, not on the day it is needed.
 * @param policy the folder with `policy.yaml`, or the file, as it was given to `openJikim`
 * @example const { versions } = await publishedVersions(jikim, "policies/remotemeeting");
 */
export async function publishedVersions(jikim: Jikim, policy: string): Promise<PublishedVersions> {
  const { id } = jikim.compiled.policy;
  const { ran, altered } = await storedVersions(jikim);
  const files = await filesBeside(policy);
  // One text a day. What ran comes before what is only a file, the later run before the earlier:
  // the same text under a newer law is a version of its own, and its page is the newer one.
  const byDay = new Map<string, Compiled>();
  for (const file of files) {
    const compiled = await readPolicy(file);
    if (compiled.policy.id !== id) throw otherPolicy(file, id);
    byDay.set(compiled.policy.effective, compiled);
  }
  for (const compiled of [...ran, jikim.compiled]) byDay.set(compiled.policy.effective, compiled);
  return Object.freeze({ versions: inOrder([...byDay.values()]), altered });
}

/** What this store has run under, in the order in which it did. */
async function storedVersions(
  jikim: Jikim,
): Promise<{ readonly ran: readonly Compiled[]; readonly altered: readonly string[] }> {
  const rows = await jikim.context.db.query<{ hash: string; document: string }>(
    `select hash, document
       from policy_version
      where policy = $1 and hash <> $2
      order by first_run_at, hash
      limit ${MOST_VERSIONS}`,
    [jikim.compiled.policy.id, jikim.compiled.hash],
  );
  const ran: Compiled[] = [];
  const altered: string[] = [];
  for (const { hash, document } of rows) {
    const { policy, law } = JSON.parse(document) as { policy: Policy; law: Law };
    // Only a text that is still the one records refer to is taken for what was published.
    if (policyHash(policy, law) === hash) ran.push(compile(policy, law));
    else altered.push(hash);
  }
  return { ran, altered };
}

async function filesBeside(policy: string): Promise<readonly string[]> {
  const path = resolve(policy);
  const isFolder = (await stat(path)).isDirectory();
  const folder = join(isFolder ? path : dirname(path), FOLDER);
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  });
  const files = names.filter((name) => name.endsWith(".yaml")).toSorted();
  if (files.length > MOST_VERSIONS) {
    throw new JikimError("ERR_POLICY_INVALID", `${folder} holds more than ${MOST_VERSIONS} files`);
  }
  return files.map((name) => join(folder, name));
}

function otherPolicy(file: string, id: string): JikimError {
  return new JikimError("ERR_POLICY_INVALID", `${file}: it is not a version of ${id}`, { file });
}
