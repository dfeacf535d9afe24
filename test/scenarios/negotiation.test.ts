import { expect, test } from 'vitest';
import type { RelayedMessage } from '../../signaling-stub/protocol.ts';
import type { Peer, Scenario, ScriptContext } from '../../harness/index.ts';
import audioOnly from '../../scenarios/audio-only.ts';
import bundlePolicies from '../../scenarios/bundle-policies.ts';
import certificates from '../../scenarios/certificates.ts';
import dtmf from '../../scenarios/dtmf.ts';
import muteHold from '../../scenarios/mute-hold.ts';
import oneWay from '../../scenarios/one-way.ts';
import perfectNegotiation from '../../scenarios/perfect-negotiation.ts';
import renegotiate from '../../scenarios/renegotiate.ts';
import replaceTrack from '../../scenarios/replace-track.ts';
import rollback from '../../scenarios/rollback.ts';
import trickleModes from '../../scenarios/trickle-modes.ts';
import { failedChecks, tryScenario, whyNotPassed, without } from '../helpers/try-scenario.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();

/** As scenarios that are loaded from files: nothing is known of their roles and variants. */
const loaded = (scenario: object) => scenario as Scenario;

/** The variants that the others do not try by the way. Who calls takes turns, as two calls at once are too many here. */
const CATALOGUE: [scenario: Scenario, pairs: string[], only?: string[]][] = [
  [loaded(audioOnly), ['chrome:firefox']],
  [loaded(certificates), ['firefox:chrome'], ['mixed']],
  [loaded(dtmf), ['chrome:firefox']],
  [loaded(muteHold), ['firefox:chrome']],
  [loaded(oneWay), ['chrome:firefox'], ['answerer-sends']],
  [loaded(perfectNegotiation), ['chrome:firefox', 'firefox:chrome'], ['polite-caller']],
  [loaded(renegotiate), ['firefox:chrome']],
  [loaded(replaceTrack), ['chrome:firefox']],
  [loaded(rollback), ['firefox:chrome', 'firefox:firefox']],
  [loaded(trickleModes), ['chrome:firefox'], ['none']],
];

test.for(CATALOGUE.map(([scenario, ...rest]) => [scenario.name, scenario, ...rest] as const))(
  '%s passes',
  async ([, scenario, pairs, only]) => {
    const options = { browsers, options: { durationMs: 2000 }, ...(only && { only }) };
    await using run = await tryScenario(scenario, { ...options, pairs });
    expect(whyNotPassed(run)).toEqual([]);
  },
);

// One after another, as each of these calls carries three pictures.
test.for(['chrome:firefox', 'firefox:chrome'])('bundle-policies passes for %s', async (pair) => {
  const only = ['max-bundle', 'no-bundle'];
  const options = { pairs: [pair], only, browsers, options: { durationMs: 2000 } };
  await using run = await tryScenario(bundlePolicies, options);
  expect(whyNotPassed(run)).toEqual([]);
});

type Words = Pick<Peer, 'role' | 'openMedia' | 'configure' | 'call' | 'evaluate'>;

/** The scenario with peers that do some things otherwise: given what they do by themselves. */
function doing(
  given: object,
  otherwise: (plain: Words, context: ScriptContext<string>) => Partial<Words>,
): Scenario {
  const scenario = loaded(given);
  return {
    ...scenario,
    script(context) {
      for (const peer of context.peers) {
        const plain: Words = {
          role: peer.role,
          openMedia: peer.openMedia.bind(peer),
          configure: peer.configure.bind(peer),
          call: peer.call.bind(peer),
          evaluate: peer.evaluate.bind(peer),
        };
        Object.assign(peer, otherwise(plain, context));
      }
      return scenario.script(context);
    },
  };
}

/** After everything that it is told to do in the page, the caller negotiates. */
const negotiating = (plain: Words, { peers: [caller, callee] }: ScriptContext<string>): Partial<Words> =>
  plain.role === 'caller'
    ? {
        evaluate: async (body, arg) => {
          const result = await plain.evaluate(body, arg);
          await caller!.negotiate(callee!);
          return result;
        },
      }
    : {};

const withoutTones = (message: RelayedMessage) => {
  if (message.kind !== 'description') return message;
  const sdp = message.payload.sdp?.replaceAll(/a=(rtpmap|fmtp):(\d+) telephone-event.*\r\n/g, '');
  return { ...message, payload: { ...message.payload, sdp } } as RelayedMessage;
};

