import { expect, test } from 'vitest';
import {
  FRAMES_PER_STEP,
  stepOf,
  toneIn,
  toneOf,
  TONES_HZ,
} from '../../../../harness/peer/agent/content/tone.ts';
import { createRandom } from '../../../../harness/random.ts';

const RATE = 48_000;

function sound(...parts: { hz: number; loudness: number }[]): Float32Array {
  return Float32Array.from({ length: 1024 }, (_, i) =>
    parts.reduce(
      (sum, { hz, loudness }) => sum + loudness * Math.sin((2 * Math.PI * hz * i) / RATE + 0.3),
      0,
    ),
  );
}

test('toneIn() tells every tone from the others, also softly and among noise', () => {
  const random = createRandom(3);
  for (const [tone, hz] of TONES_HZ.entries()) {
    expect(toneIn(sound({ hz, loudness: 0.25 }), RATE)).toBe(tone);
    expect(toneIn(sound({ hz, loudness: 0.01 }), RATE)).toBe(tone);
    const noisy = sound({ hz, loudness: 0.25 }).map((sample) => sample + (random() - 0.5) * 0.2);
    expect(toneIn(noisy, RATE)).toBe(tone);
    expect(toneIn(sound({ hz: hz + 8, loudness: 0.25 }), RATE)).toBe(tone);
  }
});

test('toneIn() hears nothing in silence, in noise, in another tone or in two at once', () => {
  const random = createRandom(5);
  expect(toneIn(new Float32Array(1024), RATE)).toBeUndefined();
  expect(
    toneIn(
      new Float32Array(1024).map(() => random() - 0.5),
      RATE,
    ),
  ).toBeUndefined();
  expect(toneIn(sound({ hz: 4000, loudness: 0.25 }), RATE)).toBeUndefined();
  expect(toneIn(sound({ hz: 500, loudness: 0.2 }, { hz: 2000, loudness: 0.2 }), RATE)).toBeUndefined();
});

test('toneOf() changes with every step, and begins anew after the last tone', () => {
  expect(stepOf(FRAMES_PER_STEP - 1)).toBe(0);
  expect(stepOf(FRAMES_PER_STEP)).toBe(1);
  expect(toneOf(TONES_HZ.length)).toBe(0);
});
