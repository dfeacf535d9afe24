// One of two signaling servers in a process of its own: ours, or the least that does the same with `ws`.
// Says where it is; asked anything, says how much CPU it has used, in µs.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { openSignalingStub } from '../signaling-stub/server.ts';

const url = process.argv[2] === 'bare' ? await openBareRelay() : await openOurs();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send!({ cpuMicroseconds: user + system });
});
process.on('disconnect', () => process.exit());
process.send!({ url });

async function openOurs(): Promise<string> {
  const stub = await openSignalingStub({ limits: { messagesPerSecond: 1e6, burst: 1e6 } });
  return `${stub.url}?token=${stub.token}`;
}

/** Rooms by name, one recipient by name, the text as it came: nothing is numbered, kept, checked or limited. */
async function openBareRelay(): Promise<string> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
  const rooms = new Map<string, Map<string, WebSocket>>();
  sockets.on('connection', (socket) => {
    let room = new Map<string, WebSocket>();
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      const frame = JSON.parse(text) as { kind: string; room: string; peer: string; to: string };
      if (frame.kind !== 'join') return room.get(frame.to)?.send(text);
      room = rooms.get(frame.room) ?? room;
      rooms.set(frame.room, room.set(frame.peer, socket));
      socket.send('{"kind":"welcome"}');
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`;
}
