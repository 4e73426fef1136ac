/** The policy keeps its own notice periods. */
import { comparePeriods, lastDay } from "../base/calendar.ts";
import type { Check } from "./check.ts";

export const checkDays: Check = (policy, report, { broken }) => {
  const { announced, effective, notices } = policy;
  if (DAYS.some((path) => broken.has(path))) return;
  // Article 13 of the 2021 text: announced on 21 January, in force on the 28th, with seven days'
  // notice. Seven days passes, six fails (A23).
  const earliest = lastDay(announced, notices.ordinary);
  if (effective < earliest) {
    const message = `announced ${announced}, so not in force before ${earliest}`;
    report("effective-before-notice", "version.effective", message);
  }
  if (broken.has("notices.important")) return;
  if (comparePeriods(notices.important, notices.ordinary) < 0) {
    const message = `${notices.important} is shorter than ${notices.ordinary}`;
    report("notice-order", "notices.important", message);
  }
};

const DAYS = [
  "version",
  "version.announced",
  "version.effective",
  "notices",
  "notices.ordinary",
] as const;
