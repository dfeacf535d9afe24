import type { Server, Socket } from 'node:net';
import type { Page as PlaywrightPage } from 'playwright';
import type { Page as PuppeteerPage } from 'puppeteer';
import type { BrowserKind, DriverName } from '../plan/plan.ts';
import type { ConsoleEntry, ProcessSample } from '../call-record.ts';
import type { Link } from '../topology/topology.ts';
import type { ControlChannel } from './control-channel.ts';

/** Where a browser's process runs, when it is not this machine's own network: a namespace of the lab. */
export interface BrowserPlace {
  /** Unique among places that exist at the same time: the peers of one place share its browsers. */
  name: string;
  /** Words in front of a command that make it run there. */
  enter: readonly string[];
  /** Listens on the place's own loopback; this process gets the connections, which cross no network. */
  listen(): Promise<{ server: Server; port: number }>;
  /** Connects to a port on the place's own loopback, from inside: for the automation protocol. */
  dial(port: number): Promise<Socket>;
  /** Set where there is no IPv4. */
  ipv6Only?: boolean;
  /** Aborted when the place is taken away, and every browser in it with it. */
  gone: AbortSignal;
}

export interface SeatRequest {
  role: string;
  /** The call the peer is for. */
  call?: string | undefined;
  /** A name of the plan's, or `manual`. */
  browser: string;
  /** Default: this machine's own network. */
  place?: BrowserPlace | undefined;
  onConsole: (entry: ConsoleEntry) => void;
  signal: AbortSignal;
}

/** A page as its driver has it. */
export type Automation =
  | { driver: 'puppeteer'; page: PuppeteerPage }
  | { driver: 'playwright'; page: PlaywrightPage };

/** A page with its agent connected, and what there is to know of the browser around it. */
export interface HostedPage {
  channel: ControlChannel;
  browser: string;
  kind?: BrowserKind;
  version?: string;
  driver?: DriverName;
  pid?: number;
  /** Absent when nobody drives the page. */
  automation?: Automation;
  /** Impairs what the page sends and receives, by the browser's own means; absent where there are none. */
  impair?: (link: Link) => Promise<void>;
  /** The page may lie behind others: its frames may not be presented, nor what it paints. */
  isUnseen?: boolean;
  /** Other peers live in the same page, which is nobody's to close, to load again or to drive. */
  isShared?: boolean;
  /** Loads the page again in the same tab; the page there was is gone then. Absent where that is not ours to do. */
  reload?: () => Promise<HostedPage>;
  /** CPU and memory of the browser now; `undefined` where nobody can know (a person's phone). */
  measure: () => ProcessSample | undefined;
  /** What the browser's process said when it died; resolves to `undefined` if it did not. */
  death: () => Promise<BrowserDeath | undefined>;
  close: () => Promise<void>;
}

export interface BrowserDeath {
  /** Absent where its process is another machine's. */
  pid?: number;
  /** How it was lost, where its process tells nothing: `its node http://10.0.0.5:5555 does not answer`. */
  why?: string;
  exitCode: number | null;
  signal: string | null;
  stderr: string[];
}

/** Where peers live: a browser on this machine or in a namespace of it, a person's device, a Grid. */
export interface PeerHost {
  /** Gets ready what the plan needs, so that calls do not wait for it. */
  prepare(seats: readonly Pick<SeatRequest, 'browser' | 'place'>[], signal: AbortSignal): Promise<void>;
  openPage(request: SeatRequest): Promise<HostedPage>;
}
