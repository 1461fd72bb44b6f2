/** The first words of an end that no response confirmed, as in `src/report/wording.ts`. */
export const UNCONFIRMED_END = 'Not confirmed as ended';
