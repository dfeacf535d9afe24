import type { CallRecord } from '../../harness/call-record.ts';
import { medianOf, percentileOf } from '../../harness/metrics/distribution.ts';
import type { ContentReading } from '../../harness/peer/content-reading.ts';
import { formatFigure } from '../figures.ts';
import { type Child, html, type Markup } from './markup.ts';
import { absent, dataTable } from './parts.ts';

/** What test patterns said that arrived, a row for each video; `undefined` if nobody read any. */
export function contentTable({ peers }: CallRecord): Markup | undefined {
  const rows = Object.values(peers).flatMap(({ role, content = [] }) =>
    content.map((reading) => rowOf(role, reading)),
  );
  if (rows.length === 0) return undefined;
  const figures = ['Frames', 'Skipped', 'Again', 'Unreadable', 'Wrong sender', 'Freezes'];
  const columns = [
    { title: 'At' },
    { title: 'From' },
    ...figures.map((title) => ({ title, figure: true as const })),
    { title: 'End to end, median (p95)' },
    { title: 'Sound after picture' },
  ];
  return dataTable('Test patterns read', columns, rows);
}

function rowOf(role: string, reading: ContentReading): Child[] {
  const { from, frames, dropped, repeated, unreadable, wrongStream, freezes, longestFreezeMs } = reading;
  return [
    role,
    from,
    frames,
    dropped,
    repeated,
    unreadable,
    wrongStream,
    freezes === 0 ? freezes : `${freezes}, up to ${formatFigure(longestFreezeMs, 'ms')}`,
    latency(reading),
    soundOffset(reading),
  ];
}

function latency({ latencies, latencyUncertaintyMs }: ContentReading): Child {
  const sorted = latencies.map(({ ms }) => ms).toSorted((a, b) => a - b);
  if (sorted.length === 0) return absent();
  const [median, p95] = [50, 95].map((percentile) => formatFigure(percentileOf(sorted, percentile), 'ms'));
  return html`${median} (${p95}) ± ${formatFigure(latencyUncertaintyMs, 'ms')}`;
}

function soundOffset({ syncs, noSound }: ContentReading): Child {
  const ms = medianOf(syncs.map((sync) => sync.ms));
  if (noSound) return `none: the ${noSound} has no sound device`;
  return ms === undefined ? absent() : formatFigure(ms, 'ms');
}
