import { expect, test } from 'vitest';
import type { PeerMarks, PeerRecord } from '../../harness/call-record.ts';
import { diagnose } from '../../harness/fleet/diagnose.ts';
import { aPeerRecord, CANDIDATE } from './peer-record.ts';
import { STUCK } from './stuck.ts';

test.for(STUCK)('diagnose() says $phase if $what', ({ caller, callee, phase, what }) => {
  const peers = [aPeerRecord('caller', caller), aPeerRecord('callee', callee)];
  expect(diagnose(peers)).toEqual({ phase, what });
  expect(diagnose(peers.toReversed())).toMatchObject({ phase });
});

const UP: PeerMarks = {
  gatherStart: 3,
  offerSent: 4,
  offerReceived: 4,
  answerSent: 5,
  answerReceived: 6,
  iceConnected: 7,
  dtlsConnected: 8,
};

test('diagnose() is undefined if both sides are connected', () => {
  const answerer: PeerMarks = { ...UP };
  delete answerer.offerSent;
  const local = [CANDIDATE];
  expect(
    diagnose([
      aPeerRecord('caller', { marks: UP, local }),
      aPeerRecord('callee', { marks: answerer, local }),
    ]),
  ).toBeUndefined();
});

test.for([[], ['caller'], ['caller', 'callee']])(
  'diagnose() is undefined if nobody sent an offer: %o',
  (roles: string[]) => {
    expect(diagnose(roles.map((role) => aPeerRecord(role, { marks: { gumStart: 1 } })))).toBeUndefined();
  },
);

test('diagnose() says signaling if the other side has no record at all', () => {
  expect(diagnose([aPeerRecord('caller', { marks: { offerSent: 1 } })])).toEqual({
    phase: 'signaling',
    what: 'the offer did not reach the answerer',
  });
});

test('diagnose() takes a mark of 0 for a mark', () => {
  const caller = aPeerRecord('caller', { marks: { offerSent: 0, answerReceived: 0, iceConnected: 0 } });
  const callee = aPeerRecord('callee', { marks: { iceConnected: 0, dtlsConnected: 0 } });
  expect(diagnose([caller, callee])).toEqual({ phase: 'dtls', what: 'DTLS did not connect at caller' });
});

test('diagnose() names the ends of the one that is not up, of several connections', () => {
  const [up, answered] = [UP, { ...UP }];
  delete answered.offerSent;
  const connection = (marks: PeerMarks) => ({
    marks,
    evidence: aPeerRecord('', { local: [CANDIDATE] }).evidence,
  });
  const room = (stuck: PeerMarks): PeerRecord[] => [
    { ...aPeerRecord('one', { marks: up }), connections: { two: connection(up), three: connection(up) } },
    {
      ...aPeerRecord('two', { marks: answered }),
      connections: { one: connection(answered), three: connection(stuck) },
    },
    {
      ...aPeerRecord('three', { marks: answered }),
      connections: { one: connection(answered), two: connection(answered) },
    },
  ];
  expect(diagnose(room(up))).toBeUndefined();
  const { dtlsConnected: _, ...stuck } = up;
  expect(diagnose(room(stuck))).toEqual({ phase: 'dtls', what: 'DTLS did not connect at two' });
});
