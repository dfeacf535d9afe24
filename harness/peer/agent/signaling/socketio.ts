import { SocketIoSocket } from '../../../../signaling-stub/client/sockets/socketio-socket.ts';
import { framed } from './framed.ts';

export const open = framed('socketio', SocketIoSocket);
