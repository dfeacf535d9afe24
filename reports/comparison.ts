import type { MetricName } from '../harness/metrics/catalogue.ts';
import type { CallResult, Comparison, ComparisonRow, Distribution, RunResult } from '../harness/result.ts';
import { isOnlyInterrupted } from '../harness/verdict/loads.ts';
import { ABSENT, formatFigure, plural } from './figures.ts';
import { byUrgency } from './status-marks.ts';

/** What the charts compare, and the metric that says what a variant adds to it. */
export const COMPARED = [
  { metric: 'connect_ms', added: 'relay_penalty_ms', title: 'Time to connect' },
  { metric: 'first_frame_ms', added: 'relay_penalty_first_frame_ms', title: 'Time to the first frame' },
  { metric: 'rtt_ms', added: 'relay_penalty_rtt_ms', title: 'Round trip' },
] as const satisfies { metric: MetricName; added: MetricName; title: string }[];

/** A metric that variants are compared by, beside the time to connect. */
export interface ComparedFigure {
  /** In a few words, in lower case. */
  title: string;
  metric: MetricName;
  /** One that tells enough by its median. */
  brief?: true;
}

const FIGURES: readonly ComparedFigure[] = [
  { title: 'first frame', metric: 'first_frame_ms' },
  { title: 'TURN allocate', metric: 'turn_allocate_ms' },
  { title: 'RTT', metric: 'rtt_ms' },
  { title: 'loss', metric: 'packet_loss_ratio', brief: true },
  { title: 'received', metric: 'recv_bitrate_bps', brief: true },
];

/** Told only of runs in which there was some, as most have none. */
const DISTURBANCES: readonly ComparedFigure[] = [
  { title: 'frozen', metric: 'freeze_ratio', brief: true },
  { title: 'concealed', metric: 'concealment_ratio', brief: true },
];

/** What scripts measured themselves. */
export const MEASURED: readonly ComparedFigure[] = [
  { title: 'media gap', metric: 'media_gap_ms' },
  { title: 'recovery', metric: 'recovery_ms' },
  { title: 'ICE restart', metric: 'ice_restart_ms' },
  { title: 'time to fail', metric: 'failure_ms' },
  { title: 'time to yield', metric: 'yield_ms' },
];

/** The figures that there are of the variants, in the order of the reports. */
export function comparedFigures(rows: readonly ComparisonRow[]): ComparedFigure[] {
  const measured = ({ metric }: ComparedFigure) => rows.some(({ metrics }) => metrics[metric] !== undefined);
  const occurred = ({ metric }: ComparedFigure) =>
    rows.some(({ metrics }) => (metrics[metric]?.p50 ?? 0) > 0);
  return [...MEASURED.filter(measured), ...FIGURES.filter(measured), ...DISTURBANCES.filter(occurred)];
}

/** `First frame`. */
export function capitalised(title: string): string {
  return title.slice(0, 1).toUpperCase() + title.slice(1);
}

/** Below this many values the 95th percentile is little else than the slowest of them. */
const ENOUGH_FOR_P95 = 20;

/** Each variant over all pairs of browsers, in the order of the scenario. */
export function overallRows({ rows }: Comparison): ComparisonRow[] {
  return rows.filter(({ pair }) => pair === undefined);
}

/** The variants of each pair of browsers. */
export function rowsByPair({ rows }: Comparison): { pair: string; rows: ComparisonRow[] }[] {
  const pairs = [...new Set(rows.flatMap(({ pair }) => pair ?? []))];
  return pairs.map((pair) => ({ pair, rows: rows.filter((row) => row.pair === pair) }));
}

/** `chrome → firefox` of `chrome:firefox`; more than two are in no direction. */
export function describePair(pair: string): string {
  const browsers = pair.split(':');
  return browsers.join(browsers.length === 2 ? ' → ' : ' · ');
}

/** Which network level it was and why not a better one; of a comparison also what that means for relayed media. */
export function networkSentence(
  { network, networkWhy }: RunResult['environment'],
  comparison?: Comparison,
): string {
  const relayed = comparison?.rows.some(({ selectedPairs }) =>
    /\brelay\b/.test(Object.keys(selectedPairs).join(' ')),
  );
  const forced = relayed && network !== 'lab' ? FORCED : '';
  const why = networkWhy === undefined ? '' : ` Not on a better level: ${networkWhy.replace(/\.$/, '')}.`;
  return `${LEVELS[network]}${forced}${why}`;
}

const LEVELS: Record<RunResult['environment']['network'], string> = {
  lab: 'Measured in the lab: every peer in a network namespace, behind real NATs, firewalls and links.',
  shaped:
    'Measured on loopback, with the links of Chromium shaped through its DevTools: no NATs, no firewalls.',
  loopback: 'Measured on loopback: no NATs, no firewalls, no delay.',
};

