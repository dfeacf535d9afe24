import { describe, expect, test } from 'vitest';
import {
  iceOf,
  isSameButIce,
  parseFragment,
  renderFragment,
  withCandidates,
  withIce,
} from '../../signaling-stub/sdp-fragment.ts';

const HOST = 'candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host';
const SDP = [
  'v=0',
  'o=- 42 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:secret-of-22-characters',
  'a=mid:0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:secret-of-22-characters',
  'a=mid:1',
  '',
].join('\r\n');
const ICE = { ufrag: 'efgh', pwd: 'another-22-characters-' };
const ONE = { candidate: HOST, sdpMid: '0', usernameFragment: 'abcd' };

describe('parseFragment()', () => {
  test('reads back what renderFragment() wrote', () => {
    const fragment = { candidates: [ONE], ended: true };
    expect(parseFragment(renderFragment(SDP, fragment))).toEqual({ ...fragment, ice: iceOf(SDP) });
  });

  test('reads credentials and an end without candidates', () => {
    const text = renderFragment(SDP, { ice: ICE, candidates: [], ended: true });
    expect(parseFragment(text)).toEqual({ ice: ICE, candidates: [], ended: true });
  });

  test.for([
    'a=candidate:1 1 udp 1 127.0.0.1 1 typ host',
    'm=audio 9 RTP 0\r\na=candidate:1 1 udp 1 127.0.0.1 1 typ host',
  ])('is undefined if a candidate belongs to no media: %j', (text) =>
    expect(parseFragment(text)).toBeUndefined(),
  );
});

test('withCandidates() puts candidates into the section they belong to', () => {
  const sdp = withCandidates(SDP, { candidates: [ONE], ended: true });
  const [, audio = '', video = ''] = sdp.split('m=');
  expect(audio).toContain(`a=${HOST}\r\na=end-of-candidates`);
  expect(video).not.toContain('a=candidate');
});

test('withCandidates() puts a candidate into one section if several have its mid', () => {
  const sdp = withCandidates(SDP.replaceAll('a=mid:1', 'a=mid:0'), { candidates: [ONE], ended: true });
  expect(sdp.split(HOST).length).toBe(2);
});

test('iceOf() takes no longer than the text is long if a line is full of spaces', () => {
  const took = (spaces: number) => {
    const hostile = `a=ice-ufrag:x${' '.repeat(spaces)}x\r\na=ice-pwd:y`;
    const startMs = performance.now();
    for (let time = 0; time < 20; time++) iceOf(hostile);
    return performance.now() - startMs;
  };
  took(1000);
  // 50 times the text: 2500 times the work where it is the square.
  expect(took(50_000)).toBeLessThan(500 * Math.max(took(1000), 1));
});

test('withIce() changes the generation and nothing else', () => {
  const old = withCandidates(SDP, { candidates: [ONE], ended: true });
  const restarted = withIce(old, { ice: ICE, candidates: [], ended: false });
  expect(iceOf(restarted)).toEqual(ICE);
  expect(restarted).toContain('o=- 42 3 IN');
  expect(restarted).not.toContain('a=candidate');
  expect(isSameButIce(SDP, restarted)).toBe(true);
});

test('isSameButIce() is false if media changed', () => {
  expect(isSameButIce(SDP, SDP.replace('a=mid:1', 'a=mid:1\r\na=inactive'))).toBe(false);
});
