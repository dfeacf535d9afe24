import {
  secrecyFacts,
  defineScenario,
  encryptedFacts,
  encryptFrames,
  hangUpFacts,
} from '../harness/index.ts';

const CASES = {
  'same-key': { summary: 'both sides have the key' },
  'other-key': { summary: 'the callee has another key' },
  'no-key': { summary: 'the callee takes what comes as it is' },
} as const;
const SECRETS = {
  caller: 'of the two',
  'same-key': 'of the two',
  'other-key': 'of others',
  'no-key': undefined,
};

/**
 * The caller encrypts every frame above DTLS (end to end, by an encoded transform). The callee sees the picture if it has
 * the key, and nothing of it if it has another one or none, as a media server in between would not.
 *
 * Guards against encryption that keeps nobody out, or keeps those out who have the key.
 */
export default defineScenario({
  name: 'e2ee',
  summary: 'The caller encrypts every frame end to end; only who has the key sees the picture.',
  guardsAgainst: 'encryption that keeps nobody out, or keeps those out who have the key',
  roles: ['caller', 'callee'],
  needs: ['api:RTCRtpScriptTransform'],
  variants: { axis: 'case', cases: CASES },
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, variant, step, hold, check }) {
    const secret = SECRETS[variant];
    const isReadable = variant === 'same-key';
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => caller.openMedia({ video: { source: 'still' } }));
    await caller.configure({ prepare: encryptFrames, arg: { secret: SECRETS.caller } });
    if (secret !== undefined) await callee.configure({ prepare: encryptFrames, arg: { secret } });
    await step('connect', () => caller.call(callee));
    if (isReadable) await step('first media', () => callee.receiveMedia());
    await step('hold', () => hold());
    check(...(await encryptedFacts(caller)));
    check(...(await secrecyFacts(callee, { isReadable, hasKey: secret !== undefined })));
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
