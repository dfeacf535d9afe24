import { WebSocket } from 'ws';
import { openSignalingClient, type SignalingClientOptions } from '../../../signaling-stub/client/client.ts';
import type { SignalingMessage } from '../../../signaling-stub/protocol.ts';
import type { SignalingStub } from '../../../signaling-stub/server.ts';

export const FAST_BACKOFF = { baseMs: 5, maxMs: 20 };

/** A client with everything it heard, and a way to wait until it has heard enough. */
export function listen(
  stub: Pick<SignalingStub, 'url' | 'token'>,
  peer: string,
  options: Partial<SignalingClientOptions> = {},
) {
  const heard = {
    messages: [] as SignalingMessage[],
    rosters: [] as string[][],
    states: [] as string[],
    errors: [] as string[],
  };
  let wake = () => {};
  const note = <Value>(list: Value[], value: Value) => {
    list.push(value);
    wake();
  };
  const { url, token } = stub;
  const client = openSignalingClient({
    url,
    token,
    room: 'r',
    peer,
    WebSocket,
    backoff: FAST_BACKOFF,
    onMessage: (message) => note(heard.messages, message),
    onRoster: (peers) => note(heard.rosters, peers),
    onStateChange: (state) => note(heard.states, state),
    onError: ({ code }) => note(heard.errors, code),
    ...options,
  });
  /** Resolves once the condition holds; it is looked at after everything that is heard. */
  const until = async (condition: (all: typeof heard) => boolean) => {
    while (!condition(heard)) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { client, heard, until, [Symbol.asyncDispose]: () => client.close() };
}

/** The reasons of the byes heard: the tests number their messages with them. */
export function reasons(messages: readonly SignalingMessage[]): string[] {
  return messages.flatMap((message) => (message.kind === 'bye' ? [message.payload.reason ?? ''] : []));
}
