import type { KnownFailure } from './known-failure.ts';

/** Bugs of browsers that Callrig's own scenarios find, each seen by running them. */
export const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    id: 'firefox-feedback-of-removed-codecs',
    scenarios: ['codec-matrix'],
    browsers: { caller: { kind: 'firefox', from: '140', to: '153' }, callee: { kind: 'chromium' } },
    variants: ['vp8-alone'],
    failure: { phase: 'negotiation', message: 'Failed to parse codecs correctly' },
    reason:
      'Firefox keeps the a=rtcp-fb lines of codecs that setCodecPreferences() left out of its offer, and Chromium ' +
      'refuses feedback for a payload type that is not there.',
    link: 'https://www.rfc-editor.org/rfc/rfc4585#section-4.2',
    since: '2026-11-22',
  },
  {
    id: 'chromium-rollback-stops-video',
    scenarios: ['perfect-negotiation'],
    browsers: { callee: { kind: 'chromium' } },
    variants: ['polite-callee'],
    failure: { phase: 'rtp', check: 'video frames change' },
    reason:
      'Once Chromium, having answered first, takes an offer of its own back, the video that it received goes on arriving ' +
      'and is not shown any more; so also between two connections of one page, without Callrig.',
    link: 'https://www.rfc-editor.org/rfc/rfc8829#section-4.1.10.2',
    since: '2026-11-22',
  },
  {
    id: 'chromium-rollback-keeps-extensions',
    scenarios: ['perfect-negotiation'],
    browsers: { caller: { kind: 'firefox' }, callee: { kind: 'chromium' } },
    variants: ['sound-first'],
    failure: { phase: 'negotiation', message: 'RTP extension ID reassignment not supported' },
    reason:
      'Chromium gives a header extension of a video section that it offers an id that its answer left free in the sound ' +
      'section. When Firefox, whose offers go on naming that id, is given way to, Chromium refuses the offer for a collision ' +
      'with the section that it is to take back.',
    link: 'https://www.rfc-editor.org/rfc/rfc8829#section-4.1.10.2',
    since: '2026-11-22',
  },
  {
    id: 'chromium-balanced-gathers-all',
    scenarios: ['bundle-policies'],
    browsers: { caller: { kind: 'chromium' } },
    variants: ['balanced'],
    failure: { check: 'sections have candidates of their own' },
    reason:
      'Chromium takes the bundle policy balanced for max-compat: it gathers candidates for every section of an offer, not ' +
      'only for the first of each kind of media.',
    link: 'https://www.rfc-editor.org/rfc/rfc8829#section-4.1.1',
    since: '2026-11-22',
  },
];
