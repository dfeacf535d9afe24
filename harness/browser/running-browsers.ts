import { BrowserError, CallrigError } from '../errors.ts';
import type { TemporaryFolder } from '../lifecycle/temporary-folder.ts';
import { harnessNow } from '../peer/clock.ts';
import type { BrowserPlace, SeatRequest } from '../peer/host.ts';
import type { PlannedBrowser, RunOptions } from '../plan/plan.ts';
import type { RunEvent } from '../store/layout.ts';
import { type LaunchableBrowser, type LaunchedBrowser, launchBrowser } from './launch-browser.ts';
import { ProcessMeter } from './process-usage.ts';

/** Two launches at once are all that two cores hold; more make each other time out. */
const LAUNCHES_AT_ONCE = 2;

/** A browser of the plan, and where it runs. */
export type Berth = Pick<SeatRequest, 'browser' | 'place'>;

export interface Running extends LaunchedBrowser {
  planned: PlannedBrowser;
  place: BrowserPlace | undefined;
  meter: ProcessMeter;
  peers: number;
}

export interface RunningBrowsersOptions {
  browsers: readonly PlannedBrowser[];
  options: Pick<RunOptions, 'headed' | 'mdns' | 'freshBrowsers' | 'source'>;
  /** The run's own, for its pages or for TURN over TLS, if it has one: SHA-256 of its key, base64. */
  trustedSpki?: readonly string[];
  temporary: TemporaryFolder;
  /** Who is told what happens to them. */
  listeners: BrowserListeners;
}

export interface BrowserListeners {
  emit: (event: RunEvent) => void;
  onOutput: (browser: string, line: string) => void;
}

/**
 * The browsers that run: one process for each browser and place, started when it is first needed. One that died is
 * started again for the next who needs it, and that is an event.
 */
export class RunningBrowsers implements AsyncDisposable {
  /** May be replaced by those of the next run, when browsers outlive one. */
  listeners: BrowserListeners;
  #browsers: RunningBrowsersOptions;
  #running = new Map<string, Promise<Running>>();
  #all = new Set<Running>();
  #launches = 0;
  #waiting: (() => void)[] = [];
  #launched = new Set<string>();

  constructor(options: RunningBrowsersOptions) {
    this.#browsers = options;
    this.listeners = options.listeners;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#running.values());
    await Promise.all([...this.#all].map((running) => this.end(running)));
  }

  async shared(berth: Berth, signal: AbortSignal): Promise<Running> {
    const key = keyOf(berth);
    const known = this.#running.get(key);
    if (known) {
      const running = await known;
      if (!running.process.hasExited) return running;
      this.#forget(key, known);
      return this.shared(berth, signal);
    }
    const launching = this.launch(berth, signal);
    this.#running.set(key, launching);
    // A launch that failed is tried again by the next call that needs it.
    launching.catch(() => this.#forget(key, launching));
    return launching;
  }

  /** Unless another process has taken its place already. */
  #forget(key: string, launching: Promise<Running>): void {
    if (this.#running.get(key) === launching) this.#running.delete(key);
  }

  async launch({ browser: name, place }: Berth, signal: AbortSignal): Promise<Running> {
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
        mdns: options.mdns,
        ...(options.source?.kind === 'file' && { files: options.source }),
        acceptRunCertificate: trustedSpki.length > 0,
        trustedSpki,
        place,
        onOutput: (line) => this.listeners.onOutput(name, line),
        signal,
      });
      return this.#register({
        ...launched,
        planned,
        place,
        meter: new ProcessMeter(launched.process.pid),
        peers: 0,
      });
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

  #register(running: Running): Running {
    const { place, planned } = running;
    const { name } = planned;
    const key = keyOf({ browser: name, place });
    const { pid } = running.process;
    const { options } = this.#browsers;
    this.#all.add(running);
    const relaunch = !options.freshBrowsers && this.#launched.has(key);
    this.#launched.add(key);
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

function keyOf({ browser, place }: Berth): string {
  return `${place?.name ?? ''} ${browser}`;
}

function withPhase(error: CallrigError): CallrigError {
  error.details['phase'] ??= 'launch';
  return error;
}
