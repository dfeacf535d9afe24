import type {
  ChannelAttributes,
  MessageShape,
  Pings,
  ReceivedFile,
  ReceivedMessages,
  SentFile,
  SentMessages,
} from '../../data-protocol.ts';
import { now } from '../clock.ts';
import { Milestone } from '../milestone.ts';
import { PhaseError } from '../phase-error.ts';
import { IncomingFile, makeFile, sha256 } from './file.ts';
import { binaryMessage, fileMessage, type MessageKind, readMessage, textMessage } from './message.ts';
import { Tally } from './tally.ts';

/** What may wait in the browser before more is given to it, and how little must be left for more. */
const MOST_BUFFERED = 1 << 20;
const LITTLE_BUFFERED = 1 << 18;
/** A piece of a file; what every browser takes (RFC 8831 §6.6 asks for no more). */
const PIECE_BYTES = 16_000;
/** An unreliable channel loses some. */
const PING_MS = 2000;

/** One end of a data channel: sends, answers and counts. */
export class ChannelEnd {
  readonly channel: RTCDataChannel;
  readonly opened = new Milestone();
  readonly closed = new Milestone();
  openedMs = NaN;
  closedMs = NaN;
  #tally = new Tally();
  #file: IncomingFile | undefined;
  /** Pieces that came before their size was announced. */
  #early: Uint8Array[] = [];
  #pongs = new Map<number, (t: number) => void>();
  #sent = 0;
  #changed: () => void = () => {};

