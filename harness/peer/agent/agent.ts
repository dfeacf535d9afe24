import { openSignalingClient, type SignalingClient } from '../../../signaling-stub/client/client.ts';
import type { RelayedMessage } from '../../../signaling-stub/protocol.ts';
import type { PeerEvidence, PeerMarks } from '../../call-record.ts';
import type { AgentCommands, CommandName, JoinArg, MediaArg, OpenedMedia } from '../protocol.ts';
import type { StatsDelta } from '../../stats/sample.ts';
import { now } from './clock.ts';
import { compile } from './compile.ts';
import { Connection } from './connection.ts';
import { type FrameClock, presentedFrames } from './frame-clock.ts';
import { LocalMedia } from './media.ts';
import { Milestone } from './milestone.ts';
import { Observer } from './observer.ts';
import { inPhase, PhaseError } from './phase-error.ts';
import { StatsTimer } from './stats-timer.ts';

export interface AgentOptions {
  emit: (name: string, data?: unknown) => void;
  pushStats: (delta: StatsDelta) => void;
}

type Handlers = {
  [Name in CommandName]: (
    arg: AgentCommands[Name]['arg'],
  ) => Promise<AgentCommands[Name]['result']> | AgentCommands[Name]['result'];
};

/** The part of a peer that lives in the page: obeys commands, and owns media, connections and signaling. */
export class Agent {
  #options: AgentOptions;
  #media = new LocalMedia();
  #connections = new Map<string, Connection>();
  #expected = new Map<string, RTCConfiguration>();
  #signaling: SignalingClient | undefined;
  #stats: StatsTimer | undefined;
  #observer: Observer | undefined;
  #hungUp = new Milestone();
  #marks: PeerMarks = {};
  #isClocked = false;
  #maxBitrateBps: number | undefined;

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  readonly handlers: Handlers = {
    join: (arg) => this.#join(arg),
    openMedia: (arg) => this.#openMedia(arg),
    expectCall: ({ remote, rtc }) => {
      this.#expected.set(remote, rtc);
      return null;
    },
    call: async ({ remote, rtc }) => {
      const connection = this.#connect(remote, rtc);
      await connection.offer();
      await connection.connected.reached;
      return null;
    },
    connected: async ({ remote }) => {
      await (this.#connections.get(remote)?.connected.reached ?? this.#arrival(remote));
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
    awaitState: async ({ state }) => {
      const [first] = this.#all();
      if (!first) throw new PhaseError('script', `there is no connection that could become ${state}`);
      return { t: await first.states.until(state) };
    },
    startFrameClock: () => {
      this.#isClocked = true;
      for (const connection of this.#all()) connection.remoteMedia.startClocks();
      return null;
    },
    frames: ({ since: sinceMs, longerThanMs }) =>
      presentedFrames(this.#clocks(), { sinceMs, longerThanMs, nowMs: now() }),
    frameAfter: async ({ t }) => {
      const clocks = this.#clocks();
      if (clocks.length === 0)
        throw new PhaseError('script', 'no video arrives whose frames could be awaited');
      return { t: Math.max(...(await Promise.all(clocks.map((clock) => clock.after(t))))) };
    },
    observe: async ({ intervalMs }) => {
      this.#observer?.stop();
      this.#observer = new Observer({ videos: () => this.#videos(), report: () => this.#report() });
      await this.#observer.start(intervalMs);
      return null;
    },
    observed: async () => {
      if (!this.#observer) throw new PhaseError('script', 'nothing is being observed');
      return this.#observer.finish();
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
    hangUp: () => this.#hangUp(),
    hungUp: async () => {
      await this.#hungUp.reached;
      return null;
    },
    observeHangUp: () => ({
      connectionStates: this.#all().map((connection) => connection.pc.connectionState),
      sawHangUp: (this.#marks.hangUp ?? this.#marks.remoteHangUp) !== undefined,
      liveRemoteTracks: this.#remoteTracks().filter((track) => track.readyState === 'live').length,
      liveLocalTracks: this.#media.live,
    }),
    marks: () => this.#withOwnMarks(this.#all()[0]?.marks),
    evidence: () => this.#evidence(),
    evaluate: ({ body, arg }) =>
      inPhase('script', 'evaluate()', async () => (await (await compile(body))(arg)) ?? null),
    reset: () => {
      this.close();
      return null;
    },
  };

  /** Back to the beginning: devices released, connections closed, the room left. */
  close(): void {
    this.#observer?.stop();
    this.#stats?.stop();
    for (const connection of this.#all()) connection.pc.close();
    this.#media.close();
    void this.#signaling?.close();
    this.#connections.clear();
    this.#expected.clear();
    this.#arrivals.clear();
    this.#media = new LocalMedia();
    this.#hungUp = new Milestone();
    this.#marks = {};
    this.#isClocked = false;
    this.#maxBitrateBps = undefined;
    this.#signaling = this.#stats = this.#observer = undefined;
  }

  async #join({ signaling, name, statsIntervalMs }: JoinArg): Promise<null> {
    const { url, token, room } = signaling;
    // Joined again after the signaling was lost for good: the samples go on.
    this.#stats ??= new StatsTimer({ intervalMs: statsIntervalMs, push: this.#options.pushStats });
    // A path is on this page's own server, however it was reached.
    const absolute = new URL(url, location.href.replace(/^http/, 'ws')).href;
    await inPhase('signaling', `joining ${absolute}`, () => {
      this.#signaling = openSignalingClient({
        url: absolute,
        token,
        room,
        peer: name,
        onMessage: (message) => this.#onMessage(message),
        onStateChange: (state) => this.#options.emit('signaling', { state }),
        onError: ({ code, message }) => this.#options.emit('signaling-error', { code, message }),
      });
      return this.#signaling.joined;
    });
    return null;
  }

  async #openMedia(arg: MediaArg): Promise<OpenedMedia> {
    this.#marks.gumStart = now();
    const opened = await this.#media.open(arg);
    this.#maxBitrateBps = arg.video ? arg.video.maxBitrateBps : undefined;
    this.#marks.gumEnd = now();
    return opened;
  }

  /** Messages are handled in the order they came; a failure breaks the connection it belongs to. */
  #inbox: Promise<void> = Promise.resolve();

  #onMessage(message: RelayedMessage): void {
    this.#inbox = this.#inbox
      .then(() => this.#handle(message))
      .catch((error: unknown) => this.#onFault(message, error));
  }

  async #handle(message: RelayedMessage): Promise<void> {
    const { from } = message;
    if (message.kind === 'bye') return this.#onBye(from);
    if (message.kind === 'candidate') return this.#connections.get(from)?.addCandidate(message.payload);
    const { type, sdp } = message.payload;
    this.#options.emit('description', { type, from });
    await this.#forDescription(from, type)?.accept({ type, ...(sdp !== undefined && { sdp }) });
  }

  #forDescription(from: string, type: RTCSdpType): Connection | undefined {
    const known = this.#connections.get(from);
    if (known) return known;
    const rtc = this.#expected.get(from);
    return type === 'offer' && rtc ? this.#connect(from, rtc) : undefined;
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

  #connect(remote: string, rtc: RTCConfiguration): Connection {
    const connection = new Connection({
      remote,
      rtc,
      stream: this.#media.stream,
      maxBitrateBps: this.#maxBitrateBps,
      sendDescription: ({ type, sdp }) =>
        this.#signaling?.send(remote, 'description', { type, ...(sdp !== undefined && { sdp }) }),
      sendCandidate: (candidate) => this.#signaling?.send(remote, 'candidate', candidate),
      emit: (name, data) =>
        this.#options.emit(name, name === 'marks' ? this.#withOwnMarks(data as PeerMarks) : data),
    });
    if (this.#isClocked) connection.remoteMedia.startClocks();
    this.#connections.set(remote, connection);
    this.#stats?.add({ remote, report: () => connection.report() });
    this.#arrivals.get(remote)?.reach();
    return connection;
  }

  /** Without signaling nobody is told: the other side sees the path go quiet. */
  async #hangUp(): Promise<{ told: boolean }> {
    this.#marks.hangUp = now();
    const told = this.#signaling?.state === 'open';
    for (const connection of this.#all())
      this.#signaling?.send(connection.remote, 'bye', { reason: 'hang-up' });
    await Promise.all(this.#all().map((connection) => this.#end(connection, { byRemote: false })));
    return { told };
  }

  async #onBye(from: string): Promise<void> {
    const connection = this.#connections.get(from);
    if (!connection) return;
    this.#marks.remoteHangUp ??= now();
    this.#options.emit('bye', { from });
    await this.#end(connection, { byRemote: true });
    if (this.#isOver()) this.#hungUp.reach();
  }

  /** Closes one connection; with the last one the devices are released. */
  async #end(connection: Connection, how: { byRemote: boolean }): Promise<void> {
    connection.fail(new PhaseError('hang-up', 'the call was hung up'));
    await connection.close(how);
    if (!this.#isOver()) return;
    this.#stats?.stop();
    this.#media.close();
  }

  #isOver(): boolean {
    return this.#all().every(({ pc }) => pc.signalingState === 'closed');
  }

  #all(): Connection[] {
    return [...this.#connections.values()];
  }

  #connectionWith(remote: string): Connection {
    const connection = this.#connections.get(remote);
    if (connection) return connection;
    throw new PhaseError('script', `there is no connection with ${remote} whose ICE could restart`);
  }

  #clocks(): FrameClock[] {
    if (!this.#isClocked)
      throw new PhaseError('script', 'the frame clock was not started: startFrameClock()');
    return this.#all().flatMap((connection) => connection.remoteMedia.clocks);
  }

  #videos(): HTMLVideoElement[] {
    return this.#all().flatMap((connection) => connection.remoteMedia.videos);
  }

  #remoteTracks(): MediaStreamTrack[] {
    return this.#all().flatMap((connection) => connection.remoteMedia.tracks);
  }

  async #report() {
    const reports = await Promise.all(this.#all().map((connection) => connection.report()));
    return reports.flat();
  }

  #withOwnMarks(marks: PeerMarks = {}): PeerMarks {
    return { ...this.#marks, ...marks };
  }

  async #evidence(): Promise<PeerEvidence> {
    const nothing: PeerEvidence = { states: [], localCandidates: [], remoteCandidates: [], iceErrors: [] };
    return this.#all()[0]?.evidence() ?? nothing;
  }
}
