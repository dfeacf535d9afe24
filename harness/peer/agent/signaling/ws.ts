import { framed } from './framed.ts';

export const open = framed('ws', WebSocket);
