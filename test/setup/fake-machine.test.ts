import { lstatSync, readFileSync, writeFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FakeMachine } from './fake-machine.ts';

test('FakeMachine.command() takes the place of a link, and leaves what it leads to', () => {
  using machine = new FakeMachine();
  const real = path.join(machine.folder, 'real');
  writeFileSync(real, 'the real one');
  symlinkSync(real, path.join(machine.bin, 'tool'));
  const made = machine.command('tool', 'echo the fake one');
  expect(lstatSync(made).isSymbolicLink()).toBe(false);
  expect(readFileSync(real, 'utf8')).toBe('the real one');
});
