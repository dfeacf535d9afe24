import { expect, test } from 'vitest';
import { setupVersions } from '../../harness/commands/setup-versions.ts';
import { EXIT_CODES } from '../../harness/exit-codes.ts';
import { FakeMachine } from '../setup/fake-machine.ts';

function memoryIo(env: Record<string, string>) {
  const text = { out: '', err: '' };
  const io = {
    env,
    stdout: { write: (line: string) => void (text.out += line) },
    stderr: { write: (line: string) => void (text.err += line) },
  };
  return { io, text };
}

test('setupVersions() names every word that is no version', async () => {
  const { io } = memoryIo({});
  await expect(setupVersions({ names: ['chrome', 'opera@9', 'chrome@1'] }, io)).rejects.toMatchObject({
    problems: [{ got: '"chrome"' }, { got: '"opera@9"' }],
  });
});

test('setupVersions() prints what is there, and gets nothing if it must not', async () => {
  using machine = new FakeMachine();
  machine.command('firefox', 'echo Mozilla Firefox 99.1');
  const { io, text } = memoryIo({ ...machine.env, CALLRIG_NO_INSTALL: '1' });
  await expect(setupVersions({ names: ['firefox@99'] }, io)).resolves.toBe(EXIT_CODES.passed);
  expect(text.out).toContain(`${machine.bin}/firefox`);
  await expect(setupVersions({ names: ['firefox@98'] }, io)).resolves.toBe(EXIT_CODES.environment);
  expect(text.err).toContain('firefox@98 is missing, and CALLRIG_NO_INSTALL is set');
});
