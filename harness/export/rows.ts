import { knownMetrics, definitionOf } from '../metrics/custom-metrics.ts';
import { deriveCall } from '../metrics/derive.ts';
import { assembleStats } from '../stats/delta.ts';
import type { MetricSample } from '../stats/sample.ts';
import type { StoredRun } from '../store/open-run.ts';

/** One value of one metric. What does not apply to it is `null`. */
export interface Row {
  /** Harness's clock. */
  t: Date;
  call: string;
  load: string | null;
  cell: string;
  role: string | null;
  browser: string | null;
  browser_version: string | null;
  remote: string | null;
  metric: string;
  value: number;
  unit: string;
  kind: string | null;
  codec: string | null;
  candidate_type: string | null;
  step: string | null;
}

/** By name, in the order of a row. */
export const COLUMNS = {
  t: 'TIMESTAMP',
  call: 'STRING',
  load: 'STRING',
  cell: 'STRING',
  role: 'STRING',
  browser: 'STRING',
  browser_version: 'STRING',
  remote: 'STRING',
  metric: 'STRING',
  value: 'DOUBLE',
  unit: 'STRING',
  kind: 'STRING',
  codec: 'STRING',
  candidate_type: 'STRING',
  step: 'STRING',
} as const satisfies Record<keyof Row, string>;

/**
 * Everything that a run measured, call by call, from its raw samples: one call's are in memory at a time. Where raw
 * samples were thinned out, so are the values made of them.
 */
export async function* rowsOf(run: StoredRun): AsyncGenerator<Row> {
  const known = knownMetrics(run.plan.metrics);
  for await (const record of run.records()) {
    const samples = Object.fromEntries(
      Object.keys(record.peers).map((role) => [role, assembleStats(run.stats(record.id, role))]),
    );
    for (const sample of deriveCall({ record, samples })) {
      yield rowOf(sample, definitionOf(known, sample.metric)?.unit ?? '');
    }
  }
}

function rowOf({ metric, value, t, tags }: MetricSample, unit: string): Row {
  const tag = (name: string) => tags[name] ?? null;
  return {
    t: new Date(t),
    call: tags['call'] ?? '',
    load: tag('load'),
    cell: tags['cell'] ?? '',
    role: tag('role'),
    browser: tag('browser'),
    browser_version: tag('browser_version'),
    remote: tag('remote'),
    metric,
    value,
    unit,
    kind: tag('kind'),
    codec: tag('codec'),
    candidate_type: tag('candidate_type'),
    step: tag('step'),
  };
}
