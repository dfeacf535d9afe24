import { BrowserError, toError } from '../errors.ts';
import { withDeadline } from '../lifecycle/deadline.ts';
import { harnessNow } from '../peer/clock.ts';
import type { ControlServer } from '../peer/control-server.ts';
import type { BrowserDeath, BrowserPlace, HostedPage, PeerHost, SeatRequest } from '../peer/host.ts';
import type { OpenPage } from './attached-browser.ts';
import type { Berth, Running, RunningBrowsers } from './running-browsers.ts';

/** From the page's opening to its agent's first word; a busy machine takes long. */
const PAGE_TIMEOUT_MS = 60_000;
/** A channel, or a driver's connection, breaks a moment before its browser's process is known to be dead. */
const DEATH_MS = 2000;
/** A page that does not close in this time goes with its browser. */
const CLOSE_MS = 5000;

export interface LocalHostOptions {
  browsers: RunningBrowsers;
  /** A process for each peer, in place of those that are shared. */
  freshBrowsers: boolean;
  server: ControlServer;
}

/**
 * Peers in browsers on this machine, on its own network or in the places of a lab: each in a context of its own of a
 * browser that the peers of all calls share, or with `freshBrowsers` in a process of its own.
 */
export class LocalHost implements PeerHost {
  #host: LocalHostOptions;
  /** Origin of the run's pages, by place. */
  #origins = new Map<string, Promise<string>>();

  constructor(options: LocalHostOptions) {
    this.#host = options;
  }

  async prepare(berths: readonly Berth[], signal: AbortSignal): Promise<void> {
    const { freshBrowsers, browsers } = this.#host;
    if (freshBrowsers) return;
    // A browser that does not start fails the calls that need it, not the others.
    await Promise.allSettled(berths.map((berth) => browsers.shared(berth, signal)));
    signal.throwIfAborted();
  }

  async openPage({ role, browser, place, onConsole, signal }: SeatRequest): Promise<HostedPage> {
    const { freshBrowsers: fresh, browsers } = this.#host;
    const berth = { browser, place };
    const running = fresh ? await browsers.launch(berth, signal) : await browsers.shared(berth, signal);
    const origin = place && (await this.#originIn(place));
    const newSeat = () => this.#host.server.seat({ role, ...(origin !== undefined && { origin }) });
    let seat = newSeat();
    const page = openIn(running, { url: seat.url, role, onConsole });
    running.peers++;
    let isClosed = false;
    const close = async () => {
      if (isClosed) return;
      isClosed = true;
      seat.close();
      running.peers--;
      await (fresh ? browsers.end(running) : page.close());
    };
    const arrival = (opened: Promise<unknown>) =>
      withDeadline(Promise.race([opened.then(() => seat.channel), page.died]), {
        timeoutMs: PAGE_TIMEOUT_MS,
        what: `${role}'s page to open in ${browser}`,
        lastSeen: page.lost,
        signal,
      });
    const reload = async () => {
      seat.close();
      seat = newSeat();
      const { url } = seat;
      return this.#hosted(running, await page.opened, {
        channel: await arrival(page.opened.then((open) => open.goTo(url))),
        reload,
        close,
      });
    };
    try {
      const channel = await arrival(page.opened);
      return this.#hosted(running, await page.opened, { channel, reload, close });
    } catch (error) {
      await close();
      throw error;
    }
  }

  #hosted(
    running: Running,
    { impair, automation }: OpenPage,
    { channel, reload, close }: Pick<HostedPage, 'channel' | 'close'> & Required<Pick<HostedPage, 'reload'>>,
  ): HostedPage {
    const { planned, attached, process } = running;
    return {
      channel,
      ...(impair && { impair }),
      automation,
      browser: planned.name,
      kind: planned.kind,
      version: attached.version,
      driver: planned.driver,
      pid: process.pid,
      measure: () => measure(running),
      death: () => deathOf(running),
      reload: async () => {
        await channel[Symbol.asyncDispose]();
        return reload();
      },
      close: async () => {
        await channel[Symbol.asyncDispose]();
        await close();
      },
    };
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
}

function measure({ meter, peers }: Running) {
  const usage = meter.measure();
  return usage && { t: harnessNow(), ...usage, peers: Math.max(1, peers) };
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
