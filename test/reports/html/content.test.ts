import { describe, expect, test } from 'vitest';
import type { CallRecord, RecordingRecord } from '../../../harness/call-record.ts';
import type { ContentReading } from '../../../harness/peer/content-reading.ts';
import { contentTable } from '../../../reports/html/content.ts';
import { recordingTable } from '../../../reports/html/recordings.ts';
import { buildRun } from '../../fixtures/reports/run.ts';

const CALL = buildRun().calls[0]!.record;

function callWith(of: { content?: ContentReading[]; recordings?: RecordingRecord[] }): CallRecord {
  const { callee, ...others } = CALL.peers;
  return { ...CALL, peers: { ...others, callee: { ...callee!, ...of } } };
}

/** The cells of the only row. */
function cells(table: { text: string } | undefined): string[] {
  const [, body = ''] = table?.text.split('<tbody>') ?? [];
  return [...body.matchAll(/<t[dh][^>]*>(?<cell>.*?)<\/t[dh]>/gs)].map(({ groups }) =>
    groups!['cell']!.replace(/<[^>]*>/g, '').trim(),
  );
}

const READING: ContentReading = {
  from: 'caller',
  frames: 400,
  unreadable: 2,
  wrongStream: 0,
  repeated: 3,
  dropped: 4,
  backwards: 0,
  first: 1,
  last: 404,
  stillMs: 20,
  freezes: 1,
  longestFreezeMs: 420,
  latencies: [30, 31, 32, 90].map((ms) => ({ t: 0, ms })),
  latencyUncertaintyMs: 0.8,
  syncs: [12, 14, 16].map((ms) => ({ t: 0, ms })),
  stepsSeen: 10,
  stepsHeard: 9,
  stepMs: 500,
};

describe('contentTable()', () => {
  test('is nothing if no pattern was read', () => {
    expect(contentTable(CALL)).toBeUndefined();
  });

  test('says what was read, how late, and how far the sound was off', () => {
    const row = cells(contentTable(callWith({ content: [READING] })));
    expect(row.slice(0, 8)).toEqual(['callee', 'caller', '400', '4', '3', '2', '0', '1, up to 420 ms']);
    expect(row[8]).toMatch(/^31\S* ms \(\d+\S* ms\) ± 0.8 ms$/);
    expect(row[9]).toBe('14 ms');
  });

  test('has a dash where nothing is known, never 0', () => {
    const row = cells(contentTable(callWith({ content: [{ ...READING, latencies: [], syncs: [] }] })));
    expect(row.slice(8)).toEqual(['–', '–']);
    const mute = cells(contentTable(callWith({ content: [{ ...READING, noSound: 'sender' }] })));
    expect(mute[9]).toBe('none: the sender has no sound device');
  });
});

describe('recordingTable()', () => {
  const recording: RecordingRecord = {
    file: 'calls/001 a/recordings/callee-1.webm',
    mimeType: 'video/webm',
    sizeBytes: 168_000,
    isWhole: true,
    recordedMs: 4100,
    playback: {
      durationMs: 4200,
      width: 640,
      height: 360,
      frames: 68,
      lateLooks: 9,
      lateChanges: 9,
      maxLuma: 200,
    },
  };

  test('is nothing if nothing was recorded', () => {
    expect(recordingTable(CALL)).toBeUndefined();
  });

  test('links the file and says what is in it', () => {
    const table = recordingTable(callWith({ recordings: [recording] }));
    expect(table?.text).toContain('href="calls/001%20a/recordings/callee-1.webm"');
    expect(cells(table)).toEqual([
      'callee-1.webm',
      'callee',
      'all',
      'video/webm',
      '168 kB',
      '4.1 s',
      '4.2 s',
      '68 frames of 640×360',
      '–',
      'not found here',
    ]);
  });

  test('tells what ffprobe found, or why it did not', () => {
    const probe = { container: 'webm', streams: [{ kind: 'video', codec: 'vp8' }] };
    expect(cells(recordingTable(callWith({ recordings: [{ ...recording, probe }] }))).at(-1)).toBe(
      'webm, vp8',
    );
    const broken = { ...probe, error: 'Invalid data' };
    expect(cells(recordingTable(callWith({ recordings: [{ ...recording, probe: broken }] }))).at(-1)).toBe(
      'Invalid data',
    );
  });
});
