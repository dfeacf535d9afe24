import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { NetworkError, toError } from '../errors.ts';
import { AsyncStack } from '../lifecycle/async-stack.ts';

export interface TurnPorts {
  /** STUN and TURN over UDP and TCP. */
  port: number;
  /** TURN over TLS. */
  tlsPort: number;
}

/** How often a port that TCP has free may be taken for UDP. */
const ATTEMPTS = 20;

/** Two ports that are free on all the addresses, for UDP and TCP. */
export async function freePorts(ips: readonly string[]): Promise<TurnPorts> {
  await using held = new AsyncStack();
  return { port: await freePort(ips, held), tlsPort: await freePort(ips, held) };
}

/** @throws NetworkError for a port that cannot be had. */
export async function checkPorts(ips: readonly string[], { port, tlsPort }: TurnPorts): Promise<void> {
  await using held = new AsyncStack();
  for (const each of [port, tlsPort]) {
    for (const ip of ips) {
      try {
        await hold(ip, each, held);
      } catch (cause) {
        throw notAvailable(ip, each, cause);
      }
    }
  }
}

async function freePort(ips: readonly string[], held: AsyncStack): Promise<number> {
  let failure: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const [first = '', ...others] = ips;
      const port = await hold(first, 0, held);
      for (const ip of others) await hold(ip, port, held);
      return port;
    } catch (error) {
      failure = error;
    }
  }
  throw notAvailable(ips.join(' and '), 0, failure);
}

/** Binds TCP and UDP until the stack is closed; gives the port. */
async function hold(ip: string, port: number, held: AsyncStack): Promise<number> {
  const server = createServer().listen(port, ip);
  await once(server, 'listening');
  held.defer(() => new Promise((resolve) => server.close(() => resolve())));
  const { port: got } = server.address() as AddressInfo;
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
  held.defer(() => new Promise((resolve) => socket.close(() => resolve())));
  socket.bind({ port: got, address: ip, exclusive: true });
  await once(socket, 'listening');
  return got;
}

function notAvailable(ip: string, port: number, cause: unknown): NetworkError {
  return new NetworkError(`the TURN server cannot listen on ${ip}:${port}: ${toError(cause).message}`, {
    code: 'PORT_NOT_AVAILABLE',
    hint: 'choose another port, or none for any free one',
    details: { ip, port },
    cause,
  });
}
