import { openSignalingClient } from '../../../../signaling-stub/client/client.ts';
import type { SocketConstructor } from '../../../../signaling-stub/client/socket.ts';
import { transportUrl, type FrameTransport } from '../../../../signaling-stub/protocol.ts';
import type { OpenSession } from './session.ts';

/** The stub's own protocol: the same client over every transport that carries frames. */
export function framed(transport: FrameTransport, socket: SocketConstructor): OpenSession {
  return ({ url, options: _options, ...arg }, events) =>
    openSignalingClient({ ...arg, ...events, url: transportUrl(url, transport), WebSocket: socket });
}
