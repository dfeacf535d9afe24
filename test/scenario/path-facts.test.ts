import { expect, test } from 'vitest';
import type { PeerEvidence, TurnAllocation } from '../../harness/call-record.ts';
import type { Peer } from '../../harness/peer/peer.ts';
import { pathFacts, type PathName, PATHS, relayFacts } from '../../harness/scenario/path-facts.ts';
import { NO_EVIDENCE } from '../helpers/fake-agent.ts';

type Pair = NonNullable<PeerEvidence['selectedPair']>;
/** `relay/tls>prflx`: what a peer says of its pair. */
type Said = string | undefined;

function aPeer(role: string, said: Said): Peer {
  const [local, remoteType = 'unknown'] = said?.split('>') ?? [];
  const [localType = 'unknown', relayProtocol] = local?.split('/') ?? [];
  const pair: Pair = {
    local: '192.0.2.1:1',
    remote: '192.0.2.2:2',
    localType,
    remoteType,
    protocol: 'udp',
    ...(relayProtocol && { relayProtocol }),
  };
  const evidence = { ...NO_EVIDENCE, ...(said !== undefined && { selectedPair: pair }) };
  return { role, evidence: () => Promise.resolve(evidence) } as Partial<Peer> as Peer;
}

async function judge(caller: Said, callee: Said, path: PathName, allocations: TurnAllocation[] = []) {
  const turn = { allocations: () => Promise.resolve(allocations) };
  const facts = await pathFacts(aPeer('caller', caller), aPeer('callee', callee), PATHS[path], turn);
  expect(facts.every(({ phase }) => phase === 'ice')).toBe(true);
  return facts;
}

const passed = async (...of: Parameters<typeof judge>) => (await judge(...of)).map((fact) => fact.passed);

/** What the two sides say, and the kinds of path that it is. */
test.for<[Said, Said, PathName[], PathName[]]>([
  // both sides' pairs, kinds it is, kinds nobody can tell
  ['host>host', 'host>host', ['host', 'direct'], []],
  ['host>prflx', 'host>host', ['host', 'direct'], []],
  ['srflx>host', 'host>srflx', ['srflx', 'direct'], []],
  ['prflx>host', 'host>prflx', ['srflx', 'direct'], []],
  ['srflx>prflx', 'prflx>srflx', ['srflx', 'direct'], []],
  ['relay>prflx', 'prflx>relay', ['relay'], []],
  ['relay>relay', 'relay>relay', ['relay'], []],
  // Learned from its check, before the signaling told what it is.
  ['srflx>prflx', 'relay>srflx', ['relay'], ['host', 'srflx', 'direct']],
  ['host>relay', undefined, ['relay'], []],
  ['host>prflx', undefined, ['direct'], ['host', 'srflx']],
  ['srflx>host', undefined, ['srflx', 'direct'], []],
  [undefined, undefined, [], ['host', 'srflx', 'direct', 'relay']],
  ['unknown>unknown', 'host>unknown', [], ['host', 'srflx', 'direct', 'relay']],
])('pathFacts() of %s and %s', async ([caller, callee, expected, unknown]) => {
  for (const path of ['host', 'srflx', 'direct', 'relay'] as const) {
    const is = unknown.includes(path) ? undefined : expected.includes(path);
    expect(await passed(caller, callee, path), path).toEqual([is]);
  }
});

test('pathFacts() say in words what the path is', async () => {
  const [fact] = await judge('relay/tls>prflx', undefined, 'srflx');
  expect(fact).toMatchObject({
    name: 'the path is srflx',
    expected: 'srflx or prflx on either side, no relay',
    actual: 'caller relay → prflx, callee has no selected pair',
  });
});

test('pathFacts() hold every peer with a relay to the transport', async () => {
  const facts = await judge('relay/tls>relay', 'relay/udp>relay', 'relay-tls');
  expect(facts.map(({ peer, passed: is, actual }) => [peer?.role, is, actual])).toEqual([
    [undefined, true, 'caller relay → relay, callee relay → relay'],
    ['caller', true, 'tls'],
    ['callee', false, 'udp'],
  ]);
});

const allocation = (transport: TurnAllocation['transport'], ended = false): TurnAllocation => ({
  role: 'caller',
  transport,
  t: 0,
  ...(ended && { ended: { t: 1 } }),
});

test.for<[string, TurnAllocation[], boolean | undefined, string]>([
  ['one of it', [allocation('tcp')], true, 'tcp, as the server says'],
  ['one of another', [allocation('udp')], false, 'udp, as the server says'],
  ['both', [allocation('udp'), allocation('tcp')], false, 'udp and tcp, as the server says'],
  ['another that has ended', [allocation('udp', true), allocation('tcp')], true, 'tcp, as the server says'],
  ['none', [], undefined, 'nobody knows'],
])('pathFacts() ask the server if the browser is silent: it knows of %s', async ([, known, is, actual]) => {
  const facts = await judge('relay>prflx', 'prflx>relay', 'relay-tcp', known);
  expect(facts[1]).toMatchObject({ passed: is, actual });
});

test('pathFacts() do not know the transport if no side has the relay', async () => {
  expect(await passed('prflx>relay', undefined, 'relay-tcp')).toEqual([true, undefined]);
});

test('pathFacts() want a relay of each side if both must have one', async () => {
  expect(await passed('relay>prflx', 'prflx>relay', 'relay-both-sides')).toEqual([true, true, false]);
  expect(await passed('relay>relay', undefined, 'relay-both-sides')).toEqual([true, true, undefined]);
});

test.for<[string, (boolean | undefined)[]]>([
  ['relay/tcp>srflx', [true, true]],
  ['relay/tls>relay', [true, true]],
  ['relay/udp>srflx', [true, false]],
  ['srflx>relay', [false, undefined]],
])('relayFacts() of a peer whose network lets no UDP out, and which says %s', async ([said, expected]) => {
  const facts = await relayFacts(aPeer('caller', said), ['tcp', 'tls']);
  expect(facts.map((fact) => fact.passed)).toEqual(expected);
  expect(facts.map(({ peer, phase }) => [peer?.role, phase])).toEqual([
    ['caller', 'ice'],
    ['caller', 'ice'],
  ]);
  expect(facts[1]).toMatchObject({
    name: 'the TURN server is reached over TCP or TLS',
    expected: 'tcp or tls',
  });
});
