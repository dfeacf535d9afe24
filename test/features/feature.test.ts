import { expect, test } from 'vitest';
import { FEATURE_PROBES } from '../../harness/features/feature-probes.ts';
import { needsByRole, probeOf, supports, type FeatureName } from '../../harness/features/feature.ts';

const ROLES = ['caller', 'callee'];

test('needsByRole() gives a list to every role, and what scenario and variant say together', () => {
  expect(needsByRole(ROLES, ['simulcast'], { callee: ['simulcast', 'codec:video/AV1'] })).toEqual({
    caller: ['simulcast'],
    callee: ['simulcast', 'codec:video/AV1'],
  });
});

test('needsByRole() leaves out roles that need nothing', () => {
  expect(needsByRole(ROLES, undefined, { callee: ['dtmf'], caller: [] })).toEqual({ callee: ['dtmf'] });
  expect(needsByRole(ROLES, undefined, undefined)).toEqual({});
});

test.for(Object.values(FEATURE_PROBES))('probeOf() knows $example', ({ example, has }) => {
  expect(probeOf(example)).toMatchObject({ probe: { has } });
});

test('probeOf() keeps colons of the name', () => {
  expect(probeOf('recorder:a:b')).toMatchObject({ name: 'a:b' });
});

test.for([
  ['codex:video/VP8', 'did you mean codec?'],
  ['codec', 'write codec:video/AV1'],
  ['simulcast:3', 'write simulcast'],
] as const)('probeOf() says what is wrong with %s', ([feature, hint]) => {
  expect(probeOf(feature)).toMatchObject({ hint });
});

test('supports() asks the page by the probe, with what stands behind the colon', async () => {
  const asked: unknown[] = [];
  const evaluate = ((body: unknown, arg: unknown) => {
    asked.push(body, arg);
    return Promise.resolve(true);
  }) as Parameters<typeof supports>[0]['evaluate'];
  await expect(supports({ evaluate }, 'codec:video/AV1')).resolves.toBe(true);
  expect(asked).toEqual([FEATURE_PROBES.codec.has, 'video/AV1']);
});

test('supports() rejects if there is no such kind of feature', async () => {
  await expect(supports({ evaluate: () => Promise.reject() }, 'nope' as FeatureName)).rejects.toThrow('nope');
});
