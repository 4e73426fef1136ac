/** How a member of staff is written down: a handle the operator chose, never a name. */
const STAFF = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Could this be the handle of a member of staff? */
export function isStaffHandle(text: string): boolean {
  return STAFF.test(text);
}
