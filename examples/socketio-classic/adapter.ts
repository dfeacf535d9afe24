import { io } from 'socket.io-client';
import { defineSignaling } from '../../harness/index.ts';

/** The server's words: browsers' own objects, as the tutorials send them. */
type Message =
  | { type: 'offer' | 'answer'; sdp: string }
  | { type: 'candidate'; candidate: RTCIceCandidateInit | null };

/** Speaks to `server.ts` of this folder. The server knows no names: who sends is the other one of two. */
export default defineSignaling({
  name: 'socketio-classic',
  async connect({ url, room }, { message, state, error }) {
    const socket = io(url, { forceNew: true });
    socket.on('message', (heard: Message) => {
      if (heard.type === 'candidate') message('candidate', heard.candidate);
      else message('description', heard);
    });
    socket.on('bye', () => message('bye', {}));
    socket.on('disconnect', (why) => state('reconnecting', why));
    socket.on('connect_error', error);
    await new Promise<void>((resolve, reject) => {
      socket.on('created', () => resolve());
      socket.on('joined', () => resolve());
      socket.on('full', () => reject(new Error(`room ${room} is full`)));
      socket.on('connect', () => socket.emit('create or join', room));
    });
    return {
      send(kind, payload) {
        if (kind === 'bye') socket.emit('bye', room);
        else if (kind === 'candidate')
          socket.emit('message', room, { type: 'candidate', candidate: payload });
        else socket.emit('message', room, payload);
      },
      close: () => void socket.disconnect(),
    };
  },
});
