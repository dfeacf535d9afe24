import {
  callFacts,
  defineScenario,
  failureOf,
  hangUpFacts,
  hitFact,
  SIGNALING_LOST,
  type Stuck,
  stuckFacts,
} from '../harness/index.ts';

/** What a call cannot survive, and where it is to get stuck. */
const LOST: Partial<Record<string, Stuck>> = {
  'drop-offer': { phase: 'signaling', naming: 'the offer did not reach callee' },
  'drop-answer': { phase: 'signaling', naming: 'the answer did not reach caller' },
  // Firefox says after some seconds that ICE has failed; Chromium goes on waiting for candidates.
  'drop-candidates': { phase: 'ice' },
  corrupt: { phase: 'negotiation', naming: 'setRemoteDescription(offer)' },
};
/** So long a call is tried that cannot come about. */
const GIVE_UP_MS = 10_000;

/**
 * The same call over signaling that is late, doubles, swaps, loses and damages messages, cuts links and is restarted.
 *
 * Guards against calls that only work where signaling does, and calls that break without saying where.
 */
export default defineScenario({
  name: 'signaling-chaos',
  summary: 'The same call over signaling that misbehaves in every way: which faults it survives.',
  guardsAgainst: 'calls that need perfect signaling, or break without saying where',
  roles: ['caller', 'callee'],
  variants: {
    axis: 'case',
    baseline: 'none',
    cases: {
      none: { summary: 'signaling as it should be' },
      delay: { summary: '300 ms late', signaling: { faults: [{ fault: 'delay', delay: '300ms' }] } },
      jitter: { summary: 'up to 300 ms late', signaling: { faults: [{ fault: 'jitter', delay: '300ms' }] } },
      duplicate: { summary: 'all twice', signaling: { faults: [{ fault: 'duplicate' }] } },
      reorder: { summary: 'swapped', signaling: { faults: [{ fault: 'reorder', delay: '300ms' }] } },
      'drop-candidates': {
        summary: 'no candidates',
        signaling: { faults: [{ fault: 'drop', kind: 'candidate' }] },
      },
      'drop-offer': { summary: 'no offer', signaling: { faults: [{ fault: 'drop', kind: 'offer' }] } },
      'drop-answer': { summary: 'no answer', signaling: { faults: [{ fault: 'drop', kind: 'answer' }] } },
      corrupt: { summary: 'a damaged offer', signaling: { faults: [{ fault: 'corrupt', kind: 'offer' }] } },
      disconnect: {
        summary: 'links cut thrice',
        signaling: { faults: [{ fault: 'disconnect', kind: 'candidate', count: 3 }] },
      },
      restart: {
        summary: 'the server dies with the answer',
        signaling: { faults: [{ fault: 'restart', kind: 'answer' }] },
      },
    },
  },
  duration: '3s',
  thresholds: { checks: ['rate==1'] },
  async script({ caller, callee, peers, variant, signaling, step, hold, check, measure }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    const stuck = LOST[variant];
    if (stuck) {
      const calling = () => caller.call(callee, { timeoutMs: GIVE_UP_MS });
      const failure = await step('fail', () => failureOf(calling));
      measure('failure_ms', failure.afterMs);
      check(...(await stuckFacts(failure, { offerer: caller, answerer: callee }, stuck)));
      return check(await hitFact(signaling));
    }
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) {
      const media = seen[peer.role as 'caller' | 'callee'];
      check(...(await callFacts(peer, media, { ignoreConsole: SIGNALING_LOST })));
    }
    if (variant !== 'none') check(await hitFact(signaling));
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
