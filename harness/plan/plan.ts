import type { FaultRule } from '../../signaling-stub/faults/rule.ts';
import type { Axis } from '../metrics/selector.ts';
import type { CustomMetrics } from '../metrics/custom-metrics.ts';
import type { ProfileName } from '../media/profiles.ts';
import type { PlannedBot } from './bots.ts';
import type { PlannedFleet } from './fleet.ts';
import type { ParamValue } from '../scenario/params.ts';
import type { NetworkLevel } from '../scenario/scenario.ts';
import type { PlannedLoad } from '../load/load.ts';
import type { FeatureName } from '../features/feature.ts';
import type { PlannedKnown } from '../known/known-failure.ts';
import type { IcePlan } from '../topology/ice.ts';
import type { Topology } from '../topology/topology.ts';
import type { StatsDetail } from '../stats/selected.ts';
import type { AskedFor } from '../verdict/generator.ts';
import type { ThresholdSpec } from '../verdict/thresholds.ts';

/** Which family of engines a browser belongs to: decides flags, preferences and the automation protocol. */
export type BrowserKind = 'chromium' | 'firefox';

export type DriverName = 'puppeteer' | 'playwright';

/** A browser found on this machine, given by its executable, or to be had from a Grid. */
export interface PlannedBrowser {
  /** What the user calls it: `chrome`, `firefox`, `opera`. Unique in a plan; without `:` or `,`. */
  name: string;
  kind: BrowserKind;
  /** Absent: it is a Grid's. */
  executablePath?: string;
  driver: DriverName;
  /** How it was found: `--browser`, `config`, `CALLRIG_CHROME`, `PATH`, `puppeteer cache`, `grid`. */
  source: string;
  /** As the executable says, when it was asked without launching. */
  version?: string;
}

/** Role → browser name, or `manual` for a person's own browser. */
export type Assignment = Record<string, string>;

/** `path: relay-tls`. */
export interface PlannedVariant {
  axis: Axis;
  name: string;
}

export interface PlannedCell {
  /** The pair, and the variant if the scenario has some: `chrome:firefox`, `chrome:firefox/relay-tls`. */
  id: string;
  assignment: Assignment;
  variant?: PlannedVariant;
  /** Absent on plans of old runs. */
  ice?: IcePlan;
  /** Only at level `lab` and `shaped`. */
  topology?: Topology;
  /** What the browser of each role must have, as it is asked before the call. Absent: nothing. */
  needs?: Record<string, FeatureName[]>;
  /** What carries the call's signaling, if it is not WebSocket: `sse`, or the name of the user's own. */
  signaling?: string;
  /** What is done to the call's signaling from its beginning. */
  faults?: FaultRule[];
  /** Why it cannot be tried here, known before the call. */
  unsupported?: string;
}

/** Browser names in the scenario's role order, joined by `:`. */
export function pairOf(cell: string): string {
  return cell.split('/', 1)[0] ?? cell;
}

/** What a scenario compares. */
export interface PlannedComparison {
  axis: Axis;
  baseline?: string;
  /** In the order of the reports. */
  cases: { name: string; summary: string }[];
}

/** The Selenium Grid that browsers come from. */
export interface PlannedGrid {
  /** Without credentials, and without a slash at its end. */
  url: string;
}

/** Which of the network levels the run is on, and why. */
export interface PlannedNetwork {
  level: NetworkLevel;
  /** What impairs the lab's links; absent where nothing can. */
  backend?: 'netem' | 'wirefilter';
  /** Why it is not a better one: what the machine lacks, as a sentence. */
  why?: string;
  /** Levels the scenario could use, best first. */
  levels: NetworkLevel[];
}

export interface PlannedCall {
  /** File-system safe and unique in the run: `001-chrome-firefox`. */
  id: string;
  cell: string;
  /** k6's VU: calls of one cell with different `vu` run at the same time. From 1. */
  vu: number;
  /** From 0, within the cell, or within the load. */
  iteration: number;
  /** Which of the plan's loads began it. Absent: none. */
  load?: string;
}

/**
 * What peers send.
 *
 * - `fake-device`: what the browser makes up.
 * - `test-pattern`: a picture and a sound that say what they are, made by the page.
 * - `file`: files in place of the fake devices, where the browser can: Chromium.
 */
export type MediaSource =
  | { kind: 'fake-device' | 'test-pattern' }
  /** Absolute paths: Y4M or MJPEG, and WAV. What is absent stays a fake device. */
  | { kind: 'file'; video?: string; audio?: string };

