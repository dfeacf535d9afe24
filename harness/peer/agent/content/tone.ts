/** Pictures painted while one tone sounds. */
export const FRAMES_PER_STEP = 10;

/** In no order that rises, so that a tone misread is none that is due; Hz, apart by 250. */
export const TONES_HZ = [500, 1250, 2000, 750, 1500, 2250, 1000, 1750] as const;

/** Least share of a sound's power that its loudest tone must have: two tones at once are none. */
const PURE = 0.6;
/** Mean square of samples from -1 to 1 below which there is silence. */
const SILENCE = 1e-6;

/** How many tones have begun by the picture with that number. */
export function stepOf(number: number): number {
  return Math.floor(number / FRAMES_PER_STEP);
}

/** Which of {@link TONES_HZ} sounds during a step. */
export function toneOf(step: number): number {
  return step % TONES_HZ.length;
}

/** Which of {@link TONES_HZ} is heard in some 20 ms of sound; `undefined` if none is, or not clearly one. */
export function toneIn(samples: Float32Array, sampleRate: number): number | undefined {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  if (power < SILENCE) return undefined;
  const powers = TONES_HZ.map((hz) => powerAt(samples, hz / sampleRate));
  const loudest = powers.indexOf(Math.max(...powers));
  return powers[loudest]! / power >= PURE ? loudest : undefined;
}

/** Power of the part of a sound that has this frequency (cycles per sample), by Goertzel's algorithm. */
function powerAt(samples: Float32Array, frequency: number): number {
  const turn = 2 * Math.cos(2 * Math.PI * frequency);
  let last = 0;
  let before = 0;
  for (const sample of samples) [last, before] = [sample + turn * last - before, last];
  const square = last * last + before * before - turn * last * before;
  return (2 * square) / samples.length ** 2;
}
