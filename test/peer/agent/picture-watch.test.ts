import { describe, expect, test } from 'vitest';
import { PictureWatch } from '../../../harness/peer/agent/picture-watch.ts';

const SIZE = 32 * 18;

/** A grey picture. */
function grey(level: number): Uint8ClampedArray {
  return new Uint8ClampedArray(SIZE * 4).fill(level);
}

/** Pictures that differ from one to the next by as much as was measured between looks at real browsers. */
function watchDifferences(differences: number[]) {
  const watch = new PictureWatch();
  // Tenths of a level: that share of the pixels differs by one level more.
  let sum = 100;
  for (const difference of [0, ...differences]) {
    sum += difference;
    const picture = grey(Math.floor(sum));
    const more = Math.round((sum - Math.floor(sum)) * SIZE);
    picture.fill(Math.floor(sum) + 1, 0, more * 4);
    watch.add(picture);
  }
  return watch.watched;
}

describe('PictureWatch', () => {
  test.for([
    ['Chrome → Chrome', [3.54, 1.48, 0.14, 0.01, 0.01, 0.01, 0.01]],
    ['Firefox → Firefox with a key frame at the end', [2.77, 2.71, 0.04, 0, 0, 0, 0, 0, 0, 2]],
    ['Firefox → Chrome, looked at for a second', [0.86, 2.29, 1.1, 0.01]],
  ] as const)('finds less than two later changes in a still picture: %s', ([, differences]) => {
    const { changes, lateChanges, frames } = watchDifferences([...differences]);
    expect(frames).toBe(differences.length + 1);
    expect(changes).toBeGreaterThan(0);
    expect(lateChanges).toBeLessThan(2);
  });

  test.for([
    ['Chrome', [7.14, 8.34, 5.89, 4.71]],
    ['Firefox, whose fake camera begins slowly', [0, 0.33, 1, 1]],
    ['Firefox, longer', [0, 0, 0.69, 1.3, 0.74, 6.32, 5.62, 6.35]],
  ] as const)('finds every later look changed by a moving picture: %s', ([, differences]) => {
    const { lateChanges, lateLooks } = watchDifferences([...differences]);
    expect([lateChanges, lateLooks]).toEqual([differences.length / 2, differences.length / 2]);
  });

  test('adds up steps too small to see: half of the later looks at a fake camera of 10 frames a second', () => {
    const fading = Array.from({ length: 14 }, () => 0.29);
    expect(watchDifferences(fading)).toMatchObject({ lateLooks: 7, lateChanges: 4 });
  });

  test('forgets old looks: a picture that froze long ago stands still', () => {
    const moved = Array.from({ length: 100 }, (_, i) => (i % 2 ? 5 : -5));
    const frozen = Array.from({ length: 40 }, () => 0);
    expect(watchDifferences([...moved, ...frozen])).toMatchObject({
      changes: 100,
      lateLooks: 20,
      lateChanges: 0,
    });
  });

  test('tells black from grey, and a plane from a picture', () => {
    const black = new PictureWatch();
    black.add(grey(0));
    expect(black.watched).toMatchObject({ maxLuma: 0, maxDeviation: 0, lateLooks: 0 });
    const half = new PictureWatch();
    half.add(grey(0).fill(200, 0, SIZE * 2));
    expect(half.watched.maxLuma).toBeCloseTo(200);
    expect(half.watched.maxDeviation).toBeCloseTo(100);
  });
});
