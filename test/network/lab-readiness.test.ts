import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { labReadiness } from '../../harness/network/lab-readiness.ts';
import { tryLab } from '../../harness/setup/doctor/lab.ts';

test('labReadiness() says what is missing and what gets it if there is no lab', () => {
  const { ready, why, backend, hint } = labReadiness({ PATH: '/nowhere' });
  expect(ready).toBe(false);
  expect(backend).toBeUndefined();
  expect(why).toContain('no network namespaces');
  if (process.platform === 'linux') expect(hint).toContain('install util-linux');
});

test.runIf(process.platform === 'linux')(
  'labReadiness() agrees with what was tried, and leaves nothing behind',
  () => {
    const abilities = tryLab(process.env);
    const { ready, why, hint } = labReadiness(process.env);
    if (ready) expect(abilities).toMatchObject({ names: true, veth: true, nat: true, symmetricNat: true });
    else expect(why).not.toBe('');
    // Whoever is told that something is missing is told what to do.
    expect(why === undefined).toBe(hint === undefined);
    expect(readdirSync('/sys/class/net').filter((name) => /^callrig[23]/.test(name))).toEqual([]);
  },
);
