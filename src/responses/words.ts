import { categories } from './unicode.ts';

/** The words of a text in lower case. Names are split at capitals, `_` and `-`: `icSessionId` has three. Takes linear time. */
export function wordsOf(text: string): readonly string[] {
  return (
    text
      .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
      .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
      .toLowerCase()
      .match(categories('[\\p{L}\\p{M}\\p{N}]+')) ?? []
  );
}

/** A 401 with one of these words is about something else than the session. */
const OTHER_WORDS = new Set(
  [
    'ip address network trusted permission privilege role license password account certificate organization subscription trial',
    'limit policy factor proxy locked disabled suspended maintenance',
    // Other forms of the same words.
    'ips ipv4 ipv6 ipaddress ipaddresses addresses networks untrusted permissions privileges roles licenses licence licences passwords accounts',
    'certificates organizations organisation organisations subscriptions trials limits policies factors proxies',
  ]
    .join(' ')
    .split(' '),
);

/** Whether a text is about something else than the session: an address, a permission, an account and the like. */
export function isAboutSomethingElse(text: string): boolean {
  return hasWord(text, (word) => OTHER_WORDS.has(word));
}

/** Whether a text blames the address that the request came from. */
export function isAboutAddress(text: string): boolean {
  return hasWord(text, (word) => /^(ips?|ipv[46]|(ip)?address(es)?|networks?|(un)?trusted)$/.test(word));
}

/** Whether one of the words is such a word. "IPs" and "IPv6" count as a whole too, because their capitals begin no new word. */
function hasWord(text: string, isOne: (word: string) => boolean): boolean {
  return [text, text.toLowerCase()].some((reading) => wordsOf(reading).some(isOne));
}

const LOCK = /^(lock|locked|lockout|disabled|deactivated|suspended)$/;
const PERSON = /^(accounts?|users?|username)$/;

/** Whether a text says that an account or a user is locked or disabled. A locked object does not count. */
export function saysAccountIsLocked(text: string): boolean {
  const words = wordsOf(text);
  const personAt = words.findIndex((word) => PERSON.test(word));
  return words.some((word, at) => {
    if (!LOCK.test(word)) return false;
    const next = words[at + 1] ?? '';
    return (personAt >= 0 && personAt < at) || PERSON.test(next) || (word === 'locked' && next === 'out');
  });
}

/** Whether a text is about credentials, or says that a password or an account expired. */
export function isAboutCredentials(text: string): boolean {
  const words = wordsOf(text);
  return words.some(
    (word, at) =>
      /^(usernames?|passwords?|credentials?)$/.test(word) ||
      (word === 'user' && /^names?$/.test(words[at + 1] ?? '')) ||
      (/^accounts?$/.test(word) && words.includes('expired')),
  );
}

/** Whether a text says that a password or an account expired. */
export function saysPasswordExpired(text: string): boolean {
  const words = wordsOf(text);
  return words.includes('expired') && words.some((word) => /^(passwords?|accounts?)$/.test(word));
}

/** Whether a text says that there are too many sessions. */
export function saysTooManySessions(text: string): boolean {
  const words = wordsOf(text);
  const isLimit = words.some((word, at) => {
    return (
      /^(limit|maximum|max|exceeded|exceeds)$/.test(word) || (word === 'too' && words[at + 1] === 'many')
    );
  });
  return isLimit && words.some((word) => /^sessions?$/.test(word));
}
