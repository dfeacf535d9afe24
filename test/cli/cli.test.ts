import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../harness/cli.ts';
import { COMMANDS } from '../../harness/commands/command-table.ts';
import { memoryIo } from '../commands/memory-io.ts';
import { temporaryFolder } from '../store/a-run.ts';

const SCENARIO = `export default {
  name: 'mine', summary: 'A call.', guardsAgainst: 'None.', roles: ['caller', 'callee'], script: async () => {},
};`;

/** A folder with a scenario of the user's own and a browser that only exists. */
async function aProject() {
  const folder = await temporaryFolder();
  await mkdir(join(folder.path, 'bin'));
  await writeFile(join(folder.path, 'mine.mjs'), SCENARIO);
  await writeFile(join(folder.path, 'bin/opera'), '#!/bin/sh\n');
  await chmod(join(folder.path, 'bin/opera'), 0o755);
  return folder;
}

async function call(words: string, options: Parameters<typeof memoryIo>[0] = {}) {
  const io = memoryIo(options);
  const code = await main(words.split(' ').filter(Boolean), io);
  return { code, out: io.out, err: io.err };
}

test('main() prints every command and an example, and exits 0, for --help', async () => {
  const { code, out, err } = await call('--help');
  expect(code).toBe(0);
  for (const { name } of COMMANDS) expect(out).toContain(`callrig ${name}`);
  expect(out).toContain('callrig run p2p-call');
  expect(err).toBe('');
});

test.for(COMMANDS.map(({ name }) => name))('main() prints the help of %s', async (name) => {
  const { code, out } = await call(`${name} --help`);
  expect(code).toBe(0);
  expect(out).toContain(`callrig ${name}`);
});

test('main() prints the version of the package', async () => {
  expect((await call('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('main() prints the help on stderr and exits 104 if there is no command', async () => {
  const { code, out, err } = await call('');
  expect(code).toBe(104);
  expect(out).toBe('');
  expect(err).toContain('Commands:');
});

test('main() names the nearest command if it is unknown', async () => {
  const { code, err } = await call('rnu p2p-call');
  expect(code).toBe(104);
  expect(err).toContain('did you mean run?');
});

test('main() takes what begins with a minus and a number for the value of the option before it', async () => {
  const flags = '--stage -5s:3 --stage 5s:-3 --hold -3s';
  const { code, err } = await call(`run p2p-call ${flags}`);
  expect(code).toBe(104);
  expect(err).toContain('callrig: 3 problems');
  expect(err).toContain('--stage[0].duration: expected a duration like "30s", got "-5s"');
  expect(err).toContain('--stage[1].target: expected a whole number from 0 on, got -3');
  expect(err).toContain('--hold: expected a duration');
});

test('main() takes no word of a search where none is asked for', async () => {
  const { code, err } = await call('run p2p-call --capacity-max 3 --capacity-level 5s --vus 2');
  expect(code).toBe(104);
  expect(err).toContain('callrig: 2 problems');
  expect(err).toContain("--capacity-max: expected --capacity 'THRESHOLDS' beside it, got none");
});

test('main() names the flag that was given for the VUs of a rate', async () => {
  const { err } = await call('run p2p-call --rate 2 --duration 5s --vus 0');
  expect(err).toContain('--vus: expected a whole number from 1 on, got 0');
});

test('main() tells unknown flags, wrong values and an unknown scenario all at once', async () => {
  const { code, err } = await call('run p2p-cal --brwosers chrome --duration 60 --seed x extra');
  expect(code).toBe(104);
  expect(err).toContain('5 problems');
  expect(err).toContain('did you mean --browsers?');
  expect(err).toContain('did you mean p2p-call?');
  expect(err).toContain('add a unit');
  expect(err).not.toMatch(/\n\s+at /);
});

const BAD_NETWORK = `export default {
  name: 'mine', summary: 'A call.', guardsAgainst: 'None.', roles: ['caller', 'callee'], script: async () => {},
  network: {
    sites: { office: 'corprate', lonely: { nat: 'none', link: { uplink: { rate: '0bps', loss: '120%' } } } },
    peers: {
      caller: { site: 'office', address: '192.168.1.5' },
      callee: { site: 'office', address: '192.168.1.5' },
      nobody: 'ofice',
    },
  },
};`;

test('main() tells an impossible network and TURN servers that are none all at once, and no password', async () => {
  await using folder = await aProject();
  await writeFile(join(folder.path, 'mine.mjs'), BAD_NETWORK);
  const turn = '--turn turn:u:hunter2@turn.example.org:0 --turn turn:no-credentials.example.org';
  const { code, out, err } = await call(`run ./mine.mjs --network labb ${turn}`, { cwd: folder.path });
  expect(code).toBe(104);
  expect(out).toBe('');
  expect(err).toContain('8 problems');
  for (const part of [
    'network.sites.office: expected a network',
    'did you mean corporate?',
    'uplink.rate: expected a data rate above 0',
    'uplink.loss: expected a share like "2%", from 0% to 100%',
    'peers.nobody: expected a role of the scenario',
    'caller has it',
    'did you mean lab?',
    '--turn[0]: expected a port',
    '--turn[1]: expected credentials',
  ]) {
    expect(err).toContain(part);
  }
  expect(err).not.toContain('hunter2');
});

test("main() plans a user's own TURN server without its password", async () => {
  await using folder = await aProject();
  const own = '--turn turns:turn.example.org?transport=tcp --turn-user u --turn-password hunter2';
  const browser = `--browser opera=chromium:${join(folder.path, 'bin/opera')} --browsers opera`;
  const { code, out, err } = await call(`plan ./mine.mjs ${browser} ${own}`, { cwd: folder.path });
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ iceServers: ['turns:turn.example.org?transport=tcp'] });
  expect(out).not.toContain('hunter2');
});

test('main() does not let a list flag swallow the scenario', async () => {
  const { err } = await call('plan --threshold connect_ms=avg<1 --only chrome nosuch');
  expect(err).toContain('"nosuch"');
});

test('main() prints one JSON document on stdout if --json is there, for errors too', async () => {
  const { code, out, err } = await call('run nosuch --json --duration 60');
  expect(code).toBe(104);
  expect(err).toBe('');
  expect(JSON.parse(out)).toMatchObject({
    error: { code: 'CONFIG_INVALID', problems: [{ path: 'scenario' }, { path: '--duration' }] },
  });
});

test.for(['callrig', 'callrig:*', 'ws,callrig:store', '*'])(
  'main() prints the stack if DEBUG is %s',
  async (DEBUG) => {
    expect((await call('plan nosuch', { env: { DEBUG } })).err).toMatch(/\n\s+at /);
  },
);

test('main() exits 112 and calls it a defect if something throws that is no error of ours', async () => {
  const io = memoryIo();
  const write = (): never => {
    throw new Error('the pipe burst');
  };
  expect(await main(['list'], { ...io, stdout: { write } })).toBe(112);
  expect(io.err).toContain('internal error: the pipe burst');
  expect(io.err).not.toMatch(/\n\s+at /);
});

test('plan prints what would be run of a user’s own file', async () => {
  await using project = await aProject();
  const opera = join(project.path, 'bin/opera');
  const words = `plan ./mine.mjs --browsers opera --browser opera=${opera} --iterations 2 --seed 7`;
  const { code, out, err } = await call(words, { cwd: project.path });
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    scenario: { name: 'mine', file: 'mine.mjs' },
    browsers: [{ name: 'opera', kind: 'chromium', executablePath: opera, driver: 'puppeteer' }],
    cells: [{ id: 'opera:opera' }],
    calls: [{ id: '001-opera-opera' }, { id: '002-opera-opera' }],
    options: { seed: 7, iterations: 2, listen: '127.0.0.1' },
  });
});

