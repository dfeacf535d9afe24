import type { TurnAllocation, TurnRefusal } from '../call-record.ts';
import type { NetworkError } from '../errors.ts';
import type { IcePlan } from '../topology/ice.ts';
import type { IpVersion } from '../topology/topology.ts';

/** A peer of a call, for credentials of its own and for what the TURN server tells of it. */
export interface IceClient {
  call: string;
  role: string;
  /** What it can reach servers by. Default IPv4. */
  ip?: readonly IpVersion[] | undefined;
}

/** The STUN and TURN servers of a run: its own, or the user's. */
export interface IceSupply extends AsyncDisposable {
  /** Whether they were started by the run: of others nothing is known but what browsers tell. */
  readonly isOurs: boolean;
  /**
   * Resolves when the servers that the plan names are up; starts again what a script has stopped.
   *
   * @throws NetworkError when one cannot be had
   */
  ready(plan: IcePlan, signal: AbortSignal): Promise<void>;
  /** What the peer is given. Only after {@link ready}. */
  configure(plan: IcePlan, client: IceClient): RTCConfiguration;
  /** Oldest first; empty with servers that are not ours. */
  allocations(client: IceClient): TurnAllocation[];
  refusals(client: IceClient): TurnRefusal[];
  /** How it died though nobody asked it to, since it was {@link ready}; `undefined` while all is well, or not ours. */
  death(): NetworkError | undefined;
  /**
   * Ends the TURN server at once.
   *
   * @throws NetworkError when it is not ours
   */
  stop(): Promise<void>;
}
