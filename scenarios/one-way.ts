import { callFacts, defineScenario, directionFacts, hangUpFacts, stoppedFacts } from '../harness/index.ts';

/** Who offers needs not be who sends. */
const CASES = {
  'offerer-sends': { summary: 'the caller sends' },
  'answerer-sends': { summary: 'the caller asks to receive' },
} as const;

const NOTHING = { receives: { audio: false, video: false } } as const;

/**
 * One side sends audio and video and the other only receives, as in a broadcast; either of them may have called.
 *
 * Guards against peers that cannot receive without sending, or are sent what they did not ask for.
 */
export default defineScenario({
  name: 'one-way',
  summary: 'One side sends audio and video, the other only receives.',
  guardsAgainst: 'peers that cannot receive without sending, or are sent what they did not ask for',
  roles: ['caller', 'callee'],
  variants: { axis: 'case', cases: CASES },
  duration: '4s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, variant, step, hold, check }) {
    const [sender, receiver] = variant === 'offerer-sends' ? [caller, callee] : [callee, caller];
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => sender.openMedia());
    await step('connect', () => caller.call(callee));
    await step('first media', () => receiver.receiveMedia());
    const seen = await step('hold', () => hold());
    const of = (peer: typeof caller) => seen[peer.role as 'caller' | 'callee'];
    check(...(await callFacts(receiver, of(receiver))));
    check(...(await callFacts(sender, of(sender), NOTHING)), ...stoppedFacts(sender, of(sender)));
    check(...(await directionFacts(sender, receiver, { audio: 'sendonly', video: 'sendonly' })));
    check(...(await directionFacts(receiver, sender, { audio: 'recvonly', video: 'recvonly' })));
    await step('hang-up', () => receiver.hangUp());
    for (const peer of [sender, receiver]) check(...(await hangUpFacts(peer)));
  },
});
