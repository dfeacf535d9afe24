import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Server } from 'socket.io';

/**
 * A signaling server as many tutorials have it: `create or join` a room of two, be told `created`, `joined` or `full`, then
 * `message` goes to whoever else is in the room. It knows sockets and rooms, and neither names nor what it carries.
 */
export function attachClassicSignaling(http: HttpServer): Server {
  const io = new Server(http, { cors: { origin: '*' } });
  io.on('connection', (socket) => {
    socket.on('create or join', async (room: string) => {
      const inRoom = io.sockets.adapter.rooms.get(room)?.size ?? 0;
      if (inRoom >= 2) return socket.emit('full', room);
      await socket.join(room);
      if (inRoom === 0) return socket.emit('created', room);
      socket.emit('joined', room);
      return io.in(room).emit('ready', room);
    });
    socket.on('message', (room: string, message: unknown) => socket.to(room).emit('message', message));
    socket.on('bye', (room: string) => socket.to(room).emit('bye'));
  });
  return io;
}

/** On a port of its own. Closing it ends every connection. */
export async function openClassicServer(port = 0): Promise<AsyncDisposable & { url: string }> {
  const http = createServer();
  const io = attachClassicSignaling(http);
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const { port: taken } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${taken}`, [Symbol.asyncDispose]: () => io.close() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await openClassicServer(Number(process.argv[2] ?? 3000));
  process.stdout.write(`${url}\n`);
}
