import { PeerError } from '../errors.ts';
import type { ConsoleEntry, PeerEvidence, PeerMarks, PeerRecord, RecordingRecord } from '../call-record.ts';
import type { MediaProfile } from '../media/profiles.ts';
import type { BrowserKind, MediaSource } from '../plan/plan.ts';
import type { RawStat } from '../stats/sample.ts';
import { harnessNow } from './clock.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import { type ContentReading, toContentReading } from './content-reading.ts';
import { type ChannelOptions, type DataChannel, openDataChannel } from './data-channel.ts';
import { allOrFirstFault, explainFault } from './faults.ts';
import { frameGaps, type FrameGapsOptions, nextFrameAfter } from './frame-times.ts';
import type { Automation, HostedPage } from './host.ts';
import { restartIce, waitForState } from './ice-waits.ts';
import { mediaArg, sourceOf } from './media-arg.ts';
import { configure, evaluate, type PageFunction, until } from './page-scripts.ts';
import type {
  AwaitedState,
  Blindness,
  Falsy,
  FrameGaps,
  HangUpObservation,
  MediaObservation,
  MediaOptions,
  Peer,
  SentRate,
  UntilOptions,
} from './peer.ts';
import { COMMAND_MS, PeerLink, type PeerLinkOptions } from './peer-link.ts';
import { Recording, type RecordingFile } from './recording.ts';
import { recordOf } from './peer-record.ts';
import type { JoinArg } from './protocol.ts';
import { SentRates } from './sent-rates.ts';
import { noticeCut, waitForPeer, waitForSignaling } from './signaling-waits.ts';

/** How often the remote picture is looked at during a hold, ms. */
const LOOK_MS = 250;
/** Console entries kept for evidence; all of them are in the run's folder. */
const CONSOLE_KEPT = 50;

export interface RemotePeerOptions extends PeerLinkOptions {
  join: Omit<JoinArg, 'name'>;
  rtc: RTCConfiguration;
  /** What it sends unless its script says otherwise. Default: the fake devices. */
  source?: MediaSource | undefined;
  /** The same of what it is. Default: `real`. */
  profile?: MediaProfile | undefined;
  /** Makes a file of the run's folder for a recording of that type. */
  recordingFile: (mimeType: string) => Promise<RecordingFile>;
  /** Opens another page for this role, after the one it had is gone. */
  openPage: () => Promise<HostedPage>;
}

/** A {@link Peer} at the other end of a control channel. */
export class RemotePeer implements Peer {
  readonly role: string;
  readonly browser: string;
  readonly kind: BrowserKind | undefined;
  readonly browserVersion: string | undefined;
  readonly link: PeerLink;
  #options: RemotePeerOptions;
  #console: ConsoleEntry[] = [];
  #others = new Set<RemotePeer>();
  /** The lines of all it was ever connected with: test patterns carry the time of their clocks. */
  #senders = new Map<string, PeerLink>();
  /** As it was read last; `undefined` if nobody reads. */
  #content: ContentReading[] | undefined;
  #source: PeerRecord['source'];
  #sentRates: SentRates | undefined;
  #isAway = false;
  #recordings: RecordingRecord[] = [];

  constructor(options: RemotePeerOptions) {
    const { role, page } = options;
    this.#options = options;
    this.role = role;
    this.browser = page.browser;
    this.kind = page.kind;
    this.browserVersion = page.version;
    this.link = new PeerLink({
      ...options,
      onStats: (delta) => {
        options.onStats(delta);
        this.#sentRates?.add(delta);
      },
    });
  }

  get page(): HostedPage {
    return this.link.page;
  }

  get blindTo(): readonly Blindness[] {
    return this.link.page.channel.hello.blindTo ?? [];
  }

  get spared(): ('audio' | 'video')[] {
    return this.#options.profile?.video === false ? ['video'] : [];
  }

  get automation(): Automation | undefined {
    return this.link.page.automation;
  }

