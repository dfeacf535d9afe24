import { allOrFirstFault } from './faults.ts';
import type { AwaitedState, Peer } from './peer.ts';
import type { PeerLink } from './peer-link.ts';

/** Has one peer offer a new ICE generation; how long it took until both were connected over a pair of it, ms. */
export async function restartIce(caller: PeerLink, callee: PeerLink): Promise<number> {
  const to = (link: PeerLink) => ({ remote: link.role });
  const [ours, theirs] = await Promise.all([
    caller.command('iceGeneration', to(callee)),
    callee.command('iceGeneration', to(caller)),
  ]);
  const awaited = `${caller.role} and ${callee.role} to be connected over a new path`;
  const options = { phase: 'ice', awaited } as const;
  const restarted = [
    caller.awaitCommand('restarted', { ...to(callee), since: ours }, options),
    callee.awaitCommand('restarted', { ...to(caller), since: theirs }, options),
  ] as const;
  const offered = caller.command('restartIce', to(callee), { phase: 'negotiation' });
  await allOrFirstFault([offered, ...restarted]);
  const ends = [caller.toHarness((await restarted[0]).t), callee.toHarness((await restarted[1]).t)];
  return Math.max(...ends) - caller.toHarness((await offered).t);
}

/** Since when a connection is in that state, on the harness's clock; resolves when it is. Default: the peer's first. */
export async function waitForState(
  link: PeerLink,
  state: AwaitedState,
  { timeoutMs = link.callTimeoutMs, with: other }: { with?: Peer; timeoutMs?: number },
): Promise<number> {
  const awaited = `${link.role}'s connection to be ${state}`;
  const arg = { state, ...(other && { remote: other.role }) };
  return link.toHarness((await link.command('awaitState', arg, { phase: 'ice', timeoutMs, awaited })).t);
}
