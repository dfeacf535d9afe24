import { expect, test } from 'vitest';
import {
  compareVersions,
  isInRange,
  isOfVersion,
  parseVersionedName,
  parseVersionRange,
  versionIn,
} from '../../harness/versions/version-name.mjs';

test('parseVersionedName() takes a browser and a version apart', () => {
  expect(parseVersionedName('chrome@138')).toEqual({ browser: 'chrome', version: '138' });
  expect(parseVersionedName('firefox-esr@140.12')).toEqual({ browser: 'firefox-esr', version: '140.12' });
});

test.for(['chrome', 'chrome@', 'chrome@latest', 'chrome@119..156', '@138'])(
  'parseVersionedName() takes no %s',
  (name) => {
    expect(parseVersionedName(name)).toBeUndefined();
  },
);

test('parseVersionRange() takes both ends', () => {
  expect(parseVersionRange('chrome@119..156')).toEqual({ browser: 'chrome', from: '119', to: '156' });
  expect(parseVersionRange('chrome@119')).toBeUndefined();
});

test.for<[string, string, boolean]>([
  ['138.0.7204.157', '138', true],
  ['138.0.7204.157', '138.0', true],
  ['138', '138', true],
  ['1380.1', '138', false],
  ['137.9', '138', false],
])('isOfVersion(%s, %s) is %s', ([full, version, expected]) => {
  expect(isOfVersion(full, version)).toBe(expected);
});

test('compareVersions() compares numbers, not texts, and counts what is not written as 0', () => {
  expect(['140.2', '9.1', '140', '140.10'].toSorted(compareVersions)).toEqual([
    '9.1',
    '140',
    '140.2',
    '140.10',
  ]);
  expect(compareVersions('138', '138.0')).toBe(0);
});

test.for<[string, object, boolean]>([
  ['153.7.0', { from: '140', to: '153' }, true],
  ['140.0', { from: '140' }, true],
  ['154.0', { from: '140', to: '153' }, false],
  ['139.9', { from: '140', to: '153' }, false],
  ['1', {}, true],
])('isInRange(%s, %o) is %s', ([full, range, expected]) => {
  expect(isInRange(full, range)).toBe(expected);
});

test.for([
  ['Chromium 150.0.7871.100 built on Debian', '150.0.7871.100'],
  ['Mozilla Firefox 140.12.0esr', '140.12.0'],
  ['140.12.0esr-1~deb12u1', '140.12.0'],
  ['1:156.0-1', '156.0'],
  ['Google Chrome for Testing 138.0.7204.157 ', '138.0.7204.157'],
  ['nothing', undefined],
] as const)('versionIn() finds in %s what a browser is', ([text, expected]) => {
  expect(versionIn(text)).toBe(expected);
});
