/**
 * Prints files with their times, failures with their place, what was skipped and why, and at the
 * very end, alone on the last line, `N passed, N failed` (with `, N skipped` when there are any).
 *
 * With `ci` every skip counts as a failure: there PostgreSQL and Chromium are installed, so a
 * skip means that something was not looked at.
 */
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Reporter, TestCase, TestModule } from "vitest/node";

type Write = (text: string) => void;
interface Failure {
  readonly name: string;
  readonly text: string;
}
interface Totals {
  passed: number;
  failed: number;
  skipped: number;
  files: number;
}

export interface PlainReporterOptions {
  readonly ci: boolean;
  /** Where lines go; the terminal unless a test says otherwise. */
  readonly write?: Write;
  /** Steps of `npm run check` that failed before the tests; each counts as one failure. */
  readonly failedSteps?: readonly string[];
}

/** A vitest reporter; see the head of this file. */
export function plainReporter(options: PlainReporterOptions): Reporter {
  const write = options.write ?? ((text: string) => void process.stdout.write(text));
  const steps = options.failedSteps ?? stepsFrom(process.env["JIKIM_FAILED_STEPS"]);
  // Until the run has ended, the truth is that it failed.
  let last = lastLine({ passed: 0, failed: 1 + steps.length, skipped: 0, files: 0 });
  return {
    onInit() {
      // On exit, so that nothing a teardown prints can come after it.
      if (options.write === undefined) process.once("exit", () => write(`${last}\n`));
    },
    onTestModuleEnd(testModule) {
      write(`${moduleLine(testModule)}\n`);
    },
    onTestRunEnd(testModules, unhandled) {
      const failures = [
        ...testModules.flatMap(failuresOf),
        ...unhandled.map((error) => ({ name: "outside any test", text: describeError(error) })),
        ...steps.map((step) => ({ name: `step ${step}`, text: "failed; see above" })),
      ];
      for (const failure of failures) write(`\nFAILED ${failure.name}\n${failure.text}\n`);
      const skips = testModules.flatMap(skipsOf);
      write(skipText(skips));
      const totals = count(testModules, failures.length, skips.length);
      if (options.ci && totals.skipped > 0) {
        write("\nFAILED nothing may be skipped here (JIKIM_CI=1)\n");
        totals.failed += totals.skipped;
        totals.skipped = 0;
      }
      if (totals.passed === 0) totals.failed = Math.max(totals.failed, 1); // saw nothing
      if (totals.failed > 0) process.exitCode = 1;
      last = lastLine(totals);
      if (options.write !== undefined) write(`${last}\n`);
    },
  };
}

/** The last line. @example lastLine({ passed: 3, failed: 0, skipped: 1, files: 1 }) */
function lastLine(totals: Totals): string {
  const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
  return `${totals.passed} passed, ${totals.failed} failed${skipped}`;
}

function count(testModules: readonly TestModule[], failed: number, skipped: number): Totals {
  let passed = 0;
  for (const testModule of testModules) {
    for (const test of testModule.children.allTests("passed")) if (test) passed += 1;
  }
  return { passed, failed, skipped, files: testModules.length };
}

function moduleLine(testModule: TestModule): string {
  const tests = [...testModule.children.allTests()];
  const mark = testModule.ok() ? "ok    " : "FAILED";
  const seconds = (testModule.diagnostic().duration / 1000).toFixed(2);
  return `${mark} ${testModule.relativeModuleId} (${tests.length} tests, ${seconds} s)`;
}

function failuresOf(testModule: TestModule): Failure[] {
  const file = testModule.relativeModuleId;
  const suites = [...testModule.children.allSuites()];
  const outside = [...testModule.errors(), ...suites.flatMap((suite) => suite.errors())];
  const failures = outside.map((error) => ({ name: file, text: describeError(error) }));
  for (const test of testModule.children.allTests("failed")) {
    const text = (test.result().errors ?? []).map(describeError).join("\n");
    failures.push({ name: `${file} › ${test.fullName}`, text });
  }
  return failures;
}

interface ErrorLike {
  readonly message?: string;
  readonly diff?: unknown;
  readonly stacks?: readonly { readonly file: string; readonly line: number }[];
}

function describeError(error: ErrorLike): string {
  const lines = [error.message ?? "no message"];
  if (typeof error.diff === "string") lines.push(stripVTControlCharacters(error.diff));
  for (const frame of (error.stacks ?? []).slice(0, 4)) {
    lines.push(`  at ${relative(process.cwd(), frame.file)}:${frame.line}`);
  }
  return lines.join("\n");
}

interface Skip {
  readonly file: string;
  readonly why: string;
}

function skipsOf(testModule: TestModule): Skip[] {
  return [...testModule.children.allTests("skipped")].map((test) => ({
    file: testModule.relativeModuleId,
    why: reasonOf(test),
  }));
}

/** The note given with `skip(note)`, else the names of the suites around it, which say why. */
function reasonOf(test: TestCase): string {
  const result = test.result();
  if (result.state === "skipped" && result.note !== undefined) return result.note;
  return test.parent.type === "suite" ? test.parent.fullName : test.name;
}

function skipText(skips: readonly Skip[]): string {
  const groups = new Map<string, number>();
  for (const skip of skips) {
    const key = `${skip.file}: ${skip.why}`;
    groups.set(key, (groups.get(key) ?? 0) + 1);
  }
  const lines = [...groups].map(([why, number]) => `skipped ${number} in ${why}`);
  return lines.length === 0 ? "" : `\n${lines.join("\n")}\n`;
}

function stepsFrom(text: string | undefined): string[] {
  return (text ?? "").split(",").filter((step) => step !== "");
}
