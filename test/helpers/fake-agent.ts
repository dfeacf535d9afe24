import type { ChannelAttributes, ReceivedMessages } from '../../harness/peer/data-protocol.ts';
import { once } from 'node:events';
import { get } from 'node:http';
import { get as getTls } from 'node:https';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import type { PeerEvidence } from '../../harness/call-record.ts';
import { PhaseError } from '../../harness/peer/agent/phase-error.ts';
import { harnessNow } from '../../harness/peer/clock.ts';
import type { MediaObservation } from '../../harness/peer/peer.ts';
import {
  AGENT_PROTOCOL,
  type AgentCommands,
  type CommandName,
  type FromAgent,
  type ToAgent,
} from '../../harness/peer/protocol.ts';
import type { StatsDelta } from '../../harness/stats/sample.ts';

type Promised<T> = T | Promise<T>;

/** What the agent answers; a thrown {@link PhaseError} is a fault in that phase, as in the page. */
export type Answers = {
  [Name in CommandName]?: (
    arg: AgentCommands[Name]['arg'],
    agent: FakeAgent,
  ) => Promised<AgentCommands[Name]['result']>;
};

export interface FakeAgentOptions {
  answers?: Answers;
  /** What it says first. `undefined`: nothing. */
  hello?: Partial<Extract<FromAgent, { type: 'hello' }>> | undefined;
  /** Its clock minus the harness's, ms. */
  clockOffsetMs?: number;
  /** Trusted when the page is served over TLS. */
  ca?: string;
}

export const HEALTHY: MediaObservation = {
  frames: 10,
  changes: 9,
  lateLooks: 5,
  lateChanges: 5,
  maxLuma: 200,
  maxDeviation: 60,
  audioPackets: 50,
  audioEnergy: 0.1,
  framesDecoded: 20,
};

export const NO_EVIDENCE: PeerEvidence = {
  states: [],
  localCandidates: [],
  remoteCandidates: [],
  iceErrors: [],
};

const HELLO: Extract<FromAgent, { type: 'hello' }> = {
  type: 'hello',
  protocol: AGENT_PROTOCOL,
  userAgent: 'fake agent',
  secureContext: true,
  peerConnection: true,
};

const A_CHANNEL: ChannelAttributes = {
  id: 1,
  ordered: true,
  maxRetransmits: null,
  maxPacketLifeTime: null,
  protocol: '',
  negotiated: false,
};

const NO_MESSAGES: ReceivedMessages = {
  messages: 0,
  bytes: 0,
  firstBytes: 0,
  outOfOrder: 0,
  duplicates: 0,
  corrupt: 0,
  plain: [],
};

/** An agent in a call where all goes well. */
const WELL: Required<Answers> = {
  join: () => null,
  leave: () => null,
  configure: () => null,
  negotiate: () => null,
  connections: () => ({}),
  until: () => true,
  openMedia: ({ audio, video }) => ({
    audio,
    ...(video && { video: { width: video.width, height: video.height, frameRate: 20 } }),
  }),
  expectCall: () => null,
  call: () => null,
  connected: () => null,
  received: () => null,
  observe: () => null,
  observed: () => HEALTHY,
  startReading: () => null,
  readings: () => [],
  sample: () => null,
  stats: () => ({}),
  iceGeneration: () => 'old',
  restartIce: (_, agent) => ({ t: agent.now }),
  restarted: (_, agent) => ({ t: agent.now }),
  awaitState: (_, agent) => ({ t: agent.now }),
  startFrameClock: () => null,
  frames: () => ({ videos: 1, gaps: [] }),
  frameAfter: ({ t }) => ({ t }),
  hangUp: () => ({ told: true }),
  hungUp: () => null,
  observeHangUp: () => ({
    connectionStates: ['closed'],
    sawHangUp: true,
    liveRemoteTracks: 0,
    liveLocalTracks: 0,
  }),
  marks: () => ({}),
  evidence: () => NO_EVIDENCE,
  evaluate: () => null,
  startRecording: ({ mimeType = 'video/webm' }) => ({ mimeType }),
  recordingPiece: () => ({ base64: 'AAAA', done: true }),
  stopRecording: () => ({ recordedMs: 3000, sha256: 'abc' }),
  playRecording: () => ({
    width: 640,
    height: 360,
    frames: 60,
    lateLooks: 10,
    lateChanges: 10,
    maxLuma: 200,
  }),
  openChannel: (_, agent) => ({ t: agent.now, needsOffer: false }),
  channelOpened: (_, agent) => ({ ...A_CHANNEL, t: agent.now }),
  channelPings: ({ count }) => ({ rttMs: Array.from({ length: count }, () => 1), lost: 0 }),
  channelSend: (_, { now: t }) => ({ startMs: t, endMs: t, waits: 0, maxBufferedBytes: 0 }),
  channelReceived: ({ messages }) => ({ ...NO_MESSAGES, messages }),
  channelTry: () => ({}),
  channelSendFile: (_, { now: t }) => ({ sha256: 'abc', startMs: t, waits: 0 }),
  channelFile: ({ sizeBytes }, { now: t }) => ({ sha256: 'abc', sizeBytes, endMs: t }),
  closeChannel: (_, agent) => ({ t: agent.now }),
  channelClosed: (_, agent) => ({ t: agent.now }),
  reset: () => null,
};

