/** What a use says of itself before it sees anything. */

/**
 * A look by a member of staff. It goes into the access log, allowed or not; a look by the service
 * itself, in which nobody sees the values, has none.
 */
export interface StaffUse {
  /** Handle of the member of staff; a number, never a name. */
  readonly staff: string;
  /** Why, in their words; 1 to 500 characters. */
  readonly reason: string;
  /** Address they came from; 1 to 64 characters. */
  readonly from: string;
}

export interface AskedUse {
  /** A purpose of the policy. */
  readonly purpose: string;
  /** A task of the purpose; records kept for disputes open for theirs alone. */
  readonly task?: string;
  /**
   * `request`: the values are for the person themselves, who asked to see them (PIPA 35). No
   * restriction and no reserved task stands in their own way; purpose and consent still count.
   */
  readonly ground?: "request";
  /** Only this record (32 hex digits): a ticket among several. */
  readonly record?: string;
  readonly by?: StaffUse;
}
