import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PERSON, openTestService, signUpFields, visitor } from "../support/remotemeeting.ts";
import type { TestService } from "../support/remotemeeting.ts";

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
});
afterAll(() => service.close());

const stored = async (): Promise<number> => {
  const [row] = await service.jikim.context.db.query<{ n: number }>(
    "select count(*) as n from record",
  );
  return row?.n ?? -1;
};
const sessionCount = async (): Promise<number> => {
  const [row] = await service.jikim.context.db.query<{ n: number }>(
    "select count(*) as n from session",
  );
  return row?.n ?? -1;
};
const credentials = (user: string, password: string = PERSON.password): Record<string, string> => ({
  company_id: PERSON.company_id,
  user_id: user,
  password,
});

describe("the sign-up form", () => {
  test("asks exactly what the gate of its occasion takes", async () => {
    const html = await visitor(service).text("/signup");
    const names = [...html.matchAll(/<(?:input|select)\s[^>]*?name="([^"]+)"/g)].map(
      ([, name]) => name,
    );
    const gate = service.jikim.plan.gates.get("sign_up");
    expect(names.filter((name) => name !== "form_token")).toEqual([
      ...(gate?.required ?? []),
      ...(gate?.occasion.offers ?? []),
      "declare.age_14_or_over",
      "consent.terms",
      "consent.marketing",
    ]);
  });

  test("has nothing ticked beforehand", async () => {
    expect(await visitor(service).text("/signup")).not.toContain("checked");
  });

  test("signs a person up, in, and shows what is held", async () => {
    const person = visitor(service);
    const answer = await person.post("/signup", "/signup", signUpFields({ user_id: "happy" }));
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/me");
    const html = await person.text("/me");
    expect(html).toContain("김서연");
    expect(html).toContain("seoyeon@example.com");
    expect(html).toContain("되돌릴 수 없는 형태로만 보관합니다");
    expect(html).not.toContain(PERSON.password);
    expect(html).toContain("2027년 11월 23일"); // the usage record of the sign-up: one year
    expect(html).toContain("이용약관");
  });

  test("takes optional items and marketing consent as well", async () => {
    const fields = signUpFields({
      user_id: "full",
      phone: "010-1234-5678",
      company_name: "한빛",
      "consent.marketing": "yes",
    });
    const person = visitor(service);
    expect((await person.post("/signup", "/signup", fields)).status).toBe(303);
    const html = await person.text("/me");
    expect(html).toContain("마케팅과 광고");
    expect(html).toContain("한빛");
  });
});

