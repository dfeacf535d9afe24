import { expect, test } from 'vitest';
import type { PeerEvidence } from '../../harness/call-record.ts';
import { PhaseError } from '../../harness/peer/agent/phase-error.ts';
import { harnessNow } from '../../harness/peer/clock.ts';
import type { MediaOptions } from '../../harness/peer/peer.ts';
import type { MediaArg } from '../../harness/peer/protocol.ts';
import { NO_EVIDENCE, never } from '../helpers/fake-agent.ts';
import { only, openFakePeers } from '../helpers/fake-peers.ts';

test('Peer.join() gives the agent its role, the signaling and the interval', async () => {
  await using peers = await openFakePeers();
  const joined = peers.agents.caller.commanded('join');
  await peers.caller.join();
  expect(await joined).toEqual({
    signaling: { transport: 'ws', url: '/signaling', token: 't', room: 'r' },
    name: 'caller',
    owner: 'the owner of this place',
    statsIntervalMs: 500,
  });
});

const CAMERA = { width: 640, height: 360, source: 'fake-device' } as const;

test.for<[string, MediaOptions | undefined, MediaArg]>([
  ['nothing', undefined, { audio: true, video: CAMERA }],
  ['video: true', { video: true }, { audio: true, video: CAMERA }],
  ['video: false', { video: false }, { audio: true, video: false }],
  ['audio: false', { audio: false }, { audio: false, video: CAMERA }],
  [
    'a bitrate',
    { video: { source: 'noise', maxBitrate: '800kbps' } },
    { audio: true, video: { ...CAMERA, source: 'noise', maxBitrateBps: 800_000 } },
  ],
  [
    'a source',
    { video: { source: 'noise', frameRate: 5 } },
    { audio: true, video: { ...CAMERA, source: 'noise', frameRate: 5, maxBitrateBps: 4_000_000 } },
  ],
])('Peer.openMedia() asks for what is usual if given %s', async ([, given, expected]) => {
  await using peers = await openFakePeers();
  const asked = peers.agents.caller.commanded('openMedia');
  await peers.caller.openMedia(given);
  expect(await asked).toEqual(expected);
});

test('Peer.record() says what the capture really gave', async () => {
  const openMedia = () => ({ audio: true, video: { width: 320, height: 180 } });
  await using peers = await openFakePeers({ agent: () => ({ answers: { openMedia } }) });
  await peers.caller.openMedia();
  expect((await peers.caller.record()).source).toEqual({ kind: 'fake-device', width: 320, height: 180 });
  expect(await peers.callee.record()).not.toHaveProperty('source');
});

test('Peer.call() has the other expect it before it offers, and resolves when both are connected', async () => {
  const order: string[] = [];
  const agent = (role: string) => {
    const note =
      (what: string) =>
      ({ remote }: { remote: string }) => {
        order.push(`${role} ${what} ${remote}`);
        return null;
      };
    return { answers: { expectCall: note('expects'), call: note('calls'), connected: note('awaits') } };
  };
  await using peers = await openFakePeers({ agent });
  await peers.caller.call(peers.callee);
  expect(order[0]).toBe('callee expects caller');
  expect(order.slice(1).toSorted()).toEqual(['callee awaits caller', 'caller calls callee']);
});

test('Peer.call() rejects with whose side broke, in the phase that side knows', async () => {
  const connected = () => {
    throw new PhaseError('negotiation', 'setRemoteDescription(offer) failed');
  };
  const agent = only('callee', () => ({ answers: { connected } }));
  await using peers = await openFakePeers({
    agent: (role, nth) => (role === 'caller' ? { answers: { call: never } } : agent!(role, nth)),
  });
  await expect(peers.caller.call(peers.callee)).rejects.toMatchObject({
    name: 'PeerError',
    message: 'callee: setRemoteDescription(offer) failed',
    details: { phase: 'negotiation', role: 'callee', command: 'connected' },
  });
});

