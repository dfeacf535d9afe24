import { expect } from 'vitest';
import { defineScenario } from '../../harness/index.ts';
import lossyUplink from '../../scenarios/lossy-uplink.ts';
import { labTest } from '../helpers/lab.ts';
import { tryScenario } from '../helpers/try-scenario.ts';

const LOSSY = 'packet_loss_ratio{role:callee,loss:20-percent}';

labTest('lossy-uplink loses what it says', async () => {
  await using run = await tryScenario(lossyUplink, {
    pairs: ['firefox:chrome'],
    only: ['20-percent'],
    options: { durationMs: 12_000 },
  });
  const { thresholds } = run.result;
  const judged = thresholds.filter(({ metric }) => metric === LOSSY);
  expect(judged.map(({ status }) => status)).toEqual(['passed', 'passed']);
});

labTest('lossy-uplink fails if nothing is lost', async () => {
  const { cases } = lossyUplink.variants!;
  const untouched = defineScenario({
    ...lossyUplink,
    variants: { axis: 'loss', cases: { ...cases, '20-percent': cases.none } },
  });
  await using run = await tryScenario(untouched, {
    pairs: ['chrome:firefox'],
    only: ['20-percent'],
    options: { durationMs: 6000 },
  });
  expect(run.result.status).toBe('failed');
  expect(run.result.thresholds).toContainEqual(
    expect.objectContaining({ metric: LOSSY, expression: 'avg>0.1', status: 'failed' }),
  );
});
