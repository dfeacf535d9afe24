import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RunResult } from '../../harness/result.ts';
import { locate } from '../../harness/setup/things.mjs';
import { runsFolder, startCli, type CliRun } from '../helpers/cli.ts';
import { commandLine, descendants } from '../helpers/processes.ts';

interface TurnPrinted {
  iceServers: { urls: string }[];
  username: string;
  credential: string;
  secret: string;
}

/** `callrig turn`, and what it told an app. */
async function openTurn(): Promise<AsyncDisposable & TurnPrinted> {
  const cli = startCli(['turn', '--json']);
  return { ...(JSON.parse(await cli.prints(/^}/m)) as TurnPrinted), [Symbol.asyncDispose]: () => stop(cli) };
}

async function stop(cli: CliRun): Promise<void> {
  cli.kill('SIGINT');
  await cli.ended;
}

/** Everything a run wrote and said, by where. */
function allTexts(folder: string, said: { stdout: string; stderr: string }): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  const texts = files
    .filter((file) => statSync(file).isFile())
    .map((file) => [file, readFileSync(file, 'latin1')]);
  return new Map([...texts, ['stdout', said.stdout], ['stderr', said.stderr]] as [string, string][]);
}

/** Where any of the secrets is, as it is or as URLs and JSON have it. */
function leaks(texts: ReadonlyMap<string, string>, secrets: readonly string[]): string[] {
  const spellings = secrets.flatMap((each) => [each, encodeURIComponent(each), btoa(each)]);
  return [...texts].filter(([, text]) => spellings.some((each) => text.includes(each))).map(([name]) => name);
}

/** What a REST secret makes of every username that anything has: the passwords that peers were given. */
function passwordsMade(texts: ReadonlyMap<string, string>, secret: string): string[] {
  const names = [...texts.values()].flatMap((text) => text.match(/\b\d{10}:[\w.%-]+/g) ?? []);
  return [...new Set(names)].map((name) => createHmac('sha1', secret).update(name).digest('base64'));
}

const CALL = '--network loopback --pairs chrome:firefox --iterations 1 --duration 2s'.split(' ');

async function runAgainst(flags: string[], env: NodeJS.ProcessEnv, out: string) {
  await using cli = startCli(['run', 'turn-fallback', ...CALL, '--out', out, ...flags], env);
  const said = await cli.ended;
  const texts = allTexts(join(out, 'latest'), said);
  const result = RunResult.parse(JSON.parse(readFileSync(join(out, 'latest/result.json'), 'utf8')));
  const cells = Object.fromEntries(result.cells.map(({ id, status }) => [id.split('/')[1], status]));
  return { ...said, texts, result, cells };
}

describe.skipIf(locate('coturn', process.env) === undefined)("a run with a user's own TURN server", () => {
  test.for(['user and password', 'REST secret'] as const)(
    'relays by it with its %s, starts none of ours, and tells nobody the secret',
    async (how) => {
      await using runs = await runsFolder();
      await using own = await openTurn();
      const { username, credential, secret } = own;
      const url = own.iceServers.find(({ urls }) => urls.endsWith('transport=udp'))!.urls;
      const isFixed = how === 'user and password';
      const flags = isFixed ? ['--turn-user', username] : [];
      const env = isFixed ? { CALLRIG_TURN_PASSWORD: credential } : { CALLRIG_TURN_SECRET: secret };
      const run = await runAgainst(['--turn', url, ...flags], env, runs.path);
      expect(run.cells).toMatchObject({
        direct: 'passed',
        'relay-udp': 'passed',
        'relay-tcp': 'unsupported',
        'relay-tls': 'unsupported',
      });
      expect(run.exitCode).toBe(0);
      expect(run.stdout).toContain('--turn gives no turns: URL');
      const events = run.texts.get(
        [...run.texts.keys()].find((name) => /latest.events\.jsonl$/.test(name)) ?? '',
      );
      expect(events).toContain('"run-ended"');
      expect(events).not.toContain('turn-started');
      const made = passwordsMade(run.texts, secret);
      expect(leaks(run.texts, [secret, credential, ...made])).toEqual([]);
      // The search finds what is there.
      expect(leaks(run.texts, ['turn-fallback']).length).toBeGreaterThan(5);
    },
  );

  test('fails the relayed calls with the reason if the password is wrong, and does not tell it', async () => {
    await using runs = await runsFolder();
    await using own = await openTurn();
    const url = own.iceServers.find(({ urls }) => urls.endsWith('transport=udp'))!.urls;
    const flags = ['--turn', url, '--turn-user', own.username, '--turn-password', 'hunter2hunter2'];
    const run = await runAgainst([...flags, '--only', 'relay-udp'], {}, runs.path);
    expect(run.exitCode).toBe(99);
    expect(run.result.calls[0]).toMatchObject({ status: 'failed', phase: 'gathering' });
    expect(run.stdout).toMatch(/401/);
    expect(leaks(run.texts, ['hunter2hunter2'])).toEqual([]);
  });
});

test.skipIf(locate('coturn', process.env) === undefined || process.platform !== 'linux')(
  "a run's own TURN server has a secret that nobody is told, nor the passwords made of it",
  async () => {
    await using runs = await runsFolder();
    const words = ['run', 'turn-fallback', ...CALL, '--only', 'relay', '--out', runs.path];
    await using cli = startCli(words);
    await cli.sees(/: hold$/);
    const server = descendants(cli.pid)
      .map(commandLine)
      .find((line) => /turnserver -c/.test(line));
    const config = readFileSync(/-c (\S+)/.exec(server!)![1]!, 'utf8');
    const secret = /^static-auth-secret=(.+)$/m.exec(config)![1]!;
    const said = await cli.ended;
    expect(said.exitCode).toBe(0);
    const texts = allTexts(join(runs.path, 'latest'), said);
    const made = passwordsMade(texts, secret);
    // Two peers, three transports: their usernames are in the server's log.
    expect(made.length).toBeGreaterThanOrEqual(6);
    expect(leaks(texts, [secret, ...made])).toEqual([]);
  },
);
