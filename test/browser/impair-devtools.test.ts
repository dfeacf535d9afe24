import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  devtoolsConditions,
  devtoolsLacks,
  impairByDevtools,
} from '../../harness/browser/impair-devtools.ts';
import { launchBrowser } from '../../harness/browser/launch-browser.ts';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import { TemporaryFolder } from '../../harness/lifecycle/temporary-folder.ts';
import { findBrowsers } from '../../harness/setup/find-browsers.mjs';
import type { DriverName } from '../../harness/plan/plan.ts';
import type { Impairment, Link } from '../../harness/topology/topology.ts';

const [FOUND] = findBrowsers({ wanted: ['chrome'] }).found;
const both = (impairment: Impairment): Link => ({ uplink: impairment, downlink: impairment });

/**
 * Two connections in one page: each packet passes what impairs the page twice, out and in. On each word over its WebSocket it
 * sends packets and tells what came.
 */
const PAGE = `<script type="module">
const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
const started = new WebSocket(location.href.replace('http', 'ws'));
a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate);
b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate);
const options = { negotiated: true, id: 1, ordered: false, maxRetransmits: 0 };
const [out, into] = [a.createDataChannel('x', options), b.createDataChannel('x', options)];
let came = [];
into.onmessage = ({ data }) => came.push({ at: performance.now(), sent: new Float64Array(data)[0], size: data.byteLength });
const opened = new Promise((resolve) => { out.onopen = resolve; });
started.onmessage = async ({ data }) => {
  const { connect, count, bytes, everyMs } = JSON.parse(data);
  if (connect) {
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    await opened;
    return started.send('{}');
  }
  came = [];
  const start = performance.now();
  for (let sent = 0; sent < count; await new Promise((resolve) => setTimeout(resolve, 4)))
    for (; sent < count && performance.now() >= start + sent * everyMs; sent++)
      out.send(new Float64Array(bytes / 8).fill(performance.now(), 0, 1));
  const until = performance.now() + 1000;
  while (came.length < count && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
  const delays = came.map(({ at, sent }) => at - sent).sort((x, y) => x - y);
  const spanMs = came.length > 1 ? came.at(-1).at - came[0].at : undefined;
  started.send(JSON.stringify({ lossRatio: 1 - came.length / count, delayMs: delays[delays.length >> 1],
    rateBps: spanMs && (came.length - 1) * bytes * 8000 / spanMs }));
};
</script>`;

interface Seen {
  lossRatio: number;
  delayMs?: number;
  rateBps?: number;
}

interface TestPage extends AsyncDisposable {
  impair(link: Link): Promise<void>;
  ask(what: { connect: true } | { count: number; bytes: number; everyMs: number }): Promise<Seen>;
}

