import type { PeerEvidence, TurnAllocation } from '../call-record.ts';
import type { Peer } from '../peer/peer.ts';
import type { TurnControl } from './controls.ts';
import type { Fact } from './scenario.ts';

/** Which way a call must have taken. */
export interface PathExpectation {
  /**
   * - `host`: both sides send from their own address. The other side's may be `prflx`, when a check came before the
   *   signaling did.
   * - `srflx`: through a NAT, without a relay.
   * - `direct`: either of them.
   * - `relay`: over a TURN server on either side: behind symmetric NATs one is `relay` and the other `prflx`.
   */
  type: 'host' | 'srflx' | 'direct' | 'relay';
  /** How peers with a relay reach their TURN server. */
  transport?: TurnAllocation['transport'];
  /** Both sides have a relay of their own. */
  bothSides?: true;
}

/** By the names scenarios use for their variants: `pathFacts(caller, callee, PATHS[variant], turn)`. */
export const PATHS = {
  direct: { type: 'direct' },
  host: { type: 'host' },
  srflx: { type: 'srflx' },
  relay: { type: 'relay' },
  'relay-udp': { type: 'relay', transport: 'udp' },
  'relay-tcp': { type: 'relay', transport: 'tcp' },
  'relay-tls': { type: 'relay', transport: 'tls' },
  'relay-both-sides': { type: 'relay', bothSides: true },
} as const satisfies Record<string, PathExpectation>;
export type PathName = keyof typeof PATHS;

type Pair = NonNullable<PeerEvidence['selectedPair']>;

/** One end of a call: its pair, as it sees it. */
interface End {
  peer: Peer;
  pair: Pair | undefined;
}

/**
 * Whether the call between two peers took the path it should have, told by both sides' selected pairs. To be asked
 * while the call is up.
 *
 * How a relay is reached is the browser's word; where it gives none, the TURN server's own allocations decide, and
 * where these are silent too nothing is known.
 */
export async function pathFacts(
  peer: Peer,
  other: Peer,
  expected: PathExpectation,
  turn?: Pick<TurnControl, 'allocations'>,
): Promise<Fact[]> {
  const ends = await Promise.all(
    [peer, other].map(async (each) => ({ peer: each, pair: (await each.evidence()).selectedPair })),
  );
  const { transport, bothSides } = expected;
  const facts = [typeFact(ends, expected)];
  if (bothSides) facts.push(...ends.map(ownRelayFact));
  if (transport) facts.push(...(await transportFacts(ends, [transport], turn)));
  return facts.map((fact) => ({ ...fact, phase: 'ice' }));
}

/**
 * Whether a peer whose network lets no UDP out has a relay of its own, reached over one of these. To be asked while the
 * call is up; how it is told is as in {@link pathFacts}.
 */
export async function relayFacts(
  peer: Peer,
  transports: readonly TurnAllocation['transport'][],
  turn?: Pick<TurnControl, 'allocations'>,
): Promise<Fact[]> {
  const end = { peer, pair: (await peer.evidence()).selectedPair };
  const facts = [ownRelayFact(end), ...(await transportFacts([end], transports, turn))];
  return facts.map((fact) => ({ ...fact, peer, phase: 'ice' }));
}

const IN_WORDS: Record<PathExpectation['type'], string> = {
  host: 'host on both sides, the remote one prflx at most',
  srflx: 'srflx or prflx on either side, no relay',
  direct: 'no relay on either side',
  relay: 'relay on either side',
};

function typeFact(ends: End[], { type }: PathExpectation): Fact {
  return {
    name: `the path is ${type}`,
    passed: isOfType(ends, type),
    expected: IN_WORDS[type],
    actual: ends.map(({ peer, pair }) => `${peer.role} ${describe(pair)}`).join(', '),
  };
}

/** `undefined` as long as what is not reported could turn it round. */
function isOfType(ends: End[], type: PathExpectation['type']): boolean | undefined {
  const pairs = ends.flatMap(({ pair }) => pair ?? []);
  const locals = pairs.map(({ localType }) => localType).filter(isKnown);
  const all = [...locals, ...pairs.map(({ remoteType }) => remoteType).filter(isKnown)];
  if (all.includes('relay')) return type === 'relay' || (isLearnedEarly(pairs) ? undefined : false);
  // Each side's local candidate is the other's remote one: without both nobody can rule a relay out.
  if (locals.length < ends.length && all.length < ends.length) return undefined;
  if (type === 'direct') return true;
  if (type === 'relay') return false;
  const isTranslated = locals.some((local) => local !== 'host') || all.includes('srflx');
  if (type === 'srflx') return isTranslated || (locals.length < ends.length ? undefined : false);
  if (isTranslated) return false;
  return locals.length < ends.length ? undefined : true;
}

/**
 * Whether a relay was taken for a peer-reflexive candidate, as its check came before the signaling told of it. It then
 * ranks above every `srflx`, and Firefox 153 stays with it: that a direct pair lost says nothing of the direct path.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8445#section-7.1.1
 */
function isLearnedEarly(pairs: Pair[]): boolean {
  return pairs.some(
    ({ localType, remoteType }) => localType !== 'relay' && remoteType === 'prflx' && pairs.length > 1,
  );
}

const isKnown = (type: string): boolean => type !== 'unknown';

function describe(pair: Pair | undefined): string {
  return pair ? `${pair.localType} → ${pair.remoteType}` : 'has no selected pair';
}

function ownRelayFact({ peer, pair }: End): Fact {
  return {
    name: 'its own candidate is relayed',
    peer,
    passed: pair && isKnown(pair.localType) ? pair.localType === 'relay' : undefined,
    expected: 'relay',
    actual: pair?.localType ?? 'no selected pair',
  };
}

/** Of every peer whose own candidate is relayed; if none is, but the path is, of the call: nobody can know. */
async function transportFacts(
  ends: End[],
  transports: readonly TurnAllocation['transport'][],
  turn: Pick<TurnControl, 'allocations'> | undefined,
): Promise<Fact[]> {
  const expected = transports.join(' or ');
  const fact = {
    name: `the TURN server is reached over ${expected.toUpperCase().replace(' OR ', ' or ')}`,
    expected,
  };
  const relayed = ends.filter(({ pair }) => pair?.localType === 'relay');
  if (relayed.length === 0) return [{ ...fact, passed: undefined, actual: 'no side has a relay of its own' }];
  return Promise.all(
    relayed.map(async ({ peer, pair }) => {
      const { reached, by } = await howReached(peer, pair!, turn);
      const passed =
        reached.length === 0
          ? undefined
          : reached.every((each) => (transports as readonly string[]).includes(each));
      return { ...fact, peer, passed, actual: `${reached.join(' and ') || 'nobody knows'}${by}` };
    }),
  );
}

/** The browser's word; else the server's, which may know of several allocations and not which one is in use. */
async function howReached(
  peer: Peer,
  { relayProtocol }: Pair,
  turn: Pick<TurnControl, 'allocations'> | undefined,
): Promise<{ reached: string[]; by: string }> {
  if (relayProtocol !== undefined) return { reached: [relayProtocol], by: '' };
  const allocations = (await turn?.allocations(peer)) ?? [];
  const open = allocations.filter(({ ended }) => ended === undefined);
  const reached = [...new Set(open.map(({ transport }) => transport))];
  return { reached, by: reached.length > 0 ? ', as the server says' : '' };
}