  constructor(channel: RTCDataChannel) {
    this.channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = LITTLE_BUFFERED;
    const open = () => {
      this.openedMs = now();
      this.opened.reach();
    };
    // Firefox announces a channel of the other side's when it is open already.
    if (channel.readyState === 'open') open();
    else channel.addEventListener('open', open, { once: true });
    channel.addEventListener('close', () => {
      this.closedMs = now();
      this.opened.fail(new PhaseError('data', `the channel ${channel.label} closed before it was open`));
      this.closed.reach();
      this.#changed();
    });
    channel.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) =>
      this.#receive(data),
    );
  }

  get attributes(): ChannelAttributes {
    const { id, ordered, maxRetransmits, maxPacketLifeTime, protocol, negotiated } = this.channel;
    return { id, ordered, maxRetransmits, maxPacketLifeTime, protocol, negotiated };
  }

  async ping({ count, ...shape }: MessageShape & { count: number }): Promise<Pings> {
    const rttMs: number[] = [];
    let lost = 0;
    for (let i = 0; i < count; i++) {
      const ms = await this.#ping(this.#sent++, shape);
      if (ms === undefined) lost++;
      else rttMs.push(ms);
    }
    return { rttMs, lost };
  }

  async send({ messages, ...shape }: MessageShape & { messages: number }): Promise<SentMessages> {
    const startMs = now();
    let waits = 0;
    let maxBufferedBytes = 0;
    for (let i = 0; i < messages; i++) {
      if (await this.#hasRoom(shape.sizeBytes)) waits++;
      this.#send('data', i, shape);
      maxBufferedBytes = Math.max(maxBufferedBytes, this.channel.bufferedAmount);
    }
    return { startMs, endMs: now(), waits, maxBufferedBytes };
  }

  /** What has come since the last call of this: when it is so many, or no more comes. */
  async received({ messages, quietMs }: { messages: number; quietMs: number }): Promise<ReceivedMessages> {
    const come = ({ messages: numbered, plain }: ReceivedMessages) => numbered + plain.length;
    await this.#settled(() => come(this.#tally.received) >= messages, quietMs);
    const { received } = this.#tally;
    this.#tally = new Tally();
    return received;
  }

  async sendFile({ sizeBytes, seed }: { sizeBytes: number; seed: number }): Promise<SentFile> {
    const file = makeFile(sizeBytes, seed);
    const digest = sha256(file);
    const startMs = now();
    let waits = 0;
    for (let at = 0; at < sizeBytes; at += PIECE_BYTES) {
      if (await this.#hasRoom(PIECE_BYTES)) waits++;
      this.channel.send(fileMessage(at / PIECE_BYTES, file.subarray(at, at + PIECE_BYTES)));
    }
    return { sha256: await digest, startMs, waits };
  }

  async file({ sizeBytes, quietMs }: { sizeBytes: number; quietMs: number }): Promise<ReceivedFile> {
    const file = (this.#file = new IncomingFile(sizeBytes));
    for (const piece of this.#early.splice(0)) file.add(piece);
    await this.#settled(() => file.isComplete, quietMs);
    this.#file = undefined;
    return { sha256: await file.sha256(), sizeBytes: file.sizeBytes, endMs: now() };
  }

  /** The name of the error if the browser refuses to send it. */
  trySend({ sizeBytes, binary }: MessageShape): string | undefined {
    try {
      if (binary) this.channel.send(new Uint8Array(sizeBytes));
      else this.channel.send('0'.repeat(sizeBytes));
      return undefined;
    } catch (error) {
      return error instanceof Error || error instanceof DOMException ? error.name : String(error);
    }
  }

  #ping(seq: number, shape: MessageShape): Promise<number | undefined> {
    const startMs = now();
    return new Promise((resolve) => {
      const end = (t: number | undefined) => {
        clearTimeout(timer);
        this.#pongs.delete(seq);
        resolve(t === undefined ? undefined : t - startMs);
      };
      const timer = setTimeout(() => end(undefined), PING_MS);
      this.#pongs.set(seq, end);
      this.#send('ping', seq, shape);
    });
  }

  #send(kind: MessageKind, seq: number, { sizeBytes, binary }: MessageShape): void {
    if (binary) this.channel.send(binaryMessage(kind, seq, sizeBytes));
    else this.channel.send(textMessage(kind, seq, sizeBytes));
  }

  /** Resolves once the buffer takes more: true if that had to be waited for. */
  async #hasRoom(sizeBytes: number): Promise<boolean> {
    const { channel } = this;
    if (channel.readyState !== 'open')
      throw new PhaseError('data', `the channel ${channel.label} is ${channel.readyState}`);
    if (channel.bufferedAmount + sizeBytes <= MOST_BUFFERED || channel.bufferedAmount <= LITTLE_BUFFERED)
      return false;
    await new Promise<void>((resolve) => {
      const go = () => {
        channel.removeEventListener('bufferedamountlow', go);
        channel.removeEventListener('close', go);
        resolve();
      };
      channel.addEventListener('bufferedamountlow', go);
      channel.addEventListener('close', go);
    });
    return true;
  }

  /** Resolves when it is so, when the channel closes, or when nothing has come for a while. */
  #settled(isDone: () => boolean, quietMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#changed = () => {};
        resolve();
      };
      let timer = setTimeout(end, quietMs);
      this.#changed = () => {
        clearTimeout(timer);
        timer = setTimeout(end, quietMs);
        if (isDone() || this.channel.readyState === 'closed') end();
      };
      this.#changed();
    });
  }

  #receive(data: string | ArrayBuffer): void {
    const t = now();
    const message = readMessage(data);
    if (message?.kind === 'ping') this.#answer(data, message);
    else if (message?.kind === 'pong') this.#pongs.get(message.seq)?.(t);
    else if (message?.piece) this.#take(message.piece);
    else if (message) this.#tally.add(message, t);
    else this.#tally.addPlain(shapeOf(data));
    this.#changed();
  }

  #answer(data: string | ArrayBuffer, { seq, sizeBytes }: { seq: number; sizeBytes: number }): void {
    if (this.channel.readyState === 'open')
      this.#send('pong', seq, { sizeBytes, binary: typeof data !== 'string' });
  }

  #take(piece: Uint8Array): void {
    if (this.#file) this.#file.add(piece);
    else this.#early.push(piece);
  }
}

function shapeOf(data: string | ArrayBuffer): MessageShape {
  const binary = typeof data !== 'string';
  return { sizeBytes: binary ? data.byteLength : new TextEncoder().encode(data).length, binary };
}
