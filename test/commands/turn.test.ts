import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { turn } from '../../harness/commands/turn.ts';
import { processesWith } from '../../harness/lifecycle/leftovers.mjs';
import { locate } from '../../harness/setup/things.mjs';
import { checkPorts } from '../../harness/turn/ports.ts';
import { memoryIo, type MemoryIo } from './memory-io.ts';

interface Printed {
  iceServers: { urls: string; username?: string; credential?: string }[];
  username: string;
  credential: string;
  certificate: string;
}

/** Starts the command; what it printed is there when the server is up. */
function start(flags: Record<string, unknown>) {
  const io = memoryIo({ env: process.env });
  const printed = new Promise<string>((resolve) => {
    io.stdout = { write: (text) => resolve(text) };
  });
  const ended = turn(flags, io);
  return { io, ended, printed: Promise.race([printed, ended.then(String)]) };
}

/** Runs `work` while the server is up, then ends it; gives the exit code. */
async function whileUp(
  flags: Record<string, unknown>,
  work: (printed: string, io: MemoryIo) => Promise<void>,
): Promise<number> {
  const { io, ended, printed } = start(flags);
  try {
    await work(await printed, io);
  } finally {
    io.signals.emit('SIGINT', 'SIGINT');
  }
  return await ended;
}

/** Resolves when stderr has a line that matches. */
function saw(io: MemoryIo, pattern: RegExp): Promise<void> {
  return new Promise((resolve) => {
    io.stderr = {
      write: (text) => {
        io.err += text;
        if (pattern.test(io.err)) resolve();
      },
    };
  });
}

const portOf = (url: string | undefined): number => Number(/:(\d+)(\?|$)/.exec(url ?? '')?.[1]);

describe.skipIf(locate('coturn', process.env) === undefined)('turn', () => {
  test('prints what an app needs, and ends with 0 and nothing left if a signal comes', async () => {
    let certificate = '';
    const code = await whileUp({ json: true }, async (text) => {
      const printed = JSON.parse(text) as Printed;
      certificate = printed.certificate;
      expect(printed.iceServers.map(({ urls }) => urls)).toEqual([
        expect.stringMatching(/^stun:127\.0\.0\.1:\d+$/),
        expect.stringMatching(/^turn:127\.0\.0\.1:\d+\?transport=udp$/),
        expect.stringMatching(/^turn:127\.0\.0\.1:\d+\?transport=tcp$/),
        expect.stringMatching(/^turns:localhost:\d+\?transport=tcp$/),
      ]);
      expect(printed.iceServers[0]?.username).toBeUndefined();
      expect(printed.iceServers[3]).toMatchObject({
        username: printed.username,
        credential: printed.credential,
      });
      expect(existsSync(certificate)).toBe(true);
    });
    expect(code).toBe(0);
    expect(existsSync(certificate)).toBe(false);
    expect(processesWith(certificate.replace(/cert\.pem$/, ''))).toEqual([]);
  });

  test('tells on stderr whom it serves and whom it refuses', async () => {
    await whileUp({ json: true }, async (text, io) => {
      const { iceServers, username, credential } = JSON.parse(text) as Printed;
      const ask = async (password: string, pattern: RegExp) => {
        const said = saw(io, pattern);
        const args = ['-u', username, '-w', password, '-y', '-c', '-m', '1', '-t'];
        const at = ['-p', String(portOf(iceServers[0]?.urls)), '127.0.0.1'];
        const client = spawn('turnutils_uclient', [...args, ...at], { stdio: 'ignore' });
        const ended = once(client, 'exit');
        await said;
        client.kill('SIGKILL');
        await ended;
      };
      await ask(credential, /^allocated for user over udp or tcp$/m);
      await ask('wrong', /^refused to user: 401 wrong credentials$/m);
    });
  });

  test('prints a snippet to copy, and how to trust the certificate', async () => {
    await whileUp({ ttl: '10m' }, async (text) => {
      expect(text).toContain('const iceServers = [');
      expect(text).toMatch(/--ignore-certificate-errors-spki-list=[\w+/]{43}=\n/);
    });
  });

  test('listens on the ports it is told', async () => {
    let first: string[] = [];
    await whileUp({ json: true }, async (text) => {
      first = (JSON.parse(text) as Printed).iceServers.map(({ urls }) => urls);
    });
    const [port, tlsPort] = [portOf(first[0]), portOf(first[3])];
    await checkPorts(['127.0.0.1'], { port, tlsPort });
    await whileUp({ json: true, port: String(port), 'tls-port': String(tlsPort) }, async (text) => {
      expect((JSON.parse(text) as Printed).iceServers.map(({ urls }) => urls)).toEqual(first);
    });
  });

  test('rejects with NetworkError if the server dies', async () => {
    const { ended, printed } = start({ json: true });
    const { certificate } = JSON.parse(await printed) as Printed;
    const [pid] = processesWith(certificate.replace(/cert\.pem$/, 'turnserver.conf'));
    process.kill(pid!, 'SIGKILL');
    await expect(ended).rejects.toMatchObject({ code: 'TURN_DIED' });
  });
});

test('turn refuses everything that is wrong at once', async () => {
  const flags = { listen: '0.0.0.0', port: '0', 'tls-port': 'x', ttl: '60', realm: 'a b' };
  await expect(turn(flags, memoryIo())).rejects.toMatchObject({
    problems: [
      { path: '--listen' },
      { path: '--realm' },
      { path: '--ttl' },
      { path: '--port' },
      { path: '--tls-port' },
    ],
  });
});
