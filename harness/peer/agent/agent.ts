import type { RelayedMessage } from '../../../signaling-stub/protocol.ts';
import type { PeerEvidence, PeerMarks } from '../../call-record.ts';
import type { ConnectionRecord } from '../../call-record.ts';
import type { JoinArg, MediaArg, OpenedMedia } from '../protocol.ts';
import type { StatsDelta } from '../../stats/sample.ts';
import type { StatsDetail } from '../../stats/selected.ts';
import { now } from './clock.ts';
import { Connection } from './connection.ts';
import { type LocalSettings, toConfiguration, toLocalSettings } from './local-settings.ts';
import { Inbox, newDescriptionId } from './inbox.ts';
import { LocalMedia } from './media.ts';
import { Milestone } from './milestone.ts';
import { inPhase, PhaseError } from './phase-error.ts';
import type { CommandGroup, Handlers } from './command-group.ts';
import { dataChannels } from './data/channels.ts';
import { recording } from './recording/recording.ts';
import { replayFrames } from './replay.ts';
import { openRig } from './rig.ts';
import { reading } from './content/reading.ts';
import { scripting } from './scripting.ts';
import type { OpenSession, SignalingSession } from './signaling/session.ts';
import type { captureAlone } from './shared-capture.ts';
import { StatsTimer } from './stats-timer.ts';
import { watching } from './watching.ts';

export interface AgentOptions {
  emit: (name: string, data?: unknown) => void;
  pushStats: (deltas: StatsDelta[]) => void;
  /** What was built into the page to reach signaling by, by name. */
  signaling: Readonly<Record<string, OpenSession>>;
  /** Default: camera and microphone are this agent's alone. */
  openDevices?: typeof captureAlone | undefined;
}

/** Of a connection that there never was. */
const NOTHING: PeerEvidence = { states: [], localCandidates: [], remoteCandidates: [], iceErrors: [] };

