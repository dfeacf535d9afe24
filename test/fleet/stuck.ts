import type { Phase } from '../../harness/call-record.ts';
import { CANDIDATE, type Seen } from './peer-record.ts';

export interface Stuck {
  caller: Seen;
  callee: Seen;
  phase: Phase;
  what: string;
}

const local = [CANDIDATE];
/** As far as each side gets; what came later is not there yet. */
const OFFERED = { start: 1, gatherStart: 2, offerSent: 3 };
const ANSWERED = { start: 4, offerReceived: 4, gatherStart: 5, answerSent: 6 };
const SETTLED = { ...OFFERED, answerReceived: 7 };
const ICE = { iceConnected: 8 };
const DTLS = { ...ICE, dtlsConnected: 9 };

/** Every place where a connection can get stuck, as both sides' marks show it. */
export const STUCK: readonly Stuck[] = [
  {
    caller: { marks: OFFERED, local },
    callee: {},
    phase: 'signaling',
    what: 'the offer did not reach callee',
  },
  {
    caller: { marks: OFFERED, local },
    callee: { marks: { start: 4, offerReceived: 4 } },
    phase: 'negotiation',
    what: 'callee did not answer the offer',
  },
  {
    caller: { marks: OFFERED, local },
    callee: { marks: ANSWERED, local },
    phase: 'signaling',
    what: 'the answer did not reach caller',
  },
  {
    caller: { marks: SETTLED },
    callee: { marks: ANSWERED, local },
    phase: 'gathering',
    what: 'caller found no local candidate',
  },
  {
    caller: { marks: SETTLED, local },
    callee: { marks: ANSWERED },
    phase: 'gathering',
    what: 'callee found no local candidate',
  },
  {
    caller: { marks: SETTLED, local },
    callee: { marks: ANSWERED, local },
    phase: 'ice',
    what: 'ICE did not connect at caller and callee',
  },
  {
    caller: { marks: { ...SETTLED, ...ICE }, local },
    callee: { marks: ANSWERED, local },
    phase: 'ice',
    what: 'ICE did not connect at callee',
  },
  {
    caller: { marks: { ...SETTLED, ...ICE }, local },
    callee: { marks: { ...ANSWERED, ...ICE }, local },
    phase: 'dtls',
    what: 'DTLS did not connect at caller and callee',
  },
  {
    caller: { marks: { ...SETTLED, ...DTLS }, local },
    callee: { marks: { ...ANSWERED, ...ICE }, local },
    phase: 'dtls',
    what: 'DTLS did not connect at callee',
  },
];
