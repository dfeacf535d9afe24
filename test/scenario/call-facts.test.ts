import { expect, test } from 'vitest';
import type { ConsoleEntry, PeerEvidence } from '../../harness/call-record.ts';
import type { Blindness, HangUpObservation, MediaObservation, Peer } from '../../harness/peer/peer.ts';
import { callFacts, type CallFactsOptions, hangUpFacts } from '../../harness/scenario/call-facts.ts';
import type { Fact } from '../../harness/scenario/scenario.ts';
import { HEALTHY, NO_EVIDENCE } from '../helpers/fake-agent.ts';

const CONNECTED: PeerEvidence = {
  ...NO_EVIDENCE,
  connectionState: 'connected',
  dtlsState: 'connected',
  dtlsCipher: 'TLS_AES_128_GCM_SHA256',
  tlsVersion: 'DTLS 1.3',
  srtpCipher: 'AES_CM_128_HMAC_SHA1_80',
  selectedPair: {
    local: '10.0.0.1:1',
    remote: '10.0.0.2:2',
    localType: 'host',
    remoteType: 'srflx',
    protocol: 'udp',
  },
};

const RELEASED: HangUpObservation = {
  connectionStates: ['closed'],
  sawHangUp: true,
  liveRemoteTracks: 0,
  liveLocalTracks: 0,
};

interface Seen {
  evidence?: Partial<PeerEvidence>;
  console?: ConsoleEntry[];
  left?: Partial<HangUpObservation>;
  blindTo?: readonly Blindness[];
}

/** A peer in a healthy call, but for this. */
function aPeer({ evidence, console: entries = [], left, blindTo }: Seen = {}): Peer {
  const peer: Partial<Peer> = {
    role: 'callee',
    ...(blindTo && { blindTo }),
    evidence: () => Promise.resolve({ ...CONNECTED, ...evidence }),
    console: () => entries,
    observeHangUp: () => Promise.resolve({ ...RELEASED, ...left }),
  };
  return peer as Peer;
}

const without = (...fields: (keyof PeerEvidence)[]): Partial<PeerEvidence> =>
  Object.fromEntries(fields.map((field) => [field, undefined]));
/** What does not pass: `name: phase, passed, actual`. */
const wrong = (facts: Fact[]) =>
  facts
    .filter(({ passed }) => passed !== true)
    .map(({ name, phase, passed, actual }) => `${name}: ${phase}, ${passed}, ${actual}`);
const judge = async (seen: Seen, media: Partial<MediaObservation> = {}, options: CallFactsOptions = {}) =>
  wrong(await callFacts(aPeer(seen), { ...HEALTHY, ...media }, options));

test('callFacts() all pass in a healthy call, and belong to the peer', async () => {
  const peer = aPeer();
  const facts = await callFacts(peer, HEALTHY);
  expect(wrong(facts)).toEqual([]);
  expect(facts.map(({ name }) => name)).toEqual([
    'the connection is up',
    'the selected candidate pair is known',
    'DTLS is connected',
    'media is encrypted',
    'audio packets arrive',
    'audio is heard',
    'video frames are decoded',
    'video is not black',
    'video frames change',
    'the console is quiet',
  ]);
  expect(facts.every((fact) => fact.peer === peer)).toBe(true);
  expect(facts[1]!.actual).toBe('host 10.0.0.1:1 → srflx 10.0.0.2:2 (udp)');
  expect(facts[2]!.actual).toBe('connected, DTLS 1.3 TLS_AES_128_GCM_SHA256');
});

test.for<[Partial<PeerEvidence>, string]>([
  [{ connectionState: 'failed' }, 'the connection is up: ice, false, failed'],
  [without('connectionState'), 'the connection is up: ice, undefined, unknown'],
  [without('selectedPair'), 'the selected candidate pair is known: ice, false, none'],
  [{ dtlsState: 'failed', ...without('dtlsCipher', 'tlsVersion') }, 'DTLS is connected: dtls, false, failed'],
  [without('dtlsState'), 'DTLS is connected: dtls, undefined, not reported'],
  [without('srtpCipher'), 'media is encrypted: dtls, undefined, not reported'],
  [{ srtpCipher: '' }, 'media is encrypted: dtls, false, none'],
  [{ srtpCipher: 'NULL_HMAC_SHA1_80' }, 'media is encrypted: dtls, false, NULL_HMAC_SHA1_80'],
])('callFacts() of evidence %o: %s', async ([evidence, expected]) => {
  expect(await judge({ evidence })).toEqual([expected]);
});

