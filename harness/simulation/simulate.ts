import { createRequire } from 'node:module';
import os from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Collector, type CallCollector } from '../collector/collector.ts';
import { PeerError } from '../errors.ts';
import { AsyncStack } from '../lifecycle/async-stack.ts';
import { withDeadline } from '../lifecycle/deadline.ts';
import { OwnedProcess } from '../lifecycle/owned-process.ts';
import type { TemporaryFolder } from '../lifecycle/temporary-folder.ts';
import { Sketch } from '../metrics/sketch.ts';
import { harnessNow } from '../peer/clock.ts';
import { ControlServer } from '../peer/control-server.ts';
import { createRunStore, type RunStore, type RunStoreOptions } from '../store/run-store.ts';
import { RECORDED_ROLES } from './recorded.ts';

const MAIN = fileURLToPath(new URL('./replayer-main.ts', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
/** Node's own stack traces, of which the first line tells most. */
const NOISE = /^(\s*at |Node\.js v|\s*\^|\s*$|node:|file:)/;
const CELL = 'recorded:recorded';
const LOOK_MS = 250;
/** A replayer whose timers are later than this did not make the load it was asked for. */
const MOST_LATE_MS = 100;
const DRAIN_MS = 120_000;

export interface SimulateOptions {
  /** Two of them are a call. */
  peers: number;
  durationMs: number;
  statsIntervalMs?: number;
  temporary: TemporaryFolder;
  signal: AbortSignal;
  /** How series are written: where a disk is to be slow. */
  series?: RunStoreOptions['series'];
}

/** What so many peers cost the harness. */
export interface Simulated {
  peers: number;
  durationMs: number;
  /** Samples of connections that arrived, and values of metrics made of them. */
  samples: number;
  values: number;
  /** CPU of this process while they were sent, in cores. */
  cores: number;
  /** What others on the machine used at that time, in cores: much of it, and lag is not this process's doing alone. */
  otherCores: number;
  /** The most that this process had, and what it had before the first peer. */
  rssBytes: number;
  rssBeforeBytes: number;
  /** From a peer's `getStats()` to its values being aggregated. */
  lagMs: { med: number; p95: number; max: number };
  /** How long it took from the last sample that was sent to the last one that had arrived. */
  drainMs: number;
  writtenBytes: number;
  thinned: number;
  thinnedCalls: number;
  longestDelayMs: number;
  /** The other process: it must not be the limit. `sentMs` is how long it sent. */
  replayer: { sent: number; sentMs: number; lateP95Ms: number; latestMs: number; cores: number };
  isReplayerLate: boolean;
}

/**
 * Recorded peers, replayed by another process over real WebSockets against the run's own server, collector and store.
 *
 * @throws PeerError when the replayer dies or its samples do not arrive
 */
export async function simulate(options: SimulateOptions): Promise<Simulated> {
  const { peers, durationMs, statsIntervalMs = 1000, temporary, signal } = options;
  await using stack = new AsyncStack();
  const root = temporary.create('simulation');
  const store = stack.use(await createRunStore({ root, runId: `${peers}`, series: options.series ?? {} }));
  const server = stack.use(await ControlServer.open({ host: '127.0.0.1' }));
  const rssBeforeBytes = process.memoryUsage().rss;
  const replayer = stack.use(await Replayer.start(root, statsIntervalMs));
  const collector = new Collector(store);
  const arrivals = new Arrivals();
  const calls = await replayer.within(
    openPeers({ peers, server, collector, replayer, stack, arrivals }),
    DRAIN_MS,
    `${peers} peers to connect`,
    signal,
  );

  const meter = new Meter();
  stack.defer(() => void meter.stop());
  const startedMs = performance.now();
  const told = await replayer.play(durationMs, signal);
  const { cores, allCores } = meter.cores();
  await replayer.within(arrivals.until(told.sent), DRAIN_MS, `${told.sent} samples to arrive`, signal);
  const drainMs = Math.max(0, performance.now() - startedMs - told.sentMs);
  const rssBytes = meter.stop();
  await finish(calls, store);
  const { values, samples, thinned, thinnedCalls, longestDelayMs, writtenBytes } = collector.counts;
  return {
    peers,
    durationMs,
    samples,
    values,
    cores,
    otherCores: Math.max(0, allCores - cores - told.cores),
    rssBytes,
    rssBeforeBytes,
    lagMs: lagOf(arrivals),
    drainMs,
    writtenBytes,
    thinned,
    thinnedCalls,
    longestDelayMs,
    replayer: told,
    isReplayerLate: told.lateP95Ms > MOST_LATE_MS,
  };
}

function lagOf({ lag }: Arrivals): Simulated['lagMs'] {
  const [med, p95] = [50, 95].map((each) => lag.percentile(each) ?? 0) as [number, number];
  return { med, p95, max: Math.max(0, lag.max) };
}

interface OpenPeersOptions {
  peers: number;
  server: ControlServer;
  collector: Collector;
  replayer: Replayer;
  stack: AsyncStack;
  arrivals: Arrivals;
}

/** Calls that are held all the time; resolves when each of their peers has said hello. */
async function openPeers({
  peers,
  server,
  collector,
  replayer,
  stack,
  arrivals,
}: OpenPeersOptions): Promise<CallCollector[]> {
  const calls: CallCollector[] = [];
  const channels: Promise<unknown>[] = [];
  for (let index = 0; index < peers; index++) {
    const role = RECORDED_ROLES[index % RECORDED_ROLES.length]!;
    if (index % RECORDED_ROLES.length === 0) calls.push(openCall(collector, calls.length));
    const call = calls.at(-1)!;
    const seat = server.seat({ role });
    replayer.write(`peer ${role} ${seat.control}`);
    channels.push(
      seat.channel.then((channel) => {
        stack.use(channel);
        const take = call.peer(role, () => channel.clock.estimate);
        channel.listen({
          onEvent: () => {},
          onStats: (delta) => {
            take(delta);
            arrivals.add(harnessNow() - delta.t);
          },
        });
      }),
    );
  }
  await Promise.all(channels);
  return calls;
}

function openCall(collector: Collector, index: number): CallCollector {
  const call = collector.openCall(`simulated-${String(index).padStart(5, '0')}`, CELL);
  call.steps = [{ name: 'hold', startMs: harnessNow() }];
  return call;
}

async function finish(calls: readonly CallCollector[], store: RunStore): Promise<void> {
  for (const call of calls) await call.end();
  await store.close();
}

/** Samples that came, and how long they took. */
class Arrivals {
  readonly lag = new Sketch();
  #awaited: { count: number; resolve: () => void } | undefined;

  add(lagMs: number): void {
    this.lag.add(lagMs);
    if (this.#awaited && this.lag.count >= this.#awaited.count) this.#awaited.resolve();
  }

  /** Resolves when so many have come. */
  until(count: number): Promise<void> {
    if (this.lag.count >= count) return Promise.resolve();
    return new Promise((resolve) => (this.#awaited = { count, resolve }));
  }
}

/** CPU and memory of this process from now on, and CPU of the machine. */
class Meter {
  readonly #startMs = performance.now();
  readonly #startCpu = process.cpuUsage();
  readonly #startBusyMs = busyMs();
  #rssBytes = 0;
  readonly #timer = setInterval(() => this.#look(), LOOK_MS);

  /** Of this process, and of the whole machine. */
  cores(): { cores: number; allCores: number } {
    const { user, system } = process.cpuUsage(this.#startCpu);
    const ms = performance.now() - this.#startMs;
    return { cores: (user + system) / 1000 / ms, allCores: (busyMs() - this.#startBusyMs) / ms };
  }

  stop(): number {
    clearInterval(this.#timer);
    this.#look();
    return this.#rssBytes;
  }

  #look(): void {
    this.#rssBytes = Math.max(this.#rssBytes, process.memoryUsage.rss());
  }
}

/** Of all cores since the machine was started. */
function busyMs(): number {
  return os.cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

/** The process that replays. */
class Replayer implements AsyncDisposable {
  readonly #process: OwnedProcess;
  readonly #told: Promise<Simulated['replayer']>;

  private constructor(process: OwnedProcess, told: Promise<Simulated['replayer']>) {
    this.#process = process;
    this.#told = told;
  }

  static async start(folder: string, intervalMs: number): Promise<Replayer> {
    let tell: (told: Simulated['replayer']) => void = () => {};
    const told = new Promise<Simulated['replayer']>((resolve) => (tell = resolve));
    const process = await OwnedProcess.start({
      command: [globalThis.process.execPath, '--import', TSX, MAIN, folder, String(intervalMs)],
      takesInput: true,
      noise: NOISE,
      onOutput: (line) => {
        if (line.startsWith('{')) tell(JSON.parse(line) as Simulated['replayer']);
      },
    });
    return new Replayer(process, told);
  }

  write(line: string): void {
    this.#process.write(line);
  }

  /** Resolves when all peers have sent for so long. */
  async play(durationMs: number, signal: AbortSignal): Promise<Simulated['replayer']> {
    this.write(`start ${durationMs}`);
    return await this.within(this.#told, durationMs + DRAIN_MS, 'the replayer to stop', signal);
  }

  /** Waits for something that the replayer brings about. */
  async within<Value>(
    work: Promise<Value>,
    timeoutMs: number,
    what: string,
    signal: AbortSignal,
  ): Promise<Value> {
    const died = this.#process.exited.then(({ exitCode, signal: killedBy, stderr }) => {
      const how = killedBy ?? `exit code ${exitCode}`;
      throw new PeerError(`the replayer died (${how}): ${stderr[0] ?? 'no last words'}`, {
        code: 'REPLAYER_DIED',
        details: { stderr },
      });
    });
    return await withDeadline(Promise.race([work, died]), { timeoutMs, what, signal });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process.close();
  }
}
