/** RemoteMeeting for tests: the real service in memory, with a clock the test owns. */
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import type { Clock } from "../../src/base/clock.ts";
import { createRemoteMeeting } from "../../reference/remotemeeting/remotemeeting.ts";
import type {
  RemoteMeeting,
  RemoteMeetingOptions,
} from "../../reference/remotemeeting/remotemeeting.ts";

export const POLICY = fileURLToPath(new URL("../../policies/remotemeeting", import.meta.url));
/** 23 November 2026, 10:00 in Seoul. */
export const START = Date.parse("2026-11-23T01:00:00Z");

export interface TestClock extends Clock {
  /** Moves ahead by milliseconds. */
  pass(ms: number): void;
}

/** A clock that stands still until told. */
export function testClock(start = START): TestClock {
  let now = start;
  return {
    now: () => now,
    pass: (ms) => {
      now += ms;
    },
  };
}

export interface TestService extends RemoteMeeting {
  readonly clock: TestClock;
  readonly errors: unknown[];
}

/** Opens the service, in memory unless told where. */
export async function openTestService(
  options: Partial<
    Pick<RemoteMeetingOptions, "demo" | "origin" | "policy" | "data" | "patience" | "handOver">
  > & { readonly start?: number } = {},
): Promise<TestService> {
  const clock = testClock(options.start);
  const errors: unknown[] = [];
  const service = await createRemoteMeeting({
    policy: options.policy ?? POLICY,
    data: options.data ?? "memory",
    clock,
    demo: options.demo ?? true,
    weakened: "wherever tests run",
    ...(options.handOver === undefined ? {} : { handOver: options.handOver }),
    ...(options.origin === undefined ? {} : { origin: options.origin }),
    // As long as it takes, unless a test wants to see the page of a long journey.
    patience: options.patience ?? (() => new Promise(() => undefined)),
    addressOf: () => "203.0.113.7", // RFC 5737: documentation
    log: (error) => void errors.push(error),
  });
  return { ...service, clock, errors };
}

/** The service on a port of the machine's choosing, for a browser. */
export async function listen(
  service: RemoteMeeting,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  return new Promise((resolve) => {
    const server = serve({ fetch: service.app.fetch, port: 0, hostname: "127.0.0.1" }, (info) => {
      resolve({
        url: `http://127.0.0.1:${info.port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
          }),
      });
    });
  });
}

export const PERSON = {
  company_id: "hanbit",
  user_id: "seoyeon",
  password: "four words in a row",
  name: "김서연",
  email: "seoyeon@example.com",
  country: "KR",
} as const;

/** A browser's memory of one service: cookies in, cookies out, forms with their tokens. */
export function visitor(service: Pick<RemoteMeeting, "app">) {
  const jar = new Map<string, string>();
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (jar.size > 0) {
      headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    }
    const response = await service.app.request(path, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      const at = pair.indexOf("=");
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === "" || /max-age=0/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  };
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    ask(path, { headers });
  const text = async (path: string): Promise<string> => (await get(path)).text();
  /** Sends a form as the page at `page` would, with its token. */
  const post = async (
    page: string,
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Record<string, string> = { origin: "http://localhost" },
  ): Promise<Response> => {
    const token = /name="form_token" value="([^"]+)"/.exec(await text(page))?.[1] ?? "";
    return ask(path, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: new URLSearchParams({ form_token: token, ...fields }).toString(),
    });
  };
  return { jar, get, text, post, send: ask };
}

/** A browser of the demonstration's officer, signed in at the desk. */
export async function atDesk(service: RemoteMeeting) {
  const browser = visitor(service);
  const { id = "", pass = "" } = service.officer ?? {};
  const path = "/console/sign-in";
  const answer = await browser.post(path, path, { staff: id, pass });
  if (answer.status !== 303) throw new Error(`the desk answered ${answer.status}`);
  return browser;
}

/** The form fields of somebody who signs up as the policy asks. */
export function signUpFields(
  changes: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { ...PERSON, "declare.age_14_or_over": "yes", "consent.terms": "yes", ...changes };
}
