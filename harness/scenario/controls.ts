import type { FaultSpec } from '../../signaling-stub/faults/rule.ts';
import type { TurnAllocation, TurnRefusal } from '../call-record.ts';
import type { Peer } from '../peer/peer.ts';
import type { FirewallName, LinkSpec } from '../topology/spec.ts';
import type { NetworkLevel } from './scenario.ts';

/**
 * Changes the network while a call is up. Every change is recorded with the moment it took effect (epoch ms, harness's
 * clock), and resolves with it; one that cannot be seen to have taken effect makes the call inconclusive.
 */
export interface NetworkControl {
  readonly level: NetworkLevel;
  /**
   * Impairs the peer's line from now on: what is given replaces all there was in that direction; a direction that is
   * left out stays as it is. Resolves when it is in effect.
   *
   * @throws NetworkError when this level has no such means
   */
  set(peer: Peer, link: LinkSpec): Promise<number>;
  /** Back to the line the scenario's network gave the peer. */
  reset(peer: Peer): Promise<number>;
  /** Another firewall for the peer's site; flows that are already there are cut if it forbids them. Level `lab` only. */
  firewall(peer: Peer, firewall: FirewallName): Promise<number>;
  /** Takes the peer's addresses away and gives it others, as when a phone leaves the WLAN. Level `lab` only. */
  move(peer: Peer): Promise<number>;
}

/** The run's own TURN server. */
export interface TurnControl {
  /** Ends it at once, with its allocations, until the call is over; with when, epoch ms of the harness's clock. */
  stop(): Promise<number>;
  /** What the server allocated for the peer in this call, oldest first; empty with servers that are not ours. */
  allocations(peer: Peer): Promise<readonly TurnAllocation[]>;
  /**
   * What the server refused the peer in this call, oldest first, empty only after some seconds in which it refused nothing;
   * `undefined` with servers that are not ours.
   */
  refusals(peer: Peer): Promise<readonly TurnRefusal[] | undefined>;
}

/** The signaling between the peers, which they must be able to do without once they are connected. */
export interface SignalingControl {
  /**
   * Cuts every peer's connection and accepts none, until {@link restore} or the call's end; resolves once the peers know,
   * with when it was cut, as {@link NetworkControl}.
   */
  cut(): Promise<number>;
  restore(): Promise<number>;
  /**
   * The server dies and comes back at once, knowing nobody: whoever was in the call's room joins anew by itself.
   * Resolves with when, as {@link cut}, but before the peers know.
   */
  restart(): Promise<number>;
  /**
   * Does this to the call's messages from now on: `{ fault: 'delay', kind: 'offer', delay: '500ms', count: 1 }`. Several
   * add up. What is left to chance is the run's seed's.
   */
  fault(spec: FaultSpec): Promise<number>;
  /** How many of the call's messages were hit by faults until now. */
  hits(): Promise<number>;
  /** No more faults from now on; what is held back goes on when it is due. */
  clearFaults(): Promise<number>;
}
