import type { NetworkRecord } from '../call-record.ts';
import type { NetworkError } from '../errors.ts';
import type { BrowserPlace, HostedPage } from '../peer/host.ts';
import type { PlannedCell } from '../plan/plan.ts';
import type { NetworkControl, SignalingControl, TurnControl } from '../scenario/controls.ts';

export interface OpenCallOptions {
  /** The call's id: also its room on the signaling server. */
  call: string;
  cell: PlannedCell;
  signal: AbortSignal;
}

/** The network of a whole run, at one of the levels. */
export interface RunNetwork {
  /** Sets up what the first call needs. Tells by role where browsers will be, so that they can be launched before it. */
  prepare(cells: readonly PlannedCell[], signal: AbortSignal): Promise<ReadonlyMap<string, BrowserPlace>>;
  /**
   * Makes the network what the cell wants and measures it.
   *
   * @throws NetworkError when it cannot be made
   */
  openCall(options: OpenCallOptions): Promise<CallNetwork>;
}

/** The network of one call. Closing it undoes what the script changed. */
export interface CallNetwork extends AsyncDisposable {
  /** Where the role's browser runs; `undefined`: on this machine's own network. */
  placeOf(role: string): BrowserPlace | undefined;
  /** What peers reach the signaling server by: a path of their page's own server, or a whole URL. */
  readonly signalingUrl: string;
  /** STUN and TURN servers with the role's own credentials, and the policy. */
  rtcOf(role: string): RTCConfiguration;
  /** Told of each page before its connections exist: for levels that impair in the browser. */
  onPage(role: string, page: HostedPage): Promise<void>;
  readonly network: NetworkControl;
  readonly turn: TurnControl;
  readonly signaling: SignalingControl;
  /** Why it broke under the call though the script did not break it; `undefined` while all is well. */
  lost(): NetworkError | undefined;
  /** What is known of the network by now. */
  record(): NetworkRecord;
}