async function openTestPage(driver: DriverName): Promise<TestPage> {
  await using stack = new AsyncStack();
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(PAGE));
  const sockets = new WebSocketServer({ server });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => void server.close());
  stack.defer(() => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  });
  const temporary = stack.use(TemporaryFolder.open());
  const { process, attached } = await launchBrowser({
    browser: {
      name: 'chrome',
      kind: 'chromium',
      driver,
      source: '--browser',
      executablePath: FOUND!.executablePath,
    },
    profile: temporary.create('chromium'),
    headed: false,
    mdns: false,
    acceptRunCertificate: false,
  });
  stack.defer(() => process.close());
  const { port } = server.address() as AddressInfo;
  const connected = once(sockets, 'connection');
  const page = await attached.openPage(`http://localhost:${port}/`, {
    onConsole: () => {},
    onGone: () => {},
  });
  const [socket] = (await connected) as [WebSocket];
  const owned = stack.move();
  return {
    impair: (link) => page.impair!(link),
    async ask(what) {
      const answer = once(socket, 'message');
      socket.send(JSON.stringify(what));
      return JSON.parse(String((await answer)[0])) as Seen;
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

const FEW = { count: 100, bytes: 40, everyMs: 4 };

describe.skipIf(!FOUND).for<DriverName>(['puppeteer', 'playwright'])('OpenPage.impair() by %s', (driver) => {
  test('impairs connections made after its first call, changes them, and leaves WebSockets alone', async () => {
    await using page = await openTestPage(driver);
    await page.impair(both({}));
    await page.ask({ connect: true });
    const free = await page.ask(FEW);
    expect(free.lossRatio).toBe(0);
    // Twice the millisecond that keeps it armed, and what a busy machine adds.
    expect(free.delayMs).toBeLessThan(25);

    await page.impair(both({ delayMs: 100 }));
    const start = performance.now();
    const delayed = await page.ask({ ...FEW, count: 1 });
    const askedMs = performance.now() - start;
    expect(delayed.delayMs).toBeGreaterThanOrEqual(199);
    expect(delayed.delayMs).toBeLessThan(260);
    // The WebSocket's own way there and back would take 200 ms more.
    expect(askedMs).toBeLessThan((delayed.delayMs ?? 0) + 150);

    await page.impair(both({ lossRatio: 0.03 }));
    const lossy = await page.ask({ ...FEW, count: 400 });
    // Twice 3 %: 6 % ± 1.2 (one sigma); and where many are lost SCTP gives others up, too.
    expect(lossy.lossRatio).toBeGreaterThan(0.02);
    expect(lossy.lossRatio).toBeLessThan(0.14);

    await page.impair(both({ outage: true }));
    expect(await page.ask({ ...FEW, count: 20 })).toMatchObject({ lossRatio: 1 });
    await page.impair({ uplink: { rateBps: 1e6 }, downlink: {} });
    // What waited during the outage goes first.
    await page.ask(FEW);
    const limited = await page.ask({ count: 250, bytes: 800, everyMs: 3.2 });
    // 2 Mbit/s were offered. With the headers of SCTP and DTLS 800 bytes are about 860.
    expect(limited.rateBps).toBeGreaterThan(0.6e6);
    expect(limited.rateBps).toBeLessThan(1.05e6);
  });
});

test.skipIf(!FOUND)(
  'OpenPage.impair() has no effect on connections that were there before its first call',
  async () => {
    await using page = await openTestPage('puppeteer');
    await page.ask({ connect: true });
    await page.impair(both({ delayMs: 200 }));
    expect((await page.ask(FEW)).delayMs).toBeLessThan(100);
  },
);

describe('devtoolsConditions()', () => {
  test.for<[Link, object]>([
    [
      both({}),
      { latency: 1, uploadThroughput: -1, downloadThroughput: -1, packetLoss: 0, packetQueueLength: 0 },
    ],
    [both({ delayMs: 40, lossRatio: 0.05 }), { latency: 40, packetLoss: 5 }],
    [both({ outage: true, lossRatio: 0.05 }), { packetLoss: 100 }],
    // 200 ms of 2 Mbit/s are 42 packets of 1200 bytes.
    [
      { uplink: { rateBps: 2e6 }, downlink: { rateBps: 8e6 } },
      { uploadThroughput: 250_000, downloadThroughput: 1_000_000, packetQueueLength: 42 },
    ],
  ])("says %j in DevTools' words", ([link, conditions]) => {
    expect(devtoolsConditions(link)).toMatchObject(conditions);
  });
});

describe('devtoolsLacks()', () => {
  test('is empty for what both directions share, and for different rates', () => {
    const shared: Impairment = { delayMs: 20, lossRatio: 0.1, lossBurst: 1, jitterMs: 0 };
    expect(devtoolsLacks({ uplink: { ...shared, rateBps: 1e6 }, downlink: shared })).toEqual([]);
    expect(devtoolsLacks(both({ outage: true }))).toEqual([]);
  });

  test('tells all that it cannot do', () => {
    const lacks = devtoolsLacks({
      uplink: { delayMs: 20, jitterMs: 5, lossRatio: 0.1, lossBurst: 3, duplicateRatio: 0.1 },
      downlink: { reorderRatio: 0.1, outage: true },
    });
    expect(lacks).toHaveLength(7);
  });
});

describe('impairByDevtools()', () => {
  test('rejects with NetworkError if DevTools cannot do it', async () => {
    const never = () => Promise.reject(new Error('it was asked'));
    await expect(
      impairByDevtools({ byRule: never, forAll: never }, { uplink: { lossRatio: 0.1 }, downlink: {} }),
    ).rejects.toMatchObject({ name: 'NetworkError', code: 'IMPAIRMENT_UNSUPPORTED' });
  });

  test('impairs all requests if Chromium knows no rules', async () => {
    const asked: unknown[] = [];
    await impairByDevtools(
      {
        byRule: () => Promise.reject(new Error("'Network.emulateNetworkConditionsByRule' wasn't found")),
        forAll: (conditions) => Promise.resolve(asked.push(conditions)),
      },
      both({ delayMs: 30 }),
    );
    expect(asked).toEqual([expect.objectContaining({ offline: false, latency: 30 })]);
  });
});
