/**
 * The staff's desk: who is signed in, and the guard before every page of the console. Staff have
 * sessions and a cookie of their own, apart from those of people who use the service.
 */
import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Clock, Random } from "../base/clock.ts";
import { JikimError } from "../base/errors.ts";
import type { EngineContext } from "../engine/jikim.ts";
import { checkPass, type Staff, type StaffRole } from "../engine/staff/staff.ts";
import {
  beginStaffSession,
  endStaffSession,
  staffOf,
  sweepStaffSessions,
} from "../engine/staff/staff-session.ts";
import { type Attempts, createAttempts } from "../html/attempts.ts";
import type { FormTokens } from "../html/form-token.ts";
import { readerOf } from "../html/reader.ts";
import { BOARD_PATH, SIGN_IN_PATH } from "./console-nav.ts";

export interface DeskOptions {
  readonly db: EngineContext["db"];
  readonly clock: Clock;
  readonly random: Random;
  /** Are the pages reached over https? Then the cookie is `Secure`. */
  secure(c: Context): boolean;
  /** The address a request came from, or null; tries from one address are limited too. */
  addressOf?(c: Context): string | null;
}

export type SignInAnswer =
  | { readonly staff: Staff }
  | { readonly wrong: true }
  | { readonly waitSeconds: number };

export interface Desk {
  /** Form tokens are bound to it, as to the session of people. */
  readonly cookieName: string;
  /** The member of staff who is signed in, or null. Extends the idle time. */
  who(c: Context): Promise<Staff | null>;
  /** Where a request of staff came from, for the access log; `unknown` where nothing tells. */
  from(c: Context): string;
  /**
   * Lets only signed-in staff pass; with roles, only who has one of them. Whoever reads is led to
   * the sign-in and back; whoever writes gets ERR_STAFF_NEEDED.
   * @example app.post("/console/holds", desk.guard("officer"), handler)
   */
  guard(...roles: readonly StaffRole[]): MiddlewareHandler;
  /** Compares a pass and signs the browser in. Waits grow with every miss. */
  signIn(c: Context, id: string, pass: string): Promise<SignInAnswer>;
  /** Signs the browser out, here and there. */
  signOut(c: Context): Promise<void>;
  /** Removes sessions that have run out; returns how many. */
  sweep(): Promise<number>;
}

const COOKIE = "desk";
const MOST_ADDRESS = 64;

/** A desk with what its forms need. */
export interface StaffedDesk {
  readonly desk: Desk;
  readonly tokens: FormTokens;
}

/**
 * Opens the desk of a service.
 * @example const desk = openDesk({ db: jikim.context.db, clock, random, secure: () => true });
 */
export function openDesk(options: DeskOptions): Desk {
  const { clock, random, secure } = options;
  const attempts = createAttempts(clock, random);
  // One look-up a request, however many parts of a page ask who is signed in.
  const asked = new WeakMap<Context, Promise<Staff | null>>();
  const who = (c: Context): Promise<Staff | null> => {
    const known = asked.get(c) ?? staffOf(options, getCookie(c, COOKIE));
    asked.set(c, known);
    return known;
  };
  return Object.freeze<Desk>({
    cookieName: COOKIE,
    who,
    from: (c) => (options.addressOf?.(c) ?? "unknown").slice(0, MOST_ADDRESS),
    guard: (...roles) => guardOf(who, roles),
    async signIn(c, id, pass) {
      const answer = await trySignIn(options, attempts, { c, id: id.trim(), pass });
      if (!("staff" in answer)) return answer;
      await endStaffSession(options.db, getCookie(c, COOKIE));
      const token = await beginStaffSession(options, answer.staff.id);
      // The whole site and Lax, as the session of people: tokens of forms are bound to both, and a
      // form shown on one page is sent to another.
      setCookie(c, COOKIE, token, {
        path: "/",
        httpOnly: true,
        sameSite: "Lax",
        secure: secure(c),
      });
      asked.set(c, Promise.resolve(answer.staff));
      return answer;
    },
    async signOut(c) {
      await endStaffSession(options.db, getCookie(c, COOKIE));
      deleteCookie(c, COOKIE, { path: "/", secure: secure(c) });
      asked.set(c, Promise.resolve(null));
    },
    sweep: () => sweepStaffSessions(options),
  });
}

async function trySignIn(
  options: DeskOptions,
  attempts: Attempts,
  { c, id, pass }: { readonly c: Context; readonly id: string; readonly pass: string },
): Promise<SignInAnswer> {
  const attempt = { name: id.slice(0, 100), address: options.addressOf?.(c) ?? null };
  const wait = attempts.wait(attempt);
  if (wait > 0) return { waitSeconds: Math.ceil(wait / 1000) };
  attempts.began(attempt);
  const staff = await checkPass(options, id, pass);
  if (staff === null) return { wrong: true };
  attempts.worked(attempt);
  return { staff };
}

function guardOf(who: Desk["who"], roles: readonly StaffRole[]): MiddlewareHandler {
  return async (c, next) => {
    const staff = await who(c);
    if (staff === null) {
      if (c.req.method !== "GET" && c.req.method !== "HEAD") throw needed("no staff is signed in");
      const { pathname, search } = new URL(c.req.url);
      const back = `${SIGN_IN_PATH}?next=${encodeURIComponent(pathname + search)}`;
      c.header("Cache-Control", "no-store");
      return c.redirect(readerOf(c).to(back), 303);
    }
    if (roles.length > 0 && !roles.some((role) => staff.roles.includes(role))) {
      throw needed(`this needs the role ${roles.join(" or ")}`);
    }
    await next();
    return undefined;
  };
}

/** Everything under `/console` but the promise board, which is anybody's, and the sign-in itself. */
export function guardConsole(desk: Desk): MiddlewareHandler {
  const guard = desk.guard();
  return async (c, next) => {
    if (c.req.path === BOARD_PATH || c.req.path === SIGN_IN_PATH) return next();
    return guard(c, next);
  };
}

const needed = (says: string): JikimError => new JikimError("ERR_STAFF_NEEDED", says);
