import { expect, test } from 'vitest';
import { inPhase, PhaseError } from '../../../harness/peer/agent/phase-error.ts';

const failing = (thrown: unknown) =>
  inPhase('media', 'getUserMedia()', () => Promise.reject(thrown)).catch((error: unknown) => error);

test('inPhase() gives what the work gives', async () => {
  expect(await inPhase('media', 'getUserMedia()', () => Promise.resolve(7))).toBe(7);
});

test('inPhase() rejects with the phase, what was done and why it failed', async () => {
  const cause = new DOMException('in use', 'NotReadableError');
  const error = await failing(cause);
  expect(error).toBeInstanceOf(PhaseError);
  expect(error).toMatchObject({
    phase: 'media',
    name: 'NotReadableError',
    message: 'getUserMedia() failed with NotReadableError: in use',
    cause,
  });
});

test('inPhase() keeps the inner phase if the work knows better', async () => {
  const inner = new PhaseError('hang-up', 'the call was hung up');
  expect(await failing(inner)).toBe(inner);
});

test.for(['a string', undefined, 42])(
  'inPhase() rejects with a PhaseError if %s is thrown',
  async (thrown) => {
    expect(await failing(thrown)).toMatchObject({
      name: 'PhaseError',
      message: `getUserMedia() failed with ${String(thrown)}`,
    });
  },
);

test('inPhase() rejects in its phase if the work throws before it is a promise', async () => {
  const work = () => {
    throw new TypeError('bad constraint');
  };
  await expect(inPhase('media', 'getUserMedia()', work)).rejects.toMatchObject({ phase: 'media' });
});
