/** Signing up: the form goes through the gate of the policy, whole; the gate's answer comes back. */
import type { Jikim, UiLang } from "jikim";
import { give, type Given, type SentForm } from "./occasion-answers.ts";
import { OCCASION } from "./signup-form.ts";

/** Log-in names are unique together: a user ID belongs to one company ID. */
export const LOGIN_NAME = ["company_id", "user_id"];

/** Signs a person up, or says what to mend. */
export async function signUp(jikim: Jikim, form: SentForm, lang: UiLang): Promise<Given> {
  return give(jikim, OCCASION, form, { lang, unique: LOGIN_NAME });
}
