import type { RelayedMessage } from '../../../signaling-stub/protocol.ts';
import type { ConnectionRecord, PeerEvidence, PeerMarks } from '../../call-record.ts';
import { normalise, number } from '../../stats/normalise.ts';
import type { StatsDelta } from '../../stats/sample.ts';
import type { StatsDetail } from '../../stats/selected.ts';
import { now } from '../agent/clock.ts';
import type { Handlers } from '../agent/command-group.ts';
import { Inbox, newDescriptionId } from '../agent/inbox.ts';
import { Milestone } from '../agent/milestone.ts';
import { inPhase, PhaseError } from '../agent/phase-error.ts';
import type { OpenSession, SignalingSession } from '../agent/signaling/session.ts';
import { StatsTimer } from '../agent/stats-timer.ts';
import type { MediaObservation } from '../peer.ts';
import type { CommandName, ConfigureArg, JoinArg, MediaArg, OpenedMedia } from '../protocol.ts';
import { BotConnection } from './bot-connection.ts';
import type { BotEngine } from './engine.ts';
import { Unsupported } from './unsupported.ts';

export interface BotAgentOptions {
  engine: BotEngine;
  /** The run's server: a signaling address that is a path is on it. */
  origin: string;
  emit: (name: string, data?: unknown) => void;
  pushStats: (deltas: StatsDelta[]) => void;
  /** A way to reach signaling, by its name. Rejects with {@link Unsupported} if there is none here. */
  signaling: (transport: string) => Promise<OpenSession>;
}

/** Of a connection that there never was. */
const NOTHING: PeerEvidence = { states: [], localCandidates: [], remoteCandidates: [], iceErrors: [] };

/** What a bot can do of the agent protocol. */
type BotCommand = Exclude<CommandName, Unable>;
type Unable =
  | 'negotiate'
  | 'iceGeneration'
  | 'restartIce'
  | 'restarted'
  | 'startFrameClock'
  | 'frames'
  | 'frameAfter'
  | 'startReading'
  | 'readings'
  | 'until'
  | 'evaluate'
  | keyof import('../data-protocol.ts').DataCommands
  | keyof import('../recording-protocol.ts').RecordingCommands;

/** A peer without a browser: obeys the commands of the agent protocol that need none. */
export class BotAgent {
  #options: BotAgentOptions;
  #connections = new Map<string, BotConnection>();
  #expected = new Map<string, RTCConfiguration>();
  #arrivals = new Map<string, Milestone>();
  #hangUps = new Map<string, Milestone>();
  #inbox = new Inbox();
  #signaling: SignalingSession | undefined;
  #stats: StatsTimer | undefined;
  #statsIntervalMs = 1000;
  #statsDetail: StatsDetail | undefined;
  #sends = { audio: false, video: false };
  #marks: PeerMarks = {};
  #before: Totals | undefined;

  constructor(options: BotAgentOptions) {
    this.#options = options;
  }

