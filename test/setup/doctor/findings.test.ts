import { describe, expect, test } from 'vitest';
import { advise } from '../../../harness/setup/doctor/advise.ts';
import { judgeNetworks } from '../../../harness/setup/doctor/networks.ts';
import { renderDoctor } from '../../../harness/setup/doctor/render.ts';
import { CHROME, FIREFOX, LAB_TOOLS, MACHINE, REPORT, tool, WHOLE_LAB } from './fixtures.ts';

describe('judgeNetworks()', () => {
  const levels = (...findings: Parameters<typeof judgeNetworks>) =>
    Object.fromEntries(judgeNetworks(...findings).map(({ level, available }) => [level, available]));

  const tools = LAB_TOOLS.map((name) => tool(name, true, true));
  const without = (name: string) => tools.filter((each) => each.name !== name);

  test('has all levels if everything was seen to work', () => {
    expect(levels([CHROME], tools, WHOLE_LAB)).toEqual({ loopback: true, shaped: true, lab: true });
  });

  test('has no shaped level without a browser of the Chromium family', () => {
    const firefox = { ...FIREFOX, canCall: true };
    expect(levels([firefox], tools, WHOLE_LAB)).toEqual({ loopback: true, shaped: false, lab: true });
  });

  test('has no loopback level if no browser can call', () => {
    expect(levels([FIREFOX], tools, WHOLE_LAB)).toMatchObject({ loopback: false, shaped: false });
  });

  test('has a lab through wirefilter if the kernel lacks netem, and without impairments if that is missing', () => {
    const lab = { ...WHOLE_LAB, netem: false };
    const detail = (...[has, abilities]: [typeof tools, typeof lab]) =>
      judgeNetworks([], has, abilities).at(-1);
    expect(detail(tools, lab)?.detail).toContain('impairment by wirefilter');
    expect(detail(without('wirefilter'), lab)).toMatchObject({
      available: true,
      detail: expect.stringContaining('no impairment: netem or wirefilter is missing'),
      lacks: ['netem or wirefilter'],
    });
    expect(detail(tools, { ...lab, tun: false })).toMatchObject({
      lacks: ['netem or /dev/net/tun'],
      hint: expect.stringContaining('--device /dev/net/tun'),
    });
  });

  test.for(['mounts', 'names', 'veth', 'bridge', 'nat', 'symmetricNat'] as const)(
    'has no lab if the kernel lacks %s',
    (ability) => {
      const finding = judgeNetworks([], tools, { ...WHOLE_LAB, [ability]: false }).at(-1);
      expect(finding?.available).toBe(false);
      expect(finding?.lacks).toHaveLength(1);
      expect(finding?.detail).toContain('namespaces work as root; missing: ');
    },
  );

  test.for(['ip', 'nft'])('blames %s and not the kernel if it is missing', (name) => {
    const abilities = { ...WHOLE_LAB, nat: false, symmetricNat: false };
    expect(judgeNetworks([], without(name), abilities).at(-1)).toMatchObject({
      available: false,
      lacks: [`the command ${name}`],
    });
  });

  test('says why there are no namespaces, and who may have them', () => {
    const lab = { ...WHOLE_LAB, namespaces: undefined, failure: 'EPERM' };
    expect(judgeNetworks([], tools, lab).at(-1)).toMatchObject({
      detail: 'no network namespaces: EPERM',
      hint: expect.stringContaining('run as root'),
    });
    const busybox = { ...lab, failure: 'unshare: unrecognized option: kill-child' };
    expect(judgeNetworks([], tools, busybox).at(-1)?.hint).toBe('install util-linux');
    const mac = { ...lab, failure: 'network namespaces are Linux only' };
    expect(judgeNetworks([], tools, mac).at(-1)?.hint).toBeUndefined();
  });
});

describe('advise()', () => {
  const commandFor = (thing: string) => `install ${thing}`;
  const all = { machine: MACHINE, browsers: [CHROME], tools: [tool('coturn', true)], networks: [] };

  test('names what is missing, what it costs and what gets it', () => {
    const advice = advise({ ...all, tools: [tool('coturn', false)] }, commandFor);
    expect(advice).toEqual([
      { what: 'firefox is missing', costs: 'no call has Firefox in it', command: 'install firefox' },
      {
        what: 'coturn is missing',
        costs: expect.stringContaining('TURN fallback'),
        command: 'install coturn',
      },
    ]);
  });

  test('names a browser that is there but cannot call', () => {
    const [advice] = advise({ ...all, browsers: [CHROME, FIREFOX] }, commandFor);
    expect(advice?.what).toBe('firefox cannot call: it ended with code 1: no libgtk');
  });

  test('says what the lab lacks besides tools', () => {
    const lab = { level: 'lab', available: true, detail: '.', lacks: ['netem'], hint: 'modprobe x' } as const;
    const findings = { ...all, browsers: [CHROME, { ...FIREFOX, canCall: true }] };
    expect(advise({ ...findings, networks: [{ ...lab, lacks: [...lab.lacks] }] }, commandFor)).toEqual([
      { what: 'the lab lacks netem', costs: expect.stringContaining('no delay'), command: 'modprobe x' },
    ]);
  });

  test('asks for no lab tools off Linux', () => {
    const mac = {
      ...all,
      machine: { ...MACHINE, os: 'darwin 24.0.0 arm64' },
      tools: [tool('nft', false, true)],
    };
    expect(advise(mac, commandFor).map(({ what }) => what)).toEqual(['firefox is missing']);
  });

  test.for([
    [{ openFiles: 1024 }, 'a process may open only 1024 files'],
    [{ shmBytes: 64 * 1024 ** 2 }, '/dev/shm holds only 64 MiB'],
    [{ memoryBytes: 1024 ** 3 }, 'less than 2 GiB of memory'],
    [{ sandbox: { usable: false, reason: 'forbidden' } }, "Chromium's sandbox cannot be used: forbidden"],
  ] as const)('warns if the machine is too small: %o', ([change, what]) => {
    const findings = { ...all, browsers: [CHROME, { ...FIREFOX, canCall: true }] };
    expect(advise(findings, commandFor)).toEqual([]);
    const machine = { ...MACHINE, ...change };
    expect(advise({ ...findings, machine }, commandFor)).toEqual([expect.objectContaining({ what })]);
  });
});

describe('renderDoctor()', () => {
  test('prints browsers, tools, networks, machine, and what is missing', () => {
    expect(renderDoctor(REPORT, { color: false })).toMatchInlineSnapshot(`
      "Browsers
        ✓ chrome         156.0.1          /usr/bin/chromium (PATH)
            video VP8 H264 · audio opus
        ✕ firefox        ?                /usr/bin/firefox (PATH)
            it ended with code 1: no libgtk

      Tools
        ✓ coturn         1.2.3            /usr/bin/coturn
        – nft            missing (Linux only)

      Networks
        ✓ loopback       host candidates

      Machine
        linux 6.1.0 x64, Node 20.20.2
        8 cores (A processor), 16.0 GiB of memory
        65536 open files, 1.0 GiB of /dev/shm, Chromium's sandbox is used (user namespaces)

      Load generator
        measured: CPU, memory
        not known here: pressure (PSI)

      Missing
        ! nft is missing
            costs: no NATs in the lab
            to get it: apt-get install -y nftables

      p2p-call can run here, with chrome
      "
    `);
  });

  test('says so if nothing can run', () => {
    expect(renderDoctor({ ...REPORT, canRun: false }, { color: false })).toContain(
      'p2p-call cannot run here',
    );
  });
});
