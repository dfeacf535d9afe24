import { PeerError, toError } from '../errors.ts';
import type { CallEvent } from '../store/layout.ts';
import type { ConsoleEntry, PeerEvidence, PeerMarks, PeerRecord, Phase } from '../call-record.ts';
import { withDeadline } from '../lifecycle/deadline.ts';
import type { BrowserKind } from '../plan/plan.ts';
import type { RawStat, StatsDelta } from '../stats/sample.ts';
import { type ClockEstimate, harnessNow } from './clock.ts';
import { allOrFirstFault, explainFault } from './faults.ts';
import type { HostedPage } from './host.ts';
import { mediaArg } from './media-arg.ts';
import type {
  AwaitedState,
  FrameGaps,
  HangUpObservation,
  MediaObservation,
  MediaOptions,
  Peer,
  SentRate,
} from './peer.ts';
import type { AgentCommands, CommandName, JoinArg } from './protocol.ts';
import { SentRates } from './sent-rates.ts';
import { Told } from './told.ts';

/** How often the remote picture is looked at during a hold, ms. */
const LOOK_MS = 250;
/** How long a page may take for what needs no network, ms. */
const COMMAND_MS = 20_000;
/** How long a page is given to notice that its signaling was cut, ms. */
const NOTICE_MS = 5000;
/** Console entries kept for evidence; all of them are in the run's folder. */
const CONSOLE_KEPT = 50;

export interface RemotePeerOptions {
  role: string;
  page: HostedPage;
  join: Omit<JoinArg, 'name'>;
  rtc: RTCConfiguration;
  /** Longest a step that needs the other side may take. */
  callTimeoutMs: number;
  signal: AbortSignal;
  onEvent: (event: CallEvent) => void;
  onStats: (delta: StatsDelta) => void;
}

/** A {@link Peer} at the other end of a control channel. */
export class RemotePeer implements Peer {
  readonly role: string;
  readonly browser: string;
  readonly kind: BrowserKind | undefined;
  readonly browserVersion: string | undefined;
  readonly page: HostedPage;
  #options: RemotePeerOptions;
  #console: ConsoleEntry[] = [];
  #told = new Told();
  #others = new Set<RemotePeer>();
  #source: PeerRecord['source'];
  #sentRates: SentRates | undefined;

  constructor(options: RemotePeerOptions) {
    const { role, page } = options;
    this.#options = options;
    this.role = role;
    this.page = page;
    this.browser = page.browser;
    this.kind = page.kind;
    this.browserVersion = page.version;
    page.channel.listen({
      onStats: (delta) => {
        options.onStats(delta);
        this.#sentRates?.add(delta);
      },
      onEvent: (event) => this.#onEvent(event),
    });
  }

  get signaling(): string | undefined {
    return this.#told.signaling;
  }

  async join(): Promise<void> {
    await this.#command('join', { ...this.#options.join, name: this.role }, { phase: 'signaling' });
  }

