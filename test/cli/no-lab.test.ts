import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../harness/cli.ts';
import { levelsOf } from '../../harness/plan/choose-level.ts';
import { locate } from '../../harness/setup/things.mjs';
import { memoryIo } from '../commands/memory-io.ts';
import { catalogue } from '../helpers/catalogue.ts';
import { TestFolder } from '../helpers/programs.ts';

/** A machine with what the test puts there: a browser that tells when it is launched, and no more. */
class Machine extends TestFolder {
  readonly launched = this.file('launched', '');

  constructor() {
    super();
    this.file('opera', `#!/bin/sh\necho launched >${join(this.path, 'launches')}\n`, 0o755);
    this.file('apt-get', '#!/bin/sh\n', 0o755);
  }

  async call(words: string) {
    const io = memoryIo({ env: { PATH: this.path, HOME: this.path }, cwd: this.path });
    const browser = `--browsers opera --browser opera=chromium:${join(this.path, 'opera')}`;
    const code = await main(`${words} ${browser}`.split(' '), io);
    return { code, out: io.out, err: io.err };
  }

  /** Whether a browser was started. */
  async hasLaunched(): Promise<boolean> {
    return access(join(this.path, 'launches')).then(
      () => true,
      () => false,
    );
  }
}

const inLab = (await catalogue()).filter((scenario) => levelsOf(scenario).includes('lab'));

/** What makes namespaces: missing, or not allowed to; and the scenarios that are tried so. */
const NO_NAMESPACES = [
  ['unshare is missing', undefined, 'unshare is missing', 'install util-linux', inLab],
  [
    'nobody may have namespaces',
    '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2\nexit 1\n',
    'Operation not permitted',
    'run as root',
    inLab.slice(0, 1),
  ],
] as const;

describe.runIf(process.platform === 'linux').for(NO_NAMESPACES)(
  'if %s',
  ([, unshare, why, help, scenarios]) => {
    function aMachine(): Machine {
      const machine = new Machine();
      if (unshare !== undefined) machine.file('unshare', unshare, 0o755);
      return machine;
    }

    test.for(scenarios.map(({ name }) => name))(
      'run %s --network lab is unsupported, exits 111',
      async (name) => {
        using machine = aMachine();
        const { code, out, err } = await machine.call(`run ${name} --network lab --iterations 1`);
        expect(code).toBe(111);
        expect(out).toContain('nothing ran');
        expect(out).not.toMatch(/\d of \d+ calls passed.*✓/);
        for (const text of [out, err]) expect(text).toContain(why);
        expect(err).toContain(help);
        expect(await machine.hasLaunched()).toBe(false);
      },
    );

    test('run --json names no call that passed, and why each did not run', async () => {
      using machine = aMachine();
      const { code, out } = await machine.call('run turn-fallback --network lab --iterations 1 --json');
      expect(code).toBe(111);
      const { status, calls, cells } = JSON.parse(out) as {
        status: string;
        calls: { status: string; headline: string }[];
        cells: { status: string }[];
      };
      expect(status).toBe('inconclusive');
      expect(new Set([...calls, ...cells].map((each) => each.status))).toEqual(new Set(['unsupported']));
      for (const { headline } of calls) expect(headline).toContain(why);
    });
  },
);

test('run exits 104 if the scenario does not know the level', async () => {
  using machine = new Machine();
  const { code, err } = await machine.call('run p2p-call --network lab');
  expect(code).toBe(104);
  expect(err).toContain('--network: expected loopback, got lab');
  expect(err).toContain('p2p-call knows no other level');
});

test('run exits 111 if all that is left of a scenario needs the lab, and says so', async () => {
  using machine = new Machine();
  const words = 'run turn-fallback --only udp-blocked --network loopback --iterations 1';
  const { code, out } = await machine.call(words);
  expect(code).toBe(111);
  expect(out).toContain('nothing ran');
  expect(out).toContain('needs the lab: the run is at level loopback');
  expect(await machine.hasLaunched()).toBe(false);
});

test('run refuses --pcap if the level was asked for and cannot capture', async () => {
  using machine = new Machine();
  const { code, err } = await machine.call('run turn-fallback --network loopback --pcap');
  expect(code).toBe(104);
  expect(err).toContain('--pcap');
  expect(err).toContain('level loopback has no line of its own to capture on');
});

test('run warns that --pcap captures nothing if it is the best level there is', async () => {
  using machine = new Machine();
  const { err } = await machine.call('run p2p-call --pcap --iterations 1');
  expect(err).toContain('--pcap captures only in the lab');
});

test.skipIf(locate('coturn', { PATH: '' }) !== undefined)(
  'run exits 112 before it launches anything if coturn is missing, with the command that installs it',
  async () => {
    using machine = new Machine();
    const { code, out, err } = await machine.call('run turn-fallback --network loopback --only relay-udp');
    expect(code).toBe(112);
    expect(out).toBe('');
    expect(err).toContain('coturn, the TURN server, is not installed');
    expect(err).toMatch(/apt-get install -y --no-install-recommends coturn/);
    expect(await machine.hasLaunched()).toBe(false);
    // What needs no server is not held up.
    const direct = await machine.call('plan turn-fallback --network loopback --only relay-udp');
    expect(direct.code).toBe(0);
  },
);