describe("a sign-up is refused", () => {
  const without = (name: string): Record<string, string> => {
    const { [name]: _, ...rest } = signUpFields({ user_id: `no-${name.slice(0, 20)}` });
    return rest;
  };
  test.each([
    ["without a name", without("name"), "name", "이름을 입력해 주십시오."],
    ["without a country", without("country"), "country", "목록에서 나라를 골라 주십시오."],
    [
      "without the age",
      without("declare.age_14_or_over"),
      "declare.age_14_or_over",
      "만 14세 이상만",
    ],
    ["without the terms", without("consent.terms"), "consent.terms", "이 동의가 있어야"],
    ["with a wrong address", signUpFields({ email: "nobody" }), "email", "name@example.com처럼"],
    ["with a short password", signUpFields({ password: "short" }), "password", "8자 이상"],
    ["with a wrong phone", signUpFields({ phone: "call me" }), "phone", "010-1234-5678"],
  ])("%s, beside the field and in the summary", async (_, fields, field, says) => {
    const before = await stored();
    const answer = await visitor(service).post("/signup", "/signup", fields);
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toContain(`<a href="#${field}">`);
    expect(html.split(says).length).toBeGreaterThanOrEqual(3); // twice in the text
    expect(html).toMatch(
      new RegExp(`id="${field.replace(".", "\\.")}"[^>]*aria-invalid="true"`, "s"),
    );
    expect(await stored()).toBe(before);
  });

  test("with an item of the policy's other occasions, or of none", async () => {
    for (const extra of ["address", "rrn", "birthdate", "__proto__"]) {
      const before = await stored();
      const fields = { ...signUpFields({ user_id: "extra" }) };
      Object.defineProperty(fields, extra, { value: "x", enumerable: true });
      const answer = await visitor(service).post("/signup", "/signup", fields);
      expect([extra, answer.status]).toEqual([extra, 422]);
      expect(await answer.text()).toContain("처리방침에 없는 항목이 함께 와서");
      expect(await stored()).toBe(before);
    }
  });

  test("for a user ID that is taken under the same company ID", async () => {
    await visitor(service).post("/signup", "/signup", signUpFields({ user_id: "taken" }));
    const answer = await visitor(service).post(
      "/signup",
      "/signup",
      signUpFields({ user_id: "taken" }),
    );
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain("이미 쓰는 유저ID");
    const other = signUpFields({ user_id: "taken", company_id: "another" });
    expect((await visitor(service).post("/signup", "/signup", other)).status).toBe(303);
  });

  test("keeping what was typed, except the password", async () => {
    const fields = signUpFields({ email: "nobody", name: '<b>"quoted"</b>' });
    const html = await (await visitor(service).post("/signup", "/signup", fields)).text();
    expect(html).toContain('value="nobody"');
    expect(html).toContain("&lt;b&gt;&quot;quoted&quot;&lt;/b&gt;");
    expect(html).not.toContain('<b>"quoted"');
    expect(html).not.toContain(PERSON.password);
    expect(html).toMatch(/id="consent.terms"[^>]*checked/s);
  });

  test("in English too, when English is asked for", async () => {
    const answer = await visitor(service).post(
      "/signup?lang=en",
      "/signup?lang=en",
      without("name"),
    );
    expect(await answer.text()).toContain("Please enter your name.");
  });
});

describe("logging in and out", () => {
  test("works with company ID, user ID and password", async () => {
    await visitor(service).post("/signup", "/signup", signUpFields({ user_id: "inout" }));
    const person = visitor(service);
    const answer = await person.post("/login", "/login", credentials("inout"));
    expect(answer.headers.get("location")).toBe("/me");
    const [cookie = ""] = answer.headers
      .getSetCookie()
      .filter((each) => each.startsWith("session="));
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(cookie).not.toMatch(/Max-Age|Expires/i);
    expect((await person.get("/me")).status).toBe(200);
  });

  test("gives one answer for an unknown name and a wrong password", async () => {
    await visitor(service).post("/signup", "/signup", signUpFields({ user_id: "known" }));
    const text = async (user: string): Promise<string> => {
      const answer = await visitor(service).post(
        "/login",
        "/login",
        credentials(user, "wrong password"),
      );
      expect(answer.status).toBe(422);
      const html = await answer.text();
      return html.replaceAll(user, "").replaceAll(/value="[^"]*"/g, "");
    };
    expect(await text("known")).toBe(await text("unheard-of"));
  });

  test("ends the session on the server: a copied cookie is worth nothing", async () => {
    const person = visitor(service);
    await person.post("/signup", "/signup", signUpFields({ user_id: "leaver" }));
    const thief = visitor(service);
    for (const [name, value] of person.jar) thief.jar.set(name, value);
    expect((await thief.get("/me")).status).toBe(200);
    const before = await sessionCount();
    const answer = await person.post("/me", "/logout", {});
    expect(answer.status).toBe(303);
    expect(await sessionCount()).toBe(before - 1);
    expect(person.jar.has("session")).toBe(false);
    expect((await thief.get("/me")).status).toBe(303);
  });

  test("changes the session at log-in, so none can be planted beforehand", async () => {
    const person = visitor(service);
    await person.post("/signup", "/signup", signUpFields({ user_id: "rotate" }));
    const first = person.jar.get("session");
    await person.post("/login", "/login", credentials("rotate"));
    expect(person.jar.get("session")).not.toBe(first);
    const old = visitor(service);
    old.jar.set("session", first ?? "");
    expect((await old.get("/me")).status).toBe(303);
  });

  test("stores only a hash of the token", async () => {
    const person = visitor(service);
    await person.post("/signup", "/signup", signUpFields({ user_id: "hashed" }));
    const token = person.jar.get("session")?.split(".")[1] ?? "none";
    const rows = await service.jikim.context.db.query<{ token_hash: Uint8Array }>(
      "select token_hash from session",
    );
    const raw = Buffer.from(token, "base64url");
    expect(rows.some(({ token_hash }) => raw.equals(Buffer.from(token_hash)))).toBe(false);
  });

  test.each(["", "x", `${"0".repeat(16)}.${"A".repeat(43)}`, "'; drop table session; --"])(
    "knows nobody by the cookie %j",
    async (cookie) => {
      const person = visitor(service);
      person.jar.set("session", cookie);
      expect((await person.get("/me")).status).toBe(303);
    },
  );
});

