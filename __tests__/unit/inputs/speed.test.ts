import { expect, test } from '@jest/globals';
import { readProxy } from '../../../src/inputs/proxy.ts';
import { secretsIn } from '../../../src/inputs/secrets.ts';
import { INPUT_NAMES, inputValues } from '../../../src/inputs/values.ts';
import { validateInputs } from '../../../src/requests/validate-inputs.ts';
import { cpuMsOf, logoutallValues, logoutValues, PASSWORD, valuesOf } from '../support.ts';

const LOGIN = valuesOf({ mode: 'login', 'login-url': 'dm-us', username: 'someone', password: PASSWORD });
/** Half of what an environment variable can hold on Linux. What takes quadratic time would need over six seconds for it. */
const LENGTH = 65_000;
const UNITS = [
  '/',
  'a/',
  '\n',
  '\r\n',
  ' ',
  'a ',
  '.',
  'a.',
  '-',
  '@',
  ':',
  '=',
  '[',
  '"',
  '\\',
  '%',
  '*',
  ',',
];
const UNITS_OF_TOKENS = ['bearer ', 'session-id', 'aaaaaaaa.', 'aaaaaaaaaaaa ', '${{', 'A1', 'eyJ'];
const LONG = [...UNITS, ...UNITS_OF_TOKENS].flatMap((unit) => {
  const text = unit.repeat(LENGTH / unit.length);
  return [text, `${text}!`, `https://a.informaticacloud.com${text}x`];
});

test.each(INPUT_NAMES)('no value of %s, however long, takes its time to be masked and checked', (name) => {
  for (const valid of [logoutValues(), logoutallValues(), LOGIN]) {
    for (const text of LONG) {
      const values = inputValues((other) => (other === name ? text : valid[other]));
      expect(cpuMsOf(() => [secretsIn(values), validateInputs(values)])).toBeLessThan(2_000);
    }
  }
});

test('nor one of a proxy', () => {
  for (const text of LONG) expect(cpuMsOf(() => readProxy('https_proxy', text))).toBeLessThan(2_000);
});
