import { expect, test } from 'vitest';
import { PhaseError } from '../../harness/peer/agent/phase-error.ts';
import { harnessNow } from '../../harness/peer/clock.ts';
import type { DataRate } from '../../harness/units.ts';
import { never } from '../helpers/fake-agent.ts';
import { only, openFakePeers } from '../helpers/fake-peers.ts';

/** Far from ours, so that a time that was not converted shows. */
const OFFSET_MS = 1_000_000;
/** Generous: the clock's estimate is off by half a round trip of this busy machine. */
const NEAR_MS = 500;

const near = (t: number) => Math.abs(t - harnessNow()) < NEAR_MS;

test('Peer.restartIce() awaits another generation on both sides before it offers one', async () => {
  const order: string[] = [];
  const agent = (role: string) => ({
    clockOffsetMs: role === 'callee' ? OFFSET_MS : 0,
    answers: {
      iceGeneration: () => `${role}'s`,
      restarted: ({ remote, since }: { remote: string; since: string }, { now }: { now: number }) => {
        order.push(`${role} awaits ${remote} since ${since}`);
        return { t: now };
      },
      restartIce: (_: unknown, { now }: { now: number }) => {
        order.push(`${role} offers`);
        return { t: now - 100 };
      },
    },
  });
  await using peers = await openFakePeers({ agent });
  await peers.caller.call(peers.callee);
  const tookMs = await peers.caller.restartIce(peers.callee);
  expect(order.toSorted()).toEqual([
    "callee awaits caller since callee's",
    "caller awaits callee since caller's",
    'caller offers',
  ]);
  expect(order.indexOf("caller awaits callee since caller's")).toBeLessThan(order.indexOf('caller offers'));
  expect(Math.abs(tookMs - 100)).toBeLessThan(NEAR_MS);
});

test('Peer.restartIce() rejects with what was seen last, also of the signaling, if the time is over', async () => {
  await using peers = await openFakePeers({
    callTimeoutMs: 200,
    agent: only('caller', () => ({
      answers: {
        restarted: (_, agent) => {
          agent.tell('signaling', { state: 'reconnecting' });
          agent.tell('state', { what: 'iceConnectionState', value: 'disconnected' });
          return never();
        },
      },
    })),
  });
  await expect(peers.caller.restartIce(peers.callee)).rejects.toMatchObject({
    message:
      'waiting for caller and callee to be connected over a new path took longer than 200 ms (last seen: caller signaling reconnecting, iceConnectionState disconnected)',
    details: { phase: 'ice', role: 'caller' },
  });
});

test('Peer.restartIce() rejects with whose side broke', async () => {
  const restarted = () => {
    throw new PhaseError('negotiation', 'setRemoteDescription(offer) failed');
  };
  await using peers = await openFakePeers({ agent: only('callee', () => ({ answers: { restarted } })) });
  await expect(peers.caller.restartIce(peers.callee)).rejects.toMatchObject({
    message: 'callee: setRemoteDescription(offer) failed',
    details: { phase: 'negotiation', role: 'callee' },
  });
});

test("Peer.waitFor() and Peer.nextFrameAfter() tell on the harness's clock", async () => {
  await using peers = await openFakePeers({ agent: () => ({ clockOffsetMs: OFFSET_MS }) });
  expect(near(await peers.caller.waitFor('connected'))).toBe(true);
  const t = harnessNow();
  expect(await peers.caller.nextFrameAfter(t)).toBeCloseTo(t, 3);
});

test('Peer.waitForSignaling() resolves when the page says that it is open again', async () => {
  await using peers = await openFakePeers();
  const { caller, agents } = peers;
  agents.caller.tell('signaling', { state: 'reconnecting' });
  const waited = caller.waitForSignaling();
  await caller.sample();
  expect(caller.signaling).toBe('reconnecting');
  agents.caller.tell('signaling', { state: 'open' });
  await waited;
  expect(caller.signaling).toBe('open');
});

test('Peer.waitForSignaling() rejects with the state that was seen last if the time is over', async () => {
  await using peers = await openFakePeers();
  peers.agents.caller.tell('signaling', { state: 'reconnecting' });
  await peers.caller.sample();
  await expect(peers.caller.waitForSignaling({ timeoutMs: 100 })).rejects.toMatchObject({
    message:
      "waiting for caller's signaling to be open took longer than 100 ms (last seen: caller signaling reconnecting)",
    details: { phase: 'signaling' },
  });
});

test('Peer.waitFor() rejects with the state that was seen last if the time is over', async () => {
  await using peers = await openFakePeers({
    agent: () => ({
      answers: {
        awaitState: (_, agent) => {
          agent.tell('state', { what: 'connectionState', value: 'connected' });
          return never();
        },
      },
    }),
  });
  await expect(peers.caller.waitFor('failed', { timeoutMs: 100 })).rejects.toMatchObject({
    message:
      "waiting for caller's connection to be failed took longer than 100 ms (last seen: caller connectionState connected)",
    details: { phase: 'ice', timeoutMs: 100 },
  });
});

test("Peer.frameGaps() asks and answers on the harness's clock", async () => {
  const asked: unknown[] = [];
  await using peers = await openFakePeers({
    agent: () => ({
      clockOffsetMs: OFFSET_MS,
      answers: {
        frames: (arg, { now }) => {
          asked.push(arg);
          return { videos: 1, gaps: [{ startMs: now - 400, endMs: now, open: true }], lastMs: now - 400 };
        },
      },
    }),
  });
  const sinceMs = harnessNow();
  const { gaps, lastFrameMs, uncertaintyMs } = await peers.caller.frameGaps({ sinceMs, longerThanMs: 300 });
  expect(asked).toEqual([{ since: expect.any(Number) as number, longerThanMs: 300 }]);
  const { since } = asked[0] as { since: number };
  expect(Math.abs(since - sinceMs - OFFSET_MS)).toBeLessThan(NEAR_MS);
  expect(near(gaps[0]!.endMs)).toBe(true);
  expect(gaps[0]).toMatchObject({ open: true, lengthMs: expect.closeTo(400, 3) as number });
  expect(lastFrameMs).toBe(gaps[0]!.startMs);
  expect(uncertaintyMs).toBeGreaterThanOrEqual(0);
});

test('Peer.hangUp() waits for nobody if the signaling is gone', async () => {
  await using peers = await openFakePeers({
    agent: only('caller', () => ({ answers: { hangUp: () => ({ told: false }) } })),
  });
  await peers.caller.call(peers.callee);
  await peers.caller.hangUp();
  expect(peers.agents.callee.commands).not.toContain('hungUp');
});

test('Peer.openMedia() rejects if the bitrate has no unit', async () => {
  await using peers = await openFakePeers();
  const maxBitrate = '4000' as DataRate;
  await expect(peers.caller.openMedia({ video: { maxBitrate } })).rejects.toThrow(
    'openMedia(): video.maxBitrate: expected a rate like "4Mbps", got "4000"',
  );
});
