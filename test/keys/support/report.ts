/** A figure worth reading in a test's output. */
export function report(line: string): void {
  process.stdout.write(`    ${line}\n`);
}