const FORCED =
  ' Media is relayed only where ICE was told to: the figures tell what TURN itself costs, not the way to it.';

/** How many calls the figures rest on, and what so few of them cannot say. */
export function repetitionSentence({ rows, axis }: Comparison): string {
  const tried = rows.filter(({ pair, unsupported }) => pair !== undefined && unsupported === undefined);
  const calls = (tried.length > 0 ? tried : rows).map((row) => row.calls);
  const [least, most] = [Math.min(...calls), Math.max(...calls)];
  if (!Number.isFinite(most) || most <= 0) return 'Nothing was run.';
  const counted = least === most ? plural(most, 'call') : `${least} to ${plural(most, 'call')}`;
  const samples = tried.flatMap(({ metrics }) => metrics['connect_ms']?.samples ?? []);
  const few = samples.length > 0 && Math.min(...samples) < ENOUGH_FOR_P95;
  const caution = few
    ? ' With so few, p95 of a single pair says little more than the slowest, and a difference whose confidence interval reaches 0 may be none.'
    : '';
  return `${counted} for each pair of browsers and ${axis}; each peer’s own figure counts.${caution}`;
}

/** Variants that were not tried at all, by the reason: `srflx, symmetric: needs the lab`. */
export function untriedVariants(comparison: Comparison): { why: string; variants: string[] }[] {
  const untried = overallRows(comparison).filter(({ unsupported }) => unsupported !== undefined);
  return [...new Set(untried.flatMap(({ unsupported }) => unsupported ?? []))].map((why) => ({
    why,
    variants: untried.filter(({ unsupported }) => unsupported === why).map(({ variant }) => variant),
  }));
}

/**
 * Calls that did not pass, without those that a load only cut off, and those of variants that were not tried: these are told
 * once, with the comparison.
 */
export function callsInTrouble({ calls, comparison }: RunResult): CallResult[] {
  const untried = new Set(comparison ? untriedVariants(comparison).flatMap(({ variants }) => variants) : []);
  return byUrgency(calls).filter((call) => !isOnlyInterrupted(call) && isInTrouble(call, untried));
}

function isInTrouble({ status, variant }: CallResult, untried: ReadonlySet<string>): boolean {
  return status !== 'passed' && !(status === 'unsupported' && variant && untried.has(variant.name));
}

/** `relay/udp → srflx/udp ×9, relay/udp → prflx/udp`: the most frequent first. */
export function describeSelectedPairs({ selectedPairs }: ComparisonRow): string {
  return Object.entries(selectedPairs)
    .toSorted(([, a], [, b]) => b - a)
    .map(([pair, count]) => (count === 1 ? pair : `${pair} ×${count}`))
    .join(', ');
}

/** A difference: `+38 ms`, `−4 ms`, `0 ms`. */
export function formatAdded(value: number, unit: string): string {
  const sign = value > 0 ? '+' : value < 0 ? '−' : '';
  return `${sign}${formatFigure(Math.abs(value), unit)}`;
}

/** `180 to 201 ms`; a dash without one. */
export function formatInterval(
  { ci, unit }: Distribution,
  format: (value: number, unit: string) => string = formatFigure,
): string {
  if (!ci) return ABSENT;
  const [low, high] = ci.map((value) => format(value, unit));
  if (low === undefined || high === undefined) return ABSENT;
  const [number, ownUnit] = splitUnit(low);
  return `${ownUnit === splitUnit(high)[1] ? number : low} to ${high}`;
}

/** `193 ms (240 ms)`: p50 and p95; a dash of nothing. */
export function formatSpread(distribution: Distribution | undefined): string {
  if (!distribution) return ABSENT;
  const { p50, p95, unit } = distribution;
  return `${formatFigure(p50, unit)} (${formatFigure(p95, unit)})`;
}

/** `+38 ms (31 to 44 ms)`; `baseline` of the variant the others are compared with; a dash of nothing. */
export function formatAddedCost(comparison: Comparison, row: ComparisonRow, metric: MetricName): string {
  if (row.variant === comparison.baseline) return 'baseline';
  const added = row.metrics[metric];
  if (!added) return ABSENT;
  const interval = added.ci ? ` (${formatInterval(added, formatAdded)})` : '';
  return `${formatAdded(added.p50, added.unit)}${interval}`;
}

/** The median; a dash of nothing. */
export function formatMedian({ metrics }: ComparisonRow, metric: MetricName): string {
  const found = metrics[metric];
  return found ? formatFigure(found.p50, found.unit) : ABSENT;
}

function splitUnit(figure: string): [number: string, unit: string] {
  const space = figure.indexOf(' ');
  return space < 0 ? [figure, ''] : [figure.slice(0, space), figure.slice(space)];
}
