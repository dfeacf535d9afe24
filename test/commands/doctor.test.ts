import { describe, expect, test } from 'vitest';
import { doctor } from '../../harness/commands/doctor.ts';
import { setup } from '../../harness/commands/setup.ts';
import { ConfigError } from '../../harness/errors.ts';
import { findBrowsers, KNOWN_BROWSERS } from '../../harness/setup/find-browsers.mjs';
import { FakeMachine } from '../setup/fake-machine.ts';

/** An Io that keeps what is written. */
function record(env: Record<string, string | undefined>) {
  const written = { stdout: '', stderr: '' };
  const stdout = { write: (text: string) => (written.stdout += text) };
  const stderr = { write: (text: string) => (written.stderr += text) };
  return { written, io: { stdout, stderr, env } };
}

/** An environment in which every browser is a path that does not exist. */
const noBrowser = Object.fromEntries(
  Object.keys(KNOWN_BROWSERS).map((name) => [
    `CALLRIG_${name.toUpperCase().replaceAll('-', '_')}`,
    '/nowhere/browser',
  ]),
);

describe('doctor()', () => {
  test('ends with 0 and prints one JSON document if a browser can call', async () => {
    const [browser] = findBrowsers().found;
    expect(browser).toBeDefined();
    const env = {
      ...process.env,
      ...noBrowser,
      CALLRIG_CHROME: `${browser?.kind}:${browser?.executablePath}`,
    };
    const { io, written } = record(env);
    await expect(doctor({ json: true }, io)).resolves.toBe(0);
    expect(JSON.parse(written.stdout)).toMatchObject({
      schemaVersion: 1,
      canRun: true,
      browsers: [{ name: 'chrome', canCall: true, source: 'CALLRIG_CHROME' }],
    });
    expect(written.stderr).toContain('asking chrome');
  });

  test('ends with 112 if there is no browser', async () => {
    const { io, written } = record({ ...process.env, ...noBrowser });
    await expect(doctor({ json: false }, io)).resolves.toBe(112);
    expect(written.stdout).toContain('CALLRIG_CHROME is /nowhere/browser, which does not exist');
    expect(written.stdout).toContain('p2p-call cannot run here');
  });
});

describe('setup()', () => {
  const there = (machine: FakeMachine) => ({
    ...machine.env,
    CALLRIG_CHROME: machine.command('chromium'),
    CALLRIG_FIREFOX: machine.command('firefox'),
  });

  test('prints the plan and installs nothing with dryRun', async () => {
    using machine = new FakeMachine();
    machine.command('turnserver');
    machine.command('apt-get', `touch ${machine.folder}/ran`);
    const { io, written } = record(there(machine));
    await expect(setup({ dryRun: true }, io)).resolves.toBe(0);
    expect(written.stdout).toBe(
      [
        `chrome       ${machine.bin}/chromium`,
        `firefox      ${machine.bin}/firefox`,
        `coturn       ${machine.bin}/turnserver`,
        '',
      ].join('\n'),
    );
    expect(machine.lines('ran')).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('plans what the lab needs on request', async () => {
    using machine = new FakeMachine();
    const { io, written } = record(there(machine));
    await setup({ with: ['lab'], dryRun: true, json: true }, io);
    const plan = JSON.parse(written.stdout) as { thing: string }[];
    expect(plan.map(({ thing }) => thing)).toEqual(expect.arrayContaining(['nft', 'wirefilter', 'tshark']));
  });

  test('throws ConfigError naming the nearest extra if one is unknown', async () => {
    const { io } = record({});
    await expect(setup({ with: ['lap'] }, io)).rejects.toThrow(ConfigError);
    await expect(setup({ with: ['lap'] }, io)).rejects.toThrow('did you mean lab?');
  });
});
