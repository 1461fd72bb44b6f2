/** The first words of an end that nobody knows. A change of `src/report/wording.ts` is a change of this line too. */
export const UNCONFIRMED_END = 'Not confirmed as ended';
