import type { Duration } from '../units.ts';
import { parseDuration } from '../units.ts';
import type {
  ChannelRef,
  MessageShape,
  OpenedEnd,
  Pings,
  ReceivedFile,
  ReceivedMessages,
  SentFile,
  SentMessages,
} from './data-protocol.ts';
import type { Peer } from './peer.ts';
import type { PeerLink } from './peer-link.ts';

/** @see https://www.w3.org/TR/webrtc/#dom-rtcdatachannelinit */
export interface ChannelOptions {
  /** Default true. */
  ordered?: boolean;
  /** At most one of these two; with neither the channel is reliable. */
  maxRetransmits?: number;
  maxPacketLifeTime?: Duration;
  protocol?: string;
  /** Both ends create it, with this id: nothing is announced in band. */
  negotiatedId?: number;
}

/** What was sent one way, and what of it came. */
export interface DeliveredMessages {
  sent: SentMessages & { messages: number };
  received: ReceivedMessages;
  /** Of the messages after the first, between its arrival and the last one's; absent if there were not two. */
  throughputBps?: number;
}

export interface TransferredFile {
  sent: SentFile & { sizeBytes: number };
  received: ReceivedFile;
  /** From the first piece's being given to the browser to the last one's arrival. */
  throughputBps: number;
}

/** A message that the browser may refuse to send. */
export interface TriedMessage {
  /** The name of the error. */
  error?: string;
  /** What came of it; absent if nothing did. */
  received?: MessageShape;
}

/** A data channel with both its ends. */
export interface DataChannel {
  readonly label: string;
  /** From `createDataChannel()` to `open` at both ends, ms; with the negotiation if it was their first. */
  readonly openMs: number;
  /** What it says of itself, by role. */
  readonly ends: Readonly<Record<string, OpenedEnd>>;
  /** Pings from this peer, one after the other, each answered by the other end. Default text. */
  roundTrips(from: Peer, options: { count: number } & Partial<MessageShape>): Promise<Pings>;
  /** Sends as fast as the buffer allows. Default text. */
  send(
    from: Peer,
    options: { messages: number; sizeBytes: number; binary?: boolean },
  ): Promise<DeliveredMessages>;
  /** Sends a file and takes its SHA-256 at both ends. */
  transfer(from: Peer, options: { sizeBytes: number; seed?: number }): Promise<TransferredFile>;
  /** Sends one message of that size, which the browser may refuse. */
  trySend(from: Peer, shape: MessageShape): Promise<TriedMessage>;
  /** Closes it at this end; resolves when both ends have seen it, with how long that took, ms. */
  close(by: Peer): Promise<number>;
}

/**
 * After how long without a message no more is expected: a reliable channel owes it, and a busy page may stall; what else
 * has not come by then is lost.
 */
const RELIABLE_QUIET_MS = 15_000;
const LOSSY_QUIET_MS = 2000;

/** A role and the line to its page. */
interface End {
  role: string;
  link: PeerLink;
}

/** Opens a channel between two connected peers; if it is their first, `negotiate` agrees on it. */
export async function openDataChannel(
  [opener, other]: [opener: End, other: End],
  label: string,
  { maxPacketLifeTime, negotiatedId, ...options }: ChannelOptions,
  negotiate: () => Promise<void>,
): Promise<DataChannel> {
  const lifeTimeMs = maxPacketLifeTime === undefined ? undefined : parseDuration(maxPacketLifeTime);
  const init = {
    ...options,
    ...(lifeTimeMs !== undefined && { maxPacketLifeTime: lifeTimeMs }),
    ...(negotiatedId !== undefined && { negotiated: true, id: negotiatedId }),
  };
  const refOf = ({ role }: End): ChannelRef => ({
    remote: role === opener.role ? other.role : opener.role,
    label,
  });
  const create = (end: End) => end.link.command('openChannel', { ...refOf(end), init }, { phase: 'data' });
  const { t, needsOffer } = await create(opener);
  if (negotiatedId !== undefined) await create(other);
  if (needsOffer) await negotiate();
  const ends = await Promise.all(
    [opener, other].map(async (end) => {
      const awaited = `the channel ${label} to be open at ${end.role}`;
      const opened = await end.link.awaitCommand('channelOpened', refOf(end), { phase: 'data', awaited });
      return { role: end.role, opened, openedMs: end.link.toHarness(opened.t) };
    }),
  );
  return new OpenChannel({
    ends: [opener, other],
    label,
    openMs: Math.max(...ends.map(({ openedMs }) => openedMs)) - opener.link.toHarness(t),
    opened: Object.fromEntries(ends.map(({ role, opened }) => [role, opened])),
  });
}

