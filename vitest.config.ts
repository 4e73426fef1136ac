import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { plainReporter } from "./test/support/plain-reporter.ts";

const GLOBAL_SETUP = "test/support/global-setup.ts"; // starts PostgreSQL where it is installed

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/.tmp/**"],
    globalSetup: existsSync(GLOBAL_SETUP) ? [GLOBAL_SETUP] : [],
    // A process per file: PGlite instances and their memory end with it.
    pool: "forks",
    maxWorkers: availableParallelism(),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: [plainReporter({ ci: process.env["JIKIM_CI"] === "1" })],
  },
});
