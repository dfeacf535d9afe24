import { extname, resolve } from 'node:path';
import type { MediaSource } from '../plan/plan.ts';
import type { SettingsReader } from './given.ts';

const EXPECTED = 'fake-device, test-pattern or file:PATH';
/** What Chromium's fake devices read, by the end of its name. */
const KINDS: Record<string, 'video' | 'audio'> = {
  '.y4m': 'video',
  '.mjpeg': 'video',
  '.wav': 'audio',
};

/** `--source`: what peers send unless their scenario says otherwise. `undefined` when nobody said. */
export function readMediaSource(reader: SettingsReader, cwd: string): MediaSource | undefined {
  const given = reader.given('source');
  if (!given) return undefined;
  const { value } = given;
  if (value === 'fake-device' || value === 'test-pattern') return { kind: value };
  if (typeof value !== 'string' || !value.startsWith('file:'))
    return reader.reject(given, EXPECTED, undefined, undefined);
  const source: Extract<MediaSource, { kind: 'file' }> = { kind: 'file' };
  for (const path of value.slice('file:'.length).split(',')) {
    const kind = KINDS[extname(path).toLowerCase()];
    if (kind && source[kind] === undefined) source[kind] = resolve(cwd, path);
    else {
      const hint = kind ? `there is another for ${kind} already` : 'video as Y4M or MJPEG, sound as WAV';
      reader.reject(
        given,
        'file:PATH, of at most one picture and one sound: .y4m, .mjpeg; .wav',
        hint,
        undefined,
      );
    }
  }
  return source;
}
