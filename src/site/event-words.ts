/** Events that end a record, as people say them: "탈퇴할 때까지", "until you leave". */
import type { Compiled } from "../compiler/compile.ts";
import type { UiLang } from "../html/reader.ts";
import { say } from "./say.ts";

const BUILT_IN: Readonly<Record<string, Readonly<Record<UiLang, string>>>> = {
  collected: { ko: "수집한", en: "the day it was collected" },
  withdrawal: { ko: "탈퇴할", en: "you leave the service" },
  consent_withdrawn: { ko: "동의를 거둘", en: "you withdraw your consent" },
};

/** Events in the order given. The policy's own events stand under their labels. */
export function eventWords(compiled: Compiled, events: readonly string[], lang: UiLang): string {
  const words = events.map(
    (id) => BUILT_IN[id]?.[lang] ?? say(compiled.policy.events[id]?.label ?? {}, lang),
  );
  return words.join(lang === "ko" ? " 때와 " : " and ");
}
