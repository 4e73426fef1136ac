/** The keeper's process over a key database: it ends with its session, and another takes over. */
import { randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import pg from "pg";
import { expect, inject, test } from "vitest";

import { connectKeeper } from "../../src/keys/socket/connect-keeper.ts";

const server = inject("postgres");

test.skipIf(server === null)(
  "a keeper that loses its session is replaced, and knows its keys again",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "jikim-keeper-pg-"));
    const name = `keys_${randomBytes(6).toString("hex")}`;
    const admin = new pg.Client({ connectionString: `${server}/postgres` });
    await admin.connect();
    await admin.query(`create database ${name}`);
    const socket = join(folder, "k", "s");
    const own = ["--folder", join(folder, "keys"), "--socket", socket];
    const weak = ["--weakened", "wherever tests run"];
    const child = spawn(process.execPath, ["bin/jikim.mjs", "keeper", "serve", ...own, ...weak], {
      // An address may hold a password: it goes where other users cannot read it.
      env: { ...process.env, JIKIM_KEYS: `${server}/${name}` },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    try {
      const keeper = await connectKeeper(socket, { clock: { now: Date.now }, absentMs: 20_000 });
      const context = {
        subject: "0011223344556677",
        record: "000102030405060708090a0b0c0d0e0f",
        recordClass: "usage",
        compartment: "service",
        expiresOn: "2026-11-23",
      };
      const [sealed = new Uint8Array()] = await keeper.seal([
        { context, plain: new Uint8Array(9).fill(7) },
      ]);
      expect(readdirSync(join(folder, "keys")).toSorted()).toContain("root");
      expect(readdirSync(join(folder, "keys"))).not.toContain("tree.log");
      const before = (await keeper.status()).pid;
      await admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1",
        [name],
      );
      let now = before;
      while (now === before) {
        await pause(50);
        now = await keeper.status().then(
          ({ pid }) => pid,
          () => before,
        );
      }
      expect(await keeper.open([{ context, sealed }])).toEqual([new Uint8Array(9).fill(7)]);
      await keeper.close();
    } finally {
      child.kill("SIGTERM");
      expect(await ended).toBe(0);
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);
