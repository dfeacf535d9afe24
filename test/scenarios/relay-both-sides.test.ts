import { describe, expect, test } from 'vitest';
import { defineScenario } from '../../harness/index.ts';
import relayBothSides from '../../scenarios/relay-both-sides.ts';
import { labTest } from '../helpers/lab.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';

/** The scenario where one side has UDP: ICE needs one relay only. */
const oneSided = defineScenario({
  ...relayBothSides,
  variants: {
    axis: 'network',
    cases: {
      ...relayBothSides.variants!.cases,
      mixed: { summary: 'a company calls a home', network: { caller: 'corporate', callee: 'lan' } },
    },
  },
});

labTest('relay-both-sides passes between two networks without UDP', async () => {
  await using run = await tryScenario(relayBothSides, { pairs: ['firefox:chrome'], only: ['mixed'] });
  expect(whyNotPassed(run)).toEqual([]);
});

labTest('relay-both-sides fails if one side needs no relay', async () => {
  await using run = await tryScenario(oneSided, { pairs: ['chrome:firefox'], only: ['mixed'] });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toEqual(['its own candidate is relayed']);
});

describe('on loopback', () => {
  test('relay-both-sides passes by force, and does not try what needs the lab', async () => {
    await using run = await tryScenario(relayBothSides, { pairs: ['chrome:firefox'], network: 'loopback' });
    expect(run.result.cells.map(({ variant, status }) => [variant?.name, status])).toEqual([
      ['forced', 'passed'],
      ['companies', 'unsupported'],
      ['hotels', 'unsupported'],
      ['mixed', 'unsupported'],
    ]);
  });
});
