import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { NetworkError } from '../../harness/errors.ts';
import { processesWith, processStart } from '../../harness/lifecycle/leftovers.mjs';
import { TemporaryFolder } from '../../harness/lifecycle/temporary-folder.ts';
import { locate } from '../../harness/setup/things.mjs';
import { checkPorts, freePorts } from '../../harness/turn/ports.ts';
import { TurnServer } from '../../harness/turn/turn-server.ts';
import { goneWithin } from '../helpers/processes.ts';
import { startProgram, TestFolder } from '../helpers/programs.ts';
import { TestServer } from './a-server.ts';

const OWNER = fileURLToPath(new URL('../fixtures/programs/turn-owner.ts', import.meta.url));
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe.skipIf(locate('coturn', process.env) === undefined)('TurnServer.open()', () => {
  test('resolves when the server answers, and says where', async () => {
    await using turn = await TestServer.open();
    const { port, tlsPort } = turn.server.ports;
    expect(turn.events).toMatchObject([
      {
        type: 'turn-started',
        pid: turn.server.pid,
        urls: [
          `stun:127.0.0.1:${port}`,
          `turn:127.0.0.1:${port}?transport=udp`,
          `turn:127.0.0.1:${port}?transport=tcp`,
          `turns:localhost:${tlsPort}?transport=tcp`,
        ],
      },
    ]);
  });

  test('listens on IPv4 and IPv6 at once', async () => {
    await using turn = await TestServer.open({ ips: ['127.0.0.1', '::1'] });
    expect(turn.server.servers.map(({ url }) => url)).toContain(`stun:[::1]:${turn.server.ports.port}`);
  });

  test('keeps the secret out of the command line and from other users', async () => {
    await using turn = await TestServer.open({ secret: 'hush' });
    const config = join(turn.folder, 'turnserver.conf');
    expect(readFileSync(`/proc/${turn.server.pid}/cmdline`, 'latin1')).not.toContain('hush');
    expect(readFileSync(config, 'utf8')).toContain('hush');
    expect(statSync(config).mode & 0o077).toBe(0);
  });

  test('rejects with NetworkError if a port that was asked for is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { tlsPort } = await freePorts(['127.0.0.1']);
    const thrown = await thrownBy(TestServer.open({ ports: { port, tlsPort } }));
    expect(thrown).toMatchObject({ code: 'PORT_NOT_AVAILABLE', details: { ip: '127.0.0.1', port } });
    other.close();
    await once(other, 'close');
  });

  test('rejects with NetworkError at once if coturn finds its port taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { tlsPort } = await freePorts(['127.0.0.1']);
    // Where a server is entered, nobody can look for free ports from outside.
    const thrown = await thrownBy(TestServer.open({ ports: { port, tlsPort }, enter: ['env'] }));
    expect(thrown).toMatchObject({ code: 'TURN_PORT_TAKEN', details: { address: `127.0.0.1:${port}` } });
    other.close();
    await once(other, 'close');
  });

  test('chooses other ports once if somebody else was faster, and says so', async () => {
    using programs = new TestFolder();
    const mark = join(programs.path, 'second');
    // The first time it says what coturn says of a port that is taken; then it is coturn.
    programs.program(
      'turnserver',
      `const { existsSync, writeFileSync } = require('node:fs');
       const { spawn } = require('node:child_process');
       if (existsSync(${JSON.stringify(mark)})) {
         spawn(${JSON.stringify(locate('coturn', process.env))}, process.argv.slice(2), { stdio: 'inherit' });
       } else {
         writeFileSync(${JSON.stringify(mark)}, '');
         console.log('0: : Trying to bind fd 12 to <127.0.0.1:34780>: errno=98');
       }
       setInterval(() => {}, 1e6);`,
    );
    const env = { ...process.env, PATH: `${programs.path}:${process.env['PATH']}` };
    await using turn = await TestServer.open({ env });
    expect(turn.events).toMatchObject([
      { type: 'warning', message: expect.stringContaining('127.0.0.1:34780') as string },
      { type: 'turn-started' },
    ]);
  });

  test('rejects with NetworkError if coturn dies before it answers', async () => {
    using programs = new TestFolder();
    programs.program('turnserver', `console.error('no luck'); process.exitCode = 3;`);
    const env = { ...process.env, PATH: `${programs.path}:${process.env['PATH']}` };
    const thrown = await thrownBy(TestServer.open({ env }));
    expect(thrown).toMatchObject({
      code: 'TURN_DIED',
      hint: 'its last words: no luck',
      details: { exitCode: 3 },
    });
  });

  test("rejects with the signal's reason and leaves nothing if aborted", async () => {
    using programs = new TestFolder();
    const stop = new AbortController();
    programs.program('turnserver', `console.log('silent'); setInterval(() => {}, 1e6);`);
    const env = { ...process.env, PATH: `${programs.path}:${process.env['PATH']}` };
    const onOutput = () => stop.abort(new Error('SIGINT'));
    await expect(TestServer.open({ env, onOutput, signal: stop.signal })).rejects.toThrow('SIGINT');
    expect(processesWith(programs.path)).toEqual([]);
  });

  test('runs its server and its question behind the words that enter a place', async () => {
    const ports = await freePorts(['127.0.0.1']);
    await using turn = await TestServer.open({ ports, enter: ['env', 'PLACE=wan'] });
    expect(readFileSync(`/proc/${turn.server.pid}/environ`, 'latin1')).toContain('PLACE=wan');
  });
});

