import { BrowserError, CallrigError } from '../errors.ts';
import type { TemporaryFolder } from '../lifecycle/temporary-folder.ts';
import { harnessNow } from '../peer/clock.ts';
import type { BrowserPlace, SeatRequest } from '../peer/host.ts';
import type { PlannedBrowser, RunOptions } from '../plan/plan.ts';
import type { RunningFleet } from '../plan/seating.ts';
import type { RunEvent } from '../store/layout.ts';
import { type LaunchableBrowser, type LaunchedBrowser, launchBrowser } from './launch-browser.ts';
import { ProcessMeter } from './process-usage.ts';
import { Seats, type TakenSeat } from './seats.ts';

/** Two launches at once are all that two cores hold; more make each other time out. */
const LAUNCHES_AT_ONCE = 2;

/** A browser of the plan, and where it runs. */
export type Berth = Pick<SeatRequest, 'browser' | 'place'>;

export interface Running extends LaunchedBrowser {
  planned: PlannedBrowser;
  place: BrowserPlace | undefined;
  meter: ProcessMeter;
  /** Its tabs may lie behind each other. */
  isUnseen: boolean;
  peers: number;
}

export interface RunningBrowsersOptions {
  browsers: readonly PlannedBrowser[];
  options: Pick<RunOptions, 'headed' | 'mdns' | 'source'>;
  /** Default: contexts of one process for each browser and place. */
  fleet?: RunningFleet | undefined;
  /** The run's own, for its pages or for TURN over TLS, if it has one: SHA-256 of its key, base64. */
  trustedSpki?: readonly string[];
  temporary: TemporaryFolder;
  /** Who is told what happens to them. */
  listeners: BrowserListeners;
}

const ONE_PROCESS: RunningFleet = { isolation: 'context', peersPerBrowser: Infinity, processes: new Map() };

export interface BrowserListeners {
  emit: (event: RunEvent) => void;
  onOutput: (browser: string, line: string) => void;
}

/**
 * The browsers that run, started as they are needed. One that died is started again for the next who needs it, and that is
 * an event.
 */
export class RunningBrowsers implements AsyncDisposable {
  /** May be replaced by those of the next run, when browsers outlive one. */
  listeners: BrowserListeners;
  #browsers: RunningBrowsersOptions;
  #all = new Set<Running>();
  #launches = 0;
  #waiting: (() => void)[] = [];
  #launched = new Set<string>();
  #seats: Seats;

  constructor(options: RunningBrowsersOptions) {
    this.#browsers = options;
    this.#seats = new Seats({
      launch: (berth, number, signal) => this.#launchShared(berth, number, signal),
      rulesOf: (browser) => {
        const { peersPerBrowser, processes } = this.fleet;
        return { peersPerBrowser, processes: processes.get(browser) ?? 1 };
      },
    });
    this.listeners = options.listeners;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#seats.settled();
    await Promise.all([...this.#all].map((running) => this.end(running)));
  }

  get fleet(): RunningFleet {
    return this.#browsers.fleet ?? ONE_PROCESS;
  }

  /** Starts what is wanted from the beginning; what does not start fails those who need it. */
  async prepare(berth: Berth, signal: AbortSignal): Promise<void> {
    if (this.fleet.isolation !== 'process') await this.#seats.prepare(berth, signal);
  }

  /** A seat for a peer of `call`; with a process for each peer that ends with it. */
  async take(
    berth: Berth,
    call: string,
    signal: AbortSignal,
  ): Promise<TakenSeat & { end?: () => Promise<void> }> {
    if (this.fleet.isolation !== 'process') return await this.#seats.take(berth, call, signal);
    const running = await this.#launch(berth, signal);
    return { running, leave: () => {}, end: () => this.end(running) };
  }

  async #launchShared(berth: Berth, number: number, signal: AbortSignal): Promise<Running> {
    const key = `${berth.place?.name ?? ''} ${berth.browser} ${number}`;
    const running = await this.#launch(berth, signal, this.#launched.has(key));
    this.#launched.add(key);
    return running;
  }

  async #launch({ browser: name, place }: Berth, signal: AbortSignal, relaunch = false): Promise<Running> {
    const { browsers, options, trustedSpki = [], temporary } = this.#browsers;
    const planned = browsers.find((browser) => browser.name === name);
    if (!planned || !isLaunchable(planned))
      throw new BrowserError(`the plan has no browser "${name}"`, { code: 'BROWSER_UNKNOWN' });
    await this.#turn();
    try {
      signal.throwIfAborted();
      this.listeners.emit({ t: harnessNow(), type: 'browser-launching', browser: name });
      const launched = await launchBrowser({
        browser: planned,
        profile: temporary.create(name),
        headed: options.headed,
        headless: this.fleet.headless,
        media: this.fleet.media,
        mdns: options.mdns,
        ...(options.source?.kind === 'file' && { files: options.source }),
        acceptRunCertificate: trustedSpki.length > 0,
        trustedSpki,
        place,
        onOutput: (line) => this.listeners.onOutput(name, line),
        signal,
      });
      const meter = new ProcessMeter(launched.process.pid);
      return this.#register(
        { ...launched, planned, place, meter, isUnseen: this.fleet.unseen === true, peers: 0 },
        relaunch,
      );
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof CallrigError ? withPhase(error) : error;
    } finally {
      this.#launches--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#launches >= LAUNCHES_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#launches++;
  }

  #register(running: Running, relaunch: boolean): Running {
    const { place, planned } = running;
    const { name } = planned;
    const { pid } = running.process;
    this.#all.add(running);
    place?.gone.addEventListener('abort', () => void this.end(running), { once: true });
    const { launchMs, attached } = running;
    this.listeners.emit({
      t: harnessNow(),
      type: 'browser-launched',
      browser: name,
      version: attached.version,
      pid,
      launchMs,
      relaunch,
    });
    void running.process.exited.then((exit) => {
      this.#all.delete(running);
      if (!running.process.closing)
        this.listeners.emit({ t: harnessNow(), type: 'browser-died', browser: name, ...exit });
    });
    return running;
  }

  async end(running: Running): Promise<void> {
    await running.process.close();
    await running.attached.detach().catch(() => {});
  }
}

function isLaunchable(browser: PlannedBrowser): browser is LaunchableBrowser {
  return browser.executablePath !== undefined;
}

function withPhase(error: CallrigError): CallrigError {
  error.details['phase'] ??= 'launch';
  return error;
}
