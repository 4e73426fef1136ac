/**
 * Fields made into one byte string that no other fields make: each with its length before it.
 * `("ab","c")` and `("a","bc")` must never derive the same key or pass for the same place.
 */
export function bindFields(fields: readonly string[]): Uint8Array {
  return Buffer.concat(
    fields.flatMap((field) => {
      const bytes = Buffer.from(field, "utf8");
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