test('Peer.call() rejects with what was seen last if the time is over', async () => {
  await using peers = await openFakePeers({
    callTimeoutMs: 100,
    agent: () => ({
      answers: {
        call: (_, agent) => {
          agent.tell('state', { what: 'iceConnectionState', value: 'new' });
          agent.tell('state', { what: 'iceConnectionState', value: 'checking' });
          agent.tell('state', { what: 'connectionState', value: 'connecting' });
          return never();
        },
      },
    }),
  });
  await expect(peers.caller.call(peers.callee)).rejects.toMatchObject({
    name: 'TimeoutError',
    message:
      'waiting for caller and callee to be connected took longer than 100 ms (last seen: caller iceConnectionState checking, connectionState connecting)',
    details: { phase: 'ice', role: 'caller', timeoutMs: 100 },
  });
});

test('Peer.receiveMedia() rejects saying that nothing was seen if nothing was', async () => {
  await using peers = await openFakePeers({
    callTimeoutMs: 50,
    agent: () => ({ answers: { received: never } }),
  });
  await expect(peers.callee.receiveMedia()).rejects.toMatchObject({
    message:
      "waiting for the first packet and frame at callee took longer than 50 ms (last seen: nothing from callee's connection)",
    details: { phase: 'rtp', role: 'callee' },
  });
});

test('Peer.hangUp() resolves when the other side has seen it', async () => {
  await using peers = await openFakePeers();
  await peers.caller.call(peers.callee);
  await peers.caller.hangUp();
  expect(peers.agents.caller.commands).toEqual(['call', 'hangUp']);
  expect(peers.agents.callee.commands.at(-1)).toBe('hungUp');
});

test('Peer.hangUp() rejects in phase hang-up if the other side does not see it', async () => {
  await using peers = await openFakePeers({
    callTimeoutMs: 50,
    agent: () => ({ answers: { hungUp: never } }),
  });
  await peers.caller.call(peers.callee);
  await expect(peers.callee.hangUp()).rejects.toMatchObject({
    message: expect.stringContaining('waiting for caller to see the hang-up took longer') as string,
    details: { phase: 'hang-up', role: 'caller' },
  });
});

test('Peer.evaluate() sends the function and its argument, and gives back what it returns', async () => {
  const evaluate = ({ body, arg }: { body: string; arg: unknown }) => ({ isArrow: body.includes('=>'), arg });
  await using peers = await openFakePeers({ agent: () => ({ answers: { evaluate } }) });
  expect(await peers.caller.evaluate(({ n }) => n + 1, { n: 1 })).toEqual({ isArrow: true, arg: { n: 1 } });
});

test('Peer.evaluate() rejects in phase script if the function throws, also if the agent knows no phase', async () => {
  const evaluate = () => {
    throw new TypeError('cyclic object value');
  };
  await using peers = await openFakePeers({ agent: () => ({ answers: { evaluate } }) });
  await expect(peers.caller.evaluate(() => 1, null)).rejects.toMatchObject({
    message: 'caller: cyclic object value',
    details: { phase: 'script', name: 'TypeError', role: 'caller' },
  });
});

test("Peer's commands reject in their own phase if the agent knows none", async () => {
  const broken = () => {
    throw new TypeError('a bug in the agent');
  };
  await using peers = await openFakePeers({ agent: () => ({ answers: { join: broken, sample: broken } }) });
  await expect(peers.caller.join()).rejects.toMatchObject({ details: { phase: 'signaling' } });
  await expect(peers.caller.sample()).rejects.toMatchObject({ details: { phase: 'agent' } });
});

test("Peer's commands reject with the reason of the abort", async () => {
  const stop = new AbortController();
  await using peers = await openFakePeers({
    signal: stop.signal,
    agent: () => ({ answers: { received: never } }),
  });
  const received = peers.caller.receiveMedia();
  await peers.agents.caller.commanded('received');
  const reason = new Error('SIGINT');
  stop.abort(reason);
  await expect(received).rejects.toBe(reason);
});

test('RemotePeer.lost() rejects with whom it happened to when the page is gone', async () => {
  await using peers = await openFakePeers();
  const lost = peers.callee.lost();
  peers.agents.callee.die();
  await expect(lost).rejects.toMatchObject({
    message: 'callee: the page closed its control channel (code 1006)',
    code: 'PEER_GONE',
    details: { phase: 'agent', role: 'callee' },
  });
});

test('RemotePeer gives on what the agent pushes', async () => {
  await using peers = await openFakePeers();
  const delta = { t: 1, connection: 'callee', seq: 0, lateMs: 0, costMs: 0, changed: {} };
  peers.agents.caller.pushStats(delta);
  peers.agents.caller.tell('bye', { from: 'callee' });
  await peers.caller.sample();
  expect(peers.stats).toEqual([delta]);
  expect(peers.events).toMatchObject([{ role: 'caller', name: 'bye', data: { from: 'callee' } }]);
});