  /** @throws Unsupported for what bots cannot do */
  async obey(name: CommandName, arg: unknown): Promise<unknown> {
    if (!Object.hasOwn(this.#handlers, name)) throw new Unsupported(`a bot cannot ${name}`);
    const handler = this.#handlers[name as BotCommand] as (arg: unknown) => unknown;
    return (await handler(arg)) ?? null;
  }

  readonly #handlers: Handlers<BotCommand> = {
    join: (arg) => this.#join(arg),
    leave: async () => {
      await this.#signaling?.close();
      return null;
    },
    openMedia: (arg) => this.#openMedia(arg),
    configure: (arg) => {
      refuseSettings(arg);
      return null;
    },
    expectCall: ({ remote, rtc }) => {
      this.#refuse(rtc);
      this.#forget(remote);
      this.#expected.set(remote, rtc);
      this.#signaling?.expect?.(remote);
      return null;
    },
    call: async ({ remote, rtc }) => {
      this.#refuse(rtc);
      this.#forget(remote);
      const connection = await this.#connect(remote, rtc);
      await connection.offer();
      await connection.connected.reached;
      return null;
    },
    connected: async ({ remote }) => {
      await (this.#connections.get(remote)?.connected.reached ?? this.#arrival(remote));
      return null;
    },
    received: async () => {
      await Promise.all(this.#all().map((connection) => connection.arrived.reached));
      return null;
    },
    awaitState: async ({ state, remote }) => {
      const connection = this.#one(remote);
      if (!connection) throw new PhaseError('script', `there is no connection that could become ${state}`);
      return { t: await connection.states.until(state) };
    },
    observe: async () => {
      this.#before = await this.#totals();
      return null;
    },
    observed: () => this.#observed(),
    sample: async () => {
      await this.#stats?.sample();
      return null;
    },
    stats: async () => {
      const reports = this.#all().map(async (each) => [each.remote, await each.report()] as const);
      return Object.fromEntries(await Promise.all(reports));
    },
    hangUp: ({ remote }) => this.#hangUp(remote === undefined ? this.#all() : [this.#connectionWith(remote)]),
    hungUp: async ({ remote }) => {
      await this.#hungUpBy(remote).reached;
      return null;
    },
    observeHangUp: () => ({
      connectionStates: this.#all().map(({ isClosed }) => (isClosed ? 'closed' : 'open')),
      sawHangUp: (this.#marks.hangUp ?? this.#marks.remoteHangUp) !== undefined,
      liveRemoteTracks: this.#all().filter(({ isClosed }) => !isClosed).length,
      liveLocalTracks: this.#all().filter(({ isSending }) => isSending).length,
    }),
    marks: ({ remote }) => ({ ...this.#marks, ...this.#one(remote)?.marks }),
    evidence: async ({ remote }) => (await this.#one(remote)?.evidence()) ?? NOTHING,
    connections: async () => {
      const records = this.#all().map(async (each): Promise<[string, ConnectionRecord]> => {
        const marks = { ...this.#marks, ...each.marks };
        return [each.remote, { marks, evidence: await each.evidence() }];
      });
      return Object.fromEntries(await Promise.all(records));
    },
    reset: async () => {
      await this.close();
      return null;
    },
  };

  /** Connections closed, the room left. */
  async close(): Promise<void> {
    this.#stats?.stop();
    this.#stats = undefined;
    const all = this.#all();
    this.#connections.clear();
    this.#expected.clear();
    await Promise.all([...all.map((connection) => connection.close()), this.#signaling?.close()]);
  }

  async #join({ signaling, name, owner, statsIntervalMs, statsDetail }: JoinArg): Promise<null> {
    const { transport, url, token, room, options = {} } = signaling;
    this.#statsIntervalMs = statsIntervalMs;
    this.#statsDetail = statsDetail;
    const open = await this.#options.signaling(transport);
    const absolute = new URL(url, this.#options.origin.replace(/^http/, 'ws')).href;
    await inPhase('signaling', `joining ${absolute} by ${transport}`, () => {
      const arg = { url: absolute, token, room, peer: name, owner, options };
      this.#signaling = open(arg, {
        onMessage: (message) => this.#onMessage(message),
        onRoster: (peers) => this.#options.emit('roster', { peers }),
        onStateChange: (state, why) => this.#options.emit('signaling', { state, why }),
        onError: ({ code, message, to }) => {
          this.#options.emit('signaling-error', { code, message });
          if (to !== undefined) this.#connections.get(to)?.fail(new PhaseError('signaling', message));
        },
      });
      return this.#signaling.joined;
    });
    return null;
  }

  #openMedia({ audio, video, tone }: MediaArg): OpenedMedia {
    this.#marks.gumStart = now();
    const source = tone === true ? 'test-pattern' : video ? video.source : 'fake-device';
    if (source !== 'fake-device')
      throw new Unsupported(`a bot cannot send ${source}: its media are encoded already`);
    this.#sends = { audio, video: video !== false };
    this.#marks.gumEnd = now();
    const { picture, source: own } = this.#options.engine;
    return { audio, source: own, ...(video && { video: picture }) };
  }

  /** Messages are handled in the order they came; a failure breaks the connection it belongs to. */
  #handled: Promise<void> = Promise.resolve();

  #onMessage(message: RelayedMessage): void {
    this.#handled = this.#handled
      .then(() => this.#handle(message))
      .catch((error: unknown) => {
        const fault = error instanceof Error ? error : new Error(String(error));
        this.#options.emit('fault', { from: message.from, kind: message.kind, message: fault.message });
        this.#connections.get(message.from)?.fail(fault);
      });
  }

  async #handle(message: RelayedMessage): Promise<void> {
    const { from } = message;
    if (message.kind === 'bye') return this.#onBye(from);
    if (message.kind === 'candidate') {
      const connection = this.#connections.get(from);
      if (connection) return connection.addCandidate(message.payload);
      if (this.#expected.has(from)) this.#inbox.keep(from, message.payload);
      return;
    }
    const { type, sdp } = message.payload;
    this.#options.emit('description', { type, from });
    if (this.#inbox.isRepeated(message))
      return this.#options.emit('ignored', { from, type, why: 'it came twice' });
    const connection = await this.#forDescription(from, type);
    await connection?.accept({ type, ...(sdp !== undefined && { sdp }) });
  }

  async #forDescription(from: string, type: RTCSdpType): Promise<BotConnection | undefined> {
    const known = this.#connections.get(from);
    if (known) return known;
    const rtc = this.#expected.get(from);
    return type === 'offer' && rtc ? this.#connect(from, rtc) : undefined;
  }

  async #connect(remote: string, rtc: RTCConfiguration): Promise<BotConnection> {
    const connection = new BotConnection({
      remote,
      engine: this.#options.engine,
      rtc,
      sends: this.#sends,
      sendDescription: (description) =>
        this.#signaling?.send(remote, 'description', { ...description, id: newDescriptionId() }),
      sendCandidate: (candidate) => this.#signaling?.send(remote, 'candidate', candidate),
      emit: (name, data) =>
        this.#options.emit(name, name === 'marks' ? { ...this.#marks, ...(data as PeerMarks) } : data),
    });
    this.#connections.set(remote, connection);
    this.#stats ??= new StatsTimer({
      intervalMs: this.#statsIntervalMs,
      detail: this.#statsDetail,
      push: this.#options.pushStats,
    });
    this.#stats.add({ remote, report: () => connection.report(), isOver: () => connection.isClosed });
    for (const candidate of this.#inbox.take(remote)) await connection.addCandidate(candidate);
    this.#arrivals.get(remote)?.reach();
    this.#arrivals.delete(remote);
    return connection;
  }

  #refuse(rtc: RTCConfiguration): void {
    const why = this.#options.engine.refuses?.(rtc);
    if (why !== undefined) throw new Unsupported(`a bot cannot ${why}`);
  }

  /** Waits for a connection that the other side has not offered yet. */
  async #arrival(remote: string): Promise<void> {
    const arrival = this.#arrivals.get(remote) ?? new Milestone();
    this.#arrivals.set(remote, arrival);
    await arrival.reached;
    await this.#connections.get(remote)?.connected.reached;
  }

  /** Of a connection that is to be made anew. */
  #forget(remote: string): void {
    const old = this.#connections.get(remote);
    this.#inbox.take(remote);
    this.#hangUps.delete(remote);
    this.#connections.delete(remote);
    void old?.close();
  }

