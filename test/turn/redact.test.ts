import { expect, test } from 'vitest';
import { redact, secretsOf } from '../../harness/turn/redact.ts';

test('redact() replaces secrets, also as they are in URLs and in JSON', () => {
  const secret = 'p"a/s s';
  const text = `${secret} turn:me:${encodeURIComponent(secret)}@host ${JSON.stringify({ secret })}`;
  expect(redact(text, [secret])).toBe('[redacted] turn:me:[redacted]@host {"secret":"[redacted]"}');
});

test('redact() leaves nothing of a secret that holds another', () => {
  expect(redact('abcdef abc', ['abc', 'abcdef'])).toBe('[redacted] [redacted]');
});

test('redact() changes nothing if there is no secret', () => {
  expect(redact('text', ['', ...secretsOf([{}])])).toBe('text');
});

test('secretsOf() gives passwords and REST secrets', () => {
  expect(secretsOf([{ credential: 'a' }, { secret: 'b' }])).toEqual(['a', 'b']);
});
