/** Walk S4 of an auditor: proof of destruction, in every store and in a copy brought back. */
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { emptyDatabase } from "../support/databases.ts";
import type { ProcessorEnd } from "../support/processor-end.ts";
import { openTestService, PERSON, visitor } from "../support/remotemeeting.ts";
import { type PolicyFolder, policyFolder } from "../support/two-versions.ts";
import { DISCLOSED, goLive, takeGiven } from "../support/walk-steps.ts";
import { type Walk, walkOnBoth } from "../support/walk.ts";

const LEAVERS = ["ahn", "baek", "choi"];
const STAYS = "dongik";
const CANARIES = LEAVERS.flatMap((id) => [`${id}@example.com`, `시험 ${id}`, `+82 2 000 1111`]);
const LEAVE = "/me/leave";
const LEDGER = "/console/destruction";

let folder: PolicyFolder;
beforeAll(() => {
  folder = policyFolder();
  folder.run(DISCLOSED);
});
afterAll(() => folder.remove());

interface Line {
  readonly run: string;
  readonly class: string;
  readonly reason: string;
  readonly state: string;
  readonly traces: number | null;
  readonly confirmed: boolean;
}

walkOnBoth(
  (walk) => {
    let end: ProcessorEnd | null = null;
    const drops: (() => Promise<void>)[] = [];
    afterAll(async () => {
      await end?.close();
      for (const drop of drops) await drop();
    });
    const copy = (): string => join(walk.folder, "copy");

    test("three people leave after last week's copy; the mailing had all of them", async () => {
      end = await goLive(walk, "benchmark");
      for (const id of [...LEAVERS, STAYS]) {
        const about = { email: `${id}@example.com`, name: `시험 ${id}`, phone: "+82 2 000 1111" };
        await walk.member({ user_id: id, ...about, "consent.marketing": "yes" });
      }
      const officer = await walk.officer();
      const sent = await officer.post("/console/mailing", "/console/mailing", { item: "email" });
      expect(sent.headers.get("location")).toContain("given=4");
      expect(takeGiven(walk, end, "benchmark")).toHaveLength(4);
      const [, data = "", , keys] = walk.args;
      const more = keys === undefined ? [] : ["--key-folder", keys];
      const made = await walk.stopped(() => walk.tool(["backup", data, "--to", copy(), ...more]));
      expect([made.code, made.err.includes("ERR_")]).toEqual([0, false]);
      walk.setClock("2026-11-30T10:00:00+09:00");
      for (const id of LEAVERS) {
        const person = await walk.signedIn(id);
        const sure = { password: PERSON.password, sure: "yes" };
        const left = await person.post(LEAVE, LEAVE, sure);
        expect(left.headers.get("location")).toMatch(/^\/goodbye\?receipt=/);
      }
      await walk.service().daily();
      const lines = (await ledger(walk)).filter((line) => line.class === "profile");
      expect(lines.map(({ state, traces }) => [state, traces])).toEqual(
        LEAVERS.map(() => ["rows_removed", 0]),
      );
    });

    test("S4.1 neither files nor a dump hold a word of them, and the copy has no key", async () => {
      await walk.service().daily();
      const texts = await walk.stopped(async () => {
        if (walk.kind === "pglite") return filesUnder(join(walk.folder, "data"));
        const dump = join(walk.folder, "dump");
        const { code } = await walk.tool(["backup", walk.args[1] ?? "", "--to", dump]);
        expect(code).toBe(0);
        return filesUnder(dump);
      });
      expect(texts.length).toBeGreaterThan(0);
      for (const { path, bytes } of [...texts, ...filesUnder(copy())]) {
        for (const canary of CANARIES) {
          for (const form of formsOf(canary))
            expect([path, bytes.includes(form)]).toEqual([path, false]);
        }
      }
      expect(filesUnder(copy()).some(({ path }) => path.includes("/keys/"))).toBe(false);
    });

    test("S4.2 last week's copy in a sandbox: the destroyed stay absent, the others are there", async () => {
      const sandbox = await sandboxOf(walk, drops);
      await walk.stopped(async () => {
        const restored = await walk.tool(["restore", copy(), folder.path, ...sandbox.args]);
        expect(restored.code).toBe(0);
        const removed = /^(\d+) records? removed again/m.exec(restored.out)?.[1];
        expect(Number(removed)).toBeGreaterThanOrEqual(LEAVERS.length);
        const start = walk.now();
        const found = await openTestService({ policy: folder.path, data: sandbox.data, start });
        try {
          for (const id of [...LEAVERS, STAYS]) {
            const names = { company_id: PERSON.company_id, user_id: id };
            const fields = { ...names, password: PERSON.password };
            const answer = await visitor(found).post("/login", "/login", fields);
            expect([id, answer.status]).toEqual([id, id === STAYS ? 303 : 422]);
          }
          expect(found.errors).toEqual([]);
        } finally {
          await found.close();
        }
      });
    });

    test("S4.3 one line of the chain is altered: the check names it", async () => {
      const [log, key] = [join(walk.folder, "log.jsonl"), join(walk.folder, "key.txt")];
      expect((await walk.cli(["log", "export"], ["--out", log])).code).toBe(0);
      expect((await walk.cli(["log", "key"], ["--out", key])).code).toBe(0);
      expect((await walk.tool(["verify-log", log, "--key", key])).code).toBe(0);
      const lines = readFileSync(log, "utf8").split("\n");
      const at = lines.findIndex((line) => line.includes('"kind":"withdrawn"'));
      const leaf = /^\{"leaf":(\d+)/.exec(lines[at] ?? "")?.[1] ?? "none";
      lines[at] = (lines[at] ?? "").replace(
        /"subject":"[0-9a-f]{16}"/,
        '"subject":"0123456789abcdef"',
      );
      writeFileSync(log, lines.join("\n"));
      const { code, out } = await walk.tool(["verify-log", log, "--key", key]);
      expect([code, out]).toEqual([1, expect.stringContaining(`leaf ${leaf} was altered`)]);
    });

    test("S4.4 the mail sender holds nothing of them either", async () => {
      const values = [...(end?.held.values() ?? [])].map((record) => record.get("email"));
      expect(values).toEqual([`${STAYS}@example.com`]);
      const desk = await walk.officer();
      const orders = await desk.text("/console/processors?format=json");
      expect(JSON.parse(orders)).toMatchObject({ orders: { open: 0, late: 0 } });
    });

    test("S4.5 paper: a slip with two people, the method, a box and a day", async () => {
      const at = [
        "--class",
        "event_entry",
        "--cabinet",
        "A-1",
        "--arrived",
        "2026-11-20",
        "--started",
        "2026-11-24",
      ];
      expect((await walk.cli(["paper", "add"], [...at, "--by", "21"])).code).toBe(0);
      const desk = await walk.staff("21");
      const page = "/console/paper";
      const slip = { paper: "1", method: "shred", on: "2026-11-30", box: "상자 3" };
      const alone = await desk.post(page, `${page}/slip`, { ...slip, second: "21" });
      expect(alone.status).toBe(422);
      const noDay = await desk.post(page, `${page}/slip`, { ...slip, on: "", second: "22" });
      expect(noDay.status).toBe(422);
      const done = await desk.post(page, `${page}/slip`, { ...slip, second: "22" });
      expect(done.headers.get("location")).toBe(`${page}?done=yes`);
      const shown = await desk.text(page);
      for (const says of ["상자 3", "21", "22", "2026년 11월 30일"]) expect(shown).toContain(says);
    });

    test("S4.6 the officer confirms each run; until then it stands as not confirmed", async () => {
      const desk = await walk.officer();
      const open = (await ledger(walk)).filter((line) => !line.confirmed);
      const runs = [...new Set(open.map((line) => line.run))];
      expect(runs.length).toBeGreaterThanOrEqual(LEAVERS.length);
      const staff = await walk.staff("21");
      const [first = ""] = runs;
      const denied = await staff.post(`${LEDGER}/${first}`, `${LEDGER}/${first}/confirm`, {});
      expect(denied.status).toBe(403);
      for (const run of runs) {
        const page = await desk.text(`${LEDGER}/${run}`);
        expect(page).toContain("파기 결과를 확인했습니다");
        for (const canary of CANARIES) expect(page).not.toContain(canary);
        const done = await desk.post(`${LEDGER}/${run}`, `${LEDGER}/${run}/confirm`, {});
        expect(done.status).toBe(303);
      }
      expect((await ledger(walk)).every((line) => line.confirmed)).toBe(true);
      const paper = await desk.text(`${LEDGER}/${first}?format=document`);
      expect(paper).toContain("파기");
      expect(await desk.text("/console/promises")).not.toContain("파기 기한을 넘겼습니다");
    });
  },
  { policy: () => folder.path, staff: { "21": "staff", "22": "staff" } },
);

async function ledger(walk: Walk): Promise<readonly Line[]> {
  const desk = await walk.officer();
  const text = await desk.text(`${LEDGER}?format=json`);
  return (JSON.parse(text) as { lines: readonly Line[] }).lines;
}

interface Sandbox {
  readonly data: Walk["data"];
  readonly args: readonly string[];
}

/** Another place for the data, with the keys of today: they are never copied. */
async function sandboxOf(walk: Walk, drops: (() => Promise<void>)[]): Promise<Sandbox> {
  const [, , , keys = ""] = walk.args;
  if (walk.kind === "postgres") {
    const { url, drop } = await emptyDatabase(inject("postgres") ?? "");
    const archive = await emptyDatabase(inject("postgres") ?? "");
    drops.push(drop, archive.drop);
    const args = ["--data", url, "--keys", keys];
    return { data: { url, keys, archive: archive.url }, args };
  }
  const data = join(walk.folder, "sandbox");
  await mkdir(data);
  symlinkSync(join(walk.folder, "data", "keys"), join(data, "keys"));
  return { data, args: ["--data", data] };
}

function filesUnder(path: string): { readonly path: string; readonly bytes: Buffer }[] {
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .map((name) => join(path, name))
    .filter((each) => statSync(each).isFile())
    .map((each) => ({ path: each, bytes: readFileSync(each) }));
}

/** A value as it could lie about: plain, in hex, in base64. */
function formsOf(value: string): readonly Buffer[] {
  const plain = Buffer.from(value, "utf8");
  return [plain, Buffer.from(plain.toString("hex")), Buffer.from(plain.toString("base64"))];
}
