import type { Peer } from '../peer/peer.ts';
import type { Duration } from '../units.ts';

/** A value that one peer's function gives, and the others' wait for; of one call. */
export interface Shared<Value> {
  /** @throws TypeError when it was given before */
  set(value: Value): void;
  /**
   * Resolves with it once it is there.
   *
   * @throws TimeoutError naming it, after the call's set-up time-out
   */
  get(): Promise<Value>;
}

export interface BarrierOptions {
  /** Who comes; the same list for everybody. Default: all peers. */
  among?: readonly Peer[];
  /** Default: the call's set-up time-out. */
  timeout?: Duration;
}

/**
 * The peer waits at the barrier of this name until all have come; then it is open to be used once more.
 *
 * @throws TimeoutError naming who is missing and who is there; TypeError when the peer is not one of them
 */
export type Barrier = (name: string, peer: Peer, options?: BarrierOptions) => Promise<void>;
