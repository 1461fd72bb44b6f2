import { existsSync, readFileSync } from 'node:fs';
import { type Check, committed, counted } from './check.ts';

/** The fields that GitHub documents for the properties of a workflow template, with a check of the value. */
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  name: isText,
  description: isText,
  iconName: (value) =>
    isText(value) && (/^octicon [a-z-]+$/.test(value) || existsSync(`workflow-templates/${value}.svg`)),
  categories: (value) => Array.isArray(value) && value.every(isText),
  filePatterns: (value) => Array.isArray(value) && value.every(isPattern),
};
const REQUIRED = ['name', 'description'];

/** Workflow templates for an organization: workflows with their properties. */
export const templates: Check = async () => {
  const names = committed(/^workflow-templates\/.*\.(yml|json)$/).map((name) =>
    name.replace(/\.yml$|\.properties\.json$/, ''),
  );
  const each = [...new Set(names)];
  const { looked, findings } = counted(each.length, 'workflow templates');
  const wrong = each.flatMap((name) => {
    const properties = `${name}.properties.json`;
    if (!existsSync(`${name}.yml`)) return [`${properties}: there is no ${name}.yml`];
    if (!existsSync(properties)) return [`${name}.yml: there is no ${properties}`];
    return problems(readFileSync(properties, 'utf8')).map((problem) => `${properties}: ${problem}`);
  });
  return { looked, findings: [...findings, ...wrong] };
};

function problems(text: string): readonly string[] {
  let properties: unknown;
  try {
    properties = JSON.parse(text);
  } catch {
    return ['not JSON'];
  }
  if (typeof properties !== 'object' || properties === null) return ['not an object'];
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(properties));
  return [
    ...REQUIRED.filter((name) => !fields.has(name)).map((name) => `${name} is missing`),
    ...[...fields].flatMap(([name, value]) => {
      const check = FIELDS[name];
      if (check === undefined) return [`${name} is no field that GitHub documents`];
      return check(value) ? [] : [`${name} is not what GitHub documents`];
    }),
  ];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isPattern(value: unknown): boolean {
  try {
    return isText(value) && new RegExp(value) !== undefined;
  } catch {
    return false;
  }
}