test.for<[Partial<MediaObservation>, string[]]>([
  [
    { audioPackets: 0, audioEnergy: 0 },
    ['audio packets arrive: rtp, false, 0 packets', 'audio is heard: rtp, false, energy 0.00'],
  ],
  [{ audioEnergy: 0 }, ['audio is heard: rtp, false, energy 0.00']],
  [{ audioEnergy: undefined }, ['audio is heard: rtp, undefined, not reported']],
  [
    { audioPackets: undefined, audioEnergy: undefined },
    ['audio packets arrive: rtp, false, no audio stream', 'audio is heard: rtp, false, not reported'],
  ],
  [{ framesDecoded: 0 }, ['video frames are decoded: rtp, false, 0 frames']],
  [{ maxLuma: 16 }, ['video is not black: rtp, false, at most 16']],
  [{ maxLuma: 39 }, ['video is not black: rtp, false, at most 39']],
  [{ maxLuma: 40 }, []],
  [{ lateChanges: 0 }, ['video frames change: rtp, false, 0 of the later 5 looks']],
  [{ lateChanges: 1 }, ['video frames change: rtp, false, 1 of the later 5 looks']],
  [{ lateChanges: 2 }, []],
  [{ lateLooks: 3, lateChanges: 3 }, ['video frames change: rtp, undefined, 3 of the later 3 looks']],
  [{ lateLooks: 4, lateChanges: 1 }, ['video frames change: rtp, false, 1 of the later 4 looks']],
  [{ lateLooks: 20, lateChanges: 6 }, ['video frames change: rtp, false, 6 of the later 20 looks']],
  [{ lateLooks: 20, lateChanges: 7 }, []],
  [
    { frames: 0, lateLooks: 0, lateChanges: 0, maxLuma: 0 },
    ['video is not black: rtp, undefined, no picture', 'video frames change: rtp, undefined, no picture'],
  ],
  [
    { frames: 1, lateLooks: 0, lateChanges: 0 },
    [
      'video is not black: rtp, undefined, at most 200',
      'video frames change: rtp, undefined, 0 of the later 0 looks',
    ],
  ],
  [
    { frames: 0, lateLooks: 0, lateChanges: 0, maxLuma: 0, framesDecoded: undefined },
    [
      'video frames are decoded: rtp, false, no video stream',
      'video is not black: rtp, false, no picture',
      'video frames change: rtp, false, no picture',
    ],
  ],
])('callFacts() of media %o: %o', async ([media, expected]) => {
  expect(await judge({}, media)).toEqual(expected);
});

const NOTHING: MediaObservation = {
  frames: 0,
  changes: 0,
  lateLooks: 0,
  lateChanges: 0,
  maxLuma: 0,
  maxDeviation: 0,
  audioPackets: undefined,
  audioEnergy: undefined,
  framesDecoded: undefined,
};

test('callFacts() asks only for the media that the peer should receive', async () => {
  const names = async (receives: { audio?: boolean; video?: boolean }) =>
    (await judge({}, NOTHING, { receives })).map((each) => each.split(':')[0]);
  expect(await names({ audio: false, video: false })).toEqual([]);
  expect(await names({ video: false })).toEqual(['audio packets arrive', 'audio is heard']);
  expect(await names({ audio: false })).toHaveLength(3);
});

const says = (level: ConsoleEntry['level'], text: string): ConsoleEntry => ({
  t: 1,
  level,
  source: 'console',
  text,
});

test('callFacts() counts console errors and shows the newest, first line only', async () => {
  const entries = [says('error', 'one'), says('warning', 'w'), says('error', 'two\n  at x')];
  expect(await judge({ console: entries })).toEqual(['the console is quiet: script, false, 2: two']);
});

test('callFacts() ignores console errors that are known', async () => {
  const entries = [says('error', 'ResizeObserver loop'), says('info', 'error')];
  expect(await judge({ console: entries }, {}, { ignoreConsole: [/^ResizeObserver/] })).toEqual([]);
  expect(
    await judge({ console: [...entries, says('error', 'other')] }, {}, { ignoreConsole: [/^Res/] }),
  ).toEqual(['the console is quiet: script, false, 1: other']);
});

test('callFacts() ignores each console error that is known, also if the pattern is global', async () => {
  const entries = [says('error', 'known'), says('error', 'known')];
  expect(await judge({ console: entries }, {}, { ignoreConsole: [/known/g] })).toEqual([]);
});

test('callFacts() asks a peer that decodes nothing for what arrives, not for what is seen, heard or in use', async () => {
  const peer = aPeer({ blindTo: ['pictures', 'sound', 'ciphers'], evidence: without('srtpCipher') });
  const media = { ...HEALTHY, frames: 0, audioEnergy: undefined, framesDecoded: undefined };
  const facts = await callFacts(peer, { ...media, framesReceived: 100 });
  expect(wrong(facts)).toEqual([]);
  expect(facts.map(({ name }) => name)).toEqual([
    'the connection is up',
    'the selected candidate pair is known',
    'DTLS is connected',
    'audio packets arrive',
    'video frames arrive whole',
    'the console is quiet',
  ]);
  expect(wrong(await callFacts(peer, { ...media, audioPackets: 0, framesReceived: 0 }))).toEqual([
    'audio packets arrive: rtp, false, 0 packets',
    'video frames arrive whole: rtp, false, 0 frames',
  ]);
});

test('hangUpFacts() all pass in phase hang-up if everything was let go', async () => {
  const peer = aPeer();
  const facts = await hangUpFacts(peer);
  expect(wrong(facts)).toEqual([]);
  expect(facts.every((fact) => fact.peer === peer && fact.phase === 'hang-up')).toBe(true);
});

test.for<[Partial<HangUpObservation>, string]>([
  [{ sawHangUp: false }, 'the hang-up is seen: hang-up, false, none'],
  [
    { connectionStates: ['closed', 'connected'] },
    'connections are closed: hang-up, false, closed, connected',
  ],
  [{ connectionStates: [] }, 'connections are closed: hang-up, undefined, no connection'],
  [{ liveRemoteTracks: 1 }, 'remote tracks end: hang-up, false, 1 live'],
  [{ liveLocalTracks: 2 }, 'devices are released: hang-up, false, 2 live'],
])('hangUpFacts() of %o: %s', async ([left, expected]) => {
  expect(wrong(await hangUpFacts(aPeer({ left })))).toEqual([expected]);
});
