/** The faces of processors over any engine: console behind the desk, public list, answers. */
import { Hono } from "hono";
import { guardConsole, openDesk } from "../../src/console/desk.ts";
import { processorConsole, recordConsole } from "../../src/console/processor-pages.ts";
import { signInPages } from "../../src/console/sign-in-page.ts";
import type { Compiled } from "../../src/compiler/compile.ts";
import type { EngineContext } from "../../src/engine/jikim.ts";
import { addStaff, type StaffRole } from "../../src/engine/staff/staff.ts";
import { guardEdge } from "../../src/html/edge.ts";
import { createFormTokens } from "../../src/html/form-token.ts";
import type { SetPage } from "../../src/html/service-page.ts";
import { createProcessorAnswers } from "../../src/site/processor-answers.ts";
import { processorPages, standingOf } from "../../src/site/processors-page.ts";
import { visitor } from "./remotemeeting.ts";

const page: SetPage = async (_, { main }) => main;

export function staffedApp(context: EngineContext, compiled: Compiled) {
  const secure = (): boolean => false;
  const desk = openDesk({ ...context, secure, addressOf: () => "203.0.113.7" });
  const sessionCookies = [desk.cookieName];
  const tokens = createFormTokens({ random: context.random, sessionCookies, secure });
  const errors: unknown[] = [];
  const log = (error: unknown): void => void errors.push(error);
  const app = new Hono();
  app.route("/", createProcessorAnswers({ context, log }));
  guardEdge(app, { tokens, page, log });
  app.use("/console/*", guardConsole(desk));
  app.route("/", signInPages({ desk, tokens }, page));
  app.route("/", processorConsole(context, page, { desk, tokens }));
  app.route("/", recordConsole(compiled, page));
  const standing = () => standingOf(context);
  app.route("/", processorPages({ inForce: () => compiled, page, standing }));
  /** A browser of a new member of staff, signed in. */
  const staff = async (id: string, roles: readonly StaffRole[]) => {
    const browser = visitor({ app });
    const pass = await addStaff(context, id, roles);
    const path = "/console/sign-in";
    const answer = await browser.post(path, path, { staff: id, pass });
    if (answer.status !== 303) throw new Error(`the desk answered ${answer.status}`);
    return browser;
  };
  return { app, errors, staff };
}