  async #hangUp(connections: BotConnection[]): Promise<{ told: boolean }> {
    this.#marks.hangUp = now();
    const told = this.#signaling?.state === 'open';
    for (const { remote } of connections) {
      this.#signaling?.send(remote, 'bye', { reason: 'hang-up' });
      // The other side's bye may cross this one, and find nobody.
      this.#hungUpBy(remote).reach();
    }
    await Promise.all(connections.map((connection) => this.#end(connection)));
    return { told };
  }

  async #onBye(from: string): Promise<void> {
    const connection = this.#connections.get(from);
    if (!connection || connection.isClosed) return;
    this.#marks.remoteHangUp ??= now();
    this.#options.emit('bye', { from });
    await this.#end(connection);
    this.#hungUpBy(from).reach();
  }

  async #end(connection: BotConnection): Promise<void> {
    connection.fail(new PhaseError('hang-up', 'the call was hung up'));
    await connection.close();
    if (!this.#all().every(({ isClosed }) => isClosed)) return;
    this.#stats?.stop();
    this.#stats = undefined;
  }

  #hungUpBy(remote: string): Milestone {
    const hungUp = this.#hangUps.get(remote) ?? new Milestone();
    this.#hangUps.set(remote, hungUp);
    return hungUp;
  }

  async #observed(): Promise<MediaObservation> {
    const before = this.#before;
    if (!before) throw new PhaseError('script', 'nothing is being observed');
    const after = await this.#totals();
    const gained = (key: keyof Totals) => {
      const end = after[key];
      return end === undefined ? undefined : end - (before[key] ?? 0);
    };
    return {
      frames: 0,
      changes: 0,
      lateLooks: 0,
      lateChanges: 0,
      maxLuma: 0,
      maxDeviation: 0,
      audioPackets: gained('audioPackets'),
      audioEnergy: gained('audioEnergy'),
      framesDecoded: gained('framesDecoded'),
      framesReceived: gained('framesReceived'),
    };
  }

  async #totals(): Promise<Totals> {
    const totals: Totals = {};
    const stats = (await Promise.all(this.#all().map((each) => each.report()))).flat();
    const { inbound } = normalise({ t: 0, connection: '', seq: 0, lateMs: 0, costMs: 0, stats });
    const add = (key: keyof Totals, value: number | undefined) => {
      if (value !== undefined) totals[key] = (totals[key] ?? 0) + value;
    };
    for (const { kind, stat } of inbound) {
      if (kind === 'audio') {
        add('audioPackets', number(stat, 'packetsReceived'));
        add('audioEnergy', number(stat, 'totalAudioEnergy'));
      } else {
        add('framesDecoded', number(stat, 'framesDecoded'));
        add('framesReceived', number(stat, 'framesReceived'));
      }
    }
    return totals;
  }

  #one(remote: string | undefined): BotConnection | undefined {
    return remote === undefined ? this.#all()[0] : this.#connections.get(remote);
  }

  #all(): BotConnection[] {
    return [...this.#connections.values()];
  }

  #connectionWith(remote: string): BotConnection {
    const connection = this.#connections.get(remote);
    if (connection) return connection;
    throw new PhaseError('script', `there is no connection with ${remote}`);
  }
}

type Totals = Partial<Record<'audioPackets' | 'audioEnergy' | 'framesDecoded' | 'framesReceived', number>>;

function refuseSettings(settings: ConfigureArg): void {
  const asked = Object.entries(settings).flatMap(([name, value]) =>
    value === undefined || name === 'arg' || (Array.isArray(value) && value.length === 0) ? [] : [name],
  );
  if (asked.length > 0) throw new Unsupported(`a bot cannot configure ${asked.join(', ')}`);
}