/** What carries signaling unless a scenario's variant says otherwise. */
export interface PlannedSignaling {
  /** `ws`, `socketio`, `sse`, `long-poll`, `whip`, `whep`; or what the user's own is called. */
  name: string;
  /** Of the user's own: the absolute path of its adapter. */
  adapter?: string;
  /** Where the user's own server is. Absent: the run's own. */
  url?: string;
  options?: Record<string, string>;
}

/** What the user may set for a run; every field is decided when the plan is made. */
export interface RunOptions {
  /** What peers send unless their scenario says otherwise. Absent on plans of old runs: the fake devices. */
  source?: MediaSource;
  seed: number;
  /** How long a call is held, ms. */
  durationMs: number;
  /** Calls per cell. */
  iterations: number;
  statsIntervalMs: number;
  /** How much of `getStats()` is kept. Absent: in a load what is used of it, else all. */
  stats?: StatsDetail;
  headed: boolean;
  freshBrowsers: boolean;
  /** The most bots in one process. Absent: 100. */
  botsPerProcess?: number;
  /** Stop after the first call that did not pass. */
  bail: boolean;
  /** What becomes of a run whose load generator was saturated. Absent: it is inconclusive. */
  saturation?: 'inconclusive' | 'tolerate';
  /** Keep mDNS host candidates (RFC 8828 §5) instead of plain addresses. */
  mdns: boolean;
  /** Address the run's own server listens on; loopback unless a manual peer must reach it. */
  listen: string;
  /** Where it listens there. Absent: any free port. */
  port?: number;
  /** The origin that pages are opened by, where it is not the server's own: browsers run elsewhere. */
  publicUrl?: string;
  tls: boolean;
  /** Absent on plans of old runs: WebSocket. */
  signaling?: PlannedSignaling;
  /** What is done to the signaling of every call, beside what its scenario says. Absent on plans of old runs. */
  signalingFaults?: FaultRule[];
  /** Longest a call's set-up step may take, ms. */
  callTimeoutMs: number;
  /** Longest to wait for a manual peer, ms. */
  manualTimeoutMs: number;
  /** Capture the packets of each call where they leave the sites. Level `lab` only. */
  pcap: boolean;
}

/** What will be run, decided before anything is launched. `plan.json`. */
export interface Plan {
  schemaVersion: 1;
  callrig: string;
  /** `<utc>-<scenario>-<id>`, the name of the run's folder. */
  runId: string;
  createdAt: string;
  scenario: { name: string; summary: string; guardsAgainst: string; file: string; roles: string[] };
  browsers: PlannedBrowser[];
  /** Engines of peers without a browser. Absent: none. */
  bots?: PlannedBot[];
  /** Where browsers come from. Absent: they are launched on this machine. */
  grid?: PlannedGrid;
  /** How peers sit in browsers. Absent: each in a context of its own, of one process for each browser. */
  fleet?: PlannedFleet;
  /** What peers send where their scenario does not say it itself. Absent: `real`. */
  media?: ProfileName;
  /** The scenario's parameters. Absent if it has none. */
  params?: Record<string, ParamValue>;
  /** The scenario's own metrics. Absent if it has none. */
  metrics?: CustomMetrics;
  /** By metric or sub-metric (`connect_ms{pair:chrome:firefox}`). */
  thresholds: Record<string, ThresholdSpec[]>;
  cells: PlannedCell[];
  /** What is called one after another, in its order. Empty where there is a load: its calls are begun when they are due. */
  calls: PlannedCall[];
  /** Side by side. Absent: none. */
  load?: PlannedLoad[];
  /** Absent on plans of old runs: loopback then. */
  network?: PlannedNetwork;
  comparison?: PlannedComparison;
  /**
   * Which of the load's time counts. `all-held`: only that in which all of its calls were held; what was measured in a hold
   * before and after is left out. Absent: all of it.
   */
  window?: 'all-held';
  /** What the scenario provokes by itself, so that it says nothing of the machine. Absent: nothing. */
  asksFor?: AskedFor[];
  /** Failures that the scenario is known to show, and what the run makes of them. Absent: none. */
  known?: PlannedKnown;
  /** URLs of the user's own STUN and TURN servers, without credentials; absent when the run starts its own. */
  iceServers?: string[];
  options: RunOptions;
}
