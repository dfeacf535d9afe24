import { describe, expect, test } from 'vitest';
import type { CallResult, PeerResult, RunResult } from '../../harness/result.ts';
import { differenceTitle, findDifferences } from '../../reports/differences.ts';
import { renderHtml } from '../../reports/html/render.ts';
import { renderSummary } from '../../reports/summary.ts';
import { renderTable } from '../../reports/terminal/table.ts';
import { ALL_PASSED, buildRun } from '../fixtures/reports/run.ts';

type Change = (call: CallResult) => CallResult;

/** Four pairs that agree in everything, but for what is changed. */
function runWith(change: Change, iterations = 1): RunResult {
  const cells = ALL_PASSED.map((cell) => ({
    ...cell,
    statuses: Array.from({ length: iterations }, () => 'passed' as const),
  }));
  const { result } = buildRun({ cells });
  return { ...result, calls: result.calls.map((call) => change(alike(call))) };
}

function alike(call: CallResult): CallResult {
  const peer: Partial<PeerResult> = { metrics: { connect_ms: 100 }, videoCodec: 'VP8' };
  const checks = call.checks.map((check) => ({ ...check, actual: 'as ever' }));
  return { ...call, checks, peers: mapPeers(call, () => peer) };
}

function mapPeers(call: CallResult, change: (peer: PeerResult, role: string) => Partial<PeerResult>) {
  return Object.fromEntries(
    Object.entries(call.peers).map(([role, peer]) => [role, { ...peer, ...change(peer, role) }]),
  );
}

const ofBrowser =
  (browser: string, what: Partial<PeerResult>): Change =>
  (call) => ({ ...call, peers: mapPeers(call, (peer) => (peer.browser === browser ? what : {})) });

const ofOffers =
  (browser: string, what: Partial<PeerResult>): Change =>
  (call) => ({
    ...call,
    peers: mapPeers(call, () => (call.peers['caller']!.browser === browser ? what : {})),
  });

describe('findDifferences()', () => {
  test('finds none if all pairs did the same, or only one was tried', () => {
    expect(findDifferences(runWith((call) => call))).toEqual([]);
    const { result } = buildRun({
      cells: [{ caller: 'chrome', callee: 'firefox', statuses: ['passed', 'failed'] }],
    });
    expect(findDifferences(result)).toEqual([]);
  });

  test('names the browser if it depends on the own one alone', () => {
    expect(findDifferences(runWith(ofBrowser('firefox', { videoCodec: 'H264' })))).toEqual([
      {
        what: 'video codec',
        roles: [],
        variants: [],
        sides: [
          { value: 'VP8', where: ['chrome'] },
          { value: 'H264', where: ['firefox'] },
        ],
      },
    ]);
  });

  test('names the pairs if it depends on both', () => {
    // What only some report is no other cipher.
    expect(findDifferences(runWith(ofOffers('firefox', { srtpCipher: 'AEAD' })))).toEqual([]);
    expect(findDifferences(runWith(ofOffers('firefox', { videoCodec: 'H264' })))).toMatchObject([
      {
        what: 'video codec',
        sides: [
          { value: 'VP8', where: ['chrome → chrome', 'chrome → firefox'] },
          { value: 'H264', where: ['firefox → chrome', 'firefox → firefox'] },
        ],
      },
    ]);
  });

  test('tells checks that came out otherwise, and those that found something else; not other figures', () => {
    const actuals: Record<string, string> = {
      'chrome:chrome': '12 frames of VP8',
      'chrome:firefox': '19 frames of VP8',
      'firefox:chrome': '12 frames of VP9',
      'firefox:firefox': '7.5 frames of VP9',
    };
    const [found, ...others] = findDifferences(
      runWith((call) => ({
        ...call,
        checks: call.checks.map((check, i) => (i === 0 ? { ...check, actual: actuals[call.cell]! } : check)),
      })),
    );
    expect(others).toEqual([]);
    expect(found?.sides.map(({ where }) => where.length)).toEqual([2, 2]);
    const broken = runWith((call) => ({
      ...call,
      checks: call.checks.map((check, i) =>
        i === 0 && call.cell === 'chrome:firefox' ? { ...check, status: 'failed' as const } : check,
      ),
    }));
    expect(findDifferences(broken)).toMatchObject([
      { sides: [{ where: expect.any(Array) }, { value: 'failed: as ever', where: ['chrome → firefox'] }] },
    ]);
  });

  test('tells what one browser always reports and another never does', () => {
    const silent = runWith(ofBrowser('firefox', { metrics: {} }));
    expect(findDifferences(silent)).toEqual([
      { what: 'not reported', roles: [], variants: [], sides: [{ value: 'connect_ms', where: ['firefox'] }] },
    ]);
  });

  test('tells figures only if their ranges do not overlap, of three calls each at least', () => {
    const slowed = (iterations: number, spreadMs: number) =>
      findDifferences(
        runWith((call) => {
          const isSlow = call.cell === 'firefox:firefox';
          const connect_ms = (isSlow ? 200 : 100) + spreadMs * call.iteration;
          return { ...call, peers: mapPeers(call, () => ({ metrics: { connect_ms } })) };
        }, iterations),
      );
    expect(slowed(2, 1)).toEqual([]);
    expect(slowed(3, 60)).toEqual([]);
    const [found] = slowed(3, 1);
    expect(found).toMatchObject({ what: 'connect_ms', roles: [] });
    expect(found?.sides.at(-1)).toEqual({ value: '201 ms (200 ms to 202 ms)', where: ['firefox → firefox'] });
  });

  test('compares a variant with itself only, and tells once what is so in several', () => {
    const inVariants = (call: CallResult, name: string): CallResult => ({
      ...ofBrowser(name === 'b' ? 'firefox' : 'nobody', { videoCodec: 'H264' })(call),
      variant: { axis: 'case', name },
      peers: mapPeers(call, (peer) => ({
        source: peer.browser,
        videoCodec: name === 'b' && peer.browser === 'firefox' ? 'H264' : 'VP8',
      })),
    });
    const { calls, ...rest } = runWith((call) => call);
    const both = {
      ...rest,
      calls: ['a', 'b'].flatMap((name) => calls.map((call) => inVariants(call, name))),
    };
    expect(findDifferences(both).map(differenceTitle)).toEqual(['source', 'b: video codec']);
  });
});

describe('reports', () => {
  const result = runWith(ofBrowser('firefox', { videoCodec: 'H264' }));

  test('tell where the browsers differed', () => {
    expect(renderTable(result, { color: false, width: 100 })).toContain(
      'Where the browsers differ:\n- video codec: chrome: VP8; firefox: H264\n',
    );
    expect(renderSummary(result)).toContain('| video codec | **chrome** VP8<br>**firefox** H264 |');
    const page = renderHtml({ result, calls: [] }, { script: '', style: '' });
    expect(page).toContain('<h2>Where the browsers differ</h2>');
    expect(page.replace(/\s+/g, ' ')).toContain('<span class="where">firefox</span> H264');
  });

  test('say nothing of it if they did not', () => {
    const same = runWith((call) => call);
    for (const text of [
      renderTable(same, { color: false, width: 100 }),
      renderSummary(same),
      renderHtml({ result: same, calls: [] }, { script: '', style: '' }),
    ])
      expect(text).not.toContain('browsers differ');
  });
});
