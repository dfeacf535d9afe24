import type { KnownFailure, KnownMode } from '../known/known-failure.ts';
import type { ProfileName } from '../media/profiles.ts';
import type { Headless, Isolation } from '../plan/fleet.ts';
import type { DriverName } from '../plan/plan.ts';
import type { LoadSpec } from '../load/load.ts';
import type { NetworkLevel, Thresholds } from '../scenario/scenario.ts';
import type { StatsDetail } from '../stats/selected.ts';
import type { Duration } from '../units.ts';

/**
 * What a project sets once, in `callrig.config.ts`. Weaker than flags and than what a scenario says itself, as in k6:
 * flag, then scenario, then this, then Callrig's default.
 */
export interface Config {
  /** Names: `chrome`, `firefox`, `opera`, … Default: Chrome (or Chromium) and Firefox, as far as they are there. */
  browsers?: string[];
  /** Cells by browser names in role order: `chrome:firefox`. Default: what the scenario's matrix says. */
  pairs?: string[];
  /** Name → executable, or `chromium:/path`, `firefox:/path` where its name does not tell its kind. */
  browser?: Record<string, string>;
  /** What drives browsers of the Chromium family; Firefox is puppeteer's always. Default `puppeteer`. */
  driver?: DriverName;
  /** How long a call is held. Default `5s`. */
  duration?: Duration;
  /** Calls per cell. Default 1. */
  iterations?: number;
  /** How calls are begun, of scenarios that do not say. */
  load?: LoadSpec;
  /** 0 to 2³¹ − 1. Default: another one each run. */
  seed?: number;
  /** The folder that holds the runs, relative to the config file. Default `runs`. */
  out?: string;
  /** Default `1s`. */
  statsInterval?: Duration;
  /** What is kept of `getStats()`: what is used of it, or all. Default: `selected` in a load, else `full`. */
  stats?: StatsDetail;
  headed?: boolean;
  /** A browser process of its own for every peer of every call: another word for `isolation: 'process'`. */
  freshBrowsers?: boolean;
  /** How peers sit in browsers. Default: `context`; of a load `tab`, the cheapest that is a user of its own. */
  isolation?: Isolation;
  /** The most peers in one browser's process, 16 at most unless they share a page. Default: 8 of a load; 16 in a page, or of profiles light and audio. */
  peersPerBrowser?: number;
  /** What peers send where their scenario does not say it itself. Default `real`: 640×360 at 20 frames a second, and sound. */
  profile?: ProfileName;
  /** Which of Chromium's headless modes. Default `new`; `shell` needs less memory, and chromium-headless-shell. */
  headless?: Headless;
  /** So many bots in calls of their own while the others are measured. */
  bots?: number;
  /** The most bots in one process. Default 100. */
  botsPerProcess?: number;
  /** Stop after the first call that did not pass. */
  bail?: boolean;
  /** Keep mDNS host candidates (RFC 8828 §5). */
  mdns?: boolean;
  /** Address for manual peers to come to. Default `127.0.0.1`; anything that is not loopback needs `tls`. */
  listen?: string;
  /** Page, agent and signaling over https and wss, with a certificate made for the run. */
  tls?: boolean;
  /** The same with a certificate of your own, PEM; relative to the config file. Goes with `key`. */
  cert?: string;
  key?: string;
  /** Where the run's server listens there. Default: the port of `publicUrl`, else any free one. */
  port?: number;
  /** The origin by which pages reach the run's server, when it is not its own: `https://this-machine:8443`. */
  publicUrl?: string;
  /**
   * A Selenium Grid that browsers come from: `http://hub:4444`. Leave the credentials to `CALLRIG_GRID_USER` and
   * `CALLRIG_GRID_PASSWORD`.
   */
  grid?: string;
  /** The Grid starts nodes as they are needed: what it has before the run says nothing. */
  gridScales?: boolean;
  /** Longest a call's set-up may take. Default `30s`. */
  callTimeout?: Duration;
  /** Longest to wait for a manual peer. Default `5m`. */
  manualTimeout?: Duration;
  /** Where calls run. Default: the best of the scenario's levels that this machine can do. */
  network?: NetworkLevel;
  /**
   * STUN and TURN servers of your own, instead of one that is started per run: `turn:turn.example.org:3478`. Leave the
   * credentials to `CALLRIG_TURN_USER` and `CALLRIG_TURN_PASSWORD`, or `CALLRIG_TURN_SECRET`.
   */
  turn?: string | string[];
  /**
   * What carries signaling: `ws`, `socketio`, `sse`, `long-poll`, `whip`, `whep`, or the path of an adapter for a server of
   * your own, relative to the config file. Default `ws`.
   */
  signaling?: string;
  /** Where the server of your own is. */
  signalingUrl?: string;
  /** What peers send unless their scenario says otherwise: `fake-device` (default), `test-pattern`, `file:PATH`. */
  source?: string;
  /** Capture the packets of each call. Level `lab` only. */
  pcap?: boolean;
  /** What becomes of a run with a load whose machine could not keep up: `inconclusive` (default), or judged all the same. */
  saturation?: 'inconclusive' | 'tolerate';
  /** What a run makes of failures that are known: `tolerate` lists them (default), `fail` fails. */
  known?: KnownMode;
  /** Known failures of your own, beside Callrig's. */
  knownFailures?: KnownFailure[];
  /** For metrics that the scenario has no threshold on. */
  thresholds?: Thresholds;
}

/** Types a `callrig.config.ts`: `export default defineConfig({ browsers: ['chrome', 'opera'] })`. */
export function defineConfig(config: Config): Config {
  return Object.freeze(config);
}

/** Every key there is; the compiler holds it to {@link Config}. */
export const CONFIG_KEYS = Object.keys({
  browsers: true,
  pairs: true,
  browser: true,
  driver: true,
  duration: true,
  iterations: true,
  load: true,
  seed: true,
  out: true,
  statsInterval: true,
  stats: true,
  headed: true,
  freshBrowsers: true,
  isolation: true,
  peersPerBrowser: true,
  profile: true,
  headless: true,
  bots: true,
  botsPerProcess: true,
  bail: true,
  mdns: true,
  listen: true,
  tls: true,
  cert: true,
  key: true,
  port: true,
  publicUrl: true,
  grid: true,
  gridScales: true,
  callTimeout: true,
  manualTimeout: true,
  network: true,
  turn: true,
  signaling: true,
  signalingUrl: true,
  pcap: true,
  source: true,
  saturation: true,
  known: true,
  knownFailures: true,
  thresholds: true,
} satisfies Record<keyof Required<Config>, true>);
