// @ts-check
// What a station does to measure a cable: see cable-probe.ts for what it means. All processes of a machine share the
// clock of process.hrtime, whatever their namespaces, so that one-way delays can be told.
import { createSocket } from 'node:dgram';

const HELLO = 0;
const ANSWER = 1;
const DATA = 2;
const HELLO_EVERY_MS = 10;
/** A router's firewall forgets a flow that was silent for 30 s. */
const REMIND_EVERY_MS = 10_000;

/**
 * @typedef {{ round: number, seq: number[], sentUs: number[], atUs: number[] }} Arrivals
 * @typedef {object} LinkSocket
 * @property {import('node:dgram').Socket} socket
 * @property {{ address: string, port: number } | undefined} peer
 * @property {Arrivals} arrivals
 * @property {Set<number>} different numbers of packets that came in this round
 * @property {() => void} onArrival
 * @property {() => void} onPeer
 * @property {NodeJS.Timeout} [reminder]
 */

/** @type {Map<number, LinkSocket>} */
const links = new Map();
let lastLink = 0;

/** Microseconds, of the machine's monotonic clock. */
function nowUs() {
  return Number(process.hrtime.bigint() / 1000n);
}

/** @param {number} round @returns {Arrivals} */
function noArrivals(round) {
  return { round, seq: [], sentUs: [], atUs: [] };
}

/** @param {LinkSocket} link @param {Buffer} packet @param {{ address: string, port: number }} from */
function take(link, packet, { address, port }) {
  const atUs = nowUs();
  if (packet[0] === DATA) {
    if (packet.readUInt16BE(2) !== link.arrivals.round) return;
    const seq = packet.readUInt32BE(4);
    link.different.add(seq);
    link.arrivals.seq.push(seq);
    link.arrivals.sentUs.push(packet.readDoubleBE(8));
    link.arrivals.atUs.push(atUs);
    link.onArrival();
    return;
  }
  link.peer = { address, port };
  if (packet[0] === HELLO) link.socket.send(Buffer.of(ANSWER), port, address);
  link.onPeer();
}

/** @param {number} id */
function linkOf(id) {
  const link = links.get(id);
  if (!link) throw new Error(`there is no link ${id}`);
  return link;
}

export const linkProbes = {
  /** @param {{ host: string, port: number }} arg */
  'link-open': ({ host, port }) =>
    new Promise((resolve, reject) => {
      const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 1 << 20 });
      const none = () => {};
      /** @type {LinkSocket} */
      const link = {
        socket,
        peer: undefined,
        arrivals: noArrivals(0),
        different: new Set(),
        onArrival: none,
        onPeer: none,
      };
      socket.once('error', reject);
      socket.on('message', (packet, from) => take(link, packet, from));
      socket.bind({ address: host, port, exclusive: true }, () => {
        socket.off('error', reject);
        // What ICMP answers to a probe (no route, port unreachable) counts as not arrived.
        socket.on('error', none);
        const id = ++lastLink;
        links.set(id, link);
        resolve({ id, port: socket.address().port });
      });
    }),

  /**
   * Makes the two ends known to each other and to what is between. `false`: no answer in time.
   * @param {{ id: number, host: string, port: number, timeoutMs: number }} arg
   */
  'link-greet': ({ id, host, port, timeoutMs }) =>
    new Promise((resolve) => {
      const link = linkOf(id);
      const greet = () => link.socket.send(Buffer.of(HELLO), port, host, () => {});
      clearInterval(link.reminder);
      link.reminder = setInterval(greet, REMIND_EVERY_MS).unref();
      const again = setInterval(greet, HELLO_EVERY_MS);
      /** @param {boolean} isThere */
      const end = (isThere) => {
        clearInterval(again);
        clearTimeout(tooLate);
        link.onPeer = () => {};
        resolve(isThere);
      };
      const tooLate = setTimeout(() => end(false), timeoutMs);
      link.onPeer = () => end(true);
      greet();
    }),

  /** Gets ready for a round. @param {{ id: number, round: number }} arg */
  'link-ready': ({ id, round }) => {
    const link = linkOf(id);
    link.arrivals = noArrivals(round);
    link.different.clear();
  },

  /**
   * Sends `count` packets in even distances; gives when the last left.
   * @param {{ id: number, round: number, count: number, payloadBytes: number, everyUs: number }} arg
   */
  'link-send': ({ id, round, count, payloadBytes, everyUs }) =>
    new Promise((resolve, reject) => {
      const { socket, peer } = linkOf(id);
      if (!peer) return reject(new Error('the other end was never heard of'));
      const startUs = nowUs();
      let seq = 0;
      const some = () => {
        for (; seq < count && nowUs() >= startUs + seq * everyUs; seq++) {
          const packet = Buffer.alloc(Math.max(16, payloadBytes));
          packet[0] = DATA;
          packet.writeUInt16BE(round, 2);
          packet.writeUInt32BE(seq, 4);
          packet.writeDoubleBE(nowUs(), 8);
          socket.send(packet, peer.port, peer.address, () => {});
        }
        if (seq < count) setTimeout(some, 1);
        else setImmediate(() => resolve({ sentUs: nowUs() }));
      };
      some();
    }),

  /**
   * What came, once `count` different packets have or `untilUs` has passed.
   * @param {{ id: number, count: number, untilUs: number }} arg
   */
  'link-collect': ({ id, count, untilUs }) =>
    new Promise((resolve) => {
      const link = linkOf(id);
      const end = () => {
        clearTimeout(tooLate);
        link.onArrival = () => {};
        resolve(link.arrivals);
      };
      const tooLate = setTimeout(end, Math.max(0, (untilUs - nowUs()) / 1000));
      link.onArrival = () => {
        if (link.different.size >= count) end();
      };
      link.onArrival();
    }),

  /** @param {{ id: number }} arg */
  'link-close': ({ id }) => {
    const link = links.get(id);
    clearInterval(link?.reminder);
    link?.socket.close();
    links.delete(id);
  },
};