describe("a session ends", () => {
  test("after 30 minutes without use, and not before", async () => {
    const own = await openTestService();
    const person = visitor(own);
    await person.post("/signup", "/signup", signUpFields());
    for (let use = 0; use < 3; use += 1) {
      own.clock.pass(29 * 60_000);
      expect((await person.get("/me")).status).toBe(200);
    }
    own.clock.pass(30 * 60_000 + 1);
    expect((await person.get("/me")).status).toBe(303);
    await own.close();
  });

  test("after 12 hours at the latest, however much it is used", async () => {
    const own = await openTestService();
    const person = visitor(own);
    await person.post("/signup", "/signup", signUpFields());
    for (let used = 0; used < 12 * 60 - 20; used += 20) {
      own.clock.pass(20 * 60_000);
      expect((await person.get("/me")).status).toBe(200);
    }
    own.clock.pass(20 * 60_000);
    expect((await person.get("/me")).status).toBe(303);
    await own.close();
  });
});

test("too many misses make the next attempt wait, for known and unknown names alike", async () => {
  const own = await openTestService();
  await visitor(own).post("/signup", "/signup", signUpFields());
  const miss = (): Promise<Response> =>
    visitor(own).post("/login", "/login", credentials("nobody", "wrong password"));
  for (let times = 0; times < 5; times += 1) expect((await miss()).status).toBe(422);
  const stopped = await miss();
  expect(stopped.status).toBe(429);
  expect(Number(stopped.headers.get("retry-after"))).toBeGreaterThan(0);
  own.clock.pass(60 * 60_000);
  const right = await visitor(own).post("/login", "/login", credentials(PERSON.user_id));
  expect(right.status).toBe(303);
  await own.close();
});

test("each page of a signed-in person leaves one usage record, and a stranger's none", async () => {
  const own = await openTestService();
  const usage = async (): Promise<number> => {
    const [row] = await own.jikim.context.db.query<{ n: number }>(
      "select count(*) as n from record where class = 'usage'",
    );
    return row?.n ?? -1;
  };
  await visitor(own).get("/privacy");
  expect(await usage()).toBe(0);
  const person = visitor(own);
  await person.post("/signup", "/signup", signUpFields());
  const after = await usage();
  await person.get("/privacy");
  await person.get("/nowhere");
  expect(await usage()).toBe(after + 1);
  await own.close();
});

test("many wrong attempts at once do not slip past the limit", async () => {
  const own = await openTestService();
  await visitor(own).post("/signup", "/signup", signUpFields());
  const answers = await Promise.all(
    Array.from({ length: 12 }, () =>
      visitor(own).post("/login", "/login", credentials(PERSON.user_id, "wrong password")),
    ),
  );
  const compared = answers.filter(({ status }) => status === 422);
  expect(compared.length).toBeLessThanOrEqual(5);
  await own.close();
});
