import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRun } from '../harness/store/open-run.ts';
import { allowedMs, stretchesOf, type Stretch } from '../test/helpers/wire.ts';
import { type Figure, median, time } from './runs.ts';

const CALLS = 3;
const ARGS =
  `turn-fallback --network lab --only direct --pairs chrome:chrome --pcap --duration 3s --iterations ${CALLS}`.split(
    ' ',
  );

/** How far `connect_ms` is from the packets that crossed the lab's internet, from the first check on. */
export async function benchConnect(): Promise<Figure[]> {
  const out = await mkdtemp(join(tmpdir(), 'callrig-bench-'));
  try {
    await time('npm', ['run', '--silent', 'scenario', '--', ...ARGS, '--out', out]);
    const run = await openRun(join(out, 'latest'));
    const found: Stretch[] = [];
    for await (const record of run.records()) found.push(...stretchesOf(record, run.folder));
    const seen = median(found.map((each) => each.seen));
    return [
      {
        name: 'connect_ms apart from the packet capture',
        value: median(found.map((each) => Math.abs(each.told - each.seen))),
        unit: 'ms',
        limit: Math.round(allowedMs(seen)),
        from: `median of ${found.length} peers, first check to DTLS finished in ${Math.round(seen)} ms of packets`,
      },
    ];
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
