import { describe, expect, test } from 'vitest';
import type { Peer } from '../../harness/index.ts';
import type { ContentReading } from '../../harness/peer/content-reading.ts';
import { contentFacts } from '../../harness/scenario/content-facts.ts';

const [me, caller] = ['callee', 'caller'].map((role) => ({ role }) as Peer) as [Peer, Peer];

const READING: ContentReading = {
  from: 'caller',
  frames: 100,
  unreadable: 0,
  wrongStream: 0,
  repeated: 1,
  dropped: 1,
  backwards: 0,
  first: 1,
  last: 100,
  stillMs: 30,
  freezes: 0,
  longestFreezeMs: 0,
  latencies: [],
  latencyUncertaintyMs: 1,
  syncs: [{ t: 0, ms: 20 }],
  stepsSeen: 10,
  stepsHeard: 9,
  stepMs: 500,
};

/** What does not hold, and whether it failed or has no evidence. */
function wrong(reading: Partial<ContentReading>, options: { sound?: boolean } = {}): string[] {
  const { stepMs, stillMs, first, ...rest } = { ...READING, ...reading };
  const known = {
    ...rest,
    ...(stepMs !== undefined && { stepMs }),
    ...(stillMs !== undefined && { stillMs }),
    ...(first !== undefined && { first }),
  };
  return contentFacts(me, [known], { from: [caller], ...options }).flatMap(({ name, passed }) =>
    passed === true
      ? []
      : [`${name.replace(' from caller', '')}: ${passed === false ? 'failed' : 'unknown'}`],
  );
}

describe('contentFacts()', () => {
  test('hold of what is as it was sent', () => {
    expect(wrong({})).toEqual([]);
  });

  test.for<[Partial<ContentReading>, string]>([
    [{ wrongStream: 1 }, 'frames are signed by their sender: failed'],
    [{ unreadable: 21 }, 'frames can be read: failed'],
    [{ stillMs: 1500 }, 'new frames come: failed'],
    [{ backwards: 1 }, 'frames come in order: failed'],
    [{ stepsHeard: 4 }, 'the tone changes with the picture: failed'],
    [{ syncs: [{ t: 0, ms: 600 }] }, 'sound and picture belong together: failed'],
    [{ syncs: [] }, 'sound and picture belong together: unknown'],
  ])('%j: not that %s', ([reading, name]) => {
    expect(wrong(reading)).toEqual([name]);
  });

  test('have no evidence of what was never read', () => {
    const { first: _first, stillMs: _still, ...unread } = { ...READING, frames: 0 };
    const facts = contentFacts(me, [unread], { from: [caller], sound: false });
    expect(facts.map(({ passed }) => passed)).toEqual([undefined, false, undefined, undefined]);
  });

  test('say nothing of a sound that cannot be made or heard', () => {
    expect(wrong({ noSound: 'receiver', stepsHeard: 0, syncs: [] })).toEqual([]);
    expect(wrong({ stepsHeard: 0, syncs: [] }, { sound: false })).toEqual([]);
  });

  test('fail if nothing arrives from a peer', () => {
    const facts = contentFacts(me, [], { from: [caller] });
    expect(facts).toMatchObject([{ name: 'a test pattern arrives from caller', passed: false }]);
  });
});
