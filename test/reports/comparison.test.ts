import { describe, expect, test } from 'vitest';
import type { Comparison, ComparisonRow, Distribution } from '../../harness/result.ts';
import {
  callsInTrouble,
  comparedFigures,
  describeSelectedPairs,
  formatAdded,
  formatAddedCost,
  formatInterval,
  networkSentence,
  overallRows,
  repetitionSentence,
  rowsByPair,
  untriedVariants,
} from '../../reports/comparison.ts';
import { buildComparison } from '../fixtures/reports/comparison.ts';

const comparisonOf = (shape: Parameters<typeof buildComparison>[0] = {}): Comparison => {
  const { comparison } = buildComparison(shape).result;
  if (!comparison) throw new Error('expected a comparison');
  return comparison;
};

const spread = (over: Partial<Distribution> = {}): Distribution => ({
  unit: 'ms',
  samples: 3,
  p50: 38,
  p95: 60,
  min: 30,
  max: 60,
  values: [30, 38, 60],
  ...over,
});

test('overallRows() has a row for each variant, in the order of the scenario; rowsByPair() the rest', () => {
  const comparison = comparisonOf();
  expect(overallRows(comparison).map(({ variant }) => variant)).toEqual(
    comparison.cases.map(({ name }) => name),
  );
  expect(rowsByPair(comparison).map(({ pair, rows }) => [pair, rows.length])).toEqual([
    ['chrome:chrome', 8],
    ['chrome:firefox', 8],
    ['firefox:chrome', 8],
    ['firefox:firefox', 8],
  ]);
});

describe('networkSentence()', () => {
  const { environment } = buildComparison({ level: 'loopback' }).result;

  test('says why the network is not a better one, if it is not', () => {
    expect(networkSentence(environment)).toBe(
      'Measured on loopback: no NATs, no firewalls, no delay. Not on a better level: the lab needs CAP_NET_ADMIN, which this process lacks.',
    );
  });

  test('says nothing of better ones in the lab', () => {
    expect(networkSentence(buildComparison().result.environment)).toMatch(/^Measured in the lab: [^.]*\.$/);
  });

  test('says that relays were forced if media was relayed outside the lab', () => {
    expect(networkSentence(environment, comparisonOf({ level: 'loopback' }))).toContain(
      'Media is relayed only where ICE was told to',
    );
    expect(networkSentence(buildComparison().result.environment, comparisonOf())).not.toContain(
      'ICE was told',
    );
  });
});

describe('repetitionSentence()', () => {
  test('warns of what few calls cannot say', () => {
    expect(repetitionSentence(comparisonOf())).toMatch(
      /^5 calls for each pair of browsers and path; .* little more than the slowest/,
    );
  });

  test('warns of nothing if there are many', () => {
    expect(repetitionSentence(comparisonOf({ repetitions: 30 }))).toBe(
      '30 calls for each pair of browsers and path; each peer’s own figure counts.',
    );
  });

  test('does not count variants that could not be tried', () => {
    expect(repetitionSentence(comparisonOf({ level: 'loopback' }))).toMatch(/^5 calls/);
  });

  test('says so if nothing was run', () => {
    expect(repetitionSentence({ axis: 'path', cases: [], rows: [] })).toBe('Nothing was run.');
  });
});

test('formatAdded() has a sign but for 0', () => {
  expect([38, -4, 0].map((value) => formatAdded(value, 'ms'))).toEqual(['+38 ms', '−4 ms', '0 ms']);
});

test.for([
  [spread({ ci: [31, 44] }), '31 to 44 ms'],
  [spread({ ci: [900, 12_000] }), '900 ms to 12 s'],
  [spread(), '–'],
] as const)('formatInterval() is %j', ([distribution, expected]) => {
  expect(formatInterval(distribution)).toBe(expected);
});

test('formatAddedCost() is a dash without figures, and never 0', () => {
  const comparison = comparisonOf();
  const row: ComparisonRow = {
    variant: 'relay-udp',
    status: 'failed',
    calls: 5,
    connected: 0,
    attempted: 5,
    metrics: {},
    selectedPairs: {},
  };
  expect(formatAddedCost(comparison, row, 'relay_penalty_ms')).toBe('–');
  expect(
    formatAddedCost(
      comparison,
      { ...row, metrics: { relay_penalty_ms: spread({ ci: [31, 44] }) } },
      'relay_penalty_ms',
    ),
  ).toBe('+38 ms (+31 to +44 ms)');
  expect(formatAddedCost(comparison, { ...row, variant: 'direct' }, 'relay_penalty_ms')).toBe('baseline');
});

test('describeSelectedPairs() tells the most frequent first', () => {
  const [row] = comparisonOf().rows;
  expect(
    describeSelectedPairs({
      ...row!,
      selectedPairs: { 'host/udp → prflx/udp': 1, 'host/udp → host/udp': 4 },
    }),
  ).toBe('host/udp → host/udp ×4, host/udp → prflx/udp');
});

test('comparedFigures() has what was measured: freezes only if there were some, and what scripts measured', () => {
  const rows = (metrics: ComparisonRow['metrics']) => [{ ...comparisonOf().rows[0]!, metrics }];
  const titles = (metrics: ComparisonRow['metrics']) =>
    comparedFigures(rows(metrics)).map(({ title }) => title);
  expect(titles({ rtt_ms: spread(), freeze_ratio: spread({ unit: 'ratio', p50: 0 }) })).toEqual(['RTT']);
  expect(
    titles({ media_gap_ms: spread(), rtt_ms: spread(), freeze_ratio: spread({ unit: 'ratio', p50: 0.1 }) }),
  ).toEqual(['media gap', 'RTT', 'frozen']);
});

test('untriedVariants() are told once for each reason, and callsInTrouble() leaves their calls out', () => {
  const { result } = buildComparison({ level: 'loopback' });
  expect(untriedVariants(comparisonOf({ level: 'loopback' }))).toEqual([
    {
      why: 'needs the lab: namespaces with NATs and firewalls',
      variants: ['srflx', 'udp-blocked', 'port-443-only', 'symmetric'],
    },
  ]);
  expect(result.calls.filter(({ status }) => status === 'unsupported')).toHaveLength(16);
  expect(callsInTrouble(result)).toEqual([]);
  expect(callsInTrouble(buildComparison().result).map(({ id }) => id)).toEqual([
    '134-firefox-chrome-port-443-only',
  ]);
});
