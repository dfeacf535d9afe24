// @ts-check
// Plain JS without dependencies: inside a namespace of the lab it runs as a program of its own.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { pathToFileURL } from 'node:url';

const BINDING_REQUEST = 0x0001;
const BINDING_RESPONSE = 0x0101;
const MAGIC_COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
/** A request may be lost, or come before the server listens: RFC 8489 §6.2.1, but sooner, as the server is near. */
const AGAIN_MS = 25;

/** @param {Buffer} transaction 12 bytes. */
export function bindingRequest(transaction) {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(BINDING_REQUEST, 0);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  transaction.copy(header, 8);
  return header;
}

/**
 * Whether a datagram is the success response to the transaction's request.
 *
 * @param {Buffer} message
 * @param {Buffer} transaction
 */
export function answers(message, transaction) {
  return (
    message.length >= HEADER_BYTES &&
    message.readUInt16BE(0) === BINDING_RESPONSE &&
    message.readUInt32BE(4) === MAGIC_COOKIE &&
    message.subarray(8, HEADER_BYTES).equals(transaction)
  );
}

/**
 * Asks a STUN server by UDP until it answers. Rejects with the signal's reason when aborted.
 *
 * @param {{ ip: string, port: number, signal: AbortSignal }} options
 * @returns {Promise<void>}
 */
export function awaitBinding({ ip, port, signal }) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const transaction = randomBytes(12);
    const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
    const ask = () => socket.send(bindingRequest(transaction), port, ip, () => {});
    const timer = setInterval(ask, AGAIN_MS);
    const stop = () => {
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      socket.close();
    };
    const onAbort = () => {
      stop();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort);
    // Nobody listens yet: the system says so by an error.
    socket.on('error', () => {});
    socket.on('message', (message) => {
      if (!answers(message, transaction)) return;
      stop();
      resolve();
    });
    ask();
  });
}

// `node stun-binding.mjs IP PORT`: ends with 0 when the server answers; whoever started it sees to it that it ends.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , ip = '', port = ''] = process.argv;
  await awaitBinding({ ip, port: Number(port), signal: new AbortController().signal });
}
