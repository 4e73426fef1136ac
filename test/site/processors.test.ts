/** The public list of processors, and the door for their answers, through the real service. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { controllerKey } from "../../src/engine/processor/controller-key.ts";
import { exportTo } from "../../src/engine/processor/export-to.ts";
import { MAX_MESSAGE_BYTES } from "../../src/engine/processor/protocol.ts";
import { ordersFor } from "../../src/engine/processor/place-orders.ts";
import { toCsv } from "../../src/html/csv.ts";
import { openProcessorEnd, type ProcessorEnd } from "../support/processor-end.ts";
import { activate, payingMember } from "../support/processors.ts";
import { openTestService, type TestService } from "../support/remotemeeting.ts";

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
});
afterAll(() => service.close());
const ends: ProcessorEnd[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end.close()));
});

describe("the list", () => {
  test.each(["ko", "en"] as const)(
    "names each with work, items and period, in %s",
    async (lang) => {
      const html = await (await service.app.request(`/privacy/processors?lang=${lang}`)).text();
      const { policy } = service.jikim.compiled;
      for (const { id, label } of Object.values(policy.processors)) {
        expect(html).toContain(`<tr id="${id}">`);
        expect(html).toContain(label[lang]?.replaceAll("&", "&amp;"));
      }
      expect(html).toContain(lang === "ko" ? "확인 필요" : "to be confirmed");
    },
  );

  test("is a table and a document as well", async () => {
    const csv = await service.app.request("/privacy/processors?format=csv");
    expect(csv.headers.get("content-disposition")).toContain("processors.csv");
    const lines = (await csv.text()).trimEnd().split("\r\n");
    expect(lines).toHaveLength(9);
    expect(lines[1]).toContain("한국사이버결제(KCP)");
    const text = await (await service.app.request("/privacy/processors?format=json")).text();
    expect(JSON.parse(text).processors.map(({ id }: { id: string }) => id)).toContain("benchmark");
  });

  test("can be found from every page", async () => {
    expect(await (await service.app.request("/")).text()).toContain('href="/privacy/processors"');
  });
});

test.each([
  [[["a", 'b "c"', "d,e"]], '\u{FEFF}a,"b ""c""","d,e"\r\n'],
  [[["=1+1", "-2", "@x", "+3"]], "\u{FEFF}'=1+1,'-2,'@x,'+3\r\n"],
  [[["두 줄\n글"]], '\u{FEFF}"두 줄\n글"\r\n'],
])("a spreadsheet reads %j as it is meant", (rows, text) => {
  expect(toCsv(rows)).toBe(text);
});

describe("the door for answers", () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    service.app.request("/processor/answers", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });

  async function waiting(): Promise<{ end: ProcessorEnd; order: string }> {
    const { context } = service.jikim;
    const end = await openProcessorEnd({
      processor: "kcp",
      controller: "remotemeeting",
      controllerKey: (await controllerKey(context)).publicKey,
      clock: context.clock,
    });
    ends.push(end);
    end.manner = "later";
    await activate(context, "kcp", { kind: "https", url: end.url, key: end.publicKey });
    const subject = await payingMember(context);
    await exportTo(context, subject, { processor: "kcp", work: "payment", items: ["card"] });
    const [order = ""] = await ordersFor(context, subject, { kind: "erase", reason: "withdrawal" });
    return { end, order };
  }

  test("takes a signed answer, and the same one again", async () => {
    const { end, order } = await waiting();
    await service.daily();
    const body = JSON.stringify(end.answer(order));
    const first = await post(body);
    expect([first.status, await first.json()]).toEqual([
      200,
      { state: "held_nothing", repeated: false },
    ]);
    expect(await (await post(body)).json()).toEqual({ state: "held_nothing", repeated: true });
  });

  test.each([
    ["a forged answer", "wrong-key", 401, "not-signed-by-it"],
    ["an old one", "old-clock", 409, "clock"],
    ["one for no order", "other-order", 404, "order-unknown"],
  ] as const)("refuses %s", async (_what, manner, status, code) => {
    const { end, order } = await waiting();
    end.manner = manner;
    const answer = await post(JSON.stringify(end.answer(order)));
    expect([answer.status, await answer.json()]).toEqual([status, { code }]);
  });

  test.each([
    ["no JSON", "{", {}, 400],
    ["a form", "a=b", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["too much", "x".repeat(MAX_MESSAGE_BYTES + 1), {}, 413],
  ])("refuses %s", async (_what, body, headers, status) => {
    expect((await post(body, headers)).status).toBe(status);
  });

  test("shows nothing to a browser, and sets no cookie", async () => {
    const answer = await service.app.request("/processor/answers");
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test("a store that is away is told as such: the answer is to be sent again", async () => {
    const { end, order } = await waiting();
    const own = await openTestService();
    await own.close();
    const answer = await own.app.request("/processor/answers", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(end.answer(order)),
    });
    expect([answer.status, await answer.json()]).toEqual([503, { code: "failed" }]);
  });
});
