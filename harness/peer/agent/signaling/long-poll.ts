import { LongPollSocket } from '../../../../signaling-stub/client/sockets/long-poll-socket.ts';
import { framed } from './framed.ts';

export const open = framed('long-poll', LongPollSocket);
