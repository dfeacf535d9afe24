import { describe, expect, test } from 'vitest';
import { askGrid } from '../../../harness/setup/doctor/grid.ts';
import { renderDoctor } from '../../../harness/setup/doctor/render.ts';
import { type FakeNode, openFakeGrid, statusOf } from '../../helpers/fake-grid.ts';
import { REPORT } from './fixtures.ts';

const CHROME = { browserName: 'chrome', browserVersion: '156', platformName: 'linux' };

async function askOf(nodes: FakeNode[]) {
  await using grid = await openFakeGrid(() => ({ value: statusOf(nodes) }));
  return { url: grid.url, finding: await askGrid({ url: grid.url, authorization: 'Basic aHVzaA==' }) };
}

describe('askGrid()', () => {
  test('hears what slots there are and which browsers a run can use', async () => {
    const { url, finding } = await askOf([{ slots: [CHROME, { ...CHROME, session: 's' }] }]);
    expect(finding).toEqual({
      url,
      total: 2,
      free: 1,
      nodes: [{ uri: 'http://10.0.0.5:5555', slots: '2 × chrome 156 (linux)', maxSessions: 2 }],
      browsers: ['chrome', 'chromium'],
      canCall: true,
    });
  });

  test('says that nobody can call if there is no node', async () => {
    expect((await askOf([])).finding).toMatchObject({ total: 0, canCall: false });
  });

  test('gives the reason if nobody answers', async () => {
    const { url } = await askOf([]);
    const finding = await askGrid({ url });
    expect(finding.canCall).toBe(false);
    expect(finding.failure).toContain('cannot be reached');
  });
});

describe('renderDoctor() with a Grid', () => {
  test('shows its nodes, and what p2p-call can run with there', async () => {
    const { url, finding } = await askOf([{ slots: [CHROME] }]);
    const text = renderDoctor({ ...REPORT, canRun: true, grid: finding }, { color: false });
    expect(text).toContain(`✓ ${url}  1 of 1 slots free`);
    expect(text).toContain('http://10.0.0.5:5555  1 × chrome 156 (linux), 1 at the same time');
    expect(text).toContain(`p2p-call can run on the Grid at ${url}, with chrome`);
  });
});
