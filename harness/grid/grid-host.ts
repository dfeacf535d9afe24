import type { OpenPage } from '../browser/attached-browser.ts';
import { BrowserError, toError } from '../errors.ts';
import { Alarm } from '../lifecycle/alarm.ts';
import { withDeadline } from '../lifecycle/deadline.ts';
import type { AgentSeat, ControlServer } from '../peer/control-server.ts';
import type { BrowserDeath, HostedPage, PeerHost, SeatRequest } from '../peer/host.ts';
import { type Boarding, deathOf, type GridBrowsers } from './grid-browsers.ts';
import type { GridSession } from './grid-session.ts';

/** From the page's opening to its agent's first word, from another machine. */
const PAGE_TIMEOUT_MS = 60_000;
/** A page that does not close in this time goes with its session. */
const CLOSE_MS = 5000;

export interface GridHostOptions {
  browsers: GridBrowsers;
  server: ControlServer;
  /** The origin that the Grid's browsers reach the run's server by. Default: its own. */
  publicUrl?: string | undefined;
  /** Peers in tabs of one context; else each in a context of its own. */
  asTab: boolean;
}

interface Opening {
  boarding: Boarding;
  request: SeatRequest;
  opened: Promise<OpenPage>;
  /** Why the page is gone, if it is. */
  lost: () => string | undefined;
}

/** Peers in browsers of a Selenium Grid, which sit in sessions as they sit in processes on this machine. */
export class GridHost implements PeerHost {
  #options: GridHostOptions;

  constructor(options: GridHostOptions) {
    this.#options = options;
  }

  /** Sessions that are opened before they are needed would keep others from their slots. */
  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async openPage(request: SeatRequest): Promise<HostedPage> {
    const { browser, call = 'callrig', signal } = request;
    const boarding = await this.#options.browsers.board({ browser, call, signal });
    let seat = this.#seat(request);
    const opening = openIn(boarding, { url: seat.url, asTab: this.#options.asTab }, request);
    let isClosed = false;
    const close = async () => {
      if (isClosed) return;
      isClosed = true;
      seat.close();
      const closed = opening.opened.then((page) => page.close());
      if (!boarding.session.isLost)
        await withDeadline(closed, { timeoutMs: CLOSE_MS, what: 'the page to close' }).catch(() => {});
      await boarding.leave();
    };
    const reload = async (): Promise<HostedPage> => {
      seat.close();
      seat = this.#seat(request);
      const page = await opening.opened;
      return hosted(opening, page, {
        channel: await arrival(opening, page.goTo(seat.url), seat),
        reload,
        close,
      });
    };
    try {
      const channel = await arrival(opening, opening.opened, seat);
      return hosted(opening, await opening.opened, { channel, reload, close });
    } catch (error) {
      await close();
      throw error;
    }
  }

  #seat({ role }: SeatRequest): AgentSeat {
    const { server, publicUrl } = this.#options;
    return server.seat({ role, ...(publicUrl !== undefined && { origin: publicUrl }) });
  }
}

function openIn(
  boarding: Boarding,
  { url, asTab }: { url: string; asTab: boolean },
  request: SeatRequest,
): Opening {
  let why: string | undefined;
  const { onConsole } = request;
  const onGone = (reason: string) => void (why = reason);
  const opened = boarding.session.attached
    .openPage(url, { onConsole, onGone }, { asTab })
    .catch(async (cause: unknown) => Promise.reject(await openError(boarding, request, cause)));
  opened.catch(() => {});
  return { boarding, request, opened, lost: () => why };
}

/** The agent of the page that is being opened says hello, or its browser is lost. */
async function arrival(
  { boarding, request, lost }: Opening,
  opened: Promise<unknown>,
  { channel }: AgentSeat,
) {
  const { role, browser, signal } = request;
  const { session } = boarding;
  using loss = new Alarm(session.lost, (why) => lossError(boarding, deathOf(why, session.node)));
  return await withDeadline(Promise.race([opened.then(() => channel), loss.raised]), {
    timeoutMs: PAGE_TIMEOUT_MS,
    what: `${role}'s page to open in ${browser} on the Grid`,
    lastSeen: lost,
    signal,
  });
}

function hosted(
  { boarding }: Opening,
  { impair, automation }: OpenPage,
  { channel, reload, close }: Pick<HostedPage, 'channel' | 'close'> & Required<Pick<HostedPage, 'reload'>>,
): HostedPage {
  const { planned, session } = boarding;
  return {
    channel,
    ...(impair && { impair }),
    automation,
    browser: planned.name,
    kind: planned.kind,
    version: session.attached.version,
    driver: planned.driver,
    // Another machine's processes are not ours to measure.
    measure: () => undefined,
    death: () => whatBecameOf(session),
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

/** A Grid that does not answer is as good as a browser that is lost: nobody reaches it. */
async function whatBecameOf(session: GridSession): Promise<BrowserDeath | undefined> {
  try {
    const loss = await session.probe();
    return loss && deathOf(loss, session.node);
  } catch (error) {
    return { why: toError(error).message, exitCode: null, signal: null, stderr: [] };
  }
}

async function openError(boarding: Boarding, { role }: SeatRequest, cause: unknown): Promise<BrowserError> {
  const { planned, session } = boarding;
  const death = await whatBecameOf(session);
  if (death) return lossError(boarding, death);
  return new BrowserError(`${planned.name} could not open ${role}'s page: ${toError(cause).message}`, {
    code: 'PAGE_NOT_OPENED',
    hint: "do the Grid's nodes reach the run's server? --public-url says by which address",
    details: { phase: 'agent', node: session.node },
    cause,
  });
}

function lossError({ planned, session: { node } }: Boarding, death: BrowserDeath): BrowserError {
  return new BrowserError(`${planned.name} was lost: ${death.why}`, {
    code: 'BROWSER_DIED',
    details: { phase: 'launch', node, ...death },
  });
}
