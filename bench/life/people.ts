/** Synthetic people of nobody's: numbers for names, domains that are reserved (RFC 2606). */
import { addDays } from "../../src/base/calendar.ts";
import type { LoadedAct } from "../support/load-records.ts";

export interface Person {
  readonly number: number;
  /** Handle; 16 hex digits. */
  readonly subject: string;
}

export function emailOf(number: number): string {
  return `person-${number}@example.org`;
}

/** What a person leaves in a year: an account, two days of use, a contract. */
export function actsOf(
  { number, subject }: Person,
  password: string,
  today: string,
): readonly LoadedAct[] {
  return [
    { subject, occasion: "sign_up", items: signUpItems(number, password) },
    { subject, occasion: "service_use", items: useItems(number), day: addDays(today, -30) },
    { subject, occasion: "service_use", items: useItems(number), day: addDays(today, -3) },
    {
      subject,
      occasion: "subscription",
      items: new Map([["contract_record", `plan ${number % 7}, twelve months`]]),
    },
  ];
}

export function signUpItems(number: number, password: string): ReadonlyMap<string, string> {
  return new Map([
    ["company_id", `company-${number % 1000}`],
    ["user_id", `user-${number}`],
    ["password", password],
    ["name", `Person ${number}`],
    ["email", emailOf(number)],
    ["country", "KR"],
  ]);
}

export function useItems(number: number): ReadonlyMap<string, string> {
  return new Map([["usage_record", `meeting of ${number % 60} minutes, ${number % 9} people`]]);
}
