import { callFacts, defineScenario, type Fact, hangUpFacts, type Peer } from '../harness/index.ts';

/** Who sends candidates as they come. */
const TRICKLES = {
  full: { caller: true, callee: true },
  half: { caller: false, callee: true },
  none: { caller: false, callee: false },
} as const;

/** How the other side's candidates came to a peer. */
async function candidatesFact(peer: Peer, areExpected: boolean): Promise<Fact> {
  const { remoteCandidates } = await peer.evidence();
  const trickled = remoteCandidates.length > 0;
  const how = (isTrickled: boolean) => (isTrickled ? 'one by one' : 'in the description');
  return {
    name: "the other side's candidates come",
    peer,
    passed: trickled === areExpected,
    expected: how(areExpected),
    actual: how(trickled),
    phase: 'gathering',
  };
}

/**
 * The same call with candidates sent as they come, by both sides or the callee alone, or all in the descriptions.
 *
 * Guards against peers that cannot do without one or the other, and shows what waiting for all candidates costs.
 */
export default defineScenario({
  name: 'trickle-modes',
  summary: 'The same call with full, half and no trickle ICE.',
  guardsAgainst: 'peers that cannot do without trickle ICE, or with it',
  roles: ['caller', 'callee'],
  variants: {
    axis: 'case',
    baseline: 'full',
    cases: {
      full: { summary: 'both send candidates as they come' },
      half: { summary: 'the caller gathers all first' },
      none: { summary: 'both gather all first' },
    },
  },
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, variant, step, hold, check }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await caller.configure({ trickle: TRICKLES[variant].caller });
    await callee.configure({ trickle: TRICKLES[variant].callee });
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    check(await candidatesFact(callee, TRICKLES[variant].caller));
    check(await candidatesFact(caller, TRICKLES[variant].callee));
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
