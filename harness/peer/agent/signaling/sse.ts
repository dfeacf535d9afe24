import { SseSocket } from '../../../../signaling-stub/client/sockets/sse-socket.ts';
import { framed } from './framed.ts';

export const open = framed('sse', SseSocket);
