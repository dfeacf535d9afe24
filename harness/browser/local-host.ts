import { BrowserError, CallrigError, toError } from '../errors.ts';
import { withDeadline } from '../lifecycle/deadline.ts';
import type { TemporaryFolder } from '../lifecycle/temporary-folder.ts';
import { harnessNow } from '../peer/clock.ts';
import type { ControlServer } from '../peer/control-server.ts';
import type { BrowserDeath, BrowserPlace, HostedPage, PeerHost, SeatRequest } from '../peer/host.ts';
import type { PlannedBrowser, RunOptions } from '../plan/plan.ts';
import type { RunEvent } from '../store/layout.ts';
import { type LaunchedBrowser, launchBrowser } from './launch-browser.ts';
import { ProcessMeter } from './process-usage.ts';
import type { OpenPage } from './attached-browser.ts';

/** Two launches at once are all that two cores hold; more make each other time out. */
const LAUNCHES_AT_ONCE = 2;
/** From the page's opening to its agent's first word; a busy machine takes long. */
const PAGE_TIMEOUT_MS = 60_000;
/** A channel, or a driver's connection, breaks a moment before its browser's process is known to be dead. */
const DEATH_MS = 2000;
/** A page that does not close in this time goes with its browser. */
const CLOSE_MS = 5000;

export interface LocalHostOptions {
  browsers: PlannedBrowser[];
  options: Pick<RunOptions, 'headed' | 'mdns' | 'freshBrowsers'>;
  /** The run's own, for its pages or for TURN over TLS, if it has one: SHA-256 of its key, base64. */
  certificateSpki?: string | undefined;
  server: ControlServer;
  temporary: TemporaryFolder;
  emit: (event: RunEvent) => void;
  onOutput: (browser: string, line: string) => void;
}

/** A browser of the plan, and where it runs. */
type Berth = Pick<SeatRequest, 'browser' | 'place'>;

interface Running extends LaunchedBrowser {
  planned: PlannedBrowser;
  place: BrowserPlace | undefined;
  meter: ProcessMeter;
  peers: number;
}

/**
 * Peers in browsers on this machine: on its own network, or in the places of a lab.
 *
 * One process for each browser and place, shared by the peers of all calls, each in a context of its own; with `freshBrowsers` a
 * process for each peer. A browser that died is started again for the next call that needs it, and that is an event.
 */
export class LocalHost implements PeerHost, AsyncDisposable {
  #host: LocalHostOptions;
  #running = new Map<string, Promise<Running>>();
  #all = new Set<Running>();
  #launches = 0;
  #waiting: (() => void)[] = [];
  #launched = new Set<string>();
  /** Origin of the run's pages, by place. */
  #origins = new Map<string, Promise<string>>();

  constructor(options: LocalHostOptions) {
    this.#host = options;
  }

