import { X509Certificate } from 'node:crypto';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { runCertificate, spkiSha256 } from '../../harness/turn/run-certificate.ts';

test('runCertificate() is valid for loopback and the names and addresses given', async () => {
  const { cert } = await runCertificate({ names: ['turn.callrig.test'], ips: ['198.51.100.1'] });
  const parsed = new X509Certificate(cert);
  expect(parsed.checkHost('localhost')).toBe('localhost');
  expect(parsed.checkHost('turn.callrig.test')).toBe('turn.callrig.test');
  expect(parsed.checkIP('198.51.100.1')).toBe('198.51.100.1');
  expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(parsed.checkHost('example.org')).toBeUndefined();
});

test('runCertificate() gives what serves TLS to those who trust it', async () => {
  const { cert, key } = await runCertificate({});
  const server = createServer({ cert, key }, (socket) => void socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: cert });
  await once(socket, 'secureConnect');
  expect(socket.authorized).toBe(true);
  socket.destroy();
  server.close();
  await once(server, 'close');
});

test('runCertificate() makes another key each time', async () => {
  const [a, b] = [await runCertificate({}), await runCertificate({})];
  expect(a.spkiSha256).toMatch(/^[\w+/]{43}=$/);
  expect(a.spkiSha256).toBe(spkiSha256(a.cert));
  expect(a.spkiSha256).not.toBe(b.spkiSha256);
});