  async waitForSignaling({ timeoutMs = this.#options.callTimeoutMs } = {}): Promise<void> {
    const opened = Promise.race([this.#told.signalingIs('open'), this.#gone()]);
    await this.#within(opened, {
      phase: 'signaling',
      timeoutMs,
      what: `${this.role}'s signaling to be open`,
    });
  }

  /** Resolves once the page knows that its signaling is gone, or after a while: what is silently dead is noticed late. */
  async noticeCut(): Promise<void> {
    const noticed = Promise.race([this.#told.signalingIs('not open'), this.#gone()]);
    await withDeadline(noticed, {
      timeoutMs: NOTICE_MS,
      what: 'the cut',
      signal: this.#options.signal,
    }).catch(() => this.#options.signal.throwIfAborted());
  }

  async openMedia(options: MediaOptions = {}): Promise<void> {
    const wanted = mediaArg(options);
    const opened = await this.#command('openMedia', wanted, {
      phase: 'media',
      timeoutMs: this.#options.callTimeoutMs,
    });
    const kind = wanted.video ? wanted.video.source : 'none';
    this.#source = { kind, ...opened.video };
  }

  async call(other: Peer): Promise<void> {
    const { rtc, callTimeoutMs: timeoutMs } = this.#options;
    const callee = other as RemotePeer;
    this.#others.add(callee);
    callee.#others.add(this);
    const expected = { remote: this.role, rtc: callee.#options.rtc };
    await callee.#command('expectCall', expected, { phase: 'agent' });
    const options = {
      phase: 'ice',
      timeoutMs,
      awaited: `${this.role} and ${other.role} to be connected`,
    } as const;
    await allOrFirstFault([
      this.#command('call', { remote: other.role, rtc }, options),
      callee.#command('connected', { remote: this.role }, options),
    ]);
  }

  async restartIce(other: Peer): Promise<number> {
    const callee = other as RemotePeer;
    const { callTimeoutMs: timeoutMs } = this.#options;
    const to = (peer: Peer) => ({ remote: peer.role });
    const [ours, theirs] = await Promise.all([
      this.#command('iceGeneration', to(other)),
      callee.#command('iceGeneration', to(this)),
    ]);
    const awaited = `${this.role} and ${other.role} to be connected over a new path`;
    const options = { phase: 'ice', timeoutMs, awaited } as const;
    const restarted = [
      this.#command('restarted', { ...to(other), since: ours }, options),
      callee.#command('restarted', { ...to(this), since: theirs }, options),
    ] as const;
    const offered = this.#command('restartIce', to(other), { phase: 'negotiation' });
    await allOrFirstFault([offered, ...restarted]);
    const ends = [this.#toHarness((await restarted[0]).t), callee.#toHarness((await restarted[1]).t)];
    return Math.max(...ends) - this.#toHarness((await offered).t);
  }

  async waitFor(state: AwaitedState, options: { timeoutMs?: number } = {}): Promise<number> {
    const { timeoutMs = this.#options.callTimeoutMs } = options;
    const awaited = `${this.role}'s connection to be ${state}`;
    return this.#toHarness(
      (await this.#command('awaitState', { state }, { phase: 'ice', timeoutMs, awaited })).t,
    );
  }

  async startFrameClock(): Promise<void> {
    await this.#command('startFrameClock', null);
  }

  async frameGaps({ sinceMs, longerThanMs }: { sinceMs?: number; longerThanMs: number }): Promise<FrameGaps> {
    const { offsetMs, uncertaintyMs } = this.#clock();
    const since = sinceMs === undefined ? {} : { since: sinceMs + offsetMs };
    const { gaps, lastMs, videos } = await this.#command('frames', { ...since, longerThanMs });
    return {
      gaps: gaps.map(({ startMs, endMs, open }) => ({
        startMs: startMs - offsetMs,
        endMs: endMs - offsetMs,
        lengthMs: endMs - startMs,
        open,
      })),
      lastFrameMs: lastMs === undefined ? undefined : lastMs - offsetMs,
      videos,
      uncertaintyMs,
    };
  }

  startRateClock(): void {
    this.#sentRates = new SentRates();
  }

  sentRates(): SentRate[] {
    const { offsetMs } = this.#clock();
    return (this.#sentRates?.rates ?? []).map(({ startMs, endMs, bps }) => ({
      startMs: startMs - offsetMs,
      endMs: endMs - offsetMs,
      bps,
    }));
  }

  async nextFrameAfter(ms: number, options: { timeoutMs?: number } = {}): Promise<number> {
    const { timeoutMs = this.#options.callTimeoutMs } = options;
    const awaited = `another video frame at ${this.role}`;
    const t = ms + this.#clock().offsetMs;
    return this.#toHarness(
      (await this.#command('frameAfter', { t }, { phase: 'rtp', timeoutMs, awaited })).t,
    );
  }

  async receiveMedia(): Promise<void> {
    const awaited = `the first packet and frame at ${this.role}`;
    await this.#command('received', null, { phase: 'rtp', timeoutMs: this.#options.callTimeoutMs, awaited });
  }

  async startObserving(): Promise<void> {
    await this.#command('observe', { intervalMs: LOOK_MS });
  }

  finishObserving(): Promise<MediaObservation> {
    return this.#command('observed', null);
  }

  async hangUp(): Promise<void> {
    const { told } = await this.#command('hangUp', null, { phase: 'hang-up' });
    if (!told) return;
    await Promise.all([...this.#others].map((other) => other.#hungUp()));
  }

  async #hungUp(): Promise<void> {
    const awaited = `${this.role} to see the hang-up`;
    await this.#command('hungUp', null, {
      phase: 'hang-up',
      timeoutMs: this.#options.callTimeoutMs,
      awaited,
    });
  }

  observeHangUp(): Promise<HangUpObservation> {
    return this.#command('observeHangUp', null);
  }

  async sample(): Promise<void> {
    await this.#command('sample', null);
  }

  stats(): Promise<Record<string, RawStat[]>> {
    return this.#command('stats', null);
  }

  marks(): Promise<PeerMarks> {
    return this.#command('marks', null);
  }

  evidence(): Promise<PeerEvidence> {
    return this.#command('evidence', null);
  }

  console(): readonly ConsoleEntry[] {
    return this.#console;
  }

  async evaluate<Arg, Result>(body: (arg: Arg) => Result | Promise<Result>, arg: Arg): Promise<Result> {
    const result = await this.#command('evaluate', { body: body.toString(), arg }, { phase: 'script' });
    return result as Result;
  }

  onConsole(entry: ConsoleEntry): void {
    this.#console.push(entry);
    if (this.#console.length > CONSOLE_KEPT) this.#console.shift();
  }

  /** Rejects when the page is gone; never resolves. */
  async lost(): Promise<never> {
    throw explainFault(await this.page.channel.gone, { role: this.role, phase: 'agent' });
  }

  async #gone(): Promise<never> {
    throw await this.page.channel.gone;
  }

  /** Everything there is to record, also of a peer that is gone: what was pushed stays known. */
  async record(): Promise<PeerRecord> {
    const { page } = this;
    const told = () => [this.#told.marks, this.#told.evidence] as const;
    const [marks, evidence] = page.channel.lost
      ? told()
      : await Promise.all([this.marks(), this.evidence()]).catch(told);
    const clock = page.channel.clock.estimate;
    return {
      role: this.role,
      browser: this.browser,
      ...(page.kind && { kind: page.kind }),
      ...(page.version && { browserVersion: page.version }),
      userAgent: page.channel.hello.userAgent,
      ...(page.driver && { driver: page.driver }),
      ...(page.pid && { pid: page.pid }),
      ...(clock && { clock }),
      marks,
      evidence,
      console: [...this.#console],
      process: [],
      ...(this.#source && { source: this.#source }),
    };
  }

  async #command<Name extends CommandName>(
    name: Name,
    arg: AgentCommands[Name]['arg'],
    {
      phase = 'agent',
      timeoutMs = COMMAND_MS,
      awaited,
    }: { phase?: Phase; timeoutMs?: number; awaited?: string } = {},
  ): Promise<AgentCommands[Name]['result']> {
    const what = awaited ?? `${this.role}'s page to ${name}`;
    return this.#within(this.page.channel.command(name, arg), { phase, timeoutMs, what });
  }

  async #within<Result>(
    work: Promise<Result>,
    { phase, timeoutMs, what }: { phase: Phase; timeoutMs: number; what: string },
  ): Promise<Result> {
    try {
      return await withDeadline(work, {
        timeoutMs,
        what,
        lastSeen: () => this.#told.lastSeen(this.role),
        signal: this.#options.signal,
      });
    } catch (error) {
      this.#options.signal.throwIfAborted();
      throw explainFault(toError(error), { role: this.role, phase });
    }
  }

  /** @throws PeerError in the moment between a page's hello and its first answer to a ping */
  #clock(): ClockEstimate {
    const { estimate } = this.page.channel.clock;
    if (estimate) return estimate;
    throw new PeerError(`${this.role}: its clock has not been compared with ours yet`, {
      code: 'PEER_CLOCK_UNKNOWN',
      details: { phase: 'agent', role: this.role },
    });
  }

  #toHarness(t: number): number {
    return t - this.#clock().offsetMs;
  }

  #onEvent({ t, name, data }: { t: number; name: string; data?: unknown }): void {
    this.#told.note(t, name, data);
    const offset = this.page.channel.clock.estimate?.offsetMs ?? t - harnessNow();
    this.#options.onEvent({ t: t - offset, role: this.role, name, ...(data !== undefined && { data }) });
  }
}
