import { defineScenario, failureFacts, failureOf, refusalFacts } from '../harness/index.ts';

/** Why the server refuses, in its own log's words. */
const REASONS = { wrong: 'wrong credentials', expired: 'expired' } as const;

const ice = { servers: ['turn-udp', 'turn-tcp', 'turn-tls'], policy: 'relay' } as const;

/**
 * A call that can only be relayed, and whose TURN server refuses both sides' credentials: it fails soon, and says why.
 *
 * Guards against calls that ring until the time is over, and support requests that nobody can answer.
 */
export default defineScenario({
  name: 'turn-bad-credentials',
  summary: 'A call whose TURN server refuses the credentials: it fails soon, and says why.',
  guardsAgainst: 'calls that ring until the time is over, and support requests that nobody can answer',
  roles: ['caller', 'callee'],
  levels: ['lab', 'loopback'],
  network: { caller: {}, callee: {} },
  variants: {
    axis: 'case',
    cases: {
      wrong: { summary: 'a wrong password', ice: { ...ice, credentials: 'wrong' } },
      expired: { summary: 'credentials of yesterday', ice: { ...ice, credentials: 'expired' } },
    },
  },
  thresholds: {
    checks: ['rate==1'],
    // Firefox waits 5 s for more candidates before ICE fails; a call without a word would take 30 s.
    failure_ms: ['p(95)<12000'],
  },
  async script({ caller, callee, variant, turn, step, check, measure }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    const failure = await step('fail', () => failureOf(() => caller.call(callee)));
    measure('failure_ms', failure.afterMs);
    check(...failureFacts(failure, { naming: ['401', 'turn'] }));
    check(...(await refusalFacts([caller, callee], turn, REASONS[variant])));
  },
});
