import type { KnownFailure } from './known-failure.ts';

/** Bugs of browsers that Callrig's own scenarios find, each seen by running them. */
export const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    id: 'firefox-feedback-of-removed-codecs',
    scenarios: ['codec-matrix'],
    browsers: { caller: { kind: 'firefox', from: '140', to: '153' }, callee: { kind: 'chromium' } },
    failure: { message: 'Failed to parse' },
    reason:
      'Firefox keeps the a=rtcp-fb lines of codecs that setCodecPreferences() left out of its offer, and Chromium ' +
      'refuses feedback for a payload type that is not there.',
    link: 'https://www.rfc-editor.org/rfc/rfc4585#section-4.2',
    since: '2026-11-22',
  },
];
