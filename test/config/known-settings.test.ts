import { expect, test } from 'vitest';
import { SettingsReader } from '../../harness/config/given.ts';
import { readKnown } from '../../harness/config/known-settings.ts';
import { KNOWN_FAILURES } from '../../harness/known/known-failures.ts';
import type { Problem } from '../../harness/errors.ts';

const OWN = {
  id: 'mine',
  scenarios: ['my-call'],
  browsers: { caller: { kind: 'firefox', to: '153' } },
  failure: { check: 'it rings' },
  reason: 'It does not ring.',
  since: '2030-01-01',
};

function read(config: object, flags: Record<string, unknown> = {}) {
  const problems: Problem[] = [];
  const reader = new SettingsReader(
    { flags, scenario: {}, config: { ...config }, configName: 'c.ts' },
    problems,
  );
  return { ...readKnown(reader, problems), problems: problems.map(({ path }) => path) };
}

test("readKnown() has Callrig's own, tolerated", () => {
  expect(read({})).toEqual({ mode: 'tolerate', failures: KNOWN_FAILURES, problems: [] });
});

test("readKnown() adds the user's, and takes the flag before the config", () => {
  const { mode, failures, problems } = read({ knownFailures: [OWN], known: 'tolerate' }, { known: 'fail' });
  expect({ mode, problems, last: failures.at(-1) }).toEqual({ mode: 'fail', problems: [], last: OWN });
});

test.for<[string, object, string]>([
  ['without a reason', { reason: '' }, 'reason'],
  ['whose failure fits everything', { failure: {} }, 'failure'],
  ['without browsers', { browsers: {} }, 'browsers'],
  ['of an unknown family', { browsers: { caller: { kind: 'opera' } } }, 'browsers.caller.kind'],
  ['of no version', { browsers: { caller: { kind: 'firefox', to: 'new' } } }, 'browsers.caller.to'],
  ['with an unknown key', { note: 'x' }, 'note'],
])('readKnown() has a problem with an entry %s', ([, change, key]) => {
  const { problems } = read({ knownFailures: [OWN, { ...OWN, ...change }] });
  expect(problems).toEqual([`c.ts: knownFailures[1].${key}`]);
});

test('every known failure that comes with Callrig is one that a user could write', () => {
  expect(read({ knownFailures: KNOWN_FAILURES }).problems).toEqual([]);
  expect(new Set(KNOWN_FAILURES.map(({ id }) => id)).size).toBe(KNOWN_FAILURES.length);
});
