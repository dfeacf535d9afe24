import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFolderServer, serve } from '../../harness/commands/serve.ts';
import { aPlan, temporaryFolder } from '../store/a-run.ts';
import { memoryIo } from './memory-io.ts';

/** A run with a report, and beside it something that is nobody's business. */
async function aRun() {
  const root = await temporaryFolder();
  await mkdir(join(root.path, 'runs/r1/calls'), { recursive: true });
  await writeFile(join(root.path, 'runs/r1/plan.json'), JSON.stringify(aPlan()));
  await writeFile(join(root.path, 'runs/r1/report.html'), '<h1>report</h1>');
  await writeFile(join(root.path, 'runs/secret.txt'), 'secret');
  return root;
}

/** As it is written: `fetch` would take the dots out. */
async function get(url: string, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const sent = request(url, { path, headers, method, agent: false });
  sent.end();
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, type: response.headers['content-type'], text };
}

test('openFolderServer() serves the report at / and files by name', async () => {
  await using root = await aRun();
  await using server = await openFolderServer(join(root.path, 'runs/r1'));
  expect(await get(server.url, '/')).toEqual({
    status: 200,
    type: 'text/html; charset=utf-8',
    text: '<h1>report</h1>',
  });
  expect(await get(server.url, '/plan.json?x')).toMatchObject({ status: 200, type: /json/ });
});

test.for([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/calls/../../secret.txt',
  '/%00',
  '/calls',
  '/nosuch.html',
  '/%zz',
  '//secret.txt',
])('openFolderServer() answers 404 to %s', async (path) => {
  await using root = await aRun();
  await using server = await openFolderServer(join(root.path, 'runs/r1'));
  expect(await get(server.url, path)).toMatchObject({ status: 404, text: '' });
});

test('openFolderServer() answers 403 if the host is another than loopback', async () => {
  await using root = await aRun();
  await using server = await openFolderServer(join(root.path, 'runs/r1'));
  expect(await get(server.url, '/', { host: 'rebound.example' })).toMatchObject({ status: 403 });
});

test('openFolderServer() answers 405 to what is not a read', async () => {
  await using root = await aRun();
  await using server = await openFolderServer(join(root.path, 'runs/r1'));
  expect(await get(server.url, '/', {}, 'DELETE')).toMatchObject({ status: 405 });
  expect(await get(server.url, '/', {}, 'HEAD')).toMatchObject({ status: 200, text: '' });
});

test('openFolderServer() rejects with NetworkError if the port is in use', async () => {
  await using root = await aRun();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(openFolderServer(root.path, port)).rejects.toMatchObject({ code: 'PORT_NOT_AVAILABLE' });
  other.close();
  await once(other, 'close');
});

test('serve prints the URL, and ends with 0 if a signal comes', async () => {
  await using root = await aRun();
  const io = memoryIo({ cwd: root.path });
  const printed = new Promise<string>((resolve) => {
    io.stdout = { write: (text) => resolve(text.trim()) };
  });
  const served = serve({ run: 'r1' }, io);
  const url = await printed;
  expect(await get(url, '/')).toMatchObject({ status: 200 });
  io.signals.emit('SIGINT', 'SIGINT');
  expect(await served).toBe(0);
  await expect(get(url, '/')).rejects.toThrow(/ECONNREFUSED/);
});
