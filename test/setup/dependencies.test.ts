import { describe, expect, test } from 'vitest';
import { whyInstall } from '../../harness/setup/dependencies.mjs';
import { FakeMachine } from './fake-machine.ts';

const lock = (packages: Record<string, object>) => JSON.stringify({ lockfileVersion: 3, packages });
const WANTED = lock({
  '': { name: 'x' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/for-mac': { version: '1.0.0', optional: true },
});

function whyWith(installed: string | undefined): string | undefined {
  using machine = new FakeMachine();
  machine.file('repository/package-lock.json', WANTED);
  if (installed) machine.file('repository/node_modules/.package-lock.json', installed);
  return whyInstall(machine.root);
}

describe('whyInstall()', () => {
  test('is undefined if node_modules holds what the lock file wants', () => {
    expect(whyWith(lock({ 'node_modules/a': { version: '1.0.0' } }))).toBeUndefined();
  });

  test('says so if node_modules is missing', () => {
    expect(whyWith(undefined)).toBe('node_modules is missing or incomplete');
  });

  test.for([
    [lock({ 'node_modules/a': { version: '0.9.0' } }), 'node_modules has 0.9.0'],
    [lock({}), 'node_modules has none'],
    [
      lock({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/for-mac': { version: '0.1.0' } }),
      'wants for-mac 1.0.0, node_modules has 0.1.0',
    ],
  ])('names the package if node_modules is behind: %s', ([installed, why]) => {
    expect(whyWith(installed)).toContain(why);
  });

  test('is undefined where there is no lock file', () => {
    using machine = new FakeMachine();
    expect(whyInstall(machine.root)).toBeUndefined();
  });
});