interface Control {
  what: string;
  scenario: Scenario;
  only?: string[];
  intercept?: (message: RelayedMessage) => RelayedMessage;
  failed: string[];
}

const CONTROLS: Control[] = [
  {
    what: 'audio-only fails if video is sent',
    scenario: doing(audioOnly, (plain) => ({ openMedia: () => plain.openMedia() })),
    failed: ['what is agreed', 'what is agreed'],
  },
  {
    what: 'one-way fails if the other side sends as well',
    scenario: doing(oneWay, (plain) => ({
      call: async (other) => {
        await other.openMedia();
        await plain.call(other);
      },
    })),
    only: ['offerer-sends'],
    failed: [
      'no audio arrives',
      'no video arrives',
      'audio is sendonly',
      'video is sendonly',
      'audio is recvonly',
      'video is recvonly',
    ],
  },
  {
    what: 'renegotiate fails if video is not stopped',
    scenario: loaded(without(renegotiate, 'stop video')),
    failed: [
      'no video arrives',
      'what is agreed',
      'no video arrives',
      'what is agreed',
      'no video arrives',
      'what is agreed',
      'what is agreed',
    ],
  },
  {
    what: 'perfect-negotiation fails if offers never cross',
    scenario: doing(perfectNegotiation, (plain, { peers: [caller] }) => ({
      evaluate: async (body, arg) => {
        if (plain.role === 'callee')
          await caller!.until(
            (_, rig) => {
              // A section has its mid from the offer on; it is agreed once that is answered.
              const pc = rig.connection('callee');
              return pc.signalingState === 'stable' && pc.getTransceivers().every(({ mid }) => mid !== null);
            },
            null,
            { awaited: "the caller's change to be agreed" },
          );
        return plain.evaluate(body, arg);
      },
    })),
    only: ['polite-caller'],
    failed: ['offers cross'],
  },
  {
    what: 'rollback fails if an offer is not taken back',
    scenario: doing(rollback, (plain) => ({
      evaluate: (body, arg) => {
        if (body.name !== 'offerAndRollBack') return plain.evaluate(body, arg);
        const offering = (_: unknown, rig: Parameters<typeof body>[1]) => {
          const pc = rig.connection('callee');
          pc.addTrack(rig.openVideo({}), rig.stream);
          return pc.setLocalDescription().then(() => [pc.signalingState]);
        };
        return plain.evaluate(offering as unknown as typeof body, arg);
      },
    })),
    failed: ['its local offer is rolled back', 'what is agreed'],
  },
  {
    what: 'replace-track fails if it takes a negotiation',
    scenario: doing(replaceTrack, negotiating),
    failed: ['nothing is negotiated'],
  },
  {
    what: 'mute-hold fails if muting takes a negotiation',
    scenario: doing(muteHold, negotiating),
    failed: ['nothing is negotiated'],
  },
  {
    what: 'trickle-modes fails if candidates trickle that should not',
    scenario: doing(trickleModes, () => ({ configure: () => Promise.resolve() })),
    only: ['none'],
    failed: ["the other side's candidates come", "the other side's candidates come"],
  },
  {
    what: 'bundle-policies fails if the callee hears of a bundle',
    scenario: doing(bundlePolicies, (plain) => ({
      configure: ({ rewrite: _, ...settings }) => plain.configure(settings),
    })),
    only: ['no-bundle'],
    failed: ['media flows over as many transports', 'media flows over as many transports'],
  },
  {
    what: 'certificates fails if a certificate is of another kind',
    scenario: doing(certificates, () => ({ configure: () => Promise.resolve() })),
    only: ['rsa'],
    failed: ['its certificate is RSA', 'its certificate is RSA'],
  },
  {
    what: 'dtmf fails if the sides do not agree on tones',
    scenario: loaded(dtmf),
    intercept: withoutTones,
    failed: [
      'the tones are sent, one after another',
      'tones are agreed on',
      'tones are agreed on',
      'silence is quieter than tones',
    ],
  },
];

// Too short to tell whether a picture moves, which none of these is about.
const SHORT = { browsers, pairs: ['chrome:chrome'], options: { durationMs: 500 } };

test.for(CONTROLS)('$what', async ({ scenario, failed, only, intercept }) => {
  const rest = { ...(only && { only }), ...(intercept && { intercept }) };
  await using run = await tryScenario(scenario, { ...SHORT, ...rest });
  expect(await failedChecks(run)).toEqual(failed);
  expect(run.result.status).toBe('failed');
});
