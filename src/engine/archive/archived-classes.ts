/** Which records go to the archive when their person leaves, and under which locks they lie there. */
import type { Clock, Plan } from "../../compiler/plan.ts";
import type { LockName } from "../locks.ts";

/** A class that a statute keeps apart. */
export interface ArchivedClass {
  readonly clock: Clock;
  /** The rule that obliges to keep it. */
  readonly law: string;
  /** Items that travel beside it. */
  readonly beside: readonly string[];
}

/** Classes of a statute with a place in the archive, by name. */
export function archivedClasses(plan: Plan): ReadonlyMap<string, ArchivedClass> {
  const classes = new Map<string, ArchivedClass>();
  for (const [name, clock] of plan.clocks) {
    const { archiveBeside, law } = clock.recordClass;
    if (!clock.statutory || archiveBeside === null || law === null) continue;
    classes.set(name, { clock, law, beside: archiveBeside });
  }
  return classes;
}

/** A compartment of the archive's own: the lock of the live copies can die before it. */
export function archiveCompartment(compartment: string): string {
  return `archive:${compartment}`;
}

/** Every compartment of a subject, in the records and in the archive: taken together, in one call. */
export function allCompartments(plan: Plan, subject: string): readonly LockName[] {
  const live = new Set([...plan.clocks.values()].map(({ compartment }) => compartment));
  return [...live, ...[...live].map(archiveCompartment)].map((compartment) => ({
    subject,
    compartment,
  }));
}
