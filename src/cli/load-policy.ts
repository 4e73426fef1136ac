/** Reads a policy document and the law it is under, from a folder or a file. */
import { readFile, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { JikimError } from "../base/errors.ts";
import type { Compiled } from "../compiler/compile.ts";
import { compile } from "../compiler/compile.ts";
import { SENTENCE_PLACEHOLDERS } from "../compiler/sentences.ts";
import { lawFileOf, readText } from "../engine/read-policy.ts";
import { compareWithLaw } from "../policy/compare-with-law.ts";
import { hasErrors, inFileOrder } from "../policy/issue.ts";
import type { Issue } from "../policy/issue.ts";
import type { Law } from "../policy/law.ts";
import type { Policy } from "../policy/model.ts";
import { parseLaw } from "../policy/parse-law.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import { usage } from "./command.ts";
import type { CliIo } from "./io.ts";

export interface LoadedPolicy {
  /** Path of the document as it was named, for people. */
  readonly file: string;
  readonly lawFile: string | null;
  readonly policy: Policy | null;
  readonly law: Law | null;
  /** Everything that is wrong with the document or its law, and what differs between the two. */
  readonly issues: readonly Issue[];
}

/**
 * Loads a policy with its law; `issues` says what is wrong. Throws ERR_POLICY_UNREADABLE when
 * there is no such file.
 * @param named A folder with `policy.yaml`, or a file; undefined: what the working folder means.
 */
export async function loadPolicy(
  io: CliIo,
  named: string | undefined,
  lawNamed?: string,
): Promise<LoadedPolicy> {
  const path = await documentPath(io, named);
  const file = shown(io, path);
  const text = await readText(path);
  const { policy, issues, places } = parsePolicy(text, { file, sentences: SENTENCE_PLACEHOLDERS });
  if (policy === null) return { file, lawFile: null, policy, law: null, issues };
  const lawPath = await lawPathOf(io, lawNamed ?? null, { document: path, law: policy.law });
  const lawFile = shown(io, lawPath);
  const read = parseLaw(await readText(lawPath), { file: lawFile });
  const all = [...issues, ...read.issues];
  if (read.law !== null) all.push(...compareWithLaw(policy, read.law, places));
  return {
    file,
    lawFile,
    policy: hasErrors(all) ? null : policy,
    law: read.law,
    issues: [...issuesOf(all, file), ...issuesOf(all, lawFile)],
  };
}

/**
 * Loads and compiles. Throws ERR_POLICY_INVALID with the issues among its facts.
 * @example const compiled = await compilePolicy(io, "policies/remotemeeting");
 */
export async function compilePolicy(
  io: CliIo,
  named: string | undefined,
  lawNamed?: string,
): Promise<Compiled> {
  const { policy, law, issues, file } = await loadPolicy(io, named, lawNamed);
  if (policy === null || law === null) {
    const errors = issues.filter((issue) => issue.severity === "error");
    throw new JikimError("ERR_POLICY_INVALID", `${file} does not run`, { issues: errors });
  }
  return compile(policy, law);
}

/** Where the document is: named, in the working folder, or what package.json names. */
export async function documentPath(io: CliIo, named: string | undefined): Promise<string> {
  const start = named ?? (await defaultPolicy(io));
  const path = resolve(io.cwd, start);
  const found = await stat(path).catch(() => null);
  if (found === null) throw unreadable(shown(io, path), "there is no such file or folder");
  return found.isDirectory() ? join(path, "policy.yaml") : path;
}

async function defaultPolicy(io: CliIo): Promise<string> {
  if ((await stat(resolve(io.cwd, "policy.yaml")).catch(() => null)) !== null) return "policy.yaml";
  const text = await readFile(resolve(io.cwd, "package.json"), "utf8").catch(() => "{}");
  const named = member(member(json(text), "jikim"), "policy");
  if (typeof named === "string") return named;
  throw usage("no policy here: name a folder with policy.yaml (jikim check policies/mine)");
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not ours to complain about
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined;
}

async function lawPathOf(
  io: CliIo,
  named: string | null,
  { document, law }: { readonly document: string; readonly law: string },
): Promise<string> {
  const path = named === null ? await lawFileOf(document, law) : resolve(io.cwd, named);
  if ((await stat(path).catch(() => null)) !== null) return path;
  if (named !== null) throw unreadable(named, "there is no such file");
  throw unreadable(`laws/${law}.yaml`, "the law the policy names is not there; say where: --law");
}

function unreadable(file: string, why: string): JikimError {
  return new JikimError("ERR_POLICY_UNREADABLE", `${file}: ${why}`, { file });
}

function issuesOf(issues: readonly Issue[], file: string): readonly Issue[] {
  return inFileOrder(issues.filter((issue) => issue.place.file === file));
}

function shown(io: CliIo, path: string): string {
  const short = relative(io.cwd, path);
  return short.startsWith("..") ? path : short;
}
