import { callFacts, certificateFacts, defineScenario, hangUpFacts } from '../harness/index.ts';

/** What key each side's certificate has. */
const KEYS = {
  ecdsa: { caller: 'ECDSA', callee: 'ECDSA' },
  rsa: { caller: 'RSA', callee: 'RSA' },
  mixed: { caller: 'RSA', callee: 'ECDSA' },
} as const;

/**
 * The same call with certificates made by the application, of each kind of key; each side gets in the DTLS handshake what
 * the other told of in its description.
 *
 * Guards against peers that cannot talk to those who keep an identity of their own, or an old one.
 */
export default defineScenario({
  name: 'certificates',
  summary: 'The same call with ECDSA and RSA certificates.',
  guardsAgainst: 'peers that cannot talk to those who keep an identity of their own, or an old one',
  roles: ['caller', 'callee'],
  variants: {
    axis: 'case',
    baseline: 'ecdsa',
    cases: {
      ecdsa: { summary: 'ECDSA P-256 on both sides' },
      rsa: { summary: 'RSA 2048 on both sides' },
      mixed: { summary: 'RSA from the caller, ECDSA from the callee' },
    },
  },
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, variant, step, hold, check }) {
    const keys = KEYS[variant];
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await caller.configure({ certificate: keys.caller });
    await callee.configure({ certificate: keys.callee });
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    check(...(await certificateFacts(caller, callee, keys.caller)));
    check(...(await certificateFacts(callee, caller, keys.callee)));
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
