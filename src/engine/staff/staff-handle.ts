/** What a member of staff is called: a number of the operator's, never a name. */

/** `7`, `12`, `s1024`. Long enough for any staff, too short for a telephone or card number. */
export const STAFF_HANDLE = /^[a-z]{0,2}\d{1,6}$/;
