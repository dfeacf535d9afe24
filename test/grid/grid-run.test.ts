import { describe, expect, test } from 'vitest';
import { main } from '../../harness/cli.ts';
import type { Plan } from '../../harness/plan/plan.ts';
import { memoryIo } from '../commands/memory-io.ts';
import { type FakeNode, openFakeGrid, statusOf } from '../helpers/fake-grid.ts';

const CHROME = { browserName: 'chrome', browserVersion: '156', platformName: 'linux' };
const FIREFOX = { browserName: 'firefox', platformName: 'linux' };

/** `callrig plan p2p-call --grid …` on a Grid with these nodes. */
async function planOn(nodes: FakeNode[], flags: string[] = []) {
  await using grid = await openFakeGrid(() => ({ value: statusOf(nodes) }));
  const io = memoryIo({ env: { CALLRIG_GRID_USER: 'u', CALLRIG_GRID_PASSWORD: 'hush' } });
  const exitCode = await main(['plan', 'p2p-call', '--grid', grid.url, ...flags], io);
  const plan = exitCode === 0 ? (JSON.parse(io.out) as Plan) : undefined;
  return { exitCode, plan, url: grid.url, out: io.out, err: io.err };
}

describe('callrig plan --grid', () => {
  test('takes the browsers that nodes have, and tells the Grid without credentials', async () => {
    const { plan, url, out, err } = await planOn([{ slots: [CHROME, CHROME, FIREFOX] }]);
    expect(plan).toMatchObject({
      grid: { url },
      browsers: [
        { name: 'chrome', kind: 'chromium', source: 'grid' },
        { name: 'firefox', kind: 'firefox', source: 'grid' },
      ],
    });
    expect(plan!.browsers[0]).not.toHaveProperty('executablePath');
    expect(plan!.cells).toHaveLength(4);
    expect(out + err).not.toContain('hush');
  });

  test('goes without a usual browser that no node has, and says so', async () => {
    const { plan, err } = await planOn([{ slots: [CHROME] }]);
    expect(plan!.cells.map(({ id }) => id)).toEqual(['chrome:chrome']);
    expect(err).toContain('the Grid has no firefox: the run goes without it');
  });

  test('exits 112 if no node has a browser that was named, and lists what there is', async () => {
    const { exitCode, err } = await planOn([{ slots: [CHROME, CHROME] }], ['--pairs', 'chrome@138:firefox']);
    expect(exitCode).toBe(112);
    expect(err).toContain('has chrome@138 and firefox; it has 2 × chrome 156 (linux)');
  });

  test('believes a Grid that starts its nodes as they are needed', async () => {
    const none = await planOn([]);
    expect(none.exitCode).toBe(112);
    expect(none.err).toContain('--grid-scales');
    const { plan } = await planOn([], ['--grid-scales', '--pairs', 'chrome:firefox']);
    expect(plan!.browsers).toHaveLength(2);
  });

  test('exits 112 if a call needs more browsers at the same time than there are slots', async () => {
    const nodes = [{ maxSessions: 1, slots: [CHROME, FIREFOX] }];
    const { exitCode, err } = await planOn(nodes, ['--pairs', 'chrome:firefox']);
    expect(exitCode).toBe(112);
    expect(err).toContain('a call needs 2 browsers at the same time');
    expect((await planOn(nodes, ['--pairs', 'chrome:chrome'])).exitCode).toBe(0);
  });

  test('warns that calls will wait if fewer slots are free than browsers are wanted', async () => {
    const nodes = [{ slots: [CHROME, CHROME, { ...CHROME, session: 'of-others' }] }];
    const flags = ['--pairs', 'chrome:chrome', '--fresh-browsers', '--vus', '2', '--duration', '10s'];
    const { exitCode, err } = await planOn(nodes, flags);
    expect(exitCode).toBe(0);
    expect(err).toContain('2 of 3 slots free, and up to 4 browsers');
  });

  test('exits 112 if nobody answers, and says what was tried', async () => {
    await using gone = await openFakeGrid(() => undefined);
    await gone[Symbol.asyncDispose]();
    const io = memoryIo();
    expect(await main(['plan', 'p2p-call', '--grid', gone.url], io)).toBe(112);
    expect(io.err).toMatch(
      new RegExp(`the Grid at ${gone.url} cannot be reached: GET /status: .*ECONNREFUSED`),
    );
  });

  test('exits 104 with everything that is wrong, before the Grid is asked', async () => {
    const io = memoryIo();
    const words = ['--grid', 'http://192.0.2.1:4444', '--port', 'x'];
    expect(await main(['plan', 'p2p-call', ...words], io)).toBe(104);
    expect(io.err).toContain('2 problems');
  });
});
