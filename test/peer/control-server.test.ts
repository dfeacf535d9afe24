import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { generate } from 'selfsigned';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { AGENT_PROTOCOL } from '../../harness/peer/protocol.ts';
import { ControlServer } from '../../harness/peer/control-server.ts';
import { openFakeAgent, readPage } from '../helpers/fake-agent.ts';

const open = () => ControlServer.open({ host: '127.0.0.1' });
/** Why a WebSocket is not taken. */
async function refusal(url: string): Promise<string> {
  const socket = new WebSocket(url);
  const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as [Error];
  return error.message;
}

test('ControlServer.seat() is taken by the page that its URL serves', async () => {
  await using server = await open();
  const seat = server.seat({ role: 'caller' });
  expect(seat.url).toMatch(new RegExp(`^${server.origin}/peer/[\\w-]{22}$`));
  await using agent = await openFakeAgent(seat.url, { hello: { userAgent: 'Browser/1' } });
  const channel = await seat.channel;
  expect(channel.hello).toMatchObject({ userAgent: 'Browser/1', secureContext: true });
  expect(await channel.command('sample', null)).toBeNull();
  expect(agent.commands).toEqual(['sample']);
});

test('ControlServer keeps the seats apart', async () => {
  await using server = await open();
  const [caller, callee] = [server.seat({ role: 'caller' }), server.seat({ role: 'callee' })];
  await using _callee = await openFakeAgent(callee.url, { hello: { userAgent: 'B' } });
  await using _caller = await openFakeAgent(caller.url, { hello: { userAgent: 'A' } });
  expect((await caller.channel).hello.userAgent).toBe('A');
  expect((await callee.channel).hello.userAgent).toBe('B');
});

test.for([
  '/',
  '/peer/',
  '/peer/unknown',
  '/peer',
  '/control/unknown',
  '/peer/../etc/passwd',
  '/favicon.ico',
])('ControlServer answers 404 to %s', async (path) => {
  await using server = await open();
  server.seat({ role: 'caller' });
  expect(await readPage(`${server.origin}${path}`)).toEqual({ status: 404, body: '' });
});

test('ControlServer refuses a control channel of an unknown token', async () => {
  await using server = await open();
  expect(await refusal(`${server.origin.replace('http', 'ws')}/control/unknown`)).toMatch('404');
});

test('ControlServer refuses a second page on the same seat, and the first goes on', async () => {
  await using server = await open();
  const seat = server.seat({ role: 'caller' });
  await using _agent = await openFakeAgent(seat.url);
  const channel = await seat.channel;
  await expect(openFakeAgent(seat.url)).rejects.toThrow('404');
  expect(await channel.command('sample', null)).toBeNull();
});

test('ControlServer refuses page and channel if the seat was given up', async () => {
  await using server = await open();
  const seat = server.seat({ role: 'caller' });
  seat.close();
  expect((await readPage(seat.url)).status).toBe(404);
  expect(await refusal(seat.url.replace('http', 'ws').replace('/peer/', '/control/'))).toMatch('404');
});

test.for([
  ['another version', { protocol: AGENT_PROTOCOL + 1 }],
  ['no user agent', { userAgent: undefined as unknown as string }],
] as const)('AgentSeat.channel rejects if the page says hello with %s', async ([, hello]) => {
  await using server = await open();
  const seat = server.seat({ role: 'caller' });
  await using agent = await openFakeAgent(seat.url, { hello });
  await expect(seat.channel).rejects.toMatchObject({
    code: 'PEER_PROTOCOL',
    details: { phase: 'agent', role: 'caller' },
  });
  await agent.closed;
});

test.for(['garbage', '{"type":"pong","id":1,"t":1}'])(
  'AgentSeat.channel rejects if the page says %s first',
  async (first) => {
    await using server = await open();
    const seat = server.seat({ role: 'caller' });
    await using agent = await openFakeAgent(seat.url, { hello: undefined });
    agent.sayRaw(first);
    await expect(seat.channel).rejects.toMatchObject({ code: 'PEER_PROTOCOL' });
    await agent.closed;
  },
);

test('AgentSeat.channel rejects at once if the page dies before it says hello', async () => {
  await using server = await open();
  const seat = server.seat({ role: 'caller' });
  await using agent = await openFakeAgent(seat.url, { hello: undefined });
  agent.die();
  await expect(seat.channel).rejects.toMatchObject({ name: 'PeerError', code: 'PEER_GONE' });
});

