import { BrowserError, toError } from '../errors.ts';
import { Alarm } from '../lifecycle/alarm.ts';
import { withDeadline } from '../lifecycle/deadline.ts';
import { harnessNow } from '../peer/clock.ts';
import type { AgentSeat, ControlServer } from '../peer/control-server.ts';
import type { BrowserDeath, HostedPage, PeerHost, SeatRequest } from '../peer/host.ts';
import { PlaceOrigins } from '../peer/place-origins.ts';
import type { OpenPage, PageListeners } from './attached-browser.ts';
import type { Berth, Running, RunningBrowsers } from './running-browsers.ts';
import { SharedPages } from './shared-pages.ts';

/** From the page's opening to its agent's first word; a busy machine takes long. */
const PAGE_TIMEOUT_MS = 60_000;
/** A channel, or a driver's connection, breaks a moment before its browser's process is known to be dead. */
const DEATH_MS = 2000;
/** A page that does not close in this time goes with its browser. */
const CLOSE_MS = 5000;

export interface LocalHostOptions {
  /** Those that run, and how peers sit in them. */
  browsers: RunningBrowsers;
  server: ControlServer;
}

/** Peers in browsers on this machine, on its own network or in the places of a lab. */
export class LocalHost implements PeerHost {
  #host: LocalHostOptions;
  #origins: PlaceOrigins;
  #sharedPages = new SharedPages();

  constructor(options: LocalHostOptions) {
    this.#host = options;
    this.#origins = new PlaceOrigins(options.server);
  }

  async prepare(berths: readonly Berth[], signal: AbortSignal): Promise<void> {
    // A browser that does not start fails the calls that need it, not the others.
    await Promise.all(berths.map((berth) => this.#host.browsers.prepare(berth, signal)));
    signal.throwIfAborted();
  }

  async openPage({ role, call = '', browser, place, onConsole, signal }: SeatRequest): Promise<HostedPage> {
    const { browsers, server } = this.#host;
    const origin = place && (await this.#origins.in(place));
    const { running, leave, end } = await browsers.take({ browser, place }, call, signal);
    const isShared = browsers.fleet.isolation === 'page';
    const newSeat = () => server.seat({ role, shared: isShared, ...(origin !== undefined && { origin }) });
    let seat = newSeat();
    const page = watched(running, role, (onGone) => this.#open(running, seat, { onConsole, onGone }));
    running.peers++;
    let isClosed = false;
    const close = async () => {
      if (isClosed) return;
      isClosed = true;
      seat.close();
      running.peers--;
      await (end ? end() : page.close());
      leave();
    };
    const arrival = async (opened: Promise<unknown>) => {
      using death = new Alarm(running.process.exited, (exit) => deathError(running, exit));
      return await withDeadline(Promise.race([opened.then(() => seat.channel), death.raised]), {
        timeoutMs: PAGE_TIMEOUT_MS,
        what: `${role}'s page to open in ${browser}`,
        lastSeen: page.lost,
        signal,
      });
    };
    const reload = async () => {
      seat.close();
      seat = newSeat();
      const { url } = seat;
      return hosted(running, await page.opened, {
        channel: await arrival(page.opened.then((open) => open.goTo(url))),
        reload,
        close,
      });
    };
    try {
      const channel = await arrival(page.opened);
      return hosted(running, await page.opened, isShared ? { channel, close } : { channel, reload, close });
    } catch (error) {
      await close();
      throw error;
    }
  }

  #open(running: Running, seat: AgentSeat, listeners: PageListeners): Promise<OpenPage> {
    const { isolation, unseen } = this.#host.browsers.fleet;
    if (isolation === 'page') return this.#sharedPages.enter(running, seat, listeners);
    return running.attached.openPage(seat.url, listeners, { asTab: isolation === 'tab', unseen });
  }
}

/** Without `reload` the page is not its peer's alone, nor is its driver's handle. */
function hosted(
  running: Running,
  { impair, automation }: OpenPage,
  { channel, reload, close }: Pick<HostedPage, 'channel' | 'close' | 'reload'>,
): HostedPage {
  const { planned, attached, process, isUnseen } = running;
  return {
    channel,
    ...(isUnseen && { isUnseen }),
    ...(impair && { impair }),
    browser: planned.name,
    kind: planned.kind,
    version: attached.version,
    driver: planned.driver,
    pid: process.pid,
    measure: () => measure(running),
    death: () => deathOf(running),
    ...(reload
      ? {
          automation,
          reload: async () => {
            await channel[Symbol.asyncDispose]();
            return reload();
          },
        }
      : { isShared: true }),
    close: async () => {
      await channel[Symbol.asyncDispose]();
      await close();
    },
  };
}

function measure({ meter, peers }: Running) {
  const usage = meter.measure();
  return usage && { t: harnessNow(), ...usage, peers: Math.max(1, peers) };
}

interface OpeningPage {
  opened: Promise<OpenPage>;
  /** Why the page is gone, if it is. */
  lost: () => string | undefined;
  /** Also a page that opens only after everybody has stopped waiting for it. */
  close: () => Promise<void>;
}

function watched(
  running: Running,
  role: string,
  open: (onGone: PageListeners['onGone']) => Promise<OpenPage>,
): OpeningPage {
  let why: string | undefined;
  const opening = open((reason) => void (why = reason));
  const opened = opening.catch(async (cause: unknown) =>
    Promise.reject(await openError(running, role, cause)),
  );
  opened.catch(() => {});
  return {
    opened,
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
