import type { RecordingRecord } from '../call-record.ts';
import { BLACK_LUMA } from './call-facts.ts';
import { isMoving } from './moving.ts';
import type { Fact } from './scenario.ts';

/**
 * How much of its time a recording must last. A recorder writes nothing before the first picture that can stand alone,
 * which a busy sender takes its time for; it never lasts longer than it ran, but for what was buffered.
 */
const LASTS = { leastRatio: 0.5, mostExtraMs: 1500 };
/** The slowest source here gives 10 a second. */
const LEAST_FPS = 2;
/** Silence is 0; a fake microphone's beeps are above 0.01. */
const LEAST_LEVEL = 0.0005;

export interface RecordingExpectation {
  /** Media that must be in it. Default both. */
  audio?: boolean;
  video?: boolean;
}

/** Whether a recording plays to its end and has in it what was seen and heard. */
export function recordingFacts(
  { playback, recordedMs, sizeBytes, mimeType, isWhole, probe }: RecordingRecord,
  { audio = true, video = true }: RecordingExpectation = {},
): Fact[] {
  const { error, durationMs } = playback;
  const facts: Omit<Fact, 'phase'>[] = [
    {
      name: 'the recording plays to its end',
      passed: error === undefined && sizeBytes > 0,
      expected: 'played',
      actual: error ?? `${sizeBytes} bytes of ${mimeType}`,
    },
    {
      name: 'the file is what was recorded',
      passed: isWhole,
      expected: 'the same SHA-256',
      actual: isWhole ? 'the same' : 'another one',
    },
    {
      name: 'the recording lasts as long as was recorded',
      passed:
        durationMs === undefined
          ? undefined
          : durationMs >= LASTS.leastRatio * recordedMs && durationMs <= recordedMs + LASTS.mostExtraMs,
      expected: `${Math.round(LASTS.leastRatio * recordedMs)} to ${Math.round(recordedMs + LASTS.mostExtraMs)} ms`,
      actual: durationMs === undefined ? 'not known' : `${Math.round(durationMs)} ms`,
    },
    ...(video ? videoFacts(playback, recordedMs) : []),
    ...(audio ? [audioFact(playback)] : []),
    ...(probe ? [probeFact(probe, { audio, video })] : []),
  ];
  return facts.map((fact) => ({ ...fact, phase: 'recording' }));
}

function videoFacts(
  { width, height, frames, lateLooks, lateChanges, maxLuma }: RecordingRecord['playback'],
  recordedMs: number,
): Omit<Fact, 'phase'>[] {
  const least = Math.max(1, Math.floor((LEAST_FPS * recordedMs) / 1000));
  return [
    {
      name: 'the recording has frames',
      passed: width > 0 && height > 0 && frames >= least,
      expected: `at least ${least}`,
      actual: `${frames} of ${width}×${height}`,
    },
    {
      name: 'the recording is not black',
      passed: frames === 0 ? false : maxLuma >= BLACK_LUMA,
      expected: `luma of at least ${BLACK_LUMA} of 255 somewhere`,
      actual: frames === 0 ? 'no picture' : `at most ${Math.round(maxLuma)}`,
    },
    {
      name: 'the recording moves',
      // Frames of which too few were looked at are no evidence; no frames at all are one.
      passed: isMoving({ lateLooks, lateChanges }) ?? (frames > 0 ? undefined : false),
      expected: 'another picture in a third of the later looks',
      actual: frames > 0 ? `${lateChanges} of the later ${lateLooks} looks` : 'no picture',
    },
  ];
}

function audioFact({ audioMs, audioLevel }: RecordingRecord['playback']): Omit<Fact, 'phase'> {
  return {
    name: 'the recording has sound',
    passed: (audioLevel ?? 0) >= LEAST_LEVEL,
    expected: `a level of at least ${LEAST_LEVEL}`,
    actual:
      audioMs === undefined
        ? 'no sound that can be decoded'
        : `${audioLevel?.toPrecision(2)} over ${Math.round(audioMs)} ms`,
  };
}

/** Asked of another program than the browser that wrote it. */
function probeFact(
  { container, streams, error }: NonNullable<RecordingRecord['probe']>,
  wanted: Required<RecordingExpectation>,
): Omit<Fact, 'phase'> {
  const kinds = (['video', 'audio'] as const).filter((kind) => wanted[kind]);
  return {
    name: 'ffprobe finds its tracks',
    passed:
      error === undefined &&
      kinds.every((kind) => streams.some((stream) => stream.kind === kind && stream.packets !== 0)),
    expected: kinds.join(' and '),
    actual: error ?? `${container}: ${streams.map(({ codec }) => codec).join(', ') || 'nothing'}`,
  };
}
