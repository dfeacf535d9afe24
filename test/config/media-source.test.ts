import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { SettingsReader } from '../../harness/config/given.ts';
import { readMediaSource } from '../../harness/config/media-source.ts';
import type { Problem } from '../../harness/errors.ts';

function read(source: unknown) {
  const problems: Problem[] = [];
  const reader = new SettingsReader(
    { flags: { source }, scenario: {}, config: {}, configName: '' },
    problems,
  );
  return { source: readMediaSource(reader, '/home/me'), problems };
}

test('readMediaSource() takes what the page makes, and files by the end of their names', () => {
  expect(read('test-pattern')).toEqual({ source: { kind: 'test-pattern' }, problems: [] });
  expect(read(undefined)).toEqual({ source: undefined, problems: [] });
  expect(read('file:clip.y4m,sound.WAV')).toEqual({
    source: { kind: 'file', video: resolve('/home/me/clip.y4m'), audio: resolve('/home/me/sound.WAV') },
    problems: [],
  });
});

test.for(['file', 'noise', 'file:clip.mp4', 'file:', 'file:a.y4m,b.mjpeg', 7])(
  'readMediaSource() refuses %s',
  (source) => {
    const { problems } = read(source);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path: '--source' });
  },
);