  get signaling(): string | undefined {
    return this.link.told.signaling;
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  async join(): Promise<void> {
    await this.link.command(
      'join',
      { ...this.#options.join, name: this.role },
      { phase: 'signaling', timeoutMs: Math.min(COMMAND_MS, this.link.callTimeoutMs) },
    );
    if (this.#options.source?.kind === 'test-pattern') await this.startReading();
  }

  async leave(): Promise<void> {
    await this.hangUp();
    await this.link.command('leave', null, { phase: 'signaling' });
  }

  waitForSignaling(options: { timeoutMs?: number } = {}): Promise<void> {
    return waitForSignaling(this.link, options);
  }

  waitForPeer(other: Peer, where: 'there' | 'gone'): Promise<void> {
    return waitForPeer(this.link, other.role, where);
  }

  /** Resolves once the page knows that its signaling is gone, or after a while: what is silently dead is noticed late. */
  noticeCut(): Promise<void> {
    return noticeCut(this.link, this.#options.signal);
  }

  async openMedia(options: MediaOptions = {}): Promise<void> {
    const wanted = mediaArg(options, this.#options.source, this.#options.profile);
    if (wanted.video && wanted.video.source !== 'fake-device') this.#refuseUnseen('paint what it sends');
    const opened = await this.link.command('openMedia', wanted, {
      phase: 'media',
      timeoutMs: this.link.callTimeoutMs,
    });
    const { source: kind } = opened;
    this.#source = { ...sourceOf(wanted, this.#options.source), ...(kind && { kind }), ...opened.video };
  }

  configure<Arg = unknown>(settings: ConnectionSettings<Arg>): Promise<void> {
    return configure(this.link, settings);
  }

  async call(other: Peer, { timeoutMs = this.link.callTimeoutMs } = {}): Promise<void> {
    const callee = other as RemotePeer;
    this.#others.add(callee);
    callee.#others.add(this);
    this.#senders.set(callee.role, callee.link);
    callee.#senders.set(this.role, this.link);
    const expected = { remote: this.role, rtc: callee.#options.rtc };
    await callee.link.command('expectCall', expected, { phase: 'agent' });
    const awaited = `${this.role} and ${other.role} to be connected`;
    const options = { phase: 'ice', awaited, timeoutMs } as const;
    await allOrFirstFault([
      this.link.awaitCommand('call', { remote: other.role, rtc: this.#options.rtc }, options),
      callee.link.awaitCommand('connected', { remote: this.role }, options),
    ]);
  }

  async negotiate(other: Peer): Promise<void> {
    const awaited = `${other.role}'s answer to an offer of ${this.role}'s`;
    await this.link.awaitCommand('negotiate', { remote: other.role }, { phase: 'negotiation', awaited });
  }

  restartIce(other: Peer): Promise<number> {
    return restartIce(this.link, (other as RemotePeer).link);
  }

  waitFor(state: AwaitedState, options: { with?: Peer; timeoutMs?: number } = {}): Promise<number> {
    return waitForState(this.link, state, options);
  }

  async startFrameClock(): Promise<void> {
    this.#refuseUnseen('tell when frames are presented');
    await this.link.command('startFrameClock', null);
  }

  frameGaps(options: FrameGapsOptions): Promise<FrameGaps> {
    return frameGaps(this.link, options);
  }

  startRateClock(): void {
    this.#sentRates = new SentRates();
  }

  sentRates(): SentRate[] {
    return this.#sentRates?.asOf(this.link.clock) ?? [];
  }

  nextFrameAfter(ms: number, options: { timeoutMs?: number } = {}): Promise<number> {
    return nextFrameAfter(this.link, ms, options);
  }

  openChannel(other: Peer, label: string, options: ChannelOptions = {}): Promise<DataChannel> {
    return openDataChannel([this, other as RemotePeer], label, options, () => this.negotiate(other));
  }

  async startRecording({ of, mimeType }: { of?: Peer; mimeType?: string } = {}): Promise<{
    mimeType: string;
    stop: () => Promise<RecordingRecord>;
  }> {
    const options = { ...(of && { remote: of.role }), ...(mimeType !== undefined && { mimeType }) };
    const recording = await Recording.start(this.link, options, this.#options.recordingFile);
    const stop = async () => {
      const recorded = await recording.stop();
      this.#recordings.push(recorded);
      return recorded;
    };
    return { mimeType: recording.mimeType, stop };
  }

  async receiveMedia(): Promise<void> {
    const awaited = `the first packet and frame at ${this.role}`;
    await this.link.awaitCommand('received', null, { phase: 'rtp', awaited });
  }

  async startObserving(): Promise<void> {
    await this.link.command('observe', { intervalMs: LOOK_MS });
  }

  finishObserving(): Promise<MediaObservation> {
    return this.link.command('observed', null);
  }

  async startReading(): Promise<void> {
    this.#refuseUnseen('read what frames say');
    await this.link.command('startReading', null);
    this.#content = [];
  }

  async readings(): Promise<ContentReading[]> {
    const streams = await this.link.command('readings', null);
    const clocks = (remote: string) => ({
      receiver: this.link.clock,
      sender: this.#senders.get(remote)?.clock,
    });
    return (this.#content = streams.map((stream) => toContentReading(stream, clocks(stream.remote))));
  }

  async hangUp(other?: Peer): Promise<void> {
    const whom = other ? [other as RemotePeer] : [...this.#others];
    const arg = other ? { remote: other.role } : {};
    const { told } = await this.link.command('hangUp', arg, { phase: 'hang-up' });
    for (const each of whom) {
      this.#others.delete(each);
      each.#others.delete(this);
    }
    if (told) await Promise.all(whom.map((each) => each.#hungUp(this)));
  }

  async #hungUp(by: Peer): Promise<void> {
    if (this.#isAway) return;
    const awaited = `${this.role} to see the hang-up`;
    await this.link.awaitCommand('hungUp', { remote: by.role }, { phase: 'hang-up', awaited });
  }

  observeHangUp(): Promise<HangUpObservation> {
    return this.link.command('observeHangUp', null);
  }

  async vanish(): Promise<number> {
    this.#refuseInSharedPage('vanish');
    const vanishedMs = harnessNow();
    this.#isAway = true;
    for (const other of this.#others) other.#others.delete(this);
    this.#others.clear();
    await this.link.page.close();
    return vanishedMs;
  }

  async comeBack(): Promise<void> {
    if (!this.#isAway) await this.vanish();
    this.link.moveTo(await this.#options.openPage());
    this.#isAway = false;
  }

  async reload(): Promise<void> {
    this.#refuseInSharedPage('reload');
    const { reload } = this.link.page;
    if (!reload) {
      const message = `${this.role}: ${this.browser} is nobody's to reload`;
      throw new PeerError(message, { code: 'PEER_NOT_OURS', details: { phase: 'script', role: this.role } });
    }
    for (const other of this.#others) other.#others.delete(this);
    this.#others.clear();
    this.link.moveTo(await reload());
  }

  /** @throws PeerError where a scenario that said it need not be seen does what only a page does that is */
  #refuseUnseen(what: string): void {
    if (!this.link.page.isUnseen) return;
    const message = `${this.role} cannot ${what}: the scenario is "unseen", so that its tab may lie behind others`;
    const details = { phase: 'script', role: this.role };
    throw new PeerError(message, { code: 'UNSUPPORTED', hint: 'leave out "unseen"', details });
  }

  /** What would happen to all peers of the page happens to none. */
  #refuseInSharedPage(what: string): void {
    if (!this.link.page.isShared) return;
    const message = `${this.role} cannot ${what} with isolation page: other peers live in the same page`;
    const hint = '--isolation tab, context or process';
    throw new PeerError(message, {
      code: 'UNSUPPORTED',
      hint,
      details: { phase: 'script', role: this.role },
    });
  }

  async sample(): Promise<void> {
    await this.link.command('sample', null);
  }

  stats(): Promise<Record<string, RawStat[]>> {
    return this.link.command('stats', null);
  }

  marks(other?: Peer): Promise<PeerMarks> {
    return this.link.command('marks', other ? { remote: other.role } : {});
  }

  evidence(other?: Peer): Promise<PeerEvidence> {
    return this.link.command('evidence', other ? { remote: other.role } : {});
  }

  console(): readonly ConsoleEntry[] {
    return this.#console;
  }

  evaluate<Arg, Result>(body: PageFunction<Arg, Result>, arg: Arg): Promise<Result> {
    return evaluate(this.link, body, arg);
  }

  until<Arg, Result>(
    body: PageFunction<Arg, Result>,
    arg: Arg,
    options: UntilOptions,
  ): Promise<Exclude<Result, Falsy>> {
    return until(this.link, body, arg, options);
  }

  onConsole(entry: ConsoleEntry): void {
    this.#console.push(entry);
    if (this.#console.length > CONSOLE_KEPT) this.#console.shift();
  }

  /** Rejects when the page is gone; never resolves. */
  async lost(): Promise<never> {
    throw explainFault(await this.page.channel.gone, { role: this.role, phase: 'agent' });
  }

  /** Everything there is to record, also of a peer that is gone: what was pushed stays known. */
  async record(): Promise<PeerRecord> {
    const content = this.#content && (await this.readings().catch(() => this.#content));
    return {
      ...(await recordOf(this.link)),
      console: [...this.#console],
      ...(this.#source && { source: this.#source }),
      ...(this.#recordings.length > 0 && { recordings: this.#recordings }),
      ...(content && { content }),
    };
  }
}
