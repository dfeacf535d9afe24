import { fieldsOf, isFields, nameOf, reject, under, type Fields, type Written } from '../topology/fields.ts';
import type { ParamSpec, ParamType } from './params.ts';
import { misfitOf } from './read-params.ts';

const TYPES: readonly ParamType[] = ['integer', 'number', 'choice', 'text', 'flag', 'duration', 'rate'];
const KEYS = ['type', 'summary', 'default', 'min', 'max', 'choices'];
const CAMEL_CASE = /^[a-z][A-Za-z0-9]*$/;

/** `params` of a scenario, as far as the compiler did not see it. Pushes every problem. */
export function checkParams(written: Written): void {
  const { value } = written;
  if (value === undefined) return;
  if (!isFields(value)) {
    reject(written, 'an object of name → param.integer({ … }), param.choice([ … ], { … }), …');
    return;
  }
  for (const [name, spec] of Object.entries(value)) {
    if (!CAMEL_CASE.test(name)) reject(under(written, name, name), 'a camelCase name like "frameRate"');
    checkSpec(under(written, name, spec));
  }
}

function checkSpec(written: Written): void {
  const fields = fieldsOf(written, 'a parameter like param.integer({ … })', KEYS);
  if (!fields) return;
  const at = (key: string) => under(written, key, fields[key]);
  const type = nameOf(at('type'), `one of ${TYPES.join(', ')}`, TYPES);
  if (typeof fields.summary !== 'string' || fields.summary.trim() === '')
    reject(at('summary'), 'a few words');
  for (const key of ['min', 'max']) {
    if (fields[key] !== undefined && !Number.isFinite(fields[key])) reject(at(key), 'a number');
  }
  if (type === 'choice' && !isListOfTexts(fields.choices)) {
    reject(at('choices'), 'a list of texts');
    return;
  }
  if (type !== undefined && fields.default !== undefined) checkDefault(at('default'), fields);
}

function checkDefault(written: Written, fields: Fields): void {
  const misfit = misfitOf(fields as unknown as ParamSpec, written.value);
  if (misfit) reject(written, misfit.expected, misfit.hint);
}

function isListOfTexts(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string' && each !== '')
  );
}
