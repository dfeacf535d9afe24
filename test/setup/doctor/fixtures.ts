import type { LabAbilities } from '../../../harness/setup/doctor/lab.ts';
import type {
  BrowserFinding,
  DoctorReport,
  Machine,
  ToolFinding,
} from '../../../harness/setup/doctor/report.ts';

export const MACHINE: Machine = {
  os: 'linux 6.1.0 x64',
  node: '20.20.2',
  cpuModel: 'A processor',
  cores: 8,
  memoryBytes: 16 * 1024 ** 3,
  openFiles: 65_536,
  shmBytes: 1024 ** 3,
  sandbox: { usable: true, reason: 'user namespaces' },
};

export const CHROME: BrowserFinding = {
  name: 'chrome',
  kind: 'chromium',
  executablePath: '/usr/bin/chromium',
  source: 'PATH',
  version: '156.0.1',
  canCall: true,
  capabilities: {
    secureContext: true,
    peerConnection: true,
    getUserMedia: true,
    connected: true,
    video: [
      { mimeType: 'video/VP8', clockRate: 90_000 },
      { mimeType: 'video/rtx', clockRate: 90_000 },
      { mimeType: 'video/H264', clockRate: 90_000, sdpFmtpLine: 'packetization-mode=1' },
      { mimeType: 'video/H264', clockRate: 90_000, sdpFmtpLine: 'packetization-mode=0' },
    ],
    audio: [{ mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }],
  },
};

export const FIREFOX: BrowserFinding = {
  name: 'firefox',
  kind: 'firefox',
  executablePath: '/usr/bin/firefox',
  source: 'PATH',
  canCall: false,
  failure: 'it ended with code 1: no libgtk',
};

export const WHOLE_LAB: LabAbilities = {
  namespaces: 'root',
  mounts: true,
  names: true,
  veth: true,
  bridge: true,
  nat: true,
  symmetricNat: true,
  netem: true,
  tun: true,
};

export const LAB_TOOLS = ['ip', 'nft', 'tc', 'wirefilter'];

export const tool = (name: string, there: boolean, linuxOnly = false): ToolFinding => ({
  name,
  linuxOnly,
  ...(there && { path: `/usr/bin/${name}`, version: '1.2.3' }),
});

export const REPORT: DoctorReport = {
  schemaVersion: 1,
  canRun: true,
  machine: MACHINE,
  browsers: [CHROME, FIREFOX],
  tools: [tool('coturn', true), tool('nft', false, true)],
  networks: [{ level: 'loopback', available: true, detail: 'host candidates' }],
  monitor: { measured: ['CPU', 'memory'], unknown: ['pressure (PSI)'] },
  advice: [{ what: 'nft is missing', costs: 'no NATs in the lab', command: 'apt-get install -y nftables' }],
};
