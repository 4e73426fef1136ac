/** Runs pieces of work one after another, in the order they were handed in. */
export type Serial = <T>(work: () => Promise<T>) => Promise<T>;

/** @example const serial = createSerial(); await serial(() => store.commit(…)); */
export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
