import { categories } from './unicode.ts';
import { wordsOf } from './words.ts';

/** Words that may stand between a session and what is said of it. */
const BETWEEN = new Set(
  'id identifier key value header token session cookie is was are has have had been be already now or and the your this a an it provided given supplied specified either missing for with user current ic infa api'.split(
    ' ',
  ),
);
/** A clause with one of these is uncertain, or about another session or token. */
const UNCERTAIN = new Set(
  'if whether unless until before once when cannot unable fail fails failed may might maybe perhaps possibly csrf xsrf forgery captcha saml refresh another other others previous'.split(
    ' ',
  ),
);
/** The end of a field's print: `sessionExpired=false`. */
const DENIED = /\bfalse\b|[:=?]\s*no\b(?!\s+\w)/i;
/** The words of one statement are closer than this. */
const REACH = 12;
const PREPOSITIONS = new Set('in of for with by to from per on at within'.split(' '));
const BETWEEN_ADJECTIVES = new Set(['session', 'token', 'ic', 'infa', 'api', 'user']);
/** What may follow a statement about the session: anything else may change what it is about. */
const AFTER = new Set(
  [...BETWEEN, 'please', 'log', 'login', 'sign', 'try', 'not', 'found', 'anymore', 'any'].filter(
    (word) => !PREPOSITIONS.has(word),
  ),
);

/**
 * Whether a text says in English that the session or its token is expired, invalid, not valid, not found or ended, or that
 * nobody is logged in. False in doubt, and for every text with letters that English does not have.
 */
export function saysSessionIsDead(text: string): boolean {
  if (categories('(?![A-Za-z])\\p{L}').test(text) || DENIED.test(text)) return false;
  const withoutIds = text
    .split(/\s+/)
    .map((part) => (/\d/.test(part) ? part.replace(/.*[^.,:;!?]/s, '') : part));
  return withoutIds
    .join(' ')
    .split(/[.,:;!?|()]+/)
    .some((clause) => isClauseOfDeadSession(clauseWords(clause)));
}

/** The words of a clause, with each form of "not" as the same word. */
function clauseWords(clause: string): readonly string[] {
  const plain = wordsOf(clause.replace(/n['’]t\b/gi, ' not')).join(' ');
  return plain
    .replace(/\bno longer\b/g, 'not')
    .replace(/\bcould not be\b/g, 'not')
    .replace(/\bor missing\b/g, '')
    .split(/ +/);
}

function isClauseOfDeadSession(words: readonly string[]): boolean {
  if (words.some((word) => UNCERTAIN.has(word))) return false;
  // "Session header not found": something on the way took it out of the request.
  if (words.includes('found') && words.some((word) => /^(header|cookie)$/.test(word))) return false;
  return words.some(
    (word, at) =>
      (isSession(word) && (isCalledDeadAfter(words, at) || isCalledDeadBefore(words, at))) ||
      (word === 'logged' && words[at - 1] === 'not' && words[at + 1] === 'in' && mayFollow(words[at + 2])),
  );
}

/** "Session ID 4711 is not valid", but not "the user of the session was not found". */
function isCalledDeadAfter(words: readonly string[], sessionAt: number): boolean {
  const before = words.slice(Math.max(0, sessionAt - REACH), sessionAt);
  const subject = before.findLast((word) => PREPOSITIONS.has(word) || !BETWEEN.has(word));
  if (subject !== undefined && PREPOSITIONS.has(subject)) return false;
  let isNegated = false;
  for (const [index, word] of words.slice(sessionAt + 1, sessionAt + REACH).entries()) {
    if (word === 'not') isNegated = true;
    // An expired session is expired for everybody. One that is not valid may be so only for this host.
    else if (isDead(word, isNegated)) {
      return word === 'expired' || word === 'ended' || mayFollow(words[sessionAt + index + 2]);
    } else if (!BETWEEN.has(word) && !/\d/.test(word)) return false;
  }
  return false;
}

/** "Invalid or expired session", but not "invalid session type". */
function isCalledDeadBefore(words: readonly string[], sessionAt: number): boolean {
  const before = words.slice(Math.max(0, sessionAt - REACH), sessionAt);
  const at = before.findLastIndex((word) => !BETWEEN_ADJECTIVES.has(word));
  const isNegated = before
    .slice(Math.max(0, at - 2), Math.max(0, at))
    .some((word) => /^(not|no)$/.test(word));
  return isDead(before[at], isNegated) && mayFollow(words[sessionAt + 1]);
}

function isSession(word: string | undefined): boolean {
  return word === 'session' || word === 'token';
}

function isDead(word: string | undefined, isNegated: boolean): boolean {
  return isNegated
    ? word === 'valid' || word === 'found'
    : word === 'expired' || word === 'invalid' || word === 'ended';
}

function mayFollow(word: string | undefined): boolean {
  return word === undefined || AFTER.has(word);
}
