/** Labels of the policy in the reader's language. */
import type { Label } from "../policy/model.ts";
import type { UiLang } from "../html/reader.ts";

/** The label in this language; where the policy does not publish it, the one it does publish. */
export function say(label: Label, lang: UiLang): string {
  return label[lang] ?? label.ko ?? label.en ?? "";
}

/** Several labels as a list: "이메일 주소, 이름". */
export function sayAll(labels: readonly Label[], lang: UiLang): string {
  return labels.map((label) => say(label, lang)).join(", ");
}

/** The label as a heading or head of a row: labels are written to stand inside a sentence. */
export function sayHead(label: Label, lang: UiLang): string {
  const text = say(label, lang);
  return text.charAt(0).toLocaleUpperCase(lang) + text.slice(1);
}
