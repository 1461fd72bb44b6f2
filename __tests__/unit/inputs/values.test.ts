import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { INPUT_DEFAULTS, INPUT_NAMES } from '../../../src/inputs/values.ts';

const { inputs }: { inputs: Record<string, { default?: string }> } = parse(
  readFileSync(new URL('../../../action.yml', import.meta.url), 'utf8'),
);

test('the inputs and their defaults are those of action.yml', () => {
  const declared = Object.entries(inputs).map(([name, input]) => [name, input.default]);
  expect(Object.keys(inputs).sort()).toEqual([...INPUT_NAMES].sort());
  expect(Object.fromEntries(declared.filter(([, value]) => value !== undefined))).toEqual(INPUT_DEFAULTS);
});
