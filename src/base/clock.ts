/**
 * Time and randomness are arguments. The simulator, the tests and the time machine own them.
 */

/** Where the time comes from. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

/** Where random bytes come from. */
export interface Random {
  /** `size` fresh bytes. */
  bytes(size: number): Uint8Array;
}