  async prepare(berths: readonly Berth[], signal: AbortSignal): Promise<void> {
    if (this.#host.options.freshBrowsers) return;
    // A browser that does not start fails the calls that need it, not the others.
    await Promise.allSettled(berths.map((berth) => this.#shared(berth, signal)));
    signal.throwIfAborted();
  }

  async openPage({ role, browser, place, onConsole, signal }: SeatRequest): Promise<HostedPage> {
    const fresh = this.#host.options.freshBrowsers;
    const berth = { browser, place };
    const running = fresh ? await this.#launch(berth, signal) : await this.#shared(berth, signal);
    const { server } = this.#host;
    const seat = server.seat({ role, ...(place && { origin: await this.#originIn(place) }) });
    const page = openIn(running, { url: seat.url, role, onConsole });
    running.peers++;
    let isClosed = false;
    const close = async () => {
      if (isClosed) return;
      isClosed = true;
      seat.close();
      running.peers--;
      await (fresh ? this.#end(running) : page.close());
    };
    try {
      const channel = await withDeadline(Promise.race([page.opened.then(() => seat.channel), page.died]), {
        timeoutMs: PAGE_TIMEOUT_MS,
        what: `${role}'s page to open in ${browser}`,
        lastSeen: page.lost,
        signal,
      });
      const { planned, attached, process } = running;
      const { impair } = await page.opened;
      return {
        channel,
        ...(impair && { impair }),
        browser,
        kind: planned.kind,
        version: attached.version,
        driver: planned.driver,
        pid: process.pid,
        measure: () => this.#measure(running),
        death: () => deathOf(running),
        close: async () => {
          await channel[Symbol.asyncDispose]();
          await close();
        },
      };
    } catch (error) {
      await close();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#running.values());
    await Promise.all([...this.#all].map((running) => this.#end(running)));
  }

  async #shared(berth: Berth, signal: AbortSignal): Promise<Running> {
    const key = keyOf(berth);
    const known = this.#running.get(key);
    if (known) {
      const running = await known;
      if (!running.process.hasExited) return running;
      this.#forget(key, known);
      return this.#shared(berth, signal);
    }
    const launching = this.#launch(berth, signal);
    this.#running.set(key, launching);
    // A launch that failed is tried again by the next call that needs it.
    launching.catch(() => this.#forget(key, launching));
    return launching;
  }

  /** Serves the run's pages on the place's own loopback, where they are a secure context. */
  #originIn(place: BrowserPlace): Promise<string> {
    const known = this.#origins.get(place.name);
    if (known) return known;
    const opening = place.listen().then((listener) => {
      const close = () => {
        listener.server.close();
        this.#origins.delete(place.name);
      };
      place.gone.addEventListener('abort', close, { once: true });
      return this.#host.server.attach(listener);
    });
    this.#origins.set(place.name, opening);
    opening.catch(() => this.#origins.delete(place.name));
    return opening;
  }

  /** Unless another process has taken its place already. */
  #forget(key: string, launching: Promise<Running>): void {
    if (this.#running.get(key) === launching) this.#running.delete(key);
  }

  async #launch({ browser: name, place }: Berth, signal: AbortSignal): Promise<Running> {
    const { browsers, options, certificateSpki, temporary, emit, onOutput } = this.#host;
    const planned = browsers.find((browser) => browser.name === name);
    if (!planned) throw new BrowserError(`the plan has no browser "${name}"`, { code: 'BROWSER_UNKNOWN' });
    await this.#turn();
    try {
      signal.throwIfAborted();
      emit({ t: harnessNow(), type: 'browser-launching', browser: name });
      const launched = await launchBrowser({
        browser: planned,
        profile: temporary.create(name),
        headed: options.headed,
        mdns: options.mdns,
        acceptRunCertificate: certificateSpki !== undefined,
        ...(certificateSpki !== undefined && { trustedSpki: [certificateSpki] }),
        place,
        onOutput: (line) => onOutput(name, line),
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
    const { emit, options } = this.#host;
    this.#all.add(running);
    const relaunch = !options.freshBrowsers && this.#launched.has(key);
    this.#launched.add(key);
    place?.gone.addEventListener('abort', () => void this.#end(running), { once: true });
    const { launchMs, attached } = running;
    emit({
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
      if (!running.process.closing) emit({ t: harnessNow(), type: 'browser-died', browser: name, ...exit });
    });
    return running;
  }

  async #end(running: Running): Promise<void> {
    await running.process.close();
    await running.attached.detach().catch(() => {});
  }

  #measure({ meter, peers }: Running) {
    const usage = meter.measure();
    return usage && { t: harnessNow(), ...usage, peers: Math.max(1, peers) };
  }
}

function keyOf({ browser, place }: Berth): string {
  return `${place?.name ?? ''} ${browser}`;
}

interface OpeningPage {
  opened: Promise<OpenPage>;
  /** Rejects when the browser dies, with what is known of it. */
  died: Promise<never>;
  /** Why the page is gone, if it is. */
  lost: () => string | undefined;
  /** Also a page that opens only after everybody has stopped waiting for it. */
  close: () => Promise<void>;
}

function openIn(
  running: Running,
  { url, role, onConsole }: { url: string; role: string; onConsole: SeatRequest['onConsole'] },
): OpeningPage {
  let why: string | undefined;
  const listeners = { onConsole, onGone: (reason: string) => void (why = reason) };
  const opening = running.attached.openPage(url, listeners);
  const opened = opening.catch(async (cause: unknown) =>
    Promise.reject(await openError(running, role, cause)),
  );
  const died = running.process.exited.then((exit) => Promise.reject(deathError(running, exit)));
  for (const promise of [opened, died]) promise.catch(() => {});
  return {
    opened,
    died,
    lost: () => why,
    // The browser may be gone, and the page with it.
    close: () => {
      const closed = opening.then((page) => page.close());
      return withDeadline(closed, { timeoutMs: CLOSE_MS, what: 'the page to close' }).catch(() => {});
    },
  };
}

async function deathOf({ process }: Running): Promise<BrowserDeath | undefined> {
  if (process.closing) return undefined;
  return withDeadline(process.exited, { timeoutMs: DEATH_MS, what: 'the browser to die' }).catch(
    () => undefined,
  );
}

function deathError({ planned }: Running, exit: BrowserDeath): BrowserError {
  const how = exit.signal ? `killed by ${exit.signal}` : `exit code ${exit.exitCode}`;
  const message = `${planned.name} died (pid ${exit.pid}, ${how})`;
  return new BrowserError(message, { code: 'BROWSER_DIED', details: { phase: 'launch', ...exit } });
}

/** A driver that lost its browser says so in its own words, a moment before the process is known to be dead. */
async function openError(running: Running, role: string, cause: unknown): Promise<BrowserError> {
  const exit = await deathOf(running);
  return exit ? deathError(running, exit) : pageError(running, role, cause);
}

function pageError({ planned, process }: Running, role: string, cause: unknown): BrowserError {
  return new BrowserError(`${planned.name} could not open ${role}'s page: ${toError(cause).message}`, {
    code: 'PAGE_NOT_OPENED',
    details: { phase: 'agent', pid: process.pid, stderr: [...process.outputTail] },
    cause,
  });
}

function withPhase(error: CallrigError): CallrigError {
  error.details['phase'] ??= 'launch';
  return error;
}
