import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ProcessMeter } from '../../browser/process-usage.ts';
import { BrowserError } from '../../errors.ts';
import { Alarm } from '../../lifecycle/alarm.ts';
import { withDeadline } from '../../lifecycle/deadline.ts';
import { OwnedProcess, type ProcessEnd } from '../../lifecycle/owned-process.ts';
import type { TemporaryFolder } from '../../lifecycle/temporary-folder.ts';
import type { PlannedBot } from '../../plan/bots.ts';
import type { AdapterFile } from '../agent-page.ts';
import { harnessNow } from '../clock.ts';
import type { ControlServer } from '../control-server.ts';
import type { BrowserDeath, HostedPage, PeerHost, SeatRequest } from '../host.ts';
import { PlaceOrigins } from '../place-origins.ts';

/** From the asking to a bot's first word; a busy machine takes long to start a process. */
const ARRIVAL_MS = 60_000;
/** A channel breaks a moment before its process is known to be dead. */
const DEATH_MS = 2000;
/** Beyond, one process is busy enough to be late (FACTS of node-datachannel: 100 peers hold). */
export const BOTS_PER_PROCESS = 100;

const MAIN = fileURLToPath(new URL('./bot-main.ts', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** What Node prints around the message of an error. */
const NOISE = /^(\s*at |Node\.js v|\s*\^|\s*$|node:|file:)/;

export interface BotHostOptions {
  bots: readonly PlannedBot[];
  server: ControlServer;
  temporary: TemporaryFolder;
  /** At most so many in a process. */
  perProcess: number;
  adapter?: AdapterFile | undefined;
  onOutput: (engine: string, line: string) => void;
}

type Berth = Pick<SeatRequest, 'browser' | 'place'>;

/** A process of one engine, and how many bots it has. */
interface Crew {
  bot: PlannedBot;
  /** Of the lab; `undefined` on this machine's own network. */
  place: string | undefined;
  process: OwnedProcess;
  meter: ProcessMeter;
  size: number;
}

/** Peers without a browser, many to a process. A process that dies breaks the calls of its own bots only. */
export class BotHost implements PeerHost, AsyncDisposable {
  #options: BotHostOptions;
  #origins: PlaceOrigins;
  #crews = new Set<Promise<Crew>>();
  #placing: Promise<unknown> = Promise.resolve();

  constructor(options: BotHostOptions) {
    this.#options = options;
    this.#origins = new PlaceOrigins(options.server);
  }

  async prepare(berths: readonly Berth[]): Promise<void> {
    // One that does not start fails the calls that need it, not the others.
    await Promise.allSettled(berths.map((berth) => this.#join(berth, 0)));
  }

  async openPage(request: SeatRequest): Promise<HostedPage> {
    const { role, browser, place, signal } = request;
    const origin = place && (await this.#origins.in(place));
    const crew = await this.#join({ browser, place }, 1);
    const seat = this.#options.server.seat({ role, ...(origin !== undefined && { origin }) });
    let isClosed = false;
    const leave = () => {
      seat.close();
      if (!isClosed) crew.size--;
      isClosed = true;
    };
    crew.process.write(seat.control);
    using death = new Alarm(crew.process.exited, (exit) => deathError(crew, exit));
    try {
      const channel = await withDeadline(Promise.race([seat.channel, death.raised]), {
        timeoutMs: ARRIVAL_MS,
        what: `${role}'s bot to report`,
        signal,
      });
      const close = async () => {
        await channel[Symbol.asyncDispose]();
        leave();
      };
      const { version } = crew.bot;
      return {
        channel,
        browser,
        ...(version !== undefined && { version }),
        pid: crew.process.pid,
        measure: () => {
          const usage = crew.meter.measure();
          return usage && { t: harnessNow(), ...usage, peers: Math.max(1, crew.size) };
        },
        death: () => deathOf(crew),
        reload: async () => {
          await close();
          return this.openPage(request);
        },
        close,
      };
    } catch (error) {
      leave();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const crews = await Promise.allSettled(this.#crews);
    this.#crews.clear();
    await Promise.all(
      crews.flatMap((each) => (each.status === 'fulfilled' ? [each.value.process.close()] : [])),
    );
  }

  /** A process of that engine, in that place, with room for so many more; one after another, as each changes how much there is. */
  #join(berth: Berth, count: number): Promise<Crew> {
    const placed = this.#placing.then(() => this.#place(berth, count));
    this.#placing = placed.catch(() => {});
    return placed;
  }

  async #place({ browser, place }: Berth, count: number): Promise<Crew> {
    for (const starting of this.#crews) {
      const crew = await starting.catch(() => undefined);
      if (!crew || crew.process.hasExited) {
        this.#crews.delete(starting);
        continue;
      }
      const isThere = crew.bot.name === browser && crew.place === place?.name;
      if (!isThere || crew.size + count > this.#options.perProcess) continue;
      crew.size += count;
      return crew;
    }
    const starting = this.#start({ browser, place });
    this.#crews.add(starting);
    const crew = await starting;
    crew.size += count;
    return crew;
  }

  async #start({ browser, place }: Berth): Promise<Crew> {
    const { bots, temporary, adapter, onOutput } = this.#options;
    const bot = bots.find(({ name }) => name === browser);
    if (!bot) throw new BrowserError(`there is no bot ${browser} in this run`, { code: 'BOT_NOT_PLANNED' });
    const { execPath } = globalThis.process;
    const folder = temporary.create(browser);
    const process = await OwnedProcess.start({
      command: [
        ...(place?.enter ?? []),
        execPath,
        '--import',
        TSX,
        MAIN,
        browser,
        folder,
        ...(adapter ? [JSON.stringify(adapter)] : []),
      ],
      takesInput: true,
      noise: NOISE,
      onOutput: (line) => onOutput(browser, line),
    });
    return { bot, place: place?.name, process, meter: new ProcessMeter(process.pid), size: 0 };
  }
}

async function deathOf({ process }: Crew): Promise<BrowserDeath | undefined> {
  if (process.closing) return undefined;
  return withDeadline(process.exited, { timeoutMs: DEATH_MS, what: 'the bots to die' }).catch(
    () => undefined,
  );
}

function deathError({ bot }: Crew, exit: ProcessEnd): BrowserError {
  const how = exit.signal ? `killed by ${exit.signal}` : `exit code ${exit.exitCode}`;
  const last = exit.stderr.at(-1);
  const words = last === undefined ? '' : `; last words: ${last}`;
  const message = `the process of ${bot.name} died (pid ${exit.pid}, ${how})${words}`;
  return new BrowserError(message, { code: 'BROWSER_DIED', details: { phase: 'launch', ...exit } });
}
