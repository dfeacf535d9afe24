import type { CallRecord } from '../../harness/call-record.ts';
import type { Series } from '../input.ts';
import { median } from '../figures.ts';
import { printableLine } from '../printable.ts';

type Point = readonly [tMs: number, value: number];

/** What the page's script draws: one per metric, all peers in it. */
export interface Chart {
  metric: string;
  title: string;
  unit: string;
  series: ChartSeries[];
}

export interface ChartSeries {
  label: string;
  role: string;
  /** Seconds since the call's start. */
  x: number[];
  /** `null` breaks the line: nothing was measured there. */
  y: (number | null)[];
}

/** A step of the script, marked in every chart; seconds since the call's start. */
export interface ChartStep {
  name: string;
  from: number;
  /** Absent when the call ended inside it. */
  to?: number;
}

/** The charts of one call as they travel in the page. */
export interface ChartData {
  charts: Chart[];
  steps: ChartStep[];
  roles: string[];
  /** What all of them show of the time, seconds. Absent: each what it has. */
  extent?: [from: number, to: number];
}

/** More points than this in a series are thinned; a chart is hardly wider in pixels. */
export const MOST_POINTS = 600;

/** A longer label or step is cut. */
const MOST_NAME = 60;

/** In the order people look; others follow by name. */
const TITLES = new Map([
  ['recv_bitrate_bps', 'Received bitrate'],
  ['send_bitrate_bps', 'Sent bitrate'],
  ['rtt_ms', 'Round-trip time'],
  ['packet_loss_ratio', 'Packet loss'],
  ['fps_received', 'Frames decoded per second'],
  ['fps_sent', 'Frames sent per second'],
  ['jitter_buffer_ms', 'Jitter buffer'],
  ['jitter_ms', 'Jitter'],
]);

/** Groups a call's series into charts, breaks their lines where nothing was measured and thins them to `most` points. */
export function chartData(record: CallRecord, series: readonly Series[], most = MOST_POINTS): ChartData {
  const measured = series.filter(({ points }) => points.length > 0);
  const known = [...TITLES.keys()];
  const rank = (metric: string) => (TITLES.has(metric) ? known.indexOf(metric) : known.length);
  const metrics = [...new Set(measured.map(({ metric }) => metric))].toSorted(
    (a, b) => rank(a) - rank(b) || a.localeCompare(b),
  );
  return {
    charts: metrics.map((metric) =>
      toChart(
        metric,
        measured.filter((one) => one.metric === metric),
        most,
      ),
    ),
    steps: record.steps.map(({ name, startMs, endMs }) => ({
      name: printableLine(name, MOST_NAME),
      from: seconds(startMs - record.startMs),
      ...(endMs !== undefined && { to: seconds(endMs - record.startMs) }),
    })),
    roles: Object.keys(record.assignment),
  };
}

/**
 * At most about {@link MOST_POINTS} points: of each stretch the lowest and the highest, so that no peak is lost.
 * Shorter series are returned as they are.
 */
export function thinPoints(points: readonly Point[], most = MOST_POINTS): Point[] {
  if (points.length <= most) return [...points];
  const stretch = Math.ceil(points.length / (most / 2));
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += stretch) {
    const byValue = points.slice(start, start + stretch).toSorted((a, b) => a[1] - b[1]);
    const ends = byValue.length > 1 ? [byValue[0], byValue.at(-1)] : byValue;
    kept.push(...ends.filter((point) => point !== undefined).toSorted((a, b) => a[0] - b[0]));
  }
  return kept;
}

function toChart(metric: string, series: readonly Series[], most: number): Chart {
  return {
    metric,
    title: TITLES.get(metric) ?? metric,
    unit: series[0]?.unit ?? '',
    series: series.map(({ label, role, points }) => ({
      label: printableLine(label, MOST_NAME),
      role,
      ...toLine(points, most),
    })),
  };
}

function toLine(points: readonly Point[], most: number): Pick<ChartSeries, 'x' | 'y'> {
  const x: number[] = [];
  const y: (number | null)[] = [];
  for (const run of splitAtGaps(points)) {
    const lastX = x.at(-1);
    const firstX = seconds(run[0]?.[0] ?? 0);
    if (lastX !== undefined) {
      x.push((lastX + firstX) / 2);
      y.push(null);
    }
    const share = Math.max(2, Math.round((most * run.length) / points.length));
    for (const [t, value] of thinPoints(run, share)) {
      x.push(seconds(t));
      y.push(Number(value.toPrecision(5)));
    }
  }
  return { x, y };
}

/** A pause of more than three usual intervals is a gap, not a slope. */
function splitAtGaps(points: readonly Point[]): Point[][] {
  const usual = median(points.slice(1).map(([t], index) => t - (points[index]?.[0] ?? t))) ?? 0;
  const runs: Point[][] = [];
  for (const point of points) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run && before && (usual === 0 || point[0] - before[0] <= 3 * usual)) run.push(point);
    else runs.push([point]);
  }
  return runs;
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
