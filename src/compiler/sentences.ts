import { PROMISE_FORMS, type PromiseForm } from "./promise.ts";
import { SENTENCES } from "./sentences-table.ts";
import { placeholdersOf } from "./template.ts";

/** The placeholders each form binds; a policy's own wording may use these and no others. */
export const SENTENCE_PLACEHOLDERS = Object.freeze(
  Object.fromEntries(PROMISE_FORMS.map((form) => [form, placeholdersOf(SENTENCES[form].ko)])),
) as Readonly<Record<PromiseForm, readonly string[]>>;
