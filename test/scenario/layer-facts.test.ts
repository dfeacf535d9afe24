import { expect, test } from 'vitest';
import type { Peer } from '../../harness/peer/peer.ts';
import { layerFacts, layersReceivedFacts } from '../../harness/scenario/layer-facts.ts';
import { layersApart, layersTogether } from '../../harness/scenario/layers-apart.ts';

const PEER = { role: 'publisher' } as Partial<Peer> as Peer;
const LAYERS = [
  { rid: 'q', scaleResolutionDownBy: 4 },
  { rid: 'h', scaleResolutionDownBy: 2 },
  { rid: 'f', scaleResolutionDownBy: 1 },
];
const SENT: Record<string, [width: number, bytes: number]> = {
  q: [240, 1000],
  h: [480, 3000],
  f: [960, 9000],
};

/** A report a second later in which each layer has sent so much. */
function report(second: number, layers = SENT) {
  return {
    subscriber: Object.entries(layers).map(([rid, [width, bytes]]) => ({
      id: rid,
      type: 'outbound-rtp',
      timestamp: second * 1000,
      kind: 'video',
      rid,
      frameWidth: width,
      frameHeight: (width * 9) / 16,
      framesSent: second * 15,
      bytesSent: second * bytes,
    })),
  };
}
const failed = (facts: { name: string; passed: boolean | undefined }[]) =>
  facts.filter(({ passed }) => passed !== true).map(({ name, passed }) => `${name}: ${String(passed)}`);
const sent = (layers: typeof SENT) =>
  failed(layerFacts(PEER, { before: report(1), after: report(2, layers), layers: LAYERS }));

test.for<[string, typeof SENT, string[]]>([
  ['every layer is sent', SENT, []],
  ['sizes are rounded to blocks', { ...SENT, q: [232, 1000] }, []],
  ['all are scaled down alike', { q: [180, 1000], h: [360, 3000], f: [720, 9000] }, []],
  ['one has the size of another', { ...SENT, q: [480, 1000] }, ['layer q has its size: false']],
  [
    'one takes more bits than a larger one',
    { ...SENT, h: [480, 9900] },
    ['the largest layer takes the most bits: false'],
  ],
  [
    'one is not there',
    { q: SENT['q']!, f: SENT['f']! },
    [
      'layer h is sent: false',
      'layer h has its size: undefined',
      'the largest layer takes the most bits: undefined',
    ],
  ],
])('layerFacts() if %s', ([, layers, expected]) => {
  expect(sent(layers)).toEqual(expected);
});

test('layerFacts() fails if a layer stands still', () => {
  const after = { subscriber: [...report(2).subscriber.slice(1), report(1).subscriber[0]!] };
  const facts = layerFacts(PEER, { before: report(1), after, layers: LAYERS });
  expect(failed(facts)).toContain('layer q is sent: false');
});

test('layersReceivedFacts() wants each layer decoded in the size it was sent in', () => {
  const inbound = (mid: string, frameWidth: number, framesDecoded: number) => ({
    id: mid,
    type: 'inbound-rtp',
    timestamp: 0,
    kind: 'video',
    mid,
    frameWidth,
    framesDecoded,
  });
  const received = { publisher: [inbound('q', 240, 9), inbound('h', 240, 9), inbound('f', 960, 0)] };
  const facts = layersReceivedFacts(PEER, { sent: report(1), received, layers: LAYERS });
  expect(failed(facts)).toEqual(['layer h is decoded: false', 'layer f is decoded: false']);
});

const OFFER = [
  'v=0',
  'a=group:BUNDLE 0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=mid:0',
  'a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  'a=sendrecv',
  'a=msid:stream track',
  'a=rid:q send',
  'a=rid:h send',
  'a=simulcast:send q;h',
  '',
].join('\r\n');

test('layersApart() makes a section of each layer, named by the header extension that names the layer', () => {
  const { sdp = '' } = layersApart({ type: 'offer', sdp: OFFER }, LAYERS.slice(0, 2));
  const section = (rid: string) =>
    `m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:${rid}\r\na=msid:- ${rid}\r\n` +
    'a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=sendonly\r\n';
  expect(sdp).toBe(`v=0\r\na=group:BUNDLE q h\r\n${section('q')}${section('h')}`);
});

test.for([
  ['Chromium asks for no feedback that tells of delays', 'o=- 1 2 IN IP4 127.0.0.1', []],
  [
    'Firefox asks for what it did',
    'o=mozilla...THIS_IS_SDPARTA-99.0 1 0 IN IP4 0.0.0.0',
    ['remb', 'cc', 'ext'],
  ],
] as const)('layersApart(): %s', ([, origin, kept]) => {
  const lines = {
    remb: 'a=rtcp-fb:96 goog-remb',
    cc: 'a=rtcp-fb:96 transport-cc',
    ext: 'a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  };
  const asked = `${OFFER.replace('v=0', `v=0\r\n${origin}`)}${Object.values(lines).join('\r\n')}\r\na=rtcp-fb:96 nack\r\n`;
  const { sdp = '' } = layersApart({ type: 'offer', sdp: asked }, LAYERS.slice(0, 2));
  expect(Object.keys(lines).filter((name) => sdp.includes(lines[name as keyof typeof lines]))).toEqual(kept);
  expect(sdp).toContain('a=rtcp-fb:96 nack\r\n');
});

test('layersTogether() makes one section of the answer again, which takes every layer', () => {
  const section = (rid: string) =>
    `m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:${rid}\r\na=extmap:10 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=recvonly\r\n`;
  const answer = `v=0\r\na=group:BUNDLE q h\r\n${section('q')}${section('h')}`;
  const { sdp } = layersTogether({ type: 'answer', sdp: answer }, LAYERS.slice(0, 2));
  expect(sdp).toBe(
    'v=0\r\na=group:BUNDLE 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n' +
      'a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\na=recvonly\r\n' +
      'a=fmtp:96 x-google-start-bitrate=3000\r\na=rid:q recv\r\na=rid:h recv\r\na=simulcast:recv q;h\r\n',
  );
});