class OpenChannel implements DataChannel {
  readonly label: string;
  readonly openMs: number;
  readonly ends: Readonly<Record<string, OpenedEnd>>;
  #ends: [End, End];

  constructor(options: {
    ends: [End, End];
    label: string;
    openMs: number;
    opened: Record<string, OpenedEnd>;
  }) {
    this.label = options.label;
    this.openMs = options.openMs;
    this.ends = options.opened;
    this.#ends = options.ends;
  }

  roundTrips(
    from: Peer,
    { count, sizeBytes = 64, binary = false }: { count: number } & Partial<MessageShape>,
  ): Promise<Pings> {
    const [near] = this.#from(from);
    return near.link.awaitCommand(
      'channelPings',
      { ...near.ref, count, sizeBytes, binary },
      { phase: 'data', awaited: `${count} answers over the channel ${this.label}` },
    );
  }

  async send(
    from: Peer,
    { messages, sizeBytes, binary = false }: { messages: number; sizeBytes: number; binary?: boolean },
  ): Promise<DeliveredMessages> {
    const [near, far] = this.#from(from);
    const awaited = `${messages} messages over the channel ${this.label}`;
    const arg = { ...near.ref, messages, sizeBytes, binary };
    const sent = await near.link.awaitCommand('channelSend', arg, { phase: 'data', awaited });
    const received = await this.#received(far, messages);
    const { firstMs, lastMs, bytes, firstBytes } = received;
    const lastedMs = firstMs === undefined || lastMs === undefined ? 0 : lastMs - firstMs;
    return {
      sent: { ...sent, messages },
      received,
      ...(lastedMs > 0 && { throughputBps: ((bytes - firstBytes) * 8 * 1000) / lastedMs }),
    };
  }

  async transfer(
    from: Peer,
    { sizeBytes, seed = 1 }: { sizeBytes: number; seed?: number },
  ): Promise<TransferredFile> {
    const [near, far] = this.#from(from);
    const options = { phase: 'data', awaited: `a file over the channel ${this.label}` } as const;
    const [sent, received] = await Promise.all([
      near.link.awaitCommand('channelSendFile', { ...near.ref, sizeBytes, seed }, options),
      far.link.awaitCommand('channelFile', { ...far.ref, sizeBytes, quietMs: this.#quietMs }, options),
    ]);
    const lastedMs = far.link.toHarness(received.endMs) - near.link.toHarness(sent.startMs);
    return {
      sent: { ...sent, sizeBytes },
      received,
      throughputBps: (received.sizeBytes * 8 * 1000) / lastedMs,
    };
  }

  async trySend(from: Peer, shape: MessageShape): Promise<TriedMessage> {
    const [near, far] = this.#from(from);
    const { error } = await near.link.command('channelTry', { ...near.ref, ...shape }, { phase: 'data' });
    if (error !== undefined) return { error };
    const [received] = (await this.#received(far, 1)).plain;
    return received ? { received } : {};
  }

  async close(by: Peer): Promise<number> {
    const both = this.#from(by);
    const { t } = await both[0].link.command('closeChannel', both[0].ref, { phase: 'data' });
    const closed = await Promise.all(
      both.map(async ({ link, ref }) => {
        const awaited = `the channel ${this.label} to be closed at ${link.role}`;
        return link.toHarness((await link.awaitCommand('channelClosed', ref, { phase: 'data', awaited })).t);
      }),
    );
    return Math.max(...closed) - both[0].link.toHarness(t);
  }

  #received(far: End & { ref: ChannelRef }, messages: number): Promise<ReceivedMessages> {
    const awaited = `${messages} messages to come over the channel ${this.label}`;
    const arg = { ...far.ref, messages, quietMs: this.#quietMs };
    return far.link.awaitCommand('channelReceived', arg, { phase: 'data', awaited });
  }

  get #quietMs(): number {
    const isReliable = Object.values(this.ends).every(
      ({ maxRetransmits, maxPacketLifeTime }) => maxRetransmits === null && maxPacketLifeTime === null,
    );
    return isReliable ? RELIABLE_QUIET_MS : LOSSY_QUIET_MS;
  }

  /** This peer's end, and the other one. */
  #from({ role }: Peer) {
    const ordered = this.#ends[0].role === role ? this.#ends : this.#ends.toReversed();
    const [near, far] = ordered as [End, End];
    const refTo = (remote: string): ChannelRef => ({ remote, label: this.label });
    return [
      { ...near, ref: refTo(far.role) },
      { ...far, ref: refTo(near.role) },
    ] as const;
  }
}
