import { describe, expect, test } from 'vitest';
import { defineScenario } from '../../harness/index.ts';
import turnBadCredentials from '../../scenarios/turn-bad-credentials.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';

const servers = ['turn-udp', 'turn-tcp', 'turn-tls'] as const;

/** The scenario with other credentials than its case names. */
const withCredentials = (credentials: 'valid' | 'expired') =>
  defineScenario({
    ...turnBadCredentials,
    variants: {
      axis: 'case',
      cases: {
        ...turnBadCredentials.variants!.cases,
        wrong: { summary: 'not wrong', ice: { servers, policy: 'relay', credentials } },
      },
    },
  });

describe.for([['chrome:firefox'], ['firefox:chrome']] as const)('%s', ([pair]) => {
  test('turn-bad-credentials passes', async () => {
    await using run = await tryScenario(turnBadCredentials, { pairs: [pair], network: 'loopback' });
    expect(whyNotPassed(run)).toEqual([]);
    expect(run.result.thresholds.find(({ metric }) => metric === 'failure_ms')?.samples).toBe(2);
  });
});

test('turn-bad-credentials fails if the call works', async () => {
  await using run = await tryScenario(withCredentials('valid'), {
    pairs: ['chrome:firefox'],
    only: ['wrong'],
    network: 'loopback',
  });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toEqual(['the call fails', 'the TURN server refuses']);
});

test('turn-bad-credentials fails if the server refuses for another reason', async () => {
  await using run = await tryScenario(withCredentials('expired'), {
    pairs: ['chrome:firefox'],
    only: ['wrong'],
    network: 'loopback',
  });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toEqual(['the TURN server refuses']);
});
