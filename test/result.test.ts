import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { resultJsonSchema } from '../harness/result.ts';

const PUBLISHED = new URL('../harness/result.schema.json', import.meta.url);

test('resultJsonSchema() is what harness/result.schema.json says; else run npm run docs', () => {
  expect(JSON.parse(readFileSync(PUBLISHED, 'utf8'))).toEqual(JSON.parse(JSON.stringify(resultJsonSchema())));
});

test('the published schema refuses a result without a verdict', () => {
  const schema = JSON.parse(readFileSync(PUBLISHED, 'utf8')) as object;
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  expect(validate({ schemaVersion: 1 })).toBe(false);
  expect(validate.errors?.[0]?.message).toMatch(/required/);
});
