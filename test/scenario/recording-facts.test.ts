import { describe, expect, test } from 'vitest';
import { recordingFacts, type RecordingRecord } from '../../harness/index.ts';

const recorded = (
  playback: Partial<RecordingRecord['playback']> = {},
  rest: Partial<RecordingRecord> = {},
): RecordingRecord => ({
  file: 'calls/1/recordings/caller-1.webm',
  mimeType: 'video/webm',
  sizeBytes: 1000,
  isWhole: true,
  recordedMs: 4000,
  playback: {
    durationMs: 3900,
    width: 640,
    height: 360,
    frames: 80,
    lateLooks: 10,
    lateChanges: 10,
    maxLuma: 200,
    audioMs: 3900,
    audioLevel: 0.02,
    ...playback,
  },
  ...rest,
});

const failed = (record: RecordingRecord, options = {}) =>
  recordingFacts(record, options).flatMap(({ name, passed }) => (passed === true ? [] : [name]));

describe('recordingFacts()', () => {
  test('hold of a recording with all in it', () => {
    expect(failed(recorded())).toEqual([]);
  });

  test.for<[Partial<RecordingRecord['playback']>, string]>([
    [{ error: 'no ended within 9 ms' }, 'the recording plays to its end'],
    [{ durationMs: 1900 }, 'the recording lasts as long as was recorded'],
    [{ durationMs: 5600 }, 'the recording lasts as long as was recorded'],
    [{ frames: 7 }, 'the recording has frames'],
    [{ width: 0 }, 'the recording has frames'],
    [{ maxLuma: 16 }, 'the recording is not black'],
    [{ lateChanges: 3 }, 'the recording moves'],
    [{ audioLevel: 0 }, 'the recording has sound'],
  ])('%j: fails that %s', ([playback, name]) => {
    expect(failed(recorded(playback))).toEqual([name]);
  });

  test('fail of a file that is not what was recorded', () => {
    expect(failed(recorded({}, { isWhole: false }))).toEqual(['the file is what was recorded']);
  });

  test('fail of an empty file', () => {
    expect(failed(recorded({}, { sizeBytes: 0 }))).toEqual(['the recording plays to its end']);
  });

  test('ask no more than what was to be in it', () => {
    expect(
      failed(recorded({ frames: 0, lateLooks: 0, lateChanges: 0, width: 0, maxLuma: 0 }), { video: false }),
    ).toEqual([]);
    expect(failed(recorded({ audioLevel: 0 }), { audio: false })).toEqual([]);
  });

  test('have no evidence of a length nobody can tell', () => {
    const { playback, ...rest } = recorded();
    const { durationMs: _none, ...unknown } = playback;
    const facts = recordingFacts({ ...rest, playback: unknown });
    expect(facts.filter(({ passed }) => passed === undefined).map(({ name }) => name)).toEqual([
      'the recording lasts as long as was recorded',
    ]);
  });

  test('ask ffprobe only where there is one', () => {
    const probed = (streams: { kind: string; codec: string; packets?: number }[], error?: string) =>
      failed(recorded({}, { probe: { container: 'webm', streams, ...(error && { error }) } }));
    const both = [
      { kind: 'video', codec: 'vp8', packets: 80 },
      { kind: 'audio', codec: 'opus', packets: 200 },
    ];
    expect(probed(both)).toEqual([]);
    expect(probed(both.slice(0, 1))).toEqual(['ffprobe finds its tracks']);
    expect(probed([both[0]!, { kind: 'audio', codec: 'opus', packets: 0 }])).toEqual([
      'ffprobe finds its tracks',
    ]);
    expect(probed([], 'Invalid data')).toEqual(['ffprobe finds its tracks']);
  });
});
