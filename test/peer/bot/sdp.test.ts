import { expect, test } from 'vitest';
import { receives, sectionsOf, sendableIn, sends, ufragOf } from '../../../harness/peer/bot/sdp.ts';

const OFFER = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 0',
  'a=mid:0',
  'a=ice-ufrag:abcd',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10',
  'a=rtpmap:0 PCMU/8000',
  'a=sendrecv',
  'm=video 9 UDP/TLS/RTP/SAVPF 98 35 102 96',
  'a=mid:1',
  'a=rtpmap:98 VP9/90000',
  'a=rtpmap:35 H264/90000',
  'a=fmtp:35 packetization-mode=0;profile-level-id=42001f',
  'a=rtpmap:102 H264/90000',
  'a=fmtp:102 packetization-mode=1;profile-level-id=42e01f',
  'a=rtpmap:96 VP8/90000',
  'a=recvonly',
  'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
  'a=mid:2',
  '',
].join('\r\n');

test('sectionsOf() reads what each section is, and who sends in it', () => {
  const [audio, video, data] = sectionsOf(OFFER);
  expect([audio?.kind, audio?.mid, audio?.direction]).toEqual(['audio', '0', 'sendrecv']);
  expect([sends(audio!), receives(audio!)]).toEqual([true, true]);
  expect([sends(video!), receives(video!)]).toEqual([false, true]);
  expect(data?.isRejected).toBe(true);
  expect(ufragOf(OFFER)).toBe('abcd');
});

test('sendableIn() takes the first codec that there are media for, in the order of the section', () => {
  const [audio, video, data] = sectionsOf(OFFER);
  expect(sendableIn(audio!)).toEqual({
    payloadType: 111,
    name: 'opus',
    clockRate: 48_000,
    fmtp: 'minptime=10',
  });
  expect(sendableIn(video!)?.payloadType).toBe(102);
  expect(sendableIn(data!)).toBeUndefined();
});
