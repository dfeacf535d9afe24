// @ts-check
// What stations do to find out how a NAT behaves: see nat-probe.ts for what it means.
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';

/** @typedef {{ address: string, port: number }} Endpoint */
/** @typedef {import('node:dgram').Socket} Socket */

/** @type {Map<number, Socket[]>} */
const servers = new Map();
let lastServer = 0;

/**
 * @param {string} address
 * @param {number} [port]
 * @returns {Promise<Socket>}
 */
const open = (address, port = 0) =>
  new Promise((resolve, reject) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', reject);
    socket.bind(port, address, () => {
      socket.off('error', reject).on('error', () => {});
      resolve(socket);
    });
  });

/** @param {string[]} addresses Two, of one family. */
async function serve([first = '', second = '']) {
  const near = [await open(first), await open(first)];
  const ports = near.map((socket) => socket.address().port);
  const far = [await open(second, ports[0]), await open(second, ports[1])];
  const sockets = [...near, ...far];
  for (const socket of sockets) {
    socket.on('message', (data, from) => {
      const { id, via } = JSON.parse(String(data));
      const answer = JSON.stringify({ id, seen: { address: from.address, port: from.port } });
      (via === undefined ? socket : sockets[via])?.send(answer, from.port, from.address);
    });
  }
  servers.set(++lastServer, sockets);
  return { server: lastServer, endpoints: sockets.map((socket) => socket.address()) };
}

/** @param {number} server */
function stopServing(server) {
  for (const socket of servers.get(server) ?? []) socket.close();
  servers.delete(server);
}

let lastQuestion = 0;

/**
 * Where the server saw a packet of `socket` come from; `undefined`: it did not answer, or its answer was kept out.
 *
 * @param {Socket} socket
 * @param {Endpoint} to
 * @param {{ waitMs: number, via?: number }} options `via`: which of its sockets the server answers by.
 * @returns {Promise<Endpoint | undefined>}
 */
const ask = (socket, to, { waitMs, via }) =>
  new Promise((resolve) => {
    const id = ++lastQuestion;
    /** @param {Endpoint} [seen] */
    const end = (seen) => {
      clearTimeout(timer);
      socket.off('message', onMessage);
      resolve(seen);
    };
    const timer = setTimeout(end, waitMs);
    /** @param {Buffer} data */
    const onMessage = (data) => {
      const answer = JSON.parse(String(data));
      if (answer.id === id) end(answer.seen);
    };
    socket.on('message', onMessage);
    socket.send(JSON.stringify({ id, via }), to.port, to.address, (error) => error && end());
  });

/**
 * The server's four sockets are (first address, first port), (first, second), (second, first), (second, second).
 *
 * @param {{ endpoints: Endpoint[], waitMs: number }} options
 */
async function behaviour({ endpoints, waitMs }) {
  const any = endpoints[0]?.address.includes(':') ? '::' : '0.0.0.0';
  const own = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => address),
  );
  /** @type {Socket[]} */
  const sockets = [await open(any), await open(any), await open(any)];
  const [many, one, other] = /** @type {[Socket, Socket, Socket]} */ (sockets);
  const [home, _, stranger] = /** @type {[Endpoint, Endpoint, Endpoint]} */ (endpoints);
  try {
    const mapped = [];
    for (const endpoint of endpoints) mapped.push(await ask(many, endpoint, { waitMs }));
    if (!mapped[0]) return { mapped, own, localPort: many.address().port };
    // A mapping that only one endpoint has been spoken to by.
    const before = await ask(one, home, { waitMs });
    const [byPort, byAddress] = await Promise.all([
      ask(one, home, { waitMs, via: 1 }),
      ask(one, home, { waitMs, via: 2 }),
    ]);
    const after = await ask(one, stranger, { waitMs });
    return {
      mapped,
      own,
      localPort: many.address().port,
      otherPort: byPort !== undefined,
      otherAddress: byAddress !== undefined,
      keptForStranger: before && after && before.port === after.port,
      hairpin: before && (await reaches(other, one, before, waitMs)),
    };
  } finally {
    for (const socket of sockets) socket.close();
  }
}

/**
 * @param {Socket} from
 * @param {Socket} to
 * @param {Endpoint} mapped Of `to`.
 * @param {number} waitMs
 */
const reaches = (from, to, mapped, waitMs) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, waitMs, false);
    to.once('message', () => {
      clearTimeout(timer);
      resolve(true);
    });
    from.send('{"id":"hairpin"}', mapped.port, mapped.address);
  });

/**
 * Whether something answers: `open`, `refused` (an error came back), `silent`.
 *
 * @param {{ protocol: 'udp' | 'tcp', to: Endpoint, waitMs: number }} options
 */
async function reach({ protocol, to, waitMs }) {
  const started = performance.now();
  const outcome = await (protocol === 'udp' ? reachUdp(to, waitMs) : reachTcp(to, waitMs));
  return { ...outcome, ms: performance.now() - started };
}

/**
 * @param {Endpoint} to
 * @param {number} waitMs
 */
const reachUdp = (to, waitMs) =>
  new Promise((resolve) => {
    // Only a connected socket is told of ICMP errors.
    const socket = createSocket(to.address.includes(':') ? 'udp6' : 'udp4');
    /** @param {object} outcome */
    const end = (outcome) => {
      clearTimeout(timer);
      socket.close();
      resolve(outcome);
    };
    const timer = setTimeout(end, waitMs, { outcome: 'silent' });
    socket.once('error', (error) => end({ outcome: 'refused', code: codeOf(error) }));
    socket.once('message', () => end({ outcome: 'open' }));
    socket.connect(to.port, to.address, () => socket.send('{"id":0}'));
  });

/**
 * @param {Endpoint} to
 * @param {number} waitMs
 */
const reachTcp = (to, waitMs) =>
  new Promise((resolve) => {
    const socket = connect({ host: to.address, port: to.port });
    /** @param {object} outcome */
    const end = (outcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(end, waitMs, { outcome: 'silent' });
    socket.once('error', (error) => end({ outcome: 'refused', code: codeOf(error) }));
    socket.once('connect', () => end({ outcome: 'open' }));
  });

/** @param {Error} error */
const codeOf = (error) => ('code' in error ? error.code : undefined);

/**
 * Says something to a whole network, for captures to see.
 *
 * @param {{ address: string, text: string }} options
 */
async function broadcast({ address, text }) {
  const socket = await open('0.0.0.0');
  socket.setBroadcast(true);
  // Port 9 is "discard".
  await new Promise((resolve) => socket.send(text, 9, address, resolve));
  socket.close();
}

export const natProbes = {
  broadcast,
  'nat-serve': serve,
  'nat-stop-serving': stopServing,
  'nat-behaviour': behaviour,
  reach,
};
