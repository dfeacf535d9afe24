import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { probeReach } from '../../harness/network/lab/nat-probe.ts';
import { labTest, openTestLab, TWO_HOMES } from '../helpers/lab.ts';
import { descendants, goneWithin } from '../helpers/processes.ts';
import { startProgram, TestFolder } from '../helpers/programs.ts';

const OWNER = fileURLToPath(new URL('../fixtures/programs/lab-owner.ts', import.meta.url));

/** Network namespaces that any process is in. */
function namespaces(): Set<string> {
  const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Set(
    found.flatMap((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/ns/net`);
      } catch {
        return [];
      }
    }),
  );
}

describe('Lab', () => {
  labTest('leaves no process and no namespace when it is closed', async () => {
    const before = descendants(process.pid);
    let inside: Set<string>;
    let pids: number[];
    {
      await using opened = await openTestLab(TWO_HOMES);
      pids = descendants(process.pid).filter((pid) => !before.includes(pid));
      inside = new Set(pids.map((pid) => readlinkSync(`/proc/${pid}/ns/net`)));
      expect(opened.lab.generation).toBe(1);
      // The keeper's own, the internet's and the two peers'; nobody runs in the routers'.
      expect(inside.size).toBeGreaterThanOrEqual(4);
    }
    expect(await goneWithin(pids, 1000)).toEqual([]);
    const own = readlinkSync('/proc/self/ns/net');
    expect([...inside].filter((each) => each !== own && namespaces().has(each))).toEqual([]);
  });

  labTest('leaves nothing when its owner is killed', async () => {
    using folder = new TestFolder();
    await using owner = await startProgram(['--import', 'tsx', OWNER], [folder.path]);
    const pids = descendants(owner.pid);
    expect(pids.length).toBeGreaterThan(3);
    process.kill(owner.pid, 'SIGKILL');
    await owner.ended;
    expect(await goneWithin(pids, 2000)).toEqual([]);
  });

  labTest('is not seen by another one with the same addresses', async () => {
    await using one = await openTestLab(TWO_HOMES);
    await using other = await openTestLab(TWO_HOMES);
    const { server, port } = await one.lab.wan.station.listen({ host: '198.51.100.3', port: 0 });
    server.on('connection', (socket) => socket.destroy());
    const to = { address: '198.51.100.3', port };
    const reach = async ({ lab }: typeof one) =>
      (await probeReach(await lab.stationOf('caller'), { protocol: 'tcp', to })).outcome;
    expect([await reach(one), await reach(other)]).toEqual(['open', 'refused']);
    server.close();
  });

  labTest('works for an ordinary user where the system lets users have namespaces', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'this is an ordinary user already');
    const run = promisify(execFile);
    const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--'];
    const trial = run('setpriv', [...asNobody, 'unshare', '-Urn', 'true']);
    skip(
      await trial.then(
        () => false,
        () => true,
      ),
      'ordinary users get no namespaces here',
    );
    using folder = new TestFolder();
    await run('chown', ['65534', folder.path]);
    await using owner = await startProgram([
      '-e',
      `require('node:child_process').spawn('setpriv', ${JSON.stringify([...asNobody, process.execPath, '--import', 'tsx', OWNER, folder.path])}, { stdio: 'inherit' })`,
    ]);
    expect(JSON.parse(owner.firstLine)).toMatchObject({
      user: 65534,
      nat: { mapping: 'address-and-port-dependent', filtering: 'address-and-port-dependent' },
    });
    const pids = descendants(owner.pid);
    process.kill(-owner.pid, 'SIGKILL');
    expect(await goneWithin(pids, 2000)).toEqual([]);
  });
});