test('plan takes defaults from callrig.config and lets playwright drive no Firefox', async () => {
  await using project = await aProject();
  const opera = join(project.path, 'bin/opera');
  const browser = { opera, fox: `firefox:${opera}` };
  const config = { browser, browsers: ['opera', 'fox'], driver: 'playwright', statsInterval: '2s' };
  await writeFile(join(project.path, 'callrig.config.mjs'), `export default ${JSON.stringify(config)}`);
  const { out } = await call('plan ./mine.mjs', { cwd: project.path });
  expect(JSON.parse(out)).toMatchObject({
    browsers: [
      { name: 'opera', driver: 'playwright', source: 'config' },
      { name: 'fox', driver: 'puppeteer' },
    ],
    options: { statsIntervalMs: 2000 },
  });
});

test('plan exits 104 if the executable of a browser is not there', async () => {
  await using project = await aProject();
  const { code, err } = await call('plan ./mine.mjs --browser opera=/nowhere/opera', { cwd: project.path });
  expect(code).toBe(104);
  expect(err).toContain('--browser opera');
});

test('plan exits 112 and says how to install if a browser that was named is missing', async () => {
  await using project = await aProject();
  const options = { cwd: project.path, env: { PATH: '', HOME: project.path } };
  const { code, out } = await call('plan ./mine.mjs --browsers firefox-nightly --json', options);
  expect(code).toBe(112);
  expect(JSON.parse(out)).toMatchObject({
    error: { code: 'BROWSER_NOT_FOUND', hint: expect.stringContaining('npm run setup') },
  });
});

test('run exits 112 before it launches anything if the result folder cannot be written', async () => {
  await using project = await aProject();
  const opera = join(project.path, 'bin/opera');
  const words = `run ./mine.mjs --browsers opera --browser opera=${opera} --out mine.mjs --json`;
  const { code, out, err } = await call(words, { cwd: project.path });
  expect(code).toBe(112);
  expect(JSON.parse(out)).toMatchObject({ error: { code: 'STORE_NOT_WRITABLE' } });
  expect(err).toBe('');
});

test.for(['judge', 'report', 'serve'])(
  '%s exits 112 and says what to do if there is no run',
  async (name) => {
    await using project = await aProject();
    const { code, err } = await call(`${name} latest`, { cwd: project.path });
    expect(code).toBe(112);
    expect(err).toContain('callrig run p2p-call');
  },
);

test('list prints the catalogue, with --json as one document', async () => {
  expect((await call('list')).out).toMatch(/^  p2p-call +\S/m);
  const { out } = await call('list --json');
  expect(JSON.parse(out)).toMatchObject({
    scenarios: expect.arrayContaining([expect.objectContaining({ name: 'p2p-call' })]),
  });
});