describe.skipIf(locate('coturn', { PATH: '' }) !== undefined)('TurnServer.open() without coturn', () => {
  test('rejects with NetworkError and the command that installs it', async () => {
    await using temporary = TemporaryFolder.open();
    const thrown = await thrownBy(
      TurnServer.open({
        ips: ['127.0.0.1'],
        allowLoopback: true,
        folder: temporary.path,
        certificate: { cert: '', key: '' },
        env: { PATH: '' },
      }),
    );
    expect(thrown).toBeInstanceOf(NetworkError);
    expect(thrown).toMatchObject({
      code: 'TURN_NOT_INSTALLED',
      hint: expect.stringContaining('--turn') as string,
    });
  });
});

describe.skipIf(locate('coturn', process.env) === undefined)('TurnServer', () => {
  test.for(['udp', 'tcp', 'tls'] as const)(
    'tells of an allocation over %s, and whose it is',
    async (transport) => {
      await using turn = await TestServer.open();
      const whose = { call: '001-call', role: 'caller', transport };
      expect(await turn.allocate('turn-allocation', { transport })).toMatchObject(whose);
      expect(turn.server.allocationsOf('001-call.caller')[0]).toMatchObject({ role: 'caller', transport });
      expect(turn.server.refusalsOf('001-call.caller')).toEqual([]);
    },
  );

  test.for([
    ['wrong', 'wrong credentials'],
    ['expired', 'the credentials have expired'],
  ] as const)('refuses %s credentials, and says why', async ([kind, reason]) => {
    await using turn = await TestServer.open();
    const refused = await turn.allocate('turn-refused', { transport: 'udp', kind });
    expect(refused).toMatchObject({ code: 401, reason, call: '001-call', role: 'caller' });
    expect(turn.server.refusalsOf('001-call.caller')).toMatchObject([{ code: 401, reason, role: 'caller' }]);
    expect(turn.server.allocationsOf('001-call.caller')).toEqual([]);
  });

  test('refuses more allocations than the quota allows', async () => {
    await using turn = await TestServer.open({ quota: { user: 2, total: 10 } });
    const refused = await turn.allocate('turn-refused', { transport: 'udp', clients: 3 });
    expect(refused).toMatchObject({ code: 486, reason: 'Allocation Quota Reached', role: 'caller' });
    expect(turn.server.allocationsOf('001-call.caller')).toHaveLength(2);
  });

  test('takes labels with any characters', async () => {
    await using turn = await TestServer.open();
    const label = `001 "it's"<ü>.caller`;
    const event = await turn.allocate('turn-allocation', { transport: 'tcp', label });
    expect(event).toMatchObject({ call: `001 "it's"<ü>`, role: 'caller' });
  });

  test('tells of its death, and ends what it had allocated', async () => {
    await using turn = await TestServer.open();
    await turn.allocate('turn-allocation', { transport: 'udp' });
    const { pid } = turn.server;
    process.kill(pid!, 'SIGKILL');
    expect(await turn.event('turn-died')).toMatchObject({ pid, signal: 'SIGKILL', exitCode: null });
    expect(turn.server.death).toMatchObject({ pid });
    expect(turn.server.allocationsOf('001-call.caller')[0]?.ended).toBeDefined();
  });

  test('stops at once without that being a death, and starts again on the same ports', async () => {
    await using turn = await TestServer.open();
    const { server } = turn;
    const { pid } = server;
    await server.stop();
    expect(processStart(pid!)).toBeUndefined();
    expect(server.pid).toBeUndefined();
    await checkPorts(['127.0.0.1'], server.ports);
    await server.start();
    await turn.allocate('turn-allocation', { transport: 'tls' });
    expect(turn.events.map(({ type }) => type).slice(0, 2)).toEqual(['turn-started', 'turn-started']);
    expect(turn.events.some(({ type }) => type === 'turn-died')).toBe(false);
  });

  test('leaves no process, port or file', async () => {
    const turn = await TestServer.open();
    const { pid, ports } = turn.server;
    await turn[Symbol.asyncDispose]();
    expect(processStart(pid!)).toBeUndefined();
    await checkPorts(['127.0.0.1'], ports);
    expect(existsSync(turn.folder)).toBe(false);
  });

  test('leaves nothing if its owner is killed with SIGKILL', async () => {
    using home = new TestFolder();
    await using owner = await startProgram(['--import', 'tsx', OWNER], [home.path]);
    const { pid, folder } = JSON.parse(owner.firstLine) as { pid: number; folder: string };
    expect(processStart(pid)).toBeDefined();
    process.kill(owner.pid, 'SIGKILL');
    expect(await goneWithin([pid], 5000)).toEqual([]);
    expect(await goneWithin(processesWith(dirname(folder)), 5000)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});