/** The part of a peer that lives in the page: obeys commands, and owns media, connections and signaling. */
export class Agent {
  #options: AgentOptions;
  #name = '';
  #media: LocalMedia;
  #connections = new Map<string, Connection>();
  #expected = new Map<string, RTCConfiguration>();
  #signaling: SignalingSession | undefined;
  #inbox = new Inbox();
  #stats: StatsTimer | undefined;
  #statsIntervalMs = 1000;
  #statsDetail: StatsDetail | undefined;
  /** By who hung up. */
  #hangUps = new Map<string, Milestone>();
  #rig = openRig({
    connectionWith: (remote) => this.#connectionWith(remote),
    media: () => this.#media,
    remoteTracks: () => this.#remoteTracks(),
    connections: () => this.#all(),
  });
  #groups = {
    watching: watching({ connections: () => this.#all() }),
    scripting: scripting({ rig: this.#rig }),
    recording: recording({ connections: () => this.#all() }),
    dataChannels: dataChannels({ connectionWith: (remote) => this.#connectionWith(remote) }),
    reading: reading({ connections: () => this.#all() }),
  } satisfies Record<string, CommandGroup<never>>;
  #marks: PeerMarks = {};
  #maxBitrateBps: number | undefined;
  /** Whether recorded frames may come, and whether they travel around the picture that is sent. */
  #replays = { receives: false, sends: false };
  #settings: LocalSettings = {};

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#media = this.#newMedia();
  }

  readonly handlers: Handlers = {
    join: (arg) => this.#join(arg),
    leave: async () => {
      await this.#signaling?.close();
      return null;
    },
    openMedia: (arg) => this.#openMedia(arg),
    configure: async (arg) => {
      this.#settings = await toLocalSettings(arg);
      return null;
    },
    expectCall: ({ remote, rtc }) => {
      this.#forget(remote);
      this.#expected.set(remote, rtc);
      this.#signaling?.expect?.(remote);
      return null;
    },
    call: async ({ remote, rtc }) => {
      this.#forget(remote);
      const connection = await this.#connect(remote, rtc, { offers: true });
      await connection.offer();
      await connection.connected.reached;
      return null;
    },
    connected: async ({ remote }) => {
      await (this.#connections.get(remote)?.connected.reached ?? this.#arrival(remote));
      return null;
    },
    negotiate: async ({ remote }) => {
      const connection = this.#connectionWith(remote);
      await connection.offer();
      await connection.answered;
      return null;
    },
    received: async () => {
      const receiving = this.#all().filter((connection) => connection.remoteMedia.tracks.length > 0);
      await Promise.all(receiving.map((connection) => connection.remoteMedia.arrived));
      return null;
    },
    iceGeneration: ({ remote }) => this.#connectionWith(remote).ufrag,
    restartIce: async ({ remote }) => {
      const t = now();
      await this.#connectionWith(remote).restartIce();
      return { t };
    },
    restarted: async ({ remote, since }) => {
      await this.#connectionWith(remote).restarted(since);
      return { t: now() };
    },
    awaitState: async ({ state, remote }) => {
      const connection = remote === undefined ? this.#all()[0] : this.#connectionWith(remote);
      if (!connection) throw new PhaseError('script', `there is no connection that could become ${state}`);
      return { t: await connection.states.until(state) };
    },
    sample: async () => {
      await this.#stats?.sample();
      return null;
    },
    stats: async () => {
      const reports = this.#all().map(
        async (connection) => [connection.remote, await connection.report()] as const,
      );
      return Object.fromEntries(await Promise.all(reports));
    },
    hangUp: ({ remote }) => this.#hangUp(remote === undefined ? this.#all() : [this.#connectionWith(remote)]),
    hungUp: async ({ remote }) => {
      await this.#hungUpBy(remote).reached;
      return null;
    },
    observeHangUp: () => ({
      connectionStates: this.#all().map((connection) => connection.pc.connectionState),
      sawHangUp: (this.#marks.hangUp ?? this.#marks.remoteHangUp) !== undefined,
      liveRemoteTracks: this.#remoteTracks().filter((track) => track.readyState === 'live').length,
      liveLocalTracks: this.#media.live,
    }),
    marks: ({ remote }) => this.#withOwnMarks(this.#one(remote)?.marks),
    evidence: async ({ remote }) => (await this.#one(remote)?.evidence()) ?? NOTHING,
    connections: async () => {
      const records = this.#all().map(async (connection): Promise<[string, ConnectionRecord]> => {
        const evidence = await connection.evidence();
        return [connection.remote, { marks: this.#withOwnMarks(connection.marks), evidence }];
      });
      return Object.fromEntries(await Promise.all(records));
    },
    ...this.#groups.watching.handlers,
    ...this.#groups.scripting.handlers,
    ...this.#groups.reading.handlers,
    ...this.#groups.dataChannels.handlers,
    ...this.#groups.recording.handlers,
    reset: () => {
      this.close();
      return null;
    },
  };

  /** Back to the beginning: devices released, connections closed, the room left. */
  close(): void {
    for (const group of Object.values(this.#groups)) group.reset();
    this.#stats?.stop();
    for (const connection of this.#all()) connection.pc.close();
    this.#media.close();
    void this.#signaling?.close();
    this.#connections.clear();
    this.#expected.clear();
    this.#arrivals.clear();
    this.#media = this.#newMedia();
    this.#hangUps.clear();
    this.#settings = {};
    this.#marks = {};
    this.#maxBitrateBps = undefined;
    this.#replays = { receives: false, sends: false };
    this.#signaling = this.#stats = undefined;
  }

  async #join({ signaling, name, owner, statsIntervalMs, statsDetail, replays }: JoinArg): Promise<null> {
    const { transport, url, token, room, options = {} } = signaling;
    const open = this.#options.signaling[transport];
    if (!open) throw new PhaseError('signaling', `this page was not built with ${transport}`);
    this.#name = name;
    this.#statsIntervalMs = statsIntervalMs;
    this.#statsDetail = statsDetail;
    this.#replays.receives = replays === true;
    // A path is on this page's own server, however it was reached.
    const absolute = new URL(url, location.href.replace(/^http/, 'ws')).href;
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

  async #openMedia(arg: MediaArg): Promise<OpenedMedia> {
    this.#marks.gumStart = now();
    // What was opened before has ended with its call, or ends now.
    this.#media.close();
    this.#media = this.#newMedia();
    const opened = await this.#media.open(arg);
    this.#maxBitrateBps = arg.video ? arg.video.maxBitrateBps : undefined;
    this.#replays.sends = arg.video !== false && arg.video.replayed === true;
    this.#marks.gumEnd = now();
    return opened;
  }

  /** Messages are handled in the order they came; a failure breaks the connection it belongs to. */
  #handled: Promise<void> = Promise.resolve();

  #onMessage(message: RelayedMessage): void {
    this.#handled = this.#handled
      .then(() => this.#handle(message))
      .catch((error: unknown) => this.#onFault(message, error));
  }

  async #handle(message: RelayedMessage): Promise<void> {
    const { from } = message;
    if (message.kind === 'bye') return this.#onBye(from);
    if (message.kind === 'candidate') return this.#onCandidate(from, message.payload);
    const { type, sdp } = message.payload;
    this.#options.emit('description', { type, from });
    if (this.#inbox.isRepeated(message))
      return this.#options.emit('ignored', { from, type, why: 'it came twice' });
    const connection = await this.#forDescription(from, type);
    await connection?.accept({ type, ...(sdp !== undefined && { sdp }) });
  }

  async #onCandidate(from: string, candidate: RTCIceCandidateInit | null): Promise<void> {
    const connection = this.#connections.get(from);
    if (connection) return connection.addCandidate(candidate);
    if (this.#expected.has(from)) this.#inbox.keep(from, candidate);
  }

  async #forDescription(from: string, type: RTCSdpType): Promise<Connection | undefined> {
    const known = this.#connections.get(from);
    if (known) return known;
    const rtc = this.#expected.get(from);
    return type === 'offer' && rtc ? this.#connect(from, rtc, { offers: false }) : undefined;
  }

  #onFault({ from, kind }: RelayedMessage, error: unknown): void {
    const fault = error instanceof Error ? error : new Error(String(error));
    this.#options.emit('fault', { from, kind, message: fault.message });
    this.#connections.get(from)?.fail(fault);
  }

  #arrivals = new Map<string, Milestone>();

  /** Waits for a connection that the other side has not offered yet. */
  async #arrival(remote: string): Promise<void> {
    const arrival = this.#arrivals.get(remote) ?? new Milestone();
    this.#arrivals.set(remote, arrival);
    await arrival.reached;
    await this.#connections.get(remote)?.connected.reached;
  }

  async #connect(
    remote: string,
    rtc: RTCConfiguration,
    { offers }: { offers: boolean },
  ): Promise<Connection> {
    const settings = this.#settings;
    const connection = new Connection({
      remote,
      rtc: await toConfiguration(rtc, settings),
      offers,
      settings,
      stream: this.#media.stream,
      maxBitrateBps: this.#maxBitrateBps,
      sendDescription: ({ type, sdp }) =>
        this.#signaling?.send(remote, 'description', {
          type,
          ...(sdp !== undefined && { sdp }),
          id: newDescriptionId(),
        }),
      sendCandidate: (candidate) => this.#signaling?.send(remote, 'candidate', candidate),
      emit: (name, data) =>
        this.#options.emit(name, name === 'marks' ? this.#withOwnMarks(data as PeerMarks) : data),
    });
    for (const group of Object.values(this.#groups)) group.onConnection?.(connection);
    this.#connections.set(remote, connection);
    this.#stats ??= new StatsTimer({
      intervalMs: this.#statsIntervalMs,
      detail: this.#statsDetail,
      push: this.#options.pushStats,
    });
    this.#stats.add({
      remote,
      report: () => connection.report(),
      isOver: () => connection.pc.signalingState === 'closed',
    });
    for (const candidate of this.#inbox.take(remote)) await connection.addCandidate(candidate);
    this.#arrivals.get(remote)?.reach();
    this.#arrivals.delete(remote);
    await settings.prepare?.(connection.pc, this.#rig);
    const { receives, sends } = this.#replays;
    if (receives || sends) replayFrames(connection.pc, { sends });
    return connection;
  }

  /** Of a connection that is to be made anew. */
  #forget(remote: string): void {
    const old = this.#connections.get(remote);
    this.#inbox.take(remote);
    this.#hangUps.delete(remote);
    if (!old) return;
    this.#connections.delete(remote);
    void old.close({ byRemote: false });
  }

  /** Without signaling nobody is told: the other side sees the path go quiet. */
  async #hangUp(connections: Connection[]): Promise<{ told: boolean }> {
    this.#marks.hangUp = now();
    const told = this.#signaling?.state === 'open';
    for (const { remote } of connections) {
      this.#signaling?.send(remote, 'bye', { reason: 'hang-up' });
      // The other side's bye may cross this one, and find nobody.
      this.#hungUpBy(remote).reach();
    }
    await Promise.all(connections.map((connection) => this.#end(connection, { byRemote: false })));
    return { told };
  }

  #hungUpBy(remote: string): Milestone {
    const hungUp = this.#hangUps.get(remote) ?? new Milestone();
    this.#hangUps.set(remote, hungUp);
    return hungUp;
  }

  async #onBye(from: string): Promise<void> {
    const connection = this.#connections.get(from);
    if (!connection || connection.pc.signalingState === 'closed') return;
    this.#marks.remoteHangUp ??= now();
    this.#options.emit('bye', { from });
    await this.#end(connection, { byRemote: true });
    this.#hungUpBy(from).reach();
  }

  /** Closes one connection; with the last one the devices are released. */
  async #end(connection: Connection, how: { byRemote: boolean }): Promise<void> {
    connection.fail(new PhaseError('hang-up', 'the call was hung up'));
    await connection.close(how);
    if (!this.#isOver()) return;
    this.#stats?.stop();
    this.#stats = undefined;
    this.#media.close();
  }

  #newMedia(): LocalMedia {
    return new LocalMedia(() => this.#name, this.#options.openDevices);
  }

  #isOver(): boolean {
    return this.#all().every(({ pc }) => pc.signalingState === 'closed');
  }

  #one(remote: string | undefined): Connection | undefined {
    return remote === undefined ? this.#all()[0] : this.#connections.get(remote);
  }

  #all(): Connection[] {
    return [...this.#connections.values()];
  }

  #connectionWith(remote: string): Connection {
    const connection = this.#connections.get(remote);
    if (connection) return connection;
    throw new PhaseError('script', `there is no connection with ${remote}`);
  }

  #remoteTracks(): MediaStreamTrack[] {
    return this.#all().flatMap((connection) => connection.remoteMedia.tracks);
  }

  #withOwnMarks(marks: PeerMarks = {}): PeerMarks {
    return { ...this.#marks, ...marks };
  }
}
