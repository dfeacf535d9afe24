import type { BrowserKind, DriverName } from '../plan/plan.ts';
import type { ConsoleEntry, ProcessSample } from '../call-record.ts';
import type { ControlChannel } from './control-channel.ts';

export interface SeatRequest {
  role: string;
  /** A name of the plan's, or `manual`. */
  browser: string;
  onConsole: (entry: ConsoleEntry) => void;
  signal: AbortSignal;
}

/** A page with its agent connected, and what there is to know of the browser around it. */
export interface HostedPage {
  channel: ControlChannel;
  browser: string;
  kind?: BrowserKind;
  version?: string;
  driver?: DriverName;
  pid?: number;
  /** CPU and memory of the browser now; `undefined` where nobody can know (a person's phone). */
  measure: () => ProcessSample | undefined;
  /** What the browser's process said when it died; resolves to `undefined` if it did not. */
  death: () => Promise<BrowserDeath | undefined>;
  close: () => Promise<void>;
}

export interface BrowserDeath {
  pid: number;
  exitCode: number | null;
  signal: string | null;
  stderr: string[];
}

/** Where peers live: this machine's own network, a person's device, later a namespace or a Grid. */
export interface PeerHost {
  /** Gets ready what the plan needs, so that calls do not wait for it. */
  prepare(browsers: string[], signal: AbortSignal): Promise<void>;
  openPage(request: SeatRequest): Promise<HostedPage>;
}
