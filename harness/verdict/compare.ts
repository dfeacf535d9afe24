import { SCRIPT_METRICS, type MetricName } from '../metrics/catalogue.ts';
import { definitionOf, knownMetrics } from '../metrics/custom-metrics.ts';
import { distributionOf } from '../metrics/distribution.ts';
import { PENALTIES } from '../metrics/penalties.ts';
import { pairOf, type Plan, type PlannedCell } from '../plan/plan.ts';
import type { CallResult, Comparison, ComparisonRow } from '../result.ts';
import { combine } from './judge-run.ts';

/** What variants are compared by, in the order of the reports. */
export const COMPARED = [
  'connect_ms',
  'first_frame_ms',
  'turn_allocate_ms',
  'stun_ms',
  'gather_ms',
  'ice_connected_ms',
  'dtls_connected_ms',
  'first_rtp_ms',
  'signaling_ms',
  'rtt_ms',
  'recv_bitrate_bps',
  'send_bitrate_bps',
  'packet_loss_ratio',
  'freeze_ratio',
  'concealment_ratio',
  ...SCRIPT_METRICS,
  ...(Object.keys(PENALTIES) as (keyof typeof PENALTIES)[]),
] as const satisfies MetricName[];

export interface CompareOptions {
  plan: Plan;
  calls: readonly CallResult[];
  /** What was measured of a call and of none of its peers, by call and metric. */
  callFigures: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

/** The variants side by side; `undefined` if the plan compares nothing. */
export function compareVariants({ plan, calls, callFigures }: CompareOptions): Comparison | undefined {
  const { comparison, cells } = plan;
  if (!comparison) return undefined;
  const { axis, baseline, cases } = comparison;
  const pairs = [...new Set(cells.map(({ id }) => pairOf(id)))];
  const rows = [undefined, ...pairs].flatMap((pair) =>
    cases.flatMap(({ name }) => {
      const own = cells.filter(
        ({ id, variant }) => variant?.name === name && (pair === undefined || pairOf(id) === pair),
      );
      return own.length ? [rowOf({ variant: name, pair, own, plan, calls, callFigures })] : [];
    }),
  );
  return {
    axis,
    ...(baseline !== undefined && { baseline }),
    cases: cases.map(({ name, summary }) => ({ name, summary })),
    rows,
  };
}

interface RowOptions extends CompareOptions {
  variant: string;
  pair: string | undefined;
  own: readonly PlannedCell[];
}

function rowOf({ variant, pair, own, plan, calls: all, callFigures }: RowOptions): ComparisonRow {
  const ids = new Set(own.map(({ id }) => id));
  const calls = all.filter(({ cell }) => ids.has(cell));
  const unsupported = whyUnsupported(own, calls);
  const { roles } = plan.scenario;
  const attempted = calls.filter(({ peers }) =>
    Object.values(peers).some(({ metrics }) => metrics['connection_success'] !== undefined),
  );
  return {
    variant,
    ...(pair !== undefined && { pair }),
    status:
      calls.length === 0 && unsupported !== undefined
        ? 'unsupported'
        : combine(calls.map(({ status }) => status)),
    calls: calls.length,
    connected: attempted.filter(({ cell, peers }) =>
      rolesIn(own, cell).every((role) => peers[role]?.metrics['connection_success'] === 1),
    ).length,
    attempted: attempted.length,
    metrics: distributions(calls, callFigures, plan),
    selectedPairs: countPairs(calls, roles[0]),
    ...(unsupported !== undefined && { unsupported }),
  };
}

/** Those that take part in the cell. */
function rolesIn(cells: readonly PlannedCell[], cell: string): string[] {
  return Object.keys(cells.find(({ id }) => id === cell)?.assignment ?? {});
}

/** Only when none of it could be tried: as planned, else as the calls themselves said. */
function whyUnsupported(cells: readonly PlannedCell[], calls: readonly CallResult[]): string | undefined {
  const planned = cells.flatMap(({ unsupported }) => unsupported ?? []);
  if (planned.length === cells.length) return [...new Set(planned)].join('; ');
  if (calls.length === 0 || calls.some(({ status }) => status !== 'unsupported')) return undefined;
  return calls.flatMap(
    ({ reasons }) => reasons.find(({ status }) => status === 'unsupported')?.message ?? [],
  )[0];
}

function distributions(
  calls: readonly CallResult[],
  callFigures: CompareOptions['callFigures'],
  { metrics: custom = {}, options: { seed } }: Plan,
): ComparisonRow['metrics'] {
  const known = knownMetrics(custom);
  return Object.fromEntries(
    [...COMPARED, ...Object.keys(custom)].flatMap((metric) => {
      const values = calls.map(({ id, peers }) => {
        const own = Object.values(peers).flatMap(({ metrics }) => metrics[metric] ?? []);
        const ofCall = callFigures.get(id)?.[metric];
        return ofCall === undefined ? own : [...own, ofCall];
      });
      const distribution = distributionOf({
        calls: values,
        unit: definitionOf(known, metric)?.unit ?? '',
        seed,
      });
      return distribution ? [[metric, distribution]] : [];
    }),
  );
}

function countPairs(calls: readonly CallResult[], role = ''): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { peers } of calls) {
    const pair = peers[role]?.selectedPair;
    if (pair !== undefined) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a));
}
