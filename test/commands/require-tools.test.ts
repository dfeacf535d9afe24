import { describe, expect, test } from 'vitest';
import { requireTools } from '../../harness/commands/require-tools.ts';
import type { PlannedCell, PlannedNetwork } from '../../harness/plan/plan.ts';
import { locate } from '../../harness/setup/things.mjs';
import type { IceServerName } from '../../harness/topology/ice.ts';
import { aPlan } from '../store/a-run.ts';
import { TestFolder } from '../helpers/programs.ts';

/** Commands are looked for in administrators' folders also if PATH leaves them out. */
const isEverywhere = ['coturn', 'tshark'].some((name) => locate(name, { PATH: '' }) !== undefined);
const lab: PlannedNetwork = { level: 'lab', levels: ['lab'] };

interface Planned {
  servers?: IceServerName[];
  unsupported?: string;
  iceServers?: string[];
  network?: PlannedNetwork;
  pcap?: boolean;
}

function planWith({ servers = [], unsupported, iceServers, network, pcap = false }: Planned) {
  const plan = aPlan();
  const cell: PlannedCell = {
    ...plan.cells[0]!,
    ice: { servers, policy: 'all', credentials: 'valid' },
    ...(unsupported !== undefined && { unsupported }),
  };
  return {
    cells: [cell],
    options: { ...plan.options, pcap },
    ...(iceServers && { iceServers }),
    ...(network && { network }),
  };
}

/** A PATH on which there is a package manager and nothing else. */
function onlyApt(folder: TestFolder): NodeJS.ProcessEnv {
  folder.program('apt-get', '');
  return { PATH: folder.path };
}

describe.skipIf(isEverywhere || process.platform === 'win32')('requireTools()', () => {
  test('throws with the command that installs coturn if the run is to start it', () => {
    using folder = new TestFolder();
    const env = onlyApt(folder);
    expect(() => requireTools(planWith({ servers: ['turn-udp'] }), env)).toThrow(
      expect.objectContaining({
        code: 'TURN_NOT_INSTALLED',
        exitCode: 112,
        message: 'coturn, the TURN server, is not installed',
        hint: expect.stringMatching(/npm run setup.*apt-get install .*coturn.*--turn/),
      }),
    );
  });

  test('throws with the command that installs dumpcap if packets are to be captured', () => {
    using folder = new TestFolder();
    const env = onlyApt(folder);
    expect(() => requireTools(planWith({ network: lab, pcap: true }), env)).toThrow(
      expect.objectContaining({
        code: 'CAPTURE_NOT_INSTALLED',
        exitCode: 112,
        hint: expect.stringContaining('tshark'),
      }),
    );
  });

  test('throws with both if both are missing', () => {
    using folder = new TestFolder();
    const plan = planWith({ network: lab, pcap: true, servers: ['stun'] });
    expect(() => requireTools(plan, onlyApt(folder))).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/coturn.*; .*dumpcap/),
        hint: expect.stringMatching(/coturn.*; .*tshark/),
      }),
    );
  });

  test.for([
    ['the call needs no server', { servers: [] }],
    ['the servers are the user’s own', { servers: ['turn-udp'], iceServers: ['turn:turn.example.org'] }],
    ['the cell cannot be tried anyway', { servers: ['turn-udp'], unsupported: 'needs the lab' }],
    ['nothing can be captured there', { pcap: true, network: { level: 'loopback', levels: ['loopback'] } }],
  ] as const satisfies [string, Planned][])('asks for nothing if %s', ([, planned]) => {
    using folder = new TestFolder();
    expect(() => requireTools(planWith(planned as Planned), onlyApt(folder))).not.toThrow();
  });
});
