/** A policy document and its law from disk, checked and compiled. */
import { type FileHandle, open, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { JikimError } from "../base/errors.ts";
import { type Compiled, compile } from "../compiler/compile.ts";
import { SENTENCE_PLACEHOLDERS } from "../compiler/sentences.ts";
import { hasErrors, type Issue } from "../policy/issue.ts";
import { parseLaw } from "../policy/parse-law.ts";
import { parsePolicy } from "../policy/parse-policy.ts";

const MAX_FILE_BYTES = 4 * 1024 * 1024; // the parsers' own limit is lower and says more
const SHIPPED_LAWS = join(import.meta.dirname, "../../laws");

/**
 * Reads and compiles. Throws ERR_POLICY_UNREADABLE when a file is absent or too large, and
 * ERR_POLICY_INVALID with every error in `facts.issues`.
 * @param named a folder with `policy.yaml`, or a file
 * @param lawNamed the law's file; else `laws/<id>.yaml` beside the document, above it, or shipped
 */
export async function readPolicy(named: string, lawNamed?: string): Promise<Compiled> {
  const path = resolve(named);
  const found = await stat(path).catch(() => null);
  const file = found?.isDirectory() === true ? join(path, "policy.yaml") : path;
  const text = await readText(file);
  const first = parsePolicy(text, { file, sentences: SENTENCE_PLACEHOLDERS });
  if (first.policy === null) throw invalid(file, first.issues);
  const lawFile =
    lawNamed === undefined ? await lawFileOf(file, first.policy.law) : resolve(lawNamed);
  const { law, issues } = parseLaw(await readText(lawFile), { file: lawFile });
  if (law === null) throw invalid(lawFile, issues);
  const both = parsePolicy(text, { file, sentences: SENTENCE_PLACEHOLDERS, law });
  if (both.policy === null || hasErrors(both.issues)) throw invalid(file, both.issues);
  return compile(both.policy, law);
}

/** `laws/<id>.yaml` beside a document, in a folder above it, or as shipped. */
export async function lawFileOf(document: string, law: string): Promise<string> {
  for (let folder = dirname(document); ; folder = dirname(folder)) {
    const path = join(folder, "laws", `${law}.yaml`);
    if ((await stat(path).catch(() => null))?.isFile() === true) return path;
    if (dirname(folder) === folder) return join(SHIPPED_LAWS, `${law}.yaml`);
  }
}

/** The text of a policy or law file. Throws ERR_POLICY_UNREADABLE when absent or too large. */
export async function readText(path: string): Promise<string> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch {
    throw unreadable(path, "it cannot be opened");
  }
  try {
    const { size } = await file.stat();
    if (size > MAX_FILE_BYTES) throw unreadable(path, "it is too large");
    return await file.readFile("utf8");
  } catch (error) {
    throw error instanceof JikimError ? error : unreadable(path, "it cannot be read");
  } finally {
    await file.close();
  }
}

function unreadable(file: string, why: string): JikimError {
  return new JikimError("ERR_POLICY_UNREADABLE", `${file}: ${why}`, { file });
}

function invalid(file: string, issues: readonly Issue[]): JikimError {
  const errors = issues.filter(({ severity }) => severity === "error");
  return new JikimError("ERR_POLICY_INVALID", `${file}: ${errors.length} errors, it does not run`, {
    file,
    issues: errors,
  });
}