test("RemotePeer tells of events on the harness's clock", async () => {
  await using peers = await openFakePeers({ agent: () => ({ clockOffsetMs: 86_400_000 }) });
  await peers.caller.sample();
  const before = harnessNow();
  peers.agents.caller.tell('bye');
  await peers.caller.sample();
  // The estimate is off by half a round trip, at most: far less than a second, even on a starved machine.
  expect(Math.abs(peers.events[0]!.t - before)).toBeLessThan(1000);
  const { offsetMs } = (await peers.caller.record()).clock!;
  expect(Math.abs(offsetMs - 86_400_000)).toBeLessThan(1000);
});

test('RemotePeer.record() asks the page while it is there', async () => {
  const evidence: PeerEvidence = { ...NO_EVIDENCE, connectionState: 'connected' };
  await using peers = await openFakePeers({
    agent: () => ({ answers: { marks: () => ({ start: 5 }), evidence: () => evidence } }),
  });
  peers.caller.onConsole({ t: 1, level: 'error', source: 'console', text: 'x' });
  expect(await peers.caller.record()).toMatchObject({
    role: 'caller',
    browser: 'chrome',
    kind: 'chromium',
    browserVersion: '1.2.3',
    driver: 'puppeteer',
    pid: 4711,
    userAgent: 'fake agent',
    marks: { start: 5 },
    evidence,
    console: [{ text: 'x' }],
  });
});

const CANDIDATE = { t: 2, type: 'host', protocol: 'udp', candidate: 'c' };
const ICE_ERROR = { t: 3, errorCode: 701, errorText: 'no answer' };

test('RemotePeer.record() keeps what the page had told if it is gone', async () => {
  await using peers = await openFakePeers();
  const { caller } = peers.agents;
  caller.tell('marks', { start: 1, offerSent: 2 });
  caller.tell('icecandidate', CANDIDATE);
  caller.tell('icecandidateerror', ICE_ERROR);
  caller.tell('state', { what: 'iceConnectionState', value: 'checking' });
  caller.tell('state', { what: 'iceConnectionState', value: 'connected' });
  await peers.caller.sample();
  caller.die();
  await peers.caller.page.channel.gone;
  const { marks, evidence } = await peers.caller.record();
  expect(marks).toEqual({ start: 1, offerSent: 2 });
  expect(evidence).toMatchObject({
    iceConnectionState: 'connected',
    localCandidates: [CANDIDATE],
    iceErrors: [ICE_ERROR],
    states: [
      [expect.any(Number), 'iceConnectionState', 'checking'],
      [expect.any(Number), 'iceConnectionState', 'connected'],
    ],
  });
});

test('RemotePeer.record() keeps what the page had told if it dies while it is asked', async () => {
  await using peers = await openFakePeers({
    agent: () => ({
      answers: {
        evidence: (_, agent) => {
          agent.die();
          return never();
        },
      },
    }),
  });
  peers.agents.caller.tell('marks', { start: 1 });
  expect(await peers.caller.record()).toMatchObject({ marks: { start: 1 }, evidence: { states: [] } });
});

test.for([undefined, null, 'text', 7])(
  'RemotePeer survives events that carry %o where they should carry facts',
  async (data) => {
    await using peers = await openFakePeers();
    for (const name of ['state', 'marks', 'icecandidate', 'icecandidateerror', 'anything'])
      peers.agents.caller.tell(name, data);
    await peers.caller.sample();
    peers.agents.caller.die();
    await peers.caller.page.channel.gone;
    expect(await peers.caller.record()).toMatchObject({ marks: {}, evidence: NO_EVIDENCE });
    expect(peers.events).toHaveLength(5);
  },
);

test('Peer.console() keeps the newest 50 entries', async () => {
  await using peers = await openFakePeers();
  for (let i = 0; i < 60; i++)
    peers.caller.onConsole({ t: i, level: 'info', source: 'console', text: String(i) });
  const kept = peers.caller.console().map(({ text }) => Number(text));
  expect([kept.length, kept[0], kept.at(-1)]).toEqual([50, 10, 59]);
});
