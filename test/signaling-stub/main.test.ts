import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSignalingStub } from '../../signaling-stub/server.ts';
import type { TraceEntry } from '../../signaling-stub/trace.ts';
import { Program } from './program.ts';
import { bye, RawClient } from './raw-client.ts';

const run = (...args: string[]) => new Program('signaling-stub/main.ts', args);

describe('npm run signaling', () => {
  test.for(['SIGINT', 'SIGTERM'] as const)(
    'prints its address and token, serves, and ends with 0 on %s',
    async (signal) => {
      await using folder = await temporaryFolder();
      const file = join(folder.path, 'trace.jsonl');
      await using program = run('--token', 'secret', '--trace', file);
      const [, url = ''] = await program.printed(/url\s+(ws:\S+)\ntoken\s+secret\n/);
      await using client = await RawClient.open(`${url}?token=secret`);
      client.send({ kind: 'join', room: 'r', peer: 'p' });
      await client.next('welcome');
      client.send(bye(1));
      await client.next('ack');
      program.signal(signal);
      expect((await client.closed).code).toBe(1001);
      expect(await program.ended()).toBe(0);
      expect(parseLines(await readFile(file, 'utf8')).map(({ kind }) => kind)).toEqual(['join', 'bye']);
      expect(program.stderr).toBe('');
    },
  );

  test('keeps stdout for the trace with --trace -', async () => {
    await using program = run('--token', 'secret', '--trace', '-');
    const [, url = ''] = await program.printed(/url\s+(ws:\S+)\n/);
    await using client = await RawClient.open(`${url}?token=secret`);
    client.send({ kind: 'join', room: 'r', peer: 'p' });
    await client.next('welcome');
    await program.printed(/"kind":"join"/);
    expect(parseLines(program.stdout)).toMatchObject([{ kind: 'join', from: 'p' }]);
    expect(program.stderr).toContain('token  secret');
  });

  test('ends with 112 and one sentence if the port is in use', async () => {
    await using stub = await openSignalingStub();
    await using program = run('--port', String(stub.port));
    expect(await program.ended()).toBe(112);
    expect(program.stderr).toBe(
      `cannot listen on 127.0.0.1:${stub.port}: the port is in use — choose another port, or 0 for any free one\n`,
    );
  });

  test('ends with 112 if the trace cannot be written', async () => {
    await using folder = await temporaryFolder();
    await using program = run('--trace', join(folder.path, 'missing', 'trace.jsonl'));
    expect(await program.ended()).toBe(112);
    expect(program.stderr).toContain('(ENOENT)');
  });

  test('ends with 104 and every problem at once', async () => {
    await using program = run('--port', '99999', '--token', '', '--tls-cert', 'missing.pem');
    expect(await program.ended()).toBe(104);
    expect(program.stderr.trim().split('\n')).toEqual([
      '--port: expected a number from 0 to 65535, got 99999',
      '--token: expected at least one character, got none',
      '--tls-cert and --tls-key: expected both or none, got one',
      '--tls-cert: expected a readable file, got missing.pem (ENOENT)',
    ]);
  });

  test('ends with 104 and the nearest option if one is unknown', async () => {
    await using program = run('--prot', '1', 'word');
    expect(await program.ended()).toBe(104);
    expect(program.stderr).toContain('did you mean --port?');
    expect(program.stderr).toContain('word: expected options only');
  });

  test('prints help with examples', async () => {
    await using program = run('--help');
    expect(await program.ended()).toBe(0);
    expect(program.stdout).toContain('npm run signaling -- --port 8080');
  });
});

describe('A process with a stub and clients', () => {
  test('ends by itself with nothing open if all are closed', async () => {
    await using program = new Program('test/signaling-stub/open-and-close.ts', []);
    expect(await program.ended()).toBe(0);
    expect(JSON.parse(program.stdout)).toEqual([]);
  });

  test('has sockets and timers open if they are not closed', async () => {
    await using program = new Program('test/signaling-stub/open-and-close.ts', ['--leak']);
    expect(await program.ended()).toBe(0);
    expect(JSON.parse(program.stdout)).toEqual(expect.arrayContaining(['TCPServerWrap', 'Timeout']));
  });
});

function parseLines(text: string): TraceEntry[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceEntry);
}

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'callrig-signaling-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

describe('npm run signaling -- --fault', () => {
  test('puts faults in force, as its trace says', async () => {
    await using program = run(
      '--token',
      'secret',
      '--trace',
      '-',
      '--fault',
      'drop:bye',
      '--fault',
      'delay:offer:1s',
    );
    await program.printed(/url\s+(ws:\S+)\n/);
    await program.printed(/delayMs":1000/);
    expect(parseLines(program.stdout)).toMatchObject([
      { kind: 'fault', rule: { fault: 'drop', kind: 'bye' }, seed: 1 },
      { kind: 'fault', rule: { fault: 'delay', kind: 'offer', delayMs: 1000 } },
    ]);
  });

  test('names every fault that is none, and ends with 104', async () => {
    await using program = run('--fault', 'dorp', '--fault', 'drop:30');
    expect(await program.ended()).toBe(104);
    expect(program.stderr.trim().split('\n')).toHaveLength(2);
    expect(program.stderr).toContain('did you mean drop?');
  });
});

describe('npm run signaling -- replay', () => {
  const entry = (more: object) =>
    JSON.stringify({ t: 1, room: 'r', from: 'a', outcome: 'accepted', ...more });
  const joins = [entry({ kind: 'join' }), entry({ kind: 'join', from: 'b' })];
  const said = { kind: 'bye', to: 'b', seq: 1, payload: {} };

  test('ends with 0 if all went the same way, and with 99 if not', async () => {
    await using folder = await temporaryFolder();
    const [same, other] = [join(folder.path, 'same'), join(folder.path, 'other')];
    await writeFile(same, [...joins, entry({ ...said, outcome: 'relayed' })].join('\n'));
    await writeFile(other, [...joins, entry({ ...said, outcome: 'dropped', fault: 'drop' })].join('\n'));
    await using first = run('replay', same, '--speed', '10');
    expect([await first.ended(), first.stdout]).toEqual([
      0,
      '1 messages played again: all of them went the same way\n',
    ]);
    await using second = run('replay', other);
    expect(await second.ended()).toBe(99);
    expect(second.stdout).toContain('expected bye dropped (drop), got bye relayed');
  });

  test('ends with 104 and says why if there is no such trace', async () => {
    await using program = run('replay', 'nowhere.jsonl', '--sped', '2');
    expect(await program.ended()).toBe(104);
    expect(program.stderr).toContain('--sped: expected --speed');
  });
});
