import { copyFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bisectCommand, type BisectMeans } from '../../harness/commands/bisect.ts';
import { printJson, textOf, type Flags } from '../../harness/commands/io.ts';
import { EXIT_CODES, type ExitCode } from '../../harness/exit-codes.ts';
import type { VersionSource } from '../../harness/setup/versions/install-version.mjs';
import { judgeCalls } from '../fixtures/judging.ts';
import { recordedCall } from '../fixtures/recorded.ts';
import { FakeMachine } from '../setup/fake-machine.ts';
import { memoryIo } from './memory-io.ts';

type Outcome = 'passed' | 'failed' | 'errored' | 'unsupported';

/** A maker that released all of these, and can unpack all but the lost ones. */
const maker = (machine: FakeMachine, versions: string[], lost: string[] = []): VersionSource => ({
  name: 'the maker',
  list: async () => Promise.resolve(versions),
  install: async ({ version }, folder) => {
    if (lost.includes(version)) throw new Error('it was lost');
    copyFileSync(machine.command('made', `echo Chromium ${version}.0.1`), `${folder}/chrome`);
    return await Promise.resolve({ executable: 'chrome' });
  },
});

/** Judges a recorded call that went as it does in that version, and remembers with which flags. */
function runner(outcomeOf: (version: number) => Outcome, asked: Flags[]): BisectMeans['run'] {
  return async (flags, io): Promise<ExitCode> => {
    asked.push(flags);
    const version = Number(/@(\d+)/.exec(textOf(flags, 'pairs') ?? '')?.[1]);
    const status = outcomeOf(version);
    const call = recordedCall();
    if (status !== 'passed') {
      const message = `${status} by ${version}`;
      call.record.fault = { phase: 'script', status, code: 'PEER_FAULT', message, details: {} };
    }
    const result = await judgeCalls([call], { thresholds: { connection_success: ['rate==1'] } });
    printJson(io, result);
    return result.exitCode as ExitCode;
  };
}

async function bisected(
  outcomeOf: (version: number) => Outcome,
  { versions = ['119', '131', '138', '143', '156'], lost = [] as string[], flags = {} } = {},
) {
  using machine = new FakeMachine();
  // The usual one must not be this machine's: it is of no version in question.
  const env = { ...machine.env, CALLRIG_CHROME: machine.command('chrome', 'echo Chromium 99.0.1') };
  const io = memoryIo({ env });
  const asked: Flags[] = [];
  const exitCode = await bisectCommand({ pairs: 'chrome@119..156:firefox', ...flags }, io, {
    sources: [maker(machine, versions, lost)],
    run: runner(outcomeOf, asked),
  });
  return { exitCode, io, asked, pairs: asked.map(({ pairs }) => pairs) };
}

test('bisectCommand() gets versions, tries the ends and halves, and names the first that fails', async () => {
  const { exitCode, io, pairs } = await bisected((version) => (version >= 143 ? 'failed' : 'passed'));
  expect(pairs).toEqual([119, 156, 138, 143].map((version) => `chrome@${version}:firefox`));
  expect(io.out).toMatch(/^chrome@119 +passes +\S+\nchrome@138 +passes +\S+\nchrome@143 +fails +\S+\n/);
  expect(io.out).toContain('chrome@143 is the first that fails; chrome@138 is the last that does not.');
  expect(exitCode).toBe(EXIT_CODES.passed);
});

test('bisectCommand() names the first that passes if the oldest fails', async () => {
  const { exitCode, io } = await bisected((version) => (version >= 131 ? 'passed' : 'failed'));
  expect(io.out).toContain('chrome@131 is the first that passes; chrome@119 is the last that does not.');
  expect(exitCode).toBe(EXIT_CODES.passed);
});

test('bisectCommand() passes over what is unsupported, lost or broken, and says so', async () => {
  const { exitCode, io, pairs } = await bisected(
    (version) =>
      version === 119 ? 'unsupported' : version === 138 ? 'errored' : version > 138 ? 'failed' : 'passed',
    { versions: ['119', '131', '138', '143', '150', '156'], lost: ['156'] },
  );
  expect(pairs).not.toContain('chrome@156:firefox');
  expect(io.out).toMatch(/chrome@119 +unsupported .*unsupported by 119/);
  expect(io.out).toMatch(/chrome@138 +skipped .*errored by 138/);
  expect(io.out).toMatch(/chrome@156 +skipped +not to be had: the maker: it was lost/);
  expect(io.out).toContain(
    'chrome@143 is the first that fails; chrome@131 is the last that does not. Between them, 138 neither passed nor failed. Unsupported in 119. Passed over: 156.',
  );
  expect(exitCode).toBe(EXIT_CODES.passed);
});

test.for<[string, Outcome, string, ExitCode]>([
  ['both ends are alike', 'passed', 'it passes in chrome@119 and in chrome@156', EXIT_CODES.inconclusive],
  ['all are unsupported', 'unsupported', 'fewer than two versions', EXIT_CODES.inconclusive],
])('bisectCommand() is inconclusive if %s', async ([, outcome, said, code]) => {
  const { exitCode, io } = await bisected(() => outcome);
  expect(io.out).toContain(said);
  expect(exitCode).toBe(code);
});

test('bisectCommand() needs two versions, and runs nothing with fewer', async () => {
  const { exitCode, asked } = await bisected(() => 'passed', { versions: ['138'] });
  expect(exitCode).toBe(EXIT_CODES.environment);
  expect(asked).toEqual([]);
});

test('bisectCommand() takes what is known to fail for failed, unless it is told otherwise', async () => {
  const strict = await bisected(() => 'passed');
  expect(strict.asked[0]).toMatchObject({ known: 'fail', json: true });
  const lenient = await bisected(() => 'passed', { flags: { known: 'tolerate' } });
  expect(lenient.asked[0]).toMatchObject({ known: 'tolerate' });
});

test.for(['chrome:firefox', 'chrome@1..2:chrome@3..4', 'chrome@156..119:firefox', 'opera@1..2:firefox'])(
  'bisectCommand() rejects --pairs %s',
  async (pairs) => {
    await expect(bisected(() => 'passed', { flags: { pairs } })).rejects.toMatchObject({
      problems: [{ path: '--pairs' }],
    });
  },
);

test('bisectCommand() refuses a Grid, as it gets versions for this machine', async () => {
  const flags = { grid: 'http://127.0.0.1:4444', pairs: 'chrome@138..156:firefox' };
  await expect(bisectCommand(flags, memoryIo())).rejects.toThrow('--grid: expected nothing with bisect');
});
