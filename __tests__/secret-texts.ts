/** Passwords that a shell, a parser or a runner could take for something else. */
export const PASSWORDS = [
  '  blanks at both ends of it  ',
  'with "double" and \'single\' quotes',
  'per%cent %0A %25 not real',
  'pässwörd ✓ 𝔲𝔫𝔦𝔠𝔬𝔡𝔢 not real',
  '::error::not a real password',
  '::add-mask::not-real',
  '##[warning]not a real password',
  'back\\slash \\n $(echo) `not` real',
  '<b>&amp;</b> *not* [real](x) {"@type":"x"}',
  'short',
  'not-real-'.repeat(29).slice(0, 255),
];

const squeezed = (text: string) => text.replace(/\s/g, '').toLowerCase();
const percent = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

const NAMES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '"': 'quot',
  "'": 'apos',
  '<': 'lt',
  '>': 'gt',
};

/** How a careless server may repeat what it was sent. */
export const ECHOES: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'in the middle of a text': (secret) => `The token '${secret}' is not valid.`,
  'URI-encoded': encodeURIComponent,
  'percent-encoded, every byte': percent,
  'JSON-escaped': (secret) => JSON.stringify(secret),
  'XML-escaped by names': (secret) => secret.replace(/[&"'<>]/g, (character) => `&${NAMES[character]};`),
  'XML-escaped': (secret) => [...secret].map((character) => `&#${character.codePointAt(0)};`).join(''),
  'split over lines': (secret) => secret.replace(/.{6}/gsu, '$&\n'),
  'split by blanks': (secret) => secret.replace(/.{4}/gsu, '$&\t '),
  'the first half': (secret) => `${secret.slice(0, Math.ceil(secret.length / 2))}…`,
};

/** What of a secret must not be in a text, in any spelling that the action or a server uses. */
export function spellingsIn(text: string, secret: string): readonly string[] {
  const seen = squeezed(text);
  const spellings = [
    ...Object.values(ECHOES).map((echo) => echo(secret)),
    ...secret.split('\n'),
    secret.slice(0, 24),
    secret.slice(-24),
  ];
  return spellings.map(squeezed).filter((spelling) => spelling.length > 5 && seen.includes(spelling));
}
