import { callFacts, defineScenario, type Fact, type PageRig, type Peer } from '../harness/index.ts';

/**
 * Of an offer of audio and two videos: how many sections it gathers candidates for, by policy, and over how many
 * transports the media then flows.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8829#section-4.1.1
 */
const EXPECTED = {
  balanced: { policy: 'balanced', gathered: 2, transports: 1 },
  'max-compat': { policy: 'max-compat', gathered: 3, transports: 1 },
  'max-bundle': { policy: 'max-bundle', gathered: 1, transports: 1 },
  'no-bundle': { policy: 'max-compat', gathered: 3, transports: 3 },
} as const;

/** Adds the second video, and notes which sections candidates are gathered for before there is an answer. */
function prepare(pc: RTCPeerConnection, rig: PageRig): void {
  pc.addTrack(rig.openVideo({ width: 320, height: 180 }), rig.stream);
  const mids = new Set<string>();
  rig.kept['gathered'] = mids;
  pc.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate?.sdpMid) mids.add(candidate.sdpMid);
  });
}

/** As a peer writes that knows nothing of bundles. */
function withoutBundle({ type, sdp }: RTCSessionDescriptionInit): RTCSessionDescriptionInit {
  return { type, sdp: sdp!.replace(/a=group:BUNDLE.*\r\n/, '') };
}

async function gatheredFact(peer: Peer, expected: number): Promise<Fact> {
  const gathered = await peer.evaluate((_, rig) => (rig.kept['gathered'] as Set<string>).size, null);
  return {
    name: 'sections have candidates of their own',
    peer,
    passed: gathered === expected,
    expected: `${expected} of 3`,
    actual: `${gathered} of 3`,
    phase: 'gathering',
  };
}

async function transportsFact(peer: Peer, other: Peer, expected: number): Promise<Fact> {
  const states = await peer.evaluate((remote, rig) => {
    const all = rig.connection(remote).getTransceivers();
    return [...new Set(all.map(({ sender }) => sender.transport))].map((each) => each?.state);
  }, other.role);
  return {
    name: 'media flows over as many transports',
    peer,
    passed: states.length === expected && states.every((state) => state === 'connected'),
    expected: Array.from({ length: expected }, () => 'connected').join(', '),
    actual: states.join(', '),
    phase: 'dtls',
  };
}

/**
 * The same call of one sound and two pictures with each bundle policy, and with a callee that cannot bundle.
 *
 * Guards against peers that need a transport for each medium, or cannot live without sharing one.
 */
export default defineScenario({
  name: 'bundle-policies',
  summary: 'The same call with each bundle policy, and with a callee that cannot bundle.',
  guardsAgainst: 'peers that need a transport for each medium, or cannot live without sharing one',
  roles: ['caller', 'callee'],
  variants: {
    axis: 'case',
    baseline: 'balanced',
    cases: {
      balanced: { summary: 'a transport for each kind of media, to begin with' },
      'max-compat': { summary: 'a transport for each, to begin with' },
      'max-bundle': { summary: 'one transport from the start' },
      'no-bundle': { summary: 'the callee hears of no bundle' },
    },
  },
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, variant, step, hold, check }) {
    const { policy: bundlePolicy, gathered, transports } = EXPECTED[variant];
    const rewrite = variant === 'no-bundle' ? { rewrite: withoutBundle } : {};
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await caller.configure({ bundlePolicy, prepare, ...rewrite });
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    check(await gatheredFact(caller, gathered));
    check(await transportsFact(caller, callee, transports), await transportsFact(callee, caller, transports));
    await step('hang-up', () => caller.hangUp());
  },
});
