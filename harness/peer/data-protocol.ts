/** Which channel: the peer at the other end, and its label, which is unique among their channels. */
export interface ChannelRef {
  remote: string;
  label: string;
}

/** What data channels are told to do. Part of the agent protocol. Times are epoch ms in the peer's clock. */
export interface DataCommands {
  /** Creates it; resolves with when, and whether the connection has to be negotiated anew to carry it. */
  openChannel: { arg: ChannelRef & { init: RTCDataChannelInit }; result: { t: number; needsOffer: boolean } };
  /** Resolves when it is open at this end. */
  channelOpened: { arg: ChannelRef; result: OpenedEnd };
  /** Sends pings one after the other; the other end answers each. */
  channelPings: { arg: ChannelRef & MessageShape & { count: number }; result: Pings };
  channelSend: { arg: ChannelRef & MessageShape & { messages: number }; result: SentMessages };
  /** Resolves when so many have come since the last such command, or none for so long. */
  channelReceived: { arg: ChannelRef & { messages: number; quietMs: number }; result: ReceivedMessages };
  /** Sends one message of zeros (text: of `0`s); resolves with the name of the error if the browser refuses to. */
  channelTry: { arg: ChannelRef & MessageShape; result: { error?: string } };
  /** Makes a file of that seed and sends it. */
  channelSendFile: { arg: ChannelRef & { sizeBytes: number; seed: number }; result: SentFile };
  /** Resolves when that many bytes of a file have come. */
  channelFile: { arg: ChannelRef & { sizeBytes: number; quietMs: number }; result: ReceivedFile };
  closeChannel: { arg: ChannelRef; result: { t: number } };
  channelClosed: { arg: ChannelRef; result: { t: number } };
}

export interface MessageShape {
  /** Of the payload; text is UTF-8. */
  sizeBytes: number;
  binary: boolean;
}

/** What a channel says of itself at one end. @see https://www.w3.org/TR/webrtc/#rtcdatachannel */
export interface ChannelAttributes {
  id: number | null;
  ordered: boolean;
  maxRetransmits: number | null;
  maxPacketLifeTime: number | null;
  protocol: string;
  negotiated: boolean;
}

export interface OpenedEnd extends ChannelAttributes {
  t: number;
  /** `pc.sctp.maxMessageSize`, bytes; absent where it is not reported, or unlimited. */
  maxMessageSize?: number;
}

export interface Pings {
  /** Of each that was answered, in their order. */
  rttMs: number[];
  lost: number;
}

export interface SentMessages {
  startMs: number;
  /** When the last one was given to the browser. */
  endMs: number;
  /** How often it was waited for the buffer to drain, and the most there was in it. */
  waits: number;
  maxBufferedBytes: number;
}

export interface ReceivedMessages {
  /** Distinct ones. */
  messages: number;
  bytes: number;
  /** Absent if none came. */
  firstMs?: number;
  lastMs?: number;
  /** Of the first that came: the rate between the first and the last is of what came after it. */
  firstBytes: number;
  outOfOrder: number;
  duplicates: number;
  /** Not what was sent. */
  corrupt: number;
  /** Without a number: what was only tried to be sent. */
  plain: MessageShape[];
}

export interface SentFile {
  sha256: string;
  startMs: number;
  waits: number;
}

export interface ReceivedFile {
  sha256: string;
  sizeBytes: number;
  endMs: number;
}
