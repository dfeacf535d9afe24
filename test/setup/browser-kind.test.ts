import { describe, expect, test } from 'vitest';
import { guessKind, parseBrowserFlag } from '../../harness/setup/browser-kind.mjs';

describe('parseBrowserFlag()', () => {
  test.for([
    ['opera=/usr/bin/opera', 'opera', '/usr/bin/opera'],
    ['opera=chromium:/usr/bin/opera', 'opera', 'chromium:/usr/bin/opera'],
    ['edge=C:\\Program Files\\msedge.exe', 'edge', 'C:\\Program Files\\msedge.exe'],
    ['a=/path/with=sign', 'a', '/path/with=sign'],
  ])('takes %s apart', ([text, name, value]) => {
    expect(parseBrowserFlag(`${text}`)).toEqual({ name, value });
  });

  test.for(['/usr/bin/opera', '=/usr/bin/opera', 'opera=', 'a:b=/usr/bin/opera', 'Opera=/usr/bin/opera'])(
    'is a problem if it is %s',
    (text) => {
      expect(parseBrowserFlag(text, '--browser[1]')).toEqual({
        problem: expect.objectContaining({ path: '--browser[1]', got: JSON.stringify(text) }),
      });
    },
  );
});

describe('guessKind()', () => {
  const mute = () => undefined;

  test.for([
    ['/usr/bin/google-chrome-beta', 'chromium'],
    ['/opt/brave.com/brave/brave', 'chromium'],
    ['/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge', 'chromium'],
    ['/usr/bin/librewolf', 'firefox'],
  ] as const)('goes by the file name of %s', ([executablePath, kind]) => {
    expect(guessKind(executablePath, { ask: mute, platform: 'linux' })).toBe(kind);
  });

  test('does not go by the folder', () => {
    expect(guessKind('/opt/firefox/run', { ask: mute, platform: 'linux' })).toBeUndefined();
  });

  test('goes by --version, then by the name it was given, if the file name says nothing', () => {
    const ask = () => 'Vivaldi 7.1 stable';
    expect(guessKind('/opt/run', { name: 'firefox', ask, platform: 'linux' })).toBe('chromium');
    expect(guessKind('/opt/run', { name: 'firefox', ask: mute, platform: 'linux' })).toBe('firefox');
  });
});
