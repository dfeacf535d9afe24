import { expect, test } from 'vitest';
import { resolveSettings } from '../../harness/config/settings.ts';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import { parseBrowserFlag } from '../../harness/setup/find-browsers.mjs';

function resolve(flags: Record<string, unknown>, config: Record<string, unknown> = {}) {
  const problems: Problem[] = [];
  const loaded = { values: config, file: '/project/config/callrig.config.ts', shown: 'callrig.config.ts' };
  const { options } = resolveSettings(
    { flags, config: loaded, scenario: undefined, cwd: '/project', seed: 42 },
    parseBrowserFlag,
    problems,
  );
  return { signaling: options.signaling, problems: problems.map(renderProblem) };
}

test('resolveSettings() leaves signaling to the default if nobody says anything', () => {
  expect(resolve({})).toEqual({ signaling: undefined, problems: [] });
});

test('resolveSettings() takes a transport by its name, a flag over the config file', () => {
  expect(resolve({ signaling: 'sse' }, { signaling: 'whip' }).signaling).toEqual({ name: 'sse' });
});

test('resolveSettings() takes an adapter by its path, with URL and options', () => {
  const flags = {
    signaling: './ours.ts',
    'signaling-url': 'http://127.0.0.1:3000',
    'signaling-option': ['tenant=a', 'query=x=y'],
  };
  expect(resolve(flags)).toEqual({
    signaling: {
      name: 'ours',
      adapter: '/project/ours.ts',
      url: 'http://127.0.0.1:3000',
      options: { tenant: 'a', query: 'x=y' },
    },
    problems: [],
  });
  expect(resolve({}, { signaling: './ours.ts' }).signaling?.adapter).toBe('/project/config/ours.ts');
});

test('resolveSettings() tells everything that is wrong with signaling at once', () => {
  const flags = { signaling: 'wss', 'signaling-url': 'nowhere', 'signaling-option': ['alone'] };
  expect(resolve(flags).problems).toEqual([
    '--signaling-url: expected a URL like http://127.0.0.1:3000, got "nowhere"',
    '--signaling-option: expected key=value, got "alone"',
    expect.stringContaining('--signaling-option: expected --signaling with the path of an adapter'),
    expect.stringContaining('--signaling: expected ws, socketio, sse, long-poll, whip, whep, got "wss"'),
  ]);
});
