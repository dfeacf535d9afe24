import { defineScenario, encryptionFacts, failureOf, originFacts, refusedFacts } from '../harness/index.ts';

/** What of the offer is replaced, line by line, before the other side gets it. */
type Rules = readonly (readonly [pattern: string, replacement: string])[];

const NO_KEYS: Rules = [['^a=(fingerprint|setup|tls-id):.*\r\n', '']];
const CASES = {
  encrypted: { summary: 'what both sides agree on' },
  'other-fingerprint': { summary: 'an offer with the fingerprint of another certificate' },
  'no-fingerprint': { summary: 'an offer without a fingerprint' },
  sdes: { summary: 'an offer with its keys in it (SDES)' },
  plain: { summary: 'an offer of plain RTP' },
  'insecure-origin': { summary: 'a page from an insecure origin' },
} as const;
const KEY = 'AES_CM_128_HMAC_SHA1_80 inline:Y2FsbHJpZ2NhbGxyaWdjYWxscmlnY2FsbHJpZ2Nh';
const TAMPERED: Partial<Record<keyof typeof CASES, Rules>> = {
  'other-fingerprint': [['^(a=fingerprint:sha-256 ).*$', `$1${Array(32).fill('A5').join(':')}`]],
  'no-fingerprint': NO_KEYS,
  sdes: [...NO_KEYS, ['UDP/TLS/RTP/SAVPF', 'RTP/SAVPF'], ['^(a=mid:.*)$', `$1\r\na=crypto:1 ${KEY}`]],
  plain: [...NO_KEYS, ['UDP/TLS/RTP/SAVPF', 'RTP/AVPF']],
};

/**
 * A call is encrypted as it must be; one whose offer was tampered with, or whose media would not be encrypted, does not
 * come about; and a page from an insecure origin gets no devices.
 *
 * Guards against media that somebody else could hear and see.
 */
export default defineScenario({
  name: 'encryption-required',
  summary: 'A call is encrypted as it must be, or does not come about.',
  guardsAgainst: 'media that somebody else could hear and see',
  roles: ['caller', 'callee'],
  variants: { axis: 'case', cases: CASES },
  thresholds: { checks: ['rate==1'] },
  async script({ caller, callee, peers, variant, step, hold, check }) {
    if (variant === 'insecure-origin') {
      for (const peer of peers) check(...(await step('look', () => originFacts(peer))));
      return;
    }
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    const rules = TAMPERED[variant];
    if (!rules) {
      await step('connect', () => caller.call(callee));
      await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
      await step('hold', () => hold('1s'));
      check(...(await encryptionFacts(caller, callee)));
      await step('hang-up', () => caller.hangUp());
      return;
    }
    await caller.configure({
      arg: rules,
      rewrite: ({ type, sdp = '' }, replaced) => ({
        type,
        sdp: replaced.reduce((text, [pattern, by]) => text.replace(new RegExp(pattern, 'gm'), by), sdp),
      }),
    });
    const failure = await step('refuse', () => failureOf(() => caller.call(callee)));
    check(...(await refusedFacts(peers, failure)));
  },
});
