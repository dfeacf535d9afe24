import { BrowserError, CallrigError } from '../errors.ts';
import type { ProfileName } from '../media/profiles.ts';
import { harnessNow } from '../peer/clock.ts';
import type { BrowserDeath } from '../peer/host.ts';
import type { PlannedBrowser, RunOptions } from '../plan/plan.ts';
import type { RunEvent } from '../store/layout.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { GridClient, Loss } from './grid-client.ts';
import { GridSession } from './grid-session.ts';
import { gridBrowserOf } from './known-names.ts';
import { SlotQueue } from './slot-queue.ts';
import type { GridSeating } from './survey.ts';
import { SessionWatchdog } from './watch-sessions.ts';

/** How often somebody who waits for a browser is told so. */
const TELL_MS = 15_000;

export interface GridBrowsersOptions extends Omit<GridSeating, 'asTab'> {
  client: GridClient;
  browsers: readonly PlannedBrowser[];
  options: Pick<RunOptions, 'headed' | 'mdns' | 'source'>;
  /** What peers send. Default: `real`. */
  media?: ProfileName | undefined;
  /** Sessions that the Grid can have at the same time. `undefined` when it grows as needed. */
  slots: number | undefined;
  /** Over DevTools instead of WebDriver BiDi, where the browser is a Chromium. */
  devtools: boolean;
  /** The run's own certificate's key, if it has one: SHA-256, base64. */
  trustedSpki: readonly string[];
  emit: (event: RunEvent) => void;
}

/** A session, from when it is asked for. */
interface Berth {
  planned: PlannedBrowser;
  opening: Promise<GridSession>;
  session?: GridSession;
  /** The calls of those who have a place in it, once for each. */
  calls: string[];
  /** Takes nobody any more: it is lost or was ended. */
  isOver: boolean;
}

/** A place in a session. */
export interface Boarding {
  planned: PlannedBrowser;
  session: GridSession;
  /** Gives the place back. Idempotent. */
  leave: () => Promise<void>;
}

export interface BoardingRequest {
  browser: string;
  /** Whose peers go to different sessions, where there are several. */
  call: string;
  signal: AbortSignal;
}

/**
 * The Grid's browsers that a run has, one session each; opened when they are first needed, ended with the run whatever
 * happens. One that was lost is replaced for the next who needs it, and that is an event.
 */
export class GridBrowsers implements AsyncDisposable {
  #options: GridBrowsersOptions;
  #berths = new Set<Berth>();
  #queue: SlotQueue;
  #watchdog: SessionWatchdog;
  #stop = new AbortController();
  #lost = new Set<string>();

