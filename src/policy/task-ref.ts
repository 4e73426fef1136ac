import type { Policy, Purpose, Task } from "./model.ts";

/**
 * How a sentence about a task names it: by its id, which is unique within its purpose only, and by
 * purpose and id where another purpose has a task of the same id. A wording key ends with it.
 * @example taskRef(policy, purpose, task) // "dispute_records", "user_management.dispute_records"
 */
export function taskRef(
  { purposes }: Pick<Policy, "purposes">,
  { id: purpose }: Purpose,
  { id }: Task,
): string {
  const namesakes = Object.values(purposes).filter(({ tasks }) =>
    tasks.some((task) => task.id === id),
  );
  return namesakes.length > 1 ? `${purpose}.${id}` : id;
}