/** An answer that never comes. */
export const never = (): Promise<never> => new Promise<never>(() => {});

/** A seat's page without a browser: opens the control channel that the page at `url` names, and obeys. */
export async function openFakeAgent(url: string, options: FakeAgentOptions = {}): Promise<FakeAgent> {
  const { status, body } = await readPage(url, options.ca);
  const config = /<script type="application\/json" id="config">(?<json>.*?)<\/script>/.exec(body)?.groups;
  if (!config) throw new Error(`no agent's page at ${url}: ${status}`);
  const { control } = JSON.parse(config['json']!) as { control: string };
  const socket = new WebSocket(new URL(control, url.replace(/^http/, 'ws')), { ca: options.ca });
  await once(socket, 'open');
  return new FakeAgent(socket, options);
}

export async function readPage(url: string, ca?: string): Promise<{ status?: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:') ? getTls(url, { ca, agent: false }) : get(url, { agent: false });
    request.on('error', reject);
    request.on('response', (response) => {
      const status = response.statusCode;
      text(response).then((body) => resolve({ ...(status !== undefined && { status }), body }), reject);
    });
  });
}

export class FakeAgent implements AsyncDisposable {
  /** Names of the commands that came, in order. */
  readonly commands: CommandName[] = [];
  readonly closed: Promise<void>;
  #socket: WebSocket;
  #answers: Required<Answers>;
  #offsetMs: number;
  #isStalled = false;
  #waiting: { name: CommandName; resolve: (arg: unknown) => void }[] = [];

  constructor(socket: WebSocket, { answers, clockOffsetMs = 0, ...rest }: FakeAgentOptions) {
    this.#socket = socket;
    this.#answers = { ...WELL, ...answers };
    this.#offsetMs = clockOffsetMs;
    this.closed = once(socket, 'close').then(() => {});
    socket.on('message', (data: Buffer) => void this.#onMessage(JSON.parse(data.toString()) as ToAgent));
    if (!('hello' in rest) || rest.hello) this.say({ ...HELLO, ...rest.hello });
  }

  /** Resolves with its argument when the next command of that name comes. */
  commanded<Name extends CommandName>(name: Name): Promise<AgentCommands[Name]['arg']> {
    return new Promise((resolve) => {
      this.#waiting.push({ name, resolve: resolve as (arg: unknown) => void });
    });
  }

  say(message: FromAgent): void {
    this.sayRaw(JSON.stringify(message));
  }

  /** Anything at all: garbage too. */
  sayRaw(message: string): void {
    this.#socket.send(message);
  }

  tell(name: string, data?: unknown): void {
    this.say({ type: 'event', t: this.now, name, data });
  }

  pushStats(...deltas: StatsDelta[]): void {
    this.say({ type: 'stats', deltas });
  }

  /** From now on it hears everything and answers nothing. */
  stall(): void {
    this.#isStalled = true;
  }

  /** As a killed browser: the connection breaks without a goodbye. */
  die(): void {
    this.#socket.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
    await this.closed;
  }

  /** Epoch ms on its own clock. */
  get now(): number {
    return harnessNow() + this.#offsetMs;
  }

  async #onMessage(message: ToAgent): Promise<void> {
    if (message.type === 'command') this.#note(message);
    if (this.#isStalled) return;
    if (message.type === 'ping') return this.say({ type: 'pong', id: message.id, t: this.now });
    const { id, name, arg } = message;
    try {
      const answer = this.#answers[name] as (arg: unknown, agent: FakeAgent) => unknown;
      this.#reply({ type: 'result', id, value: await answer(arg, this) });
    } catch (error) {
      const { name: kind, message: why } = error as Error;
      const known = error instanceof PhaseError && { phase: error.phase };
      this.#reply({ type: 'fault', id, fault: { name: kind, message: why, ...known } });
    }
  }

  #reply(message: FromAgent): void {
    if (!this.#isStalled && this.#socket.readyState === WebSocket.OPEN) this.say(message);
  }

  #note({ name, arg }: Extract<ToAgent, { type: 'command' }>): void {
    this.commands.push(name);
    const heard = this.#waiting.filter((waiting) => waiting.name === name);
    this.#waiting = this.#waiting.filter((waiting) => waiting.name !== name);
    for (const { resolve } of heard) resolve(arg);
  }
}
