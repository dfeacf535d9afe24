import type { CallRecord, RecordingRecord } from '../../harness/call-record.ts';
import { formatDuration, formatFigure } from '../figures.ts';
import { type Child, html, type Markup } from './markup.ts';
import { dataTable, orAbsent } from './parts.ts';

/** What peers recorded, with links to the files beside the report; `undefined` if nothing was. */
export function recordingTable({ peers }: CallRecord): Markup | undefined {
  const rows = Object.values(peers).flatMap(({ role, recordings = [] }) =>
    recordings.map((recording) => rowOf(role, recording)),
  );
  if (rows.length === 0) return undefined;
  const titles = ['File', 'By', 'Of', 'Type', 'Size', 'Recorded', 'Plays', 'Picture', 'Sound', 'ffprobe'];
  return dataTable(
    'Recordings',
    titles.map((title) => ({ title })),
    rows,
  );
}

function rowOf(role: string, recording: RecordingRecord): Child[] {
  const { file, of, mimeType, sizeBytes, recordedMs, playback, probe } = recording;
  const { error, durationMs, width, height, frames, audioMs } = playback;
  return [
    html`<a href="${file.split('/').map(encodeURIComponent).join('/')}">${file.split('/').at(-1)}</a>`,
    role,
    of ?? 'all',
    mimeType,
    formatFigure(sizeBytes, 'bytes'),
    formatDuration(recordedMs),
    error ?? orAbsent(durationMs === undefined ? undefined : formatDuration(durationMs)),
    `${frames} frames of ${width}×${height}`,
    orAbsent(audioMs === undefined ? undefined : formatDuration(audioMs)),
    probe
      ? (probe.error ?? [probe.container, ...probe.streams.map(({ codec }) => codec)].join(', '))
      : 'not found here',
  ];
}
