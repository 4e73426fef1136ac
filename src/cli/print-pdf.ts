/**
 * A document as PDF, printed by a Chromium that is on this machine. Nothing is downloaded and
 * nothing is asked of the network: the document stands alone.
 */
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { copyFile, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { JikimError } from "../base/errors.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];
const LONGEST_MS = 60_000;
const startAndWait = promisify(execFile);

/** Path of a Chromium among the folders of a PATH, or null. */
export function findPrinter(path: string): string | null {
  const folders = [...path.split(delimiter), "/usr/bin", "/usr/local/bin"];
  for (const candidate of folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))) {
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      continue; // not here
    }
  }
  return null;
}

/**
 * Prints a document to a new file. Throws ERR_USAGE when there is no Chromium, the file is there
 * already or the printing fails.
 * @param out absolute path
 */
export async function printPdf(document: string, out: string, path: string): Promise<void> {
  const printer = findPrinter(path);
  if (printer === null) {
    throw new JikimError(
      "ERR_USAGE",
      "a PDF is printed by Chromium, and there is none: install chromium, or take --html and print",
    );
  }
  if ((await stat(out).catch(() => null)) !== null) {
    throw new JikimError("ERR_USAGE", `${out} is there already`);
  }
  const folder = await mkdtemp(join(tmpdir(), "jikim-print-"));
  try {
    const page = join(folder, "page.html");
    const pdf = join(folder, "page.pdf");
    await writeFile(page, document, { mode: 0o600 });
    const flags = [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--user-data-dir=${join(folder, "profile")}`,
      "--no-pdf-header-footer",
      `--print-to-pdf=${pdf}`,
    ];
    await startAndWait(printer, [...flags, pathToFileURL(page).href], { timeout: LONGEST_MS });
    await copyFile(pdf, out, constants.COPYFILE_EXCL);
  } catch (error) {
    if (error instanceof JikimError) throw error;
    throw new JikimError("ERR_USAGE", "Chromium did not print the document; take --html and print");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
