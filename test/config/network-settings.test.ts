import { expect, test } from 'vitest';
import { resolveSettings } from '../../harness/config/settings.ts';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import { parseBrowserFlag } from '../../harness/setup/find-browsers.mjs';

interface Given {
  flags?: Record<string, unknown>;
  config?: Record<string, unknown>;
  env?: Record<string, string>;
}

function resolve({ flags = {}, config = {}, env = {} }: Given) {
  const problems: Problem[] = [];
  const loaded = { values: config, file: '/project/callrig.config.ts', shown: 'callrig.config.ts' };
  const settings = resolveSettings(
    { flags, config: loaded, scenario: undefined, cwd: '/project', seed: 42, env },
    parseBrowserFlag,
    problems,
  );
  return { settings, problems: problems.map(renderProblem) };
}

test('resolveSettings() names no level and no server if nobody did', () => {
  const { settings, problems } = resolve({ env: { CALLRIG_TURN_SECRET: 'hush' } });
  expect(problems).toEqual([]);
  expect(settings.networkLevel).toBeUndefined();
  expect(settings.iceServers).toEqual([]);
  expect(settings.options.pcap).toBe(false);
});

test('resolveSettings() takes the level of a flag over that of the config file', () => {
  expect(resolve({ config: { network: 'lab', pcap: true } }).settings).toMatchObject({
    networkLevel: 'lab',
    options: { pcap: true },
  });
  expect(resolve({ config: { network: 'lab' }, flags: { network: 'shaped' } }).settings.networkLevel).toBe(
    'shaped',
  );
});

test('resolveSettings() takes servers of the config file with credentials of the environment', () => {
  const { settings, problems } = resolve({
    config: { turn: ['stun:stun.example.org', 'turns:turn.example.org?transport=tcp'] },
    env: { CALLRIG_TURN_USER: 'u', CALLRIG_TURN_PASSWORD: 'p' },
  });
  expect(problems).toEqual([]);
  expect(settings.iceServers).toMatchObject([
    { kind: 'stun', url: 'stun:stun.example.org' },
    { kind: 'turn-tls', username: 'u', credential: 'p' },
  ]);
});

test('resolveSettings() leaves the config file alone if a flag names servers', () => {
  const { settings } = resolve({
    config: { turn: 'stun:a.example.org' },
    flags: { turn: ['stun:b.example.org'] },
  });
  expect(settings.iceServers.map(({ url }) => url)).toEqual(['stun:b.example.org']);
});

test('resolveSettings() tells all that is wrong with the network, and never a password', () => {
  const { problems } = resolve({
    flags: {
      network: 'labb',
      turn: ['turn://a.example.org', 'turn:u:hunter2@b.example.org:99999', 'turn:c.example.org'],
    },
  });
  expect(problems).toHaveLength(4);
  expect(problems[0]).toBe('--network: expected loopback or shaped or lab, got "labb" — did you mean lab?');
  expect(problems.slice(1).map((problem) => problem.split(':')[0])).toEqual([
    '--turn[0]',
    '--turn[1]',
    '--turn[2]',
  ]);
  expect(problems.join('\n')).not.toContain('hunter2');
});

test.for([
  [
    { flags: { 'turn-password': 'hunter2' } },
    '--turn-password: expected a server that it is for, got no --turn',
  ],
  [{ flags: { network: 'loopback', pcap: true } }, '--pcap: expected the network level lab'],
  [{ config: { turn: [] } }, 'callrig.config.ts: turn: expected a URL like'],
  [{ config: { turn: ['stun:x', 5] } }, 'got a list with number'],
  [{ config: { pcap: 'yes' } }, 'callrig.config.ts: pcap: expected true or false'],
] as [Given, string][])('resolveSettings() refuses %j', ([given, part]) => {
  const { problems } = resolve(given);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(part);
});
