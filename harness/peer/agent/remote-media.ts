import type { PeerMarks } from '../../call-record.ts';
import type { RawStat } from '../../stats/sample.ts';
import { now } from './clock.ts';
import { FrameClock } from './frame-clock.ts';
import { Milestone } from './milestone.ts';

/** How often the page looks for the first packet and the first frame, until both are there. */
const POLL_MS = 15;

/**
 * Plays what the other side sends, and notes the first packet and the first frame.
 *
 * Elements must be attached and unmuted: without one Chromium does not play audio at all, and a muted one zeroes
 * `totalAudioEnergy` (Chromium 156).
 */
export class RemoteMedia {
  readonly tracks: MediaStreamTrack[] = [];
  #pc: RTCPeerConnection;
  #marks: PeerMarks;
  #arrived = new Milestone();
  #elements: HTMLMediaElement[] = [];
  #stopped = false;
  #isThere = false;
  #isClocked = false;
  #clocks = new Map<HTMLVideoElement, FrameClock>();

  constructor(pc: RTCPeerConnection, marks: PeerMarks) {
    this.#pc = pc;
    this.#marks = marks;
    pc.addEventListener('track', ({ track }) => this.#play(track));
  }

  /** Resolves when all the media that is negotiated to be received has arrived; anew if more of it is negotiated. */
  get arrived(): Promise<void> {
    return this.#arrived.reached;
  }

  get videos(): HTMLVideoElement[] {
    return this.#elements.filter((element) => element instanceof HTMLVideoElement);
  }

  /** When the frames of each video were presented, since {@link startClocks}. */
  get clocks(): FrameClock[] {
    return [...this.#clocks.values()];
  }

  /** Notes from now on when each frame is presented, also of videos that come later. */
  startClocks(): void {
    this.#isClocked = true;
    for (const video of this.videos) this.#startClock(video);
  }

  fail(error: Error): void {
    this.#arrived.fail(error);
  }

  /** Whether what had failed is ahead again: media is awaited anew, unless it had come already. */
  renew(): boolean {
    if (!this.#arrived.hasFailed) return false;
    this.#arrived = new Milestone();
    if (this.#isThere) this.#arrived.reach();
    return true;
  }

  stop(): void {
    this.#stopped = true;
    for (const element of this.#elements) {
      element.srcObject = null;
      element.remove();
    }
    this.#elements = [];
  }

  /** A track whose direction comes back is told of again. */
  #play(track: MediaStreamTrack): void {
    if (this.tracks.includes(track)) return;
    this.tracks.push(track);
    this.#await();
    const element = document.createElement(track.kind === 'video' ? 'video' : 'audio');
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    if (element instanceof HTMLVideoElement) {
      element.playsInline = true;
      // rVFC says when the frame was really shown; a hidden page may be told late, so the poll below looks as well.
      element.requestVideoFrameCallback?.((at) => this.#markFrame(performance.timeOrigin + at));
      if (this.#isClocked) this.#startClock(element);
    }
    (document.getElementById('remote') ?? document.body).append(element);
    this.#elements.push(element);
    // A refusal to autoplay shows as missing audio energy; there is nobody to click here.
    element.play().catch(() => {});
    // What it showed last would count as a picture that stands still.
    track.addEventListener('ended', () => this.#remove(element));
  }

  #remove(element: HTMLMediaElement): void {
    element.srcObject = null;
    element.remove();
    this.#elements = this.#elements.filter((other) => other !== element);
    if (element instanceof HTMLVideoElement) this.#clocks.delete(element);
  }

  /** Of media that came later: a milestone of its own. */
  #await(): void {
    if (this.#isThere && !this.#arrived.hasFailed) this.#arrived = new Milestone();
    if (this.#isThere || this.tracks.length === 1) void this.#poll(now());
    this.#isThere = false;
  }

  #startClock(video: HTMLVideoElement): void {
    if (this.#clocks.has(video)) return;
    const clock = new FrameClock(now());
    this.#clocks.set(video, clock);
    const onFrame = (at: number) => {
      clock.add(performance.timeOrigin + at);
      if (!this.#stopped) video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback?.(onFrame);
  }

  #markFrame(t: number): void {
    const known = this.#marks.firstFrame;
    this.#marks.firstFrame = known === undefined ? t : Math.min(known, t);
  }

  async #poll(previous: number): Promise<void> {
    const inbound = [...(await this.#pc.getStats()).values()].filter(
      (stat: RawStat) => stat.type === 'inbound-rtp',
    ) as RawStat[];
    const t = now();
    const came = inbound.filter((stat) => Number(stat['packetsReceived'] ?? 0) > 0);
    if (came.length > 0 && this.#marks.firstRtp === undefined) {
      this.#marks.firstRtp = t;
      this.#marks.firstRtpResolutionMs = t - previous;
    }
    if (this.#marks.firstFrame === undefined && came.some((stat) => Number(stat['framesDecoded'] ?? 0) > 0)) {
      this.#markFrame(t);
    }
    this.#isThere = this.#isAllThere(came);
    if (this.#isThere) this.#arrived.reach();
    else if (!this.#stopped) setTimeout(() => void this.#poll(t), POLL_MS);
  }

  #isAllThere(came: RawStat[]): boolean {
    const wanted = this.tracks.filter((track) => track.readyState === 'live');
    return wanted.every((track) => came.some((stat) => isOf(stat, track) && this.#isShown(stat)));
  }

  #isShown(stat: RawStat): boolean {
    if (stat['kind'] !== 'video') return true;
    return this.#marks.firstFrame !== undefined && stat['framesDecoded'] !== 0;
  }
}

/** By its id where the browser says which track a stream is of, else by its kind. */
function isOf(stat: RawStat, { id, kind }: MediaStreamTrack): boolean {
  return stat['kind'] === kind && (stat['trackIdentifier'] ?? id) === id;
}
