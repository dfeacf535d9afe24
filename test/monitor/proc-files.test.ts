import { expect, test } from 'vitest';
import {
  readCpuPressure,
  readCpuTicks,
  readMemoryAvailable,
  readProcessStat,
  readSockets,
} from '../../harness/monitor/proc-files.ts';

/** As a kernel 6.18 with two cores wrote them. */
const STAT = `cpu  5990730 426411 1802689 6866995 20113 0 38458 7042 12 3
cpu0 2996012 213001 902112 3431000 10090 0 20001 3500 0 0
cpu1 2994718 213410 900577 3435995 10023 0 18457 3542 0 0
intr 1 2 3
ctxt 4100
btime 1795336090
processes 15014
procs_running 3
procs_blocked 0
`;

test('readCpuTicks() tells busy from idle, from waiting for a disk and from what the hypervisor took', () => {
  const busy = 5990730 + 426411 + 1802689 + 0 + 38458 + 7042;
  expect(readCpuTicks(STAT)).toEqual({
    total: busy + 6866995 + 20113,
    busy,
    steal: 7042,
    iowait: 20113,
    runQueue: 3,
  });
});

test('readCpuTicks() counts guests once: user and nice hold them already', () => {
  const without = STAT.replace(' 12 3\n', ' 0 0\n');
  expect(readCpuTicks(STAT)?.total).toBe(readCpuTicks(without)?.total);
});

test.for(['', 'cpu  1 2', 'cpu  1 2 x 4', 'cpu0 1 2 3 4'])('readCpuTicks() knows nothing from %j', (text) => {
  expect(readCpuTicks(text)).toBeUndefined();
});

test('readCpuTicks() has no run queue if the kernel does not tell', () => {
  expect(readCpuTicks('cpu  1 2 3 4\n')).toEqual({ total: 10, busy: 6, steal: 0, iowait: 0 });
});

test('readMemoryAvailable() is in bytes, and unknown on kernels before 3.14', () => {
  expect(readMemoryAvailable('MemTotal:  100 kB\nMemAvailable:   23500 kB\n')).toBe(23500 * 1024);
  expect(readMemoryAvailable('MemTotal:  100 kB\nMemFree: 3 kB\n')).toBeUndefined();
});

test('readCpuPressure() takes what some waited for, not the full stop of all', () => {
  const pressure = `some avg10=0.60 avg60=0.51 avg300=0.23 total=28506621384
full avg10=0.00 avg60=0.00 avg300=0.00 total=17
`;
  expect(readCpuPressure(pressure)).toBe(28506621384);
  expect(readCpuPressure('')).toBeUndefined();
});

test('readSockets() adds TCP and UDP of both families, and nothing else', () => {
  const four = `sockets: used 15
TCP: inuse 4 orphan 0 tw 9 alloc 1 mem 38
UDP: inuse 3 mem 0
UDPLITE: inuse 7
RAW: inuse 5
FRAG: inuse 0 memory 0
`;
  const six = 'TCP6: inuse 2\nUDP6: inuse 1\nUDPLITE6: inuse 8\nRAW6: inuse 0\nFRAG6: inuse 0 memory 0\n';
  expect(readSockets(four + six)).toBe(10);
  expect(readSockets('')).toBeUndefined();
});

const stat = (name: string) =>
  `4711 (${name}) S 42 4700 4690 0 -1 4194560 900 0 0 0 120 30 5 6 20 0 1 0 100 1000 50 0\n`;

test.for(['chromium', 'Web Content', 'a) S 1 (b', ''])(
  'readProcessStat() reads a process whose name is %j',
  (name) => {
    expect(readProcessStat(stat(name))).toEqual({ name, parent: 42, session: 4690, ticks: 150 });
  },
);

test.for(['', '4711 chromium S 42', '4711 (chromium) S'])(
  'readProcessStat() knows nothing from %j',
  (text) => {
    expect(readProcessStat(text)).toBeUndefined();
  },
);
