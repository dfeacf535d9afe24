import { WebSocket } from 'ws';
import { LongPollSocket } from '../../../signaling-stub/client/sockets/long-poll-socket.ts';
import { SocketIoSocket } from '../../../signaling-stub/client/sockets/socketio-socket.ts';
import { SseSocket } from '../../../signaling-stub/client/sockets/sse-socket.ts';
import { testTransport } from './contract.ts';

testTransport('ws', WebSocket);
testTransport('socketio', SocketIoSocket);
testTransport('sse', SseSocket);
testTransport('long-poll', LongPollSocket);