test('AgentSeat.channel rejects if what comes first is no WebSocket frame', async () => {
  await using server = await open();
  const seat = server.seat({ role: 'caller' });
  const socket = connect(server.port, '127.0.0.1');
  const path = new URL(seat.url).pathname.replace('/peer/', '/control/');
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await once(socket, 'data');
  socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
  await expect(seat.channel).rejects.toMatchObject({
    code: 'PEER_GONE',
    message: expect.stringContaining('the control channel broke') as string,
  });
  socket.destroy();
});

test('ControlServer serves a page that shows a hostile role as text', async () => {
  await using server = await open();
  const { url } = server.seat({ role: '</script><script>alert(1)</script>', manual: true });
  const { status, body } = await readPage(url);
  expect(status).toBe(200);
  expect(body).not.toContain('<script>alert');
  expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
});

test('ControlServer.seat() has the URL that other devices open if told where that is', async () => {
  await using server = await open();
  const seat = server.seat({ role: 'caller', origin: 'https://192.0.2.1:8443' });
  expect(seat.url).toMatch(/^https:\/\/192\.0\.2\.1:8443\/peer\//);
});

test('ControlServer.open() serves page and channel over TLS if given a certificate', async () => {
  const altNames = [{ type: 7 as const, ip: '127.0.0.1' }];
  const pems = await generate([{ name: 'commonName', value: 'test' }], {
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  await using server = await ControlServer.open({
    host: '127.0.0.1',
    tls: { key: pems.private, cert: pems.cert },
  });
  const seat = server.seat({ role: 'caller' });
  expect(seat.url).toMatch(/^https:/);
  await expect(readPage(seat.url)).rejects.toThrow(/self-signed/);
  await using _agent = await openFakeAgent(seat.url, { ca: pems.cert });
  expect(await (await seat.channel).command('sample', null)).toBeNull();
});

const HAS_IPV6 = Object.values(networkInterfaces()).some((list) =>
  list?.some((own) => own.address === '::1'),
);

test.for([
  ['127.0.0.1', '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  // Elsewhere loopback is one address.
  ...(process.platform === 'linux' ? ([['127.0.0.2', '127.0.0.2']] as const) : []),
  ...(HAS_IPV6
    ? ([
        ['::1', '[::1]'],
        ['::', '127.0.0.1'],
      ] as const)
    : []),
] as const)(
  'ControlServer.origin can be reached from this machine if it listens on %s',
  async ([host, shown]) => {
    await using server = await ControlServer.open({ host });
    expect(server.origin).toBe(`http://${shown}:${server.port}`);
    expect((await readPage(server.seat({ role: 'caller' }).url)).status).toBe(200);
  },
);

test('ControlServer.open() rejects with a hint if the address is not of this machine', async () => {
  // TEST-NET-1 (RFC 5737): nobody has it.
  await expect(ControlServer.open({ host: '192.0.2.1' })).rejects.toMatchObject({
    name: 'NetworkError',
    code: 'LISTEN_FAILED',
    hint: 'give an address of this machine with --listen',
  });
});

test('ControlServer.open() listens where it is told, and rejects with a hint if somebody does already', async () => {
  const first = await ControlServer.open({ host: '127.0.0.1' });
  const { port } = first;
  await expect(ControlServer.open({ host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
    hint: expect.stringContaining('a free port with --port') as string,
  });
  await first[Symbol.asyncDispose]();
  await using second = await ControlServer.open({ host: '127.0.0.1', port });
  expect(second.port).toBe(port);
});

test('ControlServer closes with every connection, also one upgraded to a path that nobody serves', async () => {
  const server = await open();
  const seat = server.seat({ role: 'caller' });
  const agent = await openFakeAgent(seat.url);
  const channel = await seat.channel;
  const nobody = connect(server.port, '127.0.0.1');
  nobody.write('GET /nobody HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  const idle = connect(server.port, '127.0.0.1');
  const closed = Promise.all([once(nobody, 'close'), once(idle, 'close'), agent.closed]);
  await once(idle, 'connect');
  // Upgrades are handled in the order they came: after this one the server holds the other too.
  await openFakeAgent(server.seat({ role: 'callee' }).url);
  for (const socket of [nobody, idle]) socket.on('error', () => {}).resume();
  await server[Symbol.asyncDispose]();
  await closed;
  expect((await channel.gone).code).toBe('PEER_GONE');
  await expect(readPage(seat.url)).rejects.toThrow('ECONNREFUSED');
});
