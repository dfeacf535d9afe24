// @ts-check
// Runs in a namespace of the lab, plain JS so that it starts at once. Makes sockets there and hands them over IPC to
// the harness, which then talks through the namespace without being in it. Ends when the harness does.
import { createServer, connect, Server } from 'node:net';
import { probes } from './station-probes.mjs';

/** @typedef {{ id: number, name: string, arg: any }} Request */

const handlers = {
  /** @param {{ host: string, port: number }} arg */
  listen: ({ host, port }) =>
    new Promise((resolve, reject) => {
      const server = createServer({ pauseOnConnect: true });
      server.once('error', reject);
      server.listen({ host, port }, () => {
        const address = server.address();
        resolve([typeof address === 'object' ? address?.port : undefined, server]);
      });
    }),
  /** @param {{ host: string, port: number }} arg */
  dial: ({ host, port }) =>
    new Promise((resolve, reject) => {
      const socket = connect({ host, port, allowHalfOpen: true }, () => resolve([null, socket]));
      socket.once('error', reject);
      // What the other side says first is for the harness: not read here.
      socket.pause();
    }),
  ...probes,
};

/** @param {Request} request */
async function answer({ id, name, arg }) {
  try {
    const handler = /** @type {Record<string, (arg: any) => any>} */ (handlers)[name];
    if (!handler) throw new Error(`a station cannot ${name}`);
    const [value, handle] = [await handler(arg)].flat(name === 'listen' || name === 'dial' ? 1 : 0);
    // The harness has the listening socket then: were it here too, every other connection would end here, unanswered.
    const sent = () => handle instanceof Server && handle.close();
    process.send?.({ id, value: value ?? null }, handle, {}, sent);
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

process.on('message', (message) => void answer(/** @type {Request} */ (message)));
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
