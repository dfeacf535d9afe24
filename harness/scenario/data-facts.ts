import type {
  ChannelOptions,
  DataChannel,
  DeliveredMessages,
  TransferredFile,
  TriedMessage,
} from '../peer/data-channel.ts';
import type { MessageShape } from '../peer/data-protocol.ts';
import { parseDuration } from '../units.ts';
import type { Fact } from './scenario.ts';

/**
 * Whether both ends of a channel say of themselves what it was opened with.
 *
 * @see https://www.w3.org/TR/webrtc/#rtcdatachannel
 */
export function channelFacts({ label, ends }: DataChannel, options: ChannelOptions = {}): Fact[] {
  const { ordered = true, maxRetransmits = null, maxPacketLifeTime, protocol = '', negotiatedId } = options;
  const lifeTimeMs = maxPacketLifeTime === undefined ? null : parseDuration(maxPacketLifeTime);
  const expected = words({ ordered, maxRetransmits, maxPacketLifeTime: lifeTimeMs, protocol });
  const told = Object.entries(ends);
  const ids = new Set(told.map(([, { id }]) => id));
  return [
    ...told.map(([role, end]): Fact => ({
      name: `${role}'s end of ${label} is what was asked for`,
      passed: words(end) === expected && end.negotiated === (negotiatedId !== undefined),
      expected,
      actual: words(end),
      phase: 'data',
    })),
    {
      name: `both ends of ${label} have one id`,
      passed: ids.size === 1 && (negotiatedId === undefined || ids.has(negotiatedId)),
      expected: negotiatedId === undefined ? 'the same' : String(negotiatedId),
      actual: told.map(([role, { id }]) => `${role} ${id}`).join(', '),
      phase: 'data',
    },
  ];
}

export interface DeliveryExpectation {
  /** Everything comes. Default true; `some`: some of it must be lost, on a line that loses. */
  reliable?: boolean | 'some';
  /** Default true. */
  ordered?: boolean;
}

/** Whether messages came as the channel promises: all, each once, in order, and as they were sent. */
export function deliveryFacts(
  { sent, received }: DeliveredMessages,
  { reliable = true, ordered = true }: DeliveryExpectation = {},
): Fact[] {
  const { messages, duplicates, outOfOrder, corrupt, plain } = received;
  const came = `${messages} of ${sent.messages}`;
  const none = (name: string, count: number): Fact => ({
    name,
    passed: messages === 0 ? undefined : count === 0,
    expected: 'none',
    actual: `${count} of ${messages}`,
    phase: 'data',
  });
  return [
    ...(reliable === true
      ? [
          {
            name: 'every message arrives',
            passed: messages === sent.messages,
            expected: `${sent.messages}`,
            actual: came,
            phase: 'data',
          } as const,
        ]
      : [
          {
            name: 'messages arrive',
            passed: messages > 0,
            expected: 'more than 0',
            actual: came,
            phase: 'data',
          } as const,
        ]),
    ...(reliable === 'some'
      ? [
          {
            name: 'nothing lost is sent again',
            passed: messages < sent.messages,
            expected: `fewer than ${sent.messages}`,
            actual: came,
            phase: 'data',
          } as const,
        ]
      : []),
    none('no message comes twice', duplicates),
    none('no message is changed', corrupt + plain.length),
    ...(ordered ? [none('no message overtakes another', outOfOrder)] : []),
  ];
}

/** Whether a sender that never stops is told to wait, and when to go on (`bufferedAmountLowThreshold`). */
export function backpressureFact({ sent }: Pick<DeliveredMessages, 'sent'>): Fact {
  return {
    name: 'the buffer fills, and tells when it has room',
    passed: sent.waits > 0,
    expected: 'at least 1 wait',
    actual: `${sent.waits} waits, at most ${sent.maxBufferedBytes} bytes in it`,
    phase: 'data',
  };
}

/** Whether a file is the same at both ends. */
export function transferFacts({ sent, received }: TransferredFile): Fact[] {
  return [
    {
      name: 'the whole file arrives',
      passed: received.sizeBytes === sent.sizeBytes,
      expected: `${sent.sizeBytes} bytes`,
      actual: `${received.sizeBytes} bytes`,
      phase: 'data',
    },
    {
      name: 'the file is the same at both ends',
      passed: received.sha256 === sent.sha256,
      expected: `SHA-256 ${sent.sha256}`,
      actual: received.sha256,
      phase: 'data',
    },
  ];
}

/** Whether one message of that size comes, or is refused with that error. */
export function triedFact(name: string, shape: MessageShape, tried: TriedMessage, error?: string): Fact {
  const { received } = tried;
  const isIt = received?.sizeBytes === shape.sizeBytes && received.binary === shape.binary;
  const kind = shape.binary ? 'binary' : 'text';
  return {
    name,
    passed: error === undefined ? isIt : tried.error === error,
    expected: error ?? `${shape.sizeBytes} bytes, ${kind}`,
    actual:
      tried.error ??
      (received ? `${received.sizeBytes} bytes, ${received.binary ? 'binary' : 'text'}` : 'nothing came'),
    phase: 'data',
  };
}

type Reliability = Pick<
  DataChannel['ends'][string],
  'ordered' | 'maxRetransmits' | 'maxPacketLifeTime' | 'protocol'
>;

function words({
  ordered,
  maxRetransmits,
  maxPacketLifeTime,
  protocol,
}: {
  [Key in keyof Reliability]: Reliability[Key] | undefined;
}): string {
  return [
    ordered ? 'ordered' : 'unordered',
    ...(maxRetransmits === null ? [] : [`${maxRetransmits} retransmits`]),
    ...(maxPacketLifeTime === null ? [] : [`${maxPacketLifeTime} ms`]),
    ...(protocol ? [`protocol ${protocol}`] : []),
  ].join(', ');
}
