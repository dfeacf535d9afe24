import { METRICS, type MetricDefinition, type MetricType } from './catalogue.ts';
import { TAGS } from './selector.ts';

const AGGREGATIONS: Record<MetricType, string> = {
  trend: '`avg min med max p(N)`',
  rate: '`rate`',
  counter: '`count rate`',
  gauge: '`value`',
};

const INTRO = `# metrics

What Callrig measures, from what browsers say and what the harness sees. Pure: samples in, values out.

- \`catalogue.ts\` every metric, defined once. This page, the scenario's types and the thresholds come from it.
- \`derive.ts\` one call → metric samples: \`waterfall.ts\` (marks), \`intervals.ts\` and \`change.ts\` (stats), \`resources.ts\` (processes and host).
- \`aggregate.ts\` and \`sink.ts\` samples → summaries, k6's way; \`selector.ts\` sub-metrics.
- \`penalties.ts\` calls of one variant against those of the baseline; \`distribution.ts\` percentiles and the interval of a median.
- \`peer-figures.ts\` one figure a metric for each peer of a call; \`series.ts\` the charts of a call.

\`\`\`ts
for (const sample of deriveCall({ record, samples: { caller, callee } })) aggregate.add(sample);
aggregate.values('connect_ms{pair:chrome:firefox}')?.value('p', 95);
\`\`\`

It never fills in a value that nobody measured, never averages a cumulative counter, never reads a file.

## Rules

- _camelCase_ is the browser's word and unit, _snake_case_ is computed here.
- Counters are differenced first; time is the Δ of the object's own \`timestamp\`. A counter that shrank, or a value that
  is missing at either end, leaves the interval without a value. Two exceptions: \`packetsLost\` may shrink when late
  packets arrive (RFC 3550 §6.4.1) and then counts as 0; \`nack_count pli_count fir_count\` count from a stream's birth,
  and from 0 again when they shrank.
- Intervals under 250 ms are joined to the next one, but never across a step's border. Counters of events are not joined.
- A freeze is reported when it ends, so \`freeze_ratio\` of one interval may be above 1.
- Only an interval that lies wholly inside a step has its \`step\` tag. Peers' times are converted with the measured clock
  offset; without one there is no \`step\`.
- A waterfall metric is absent when a mark is missing or its marks are the wrong way round.
- \`connection_success\` has no sample where the environment or the script broke the call, a probe said unsupported, or the
  run was stopped before the peer connected.
- Means of a peer in a call are over the step \`hold\` where anything was measured in it, else over the whole call;
  counters are summed over the whole call.
- A penalty is known when all calls are over: each peer's figure minus the median of the baseline's peers with the same pair
  and role, of every call that got far enough to have one. Without a baseline there is none.
- The 95 % interval of a median resamples calls, not peers (2000 times, from the run's seed): the peers of a call share its
  fate. With fewer than 5 calls there is none.
- Percentiles interpolate linearly between neighbours, as k6 does, and are exact: every value is kept, 8 bytes each in the
  run and 8 in its cell.
`;

/** The page beside the catalogue: `README.md` in this folder. */
export function renderCatalogue(): string {
  const sections = (['trend', 'rate', 'counter', 'gauge'] as const).map(renderType).filter(Boolean);
  const tags = Object.entries(TAGS).map(([name, description]) => `| \`${name}\` | ${cell(description)} |`);
  return [INTRO, ...sections, ['## Tags\n', '| tag | |', '|---|---|', ...tags, ''].join('\n')].join('\n');
}

function renderType(type: MetricType): string {
  const metrics = Object.entries<MetricDefinition>(METRICS).filter(([, metric]) => metric.type === type);
  if (metrics.length === 0) return '';
  const head = ['| metric | unit | what it is | derived from |', '|---|---|---|---|'];
  return [`## ${type}: ${AGGREGATIONS[type]}\n`, ...head, ...metrics.map(renderMetric), ''].join('\n');
}

function renderMetric([name, { unit, description, derivation, see, better }]: [
  string,
  MetricDefinition,
]): string {
  const arrow = better === 'lower' ? ' ↓' : better === 'higher' ? ' ↑' : '';
  const source = see ? `${cell(derivation)} ([spec](${see}))` : cell(derivation);
  return `| \`${name}\`${arrow} | ${unit} | ${cell(description)} | ${source} |`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
