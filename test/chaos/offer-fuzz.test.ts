import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { transportUrl, type HttpOfferTransport } from '../../signaling-stub/protocol.ts';
import { openSignalingStub } from '../../signaling-stub/server.ts';
import { listen } from '../signaling-stub/client/joined.ts';
import { seededRandom } from '../signaling-stub/random.ts';
import { HostileRequests } from './hostile-requests.ts';

const REQUESTS = 50_000;
const ATTACKERS = 10;
const SILENT_MS = 50;
const MESSAGE_BYTES = 4096;
/** Over what the heap holds after a tenth of the attack: 1 kB a request would be more. */
const LEAK_BYTES = 30 * 1024 * 1024;
const SDP = (ufrag: string) =>
  `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:${ufrag}\r\na=ice-pwd:p\r\n`;

/** How often each status was answered; by 0, how often there was no answer. */
type Tally = Map<number, number>;

/** Sends requests over one connection, and over another one whenever that is closed; until `count` were answered or not. */
async function attack(port: number, requests: HostileRequests, count: number, tally: Tally): Promise<void> {
  let left = count;
  while (left > 0) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    const closed = new Promise<string>((resolve) => socket.once('close', () => resolve('')));
    while (left > 0 && !socket.destroyed) {
      left -= 1;
      const answered = nextAnswer(socket);
      socket.write(requests.next(), 'latin1');
      const answer = await Promise.race([answered, closed]);
      requests.learn(answer);
      const status = Number(answer.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
      tally.set(status, (tally.get(status) ?? 0) + 1);
      if (answer === '' || /^connection: close/im.test(answer)) break;
    }
    socket.destroy();
    await closed;
  }
}

/** Empty if none comes soon: it is the attacker who keeps the rest of its request back, and the stub waits longer. */
function nextAnswer(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const finish = (answer: string) => {
      socket.off('data', hear).off('timeout', stop).off('end', stop);
      resolve(answer);
    };
    const hear = (data: Buffer) => finish(data.toString('latin1'));
    const stop = () => {
      socket.destroy();
      finish('');
    };
    socket.setTimeout(SILENT_MS, stop).on('data', hear).once('end', stop);
  });
}

function usedHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

const tcpSockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

/** A peer that answers every offer. */
function answerer(stub: { url: string; token: string }, room: string) {
  const peer = listen(stub, 'w1', {
    room,
    onMessage: (message) => {
      peer.heard.messages.push(message);
      if (message.kind !== 'description') return;
      peer.client.send(message.from, 'description', { type: 'answer', sdp: SDP('answer') });
      peer.client.send(message.from, 'candidate', null);
    },
  });
  return peer;
}

test.for(['whip', 'whep'] as const)(
  'the stub takes 50,000 hostile requests by %s: no crash, no leak, no stranger let in, nobody else ended',
  async (name: HttpOfferTransport) => {
    const socketsBefore = tcpSockets();
    {
      const limits = { messageBytes: MESSAGE_BYTES, messagesPerSecond: 100_000, burst: 100_000 };
      await using stub = await openSignalingStub({ limits, resumeGraceMs: 100, joinTimeoutMs: 500 });
      const offer = (room: string) =>
        fetch(`${transportUrl(stub.url, name)}/${room}/caller`, {
          method: 'POST',
          headers: { authorization: `Bearer ${stub.token}`, 'content-type': 'application/sdp' },
          body: SDP('offer'),
        });
      await using w1 = answerer(stub, 'watched');
      await w1.client.joined;
      const den = answerer(stub, 'den');
      await den.client.joined;
      const session = (await offer('watched')).headers.get('location') ?? '';
      const { pathname: path } = new URL(transportUrl(stub.url, name));
      const watched = { room: 'watched', peer: 'w1', session };
      const requests = new HostileRequests({
        random: seededRandom(9),
        path,
        token: stub.token,
        watched,
        tooLarge: MESSAGE_BYTES * 3,
      });
      const tally: Tally = new Map();
      const wave = (count: number) =>
        Promise.all(
          Array.from({ length: ATTACKERS }, () => attack(stub.port, requests, count / ATTACKERS, tally)),
        );
      await wave(REQUESTS / 10);
      const heapEarly = usedHeap();
      await wave((REQUESTS * 9) / 10);
      // It was no attack if all of it was refused at the door.
      for (const status of [200, 201, 204, 400, 401, 404, 405, 409, 412, 413, 415, 428, 431])
        expect(tally.get(status), `answers ${status}`).toBeGreaterThan(0);
      await den.client.close();

      expect(w1.heard).toMatchObject({ rosters: [[], ['caller']], states: ['open'], errors: [] });
      expect(w1.heard.messages.map(({ kind }) => kind)).toEqual(['description']);
      await expect.poll(() => stub.health(), { timeout: 30_000 }).toMatchObject({ rooms: 1, peers: 2 });
      expect(usedHeap() - heapEarly).toBeLessThan(LEAK_BYTES);

      await using after = answerer(stub, 'after');
      await after.client.joined;
      const served = await offer('after');
      expect([served.status, await served.text()]).toEqual([201, SDP('answer')]);
    }
    await expect.poll(tcpSockets, { timeout: 30_000 }).toBeLessThanOrEqual(socketsBefore);
  },
);