  constructor(options: GridBrowsersOptions) {
    this.#options = options;
    this.#queue = new SlotQueue({ slots: options.slots, onScarce: () => this.#endIdle() });
    this.#watchdog = new SessionWatchdog(options.client.address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the run is over'));
    await Promise.all([...this.#berths].map((berth) => this.#end(berth)));
    await this.#watchdog[Symbol.asyncDispose]();
  }

  /** @throws BrowserError or NetworkError when the Grid gives none; the signal's reason when aborted */
  async board({ browser, call, signal }: BoardingRequest): Promise<Boarding> {
    signal.throwIfAborted();
    const berth = this.#find(browser, call) ?? this.#create(browser, call);
    berth.calls.push(call);
    let hasLeft = false;
    const leave = async () => {
      if (hasLeft) return;
      hasLeft = true;
      berth.calls.splice(berth.calls.indexOf(call), 1);
      if (this.#options.isFresh) await this.#end(berth);
    };
    try {
      return { planned: berth.planned, session: await unlessAborted(berth.opening, signal), leave };
    } catch (error) {
      // Whoever goes does not wait for a browser that is still to come.
      void leave();
      throw error;
    }
  }

  /** The least occupied that has a place, one without peers of the same call before all others. */
  #find(browser: string, call: string): Berth | undefined {
    const { isFresh, peersPerSession } = this.#options;
    if (isFresh) return undefined;
    const able = [...this.#berths].filter(
      ({ planned, isOver, calls }) => planned.name === browser && !isOver && calls.length < peersPerSession,
    );
    const isOwn = ({ calls }: Berth) => Number(calls.includes(call));
    return able.toSorted((a, b) => isOwn(a) - isOwn(b) || a.calls.length - b.calls.length)[0];
  }

  #create(browser: string, call: string): Berth {
    const planned = this.#options.browsers.find(({ name }) => name === browser);
    if (!planned) throw new BrowserError(`the plan has no browser "${browser}"`, { code: 'BROWSER_UNKNOWN' });
    const berth: Berth = { planned, calls: [], isOver: false, opening: Promise.reject(new Error()) };
    berth.opening.catch(() => {});
    berth.opening = this.#open(berth, call);
    berth.opening.catch(() => this.#berths.delete(berth));
    this.#berths.add(berth);
    return berth;
  }

  async #open(berth: Berth, call: string): Promise<GridSession> {
    const { client, emit } = this.#options;
    const { name: browser } = berth.planned;
    const askedMs = harnessNow();
    emit({ t: askedMs, type: 'browser-launching', browser });
    const telling = setInterval(() => {
      const t = harnessNow();
      emit({ t, type: 'browser-waiting', browser, waitedMs: t - askedMs });
    }, TELL_MS);
    await this.#queue.take(call);
    try {
      if (berth.isOver)
        throw new BrowserError(`nobody needs ${browser} any more`, { code: 'BROWSER_CLOSED' });
      const launchedMs = harnessNow();
      const session = await GridSession.open({
        client,
        ...this.#wish(berth, call),
        signal: this.#stop.signal,
        onOpened: (id) => this.#watchdog.opened(id),
      });
      return this.#register(berth, session, harnessNow() - launchedMs);
    } catch (error) {
      this.#queue.give();
      if (error instanceof CallrigError) error.details['phase'] ??= 'launch';
      throw error;
    } finally {
      clearInterval(telling);
    }
  }

  #wish({ planned }: Berth, label: string) {
    const { options, media, trustedSpki, devtools } = this.#options;
    const browser = gridBrowserOf(planned.name);
    if (!browser) throw new BrowserError(`no Grid has ${planned.name}`, { code: 'BROWSER_UNKNOWN' });
    const { headed, mdns, source } = options;
    const capabilities = capabilitiesOf({
      browser,
      label,
      headed,
      mdns,
      media,
      acceptRunCertificate: trustedSpki.length > 0,
      trustedSpki,
      ...(source?.kind === 'file' && { files: source }),
    });
    return { capabilities, devtools: devtools && browser.kind === 'chromium' };
  }

  #register(berth: Berth, session: GridSession, launchMs: number): GridSession {
    const { emit, isFresh } = this.#options;
    const { name: browser } = berth.planned;
    const { attached, node } = session;
    berth.session = session;
    emit({
      t: harnessNow(),
      type: 'browser-launched',
      browser,
      version: attached.version,
      launchMs,
      relaunch: !isFresh && this.#lost.has(browser),
      ...(node !== undefined && { node }),
    });
    void session.lost.then((loss) => {
      emit({ t: harnessNow(), type: 'browser-died', browser, ...deathOf(loss, node) });
      this.#lost.add(browser);
      return this.#end(berth);
    });
    return session;
  }

  /** Slots are scarce: what nobody uses is given back. */
  #endIdle(): void {
    for (const berth of this.#berths) if (berth.session && berth.calls.length === 0) void this.#end(berth);
  }

  async #end(berth: Berth): Promise<void> {
    berth.isOver = true;
    const session = await berth.opening.catch(() => undefined);
    if (!session || !this.#berths.delete(berth)) return;
    const { id } = session;
    const failure = await session.close();
    this.#queue.give();
    if (failure === undefined) this.#watchdog.ended(id);
    else
      this.#warn(`session ${id} of the Grid could not be ended, which takes a slot for a while: ${failure}`);
  }

  #warn(message: string): void {
    this.#options.emit({ t: harnessNow(), type: 'warning', message });
  }
}

/** What is known when a session was lost: the node it was on, and the Grid's words. */
export function deathOf({ why, said }: Loss, node: string | undefined): BrowserDeath {
  const where = node === undefined ? '' : ` (it ran on ${node})`;
  return { why: `${why}${where}`, exitCode: null, signal: null, stderr: [said] };
}

async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}
