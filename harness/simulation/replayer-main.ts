// Replays a recorded call as many peers: `replayer-main.ts FOLDER INTERVAL_MS`. Lines of stdin: `peer ROLE URL` opens one, by
// its control channel; `start MS` lets all of them send for so long, then prints what was sent, how late, as JSON; at its end
// the process ends. It stops by itself: a harness that is swamped would be late to say so. FOLDER
// is the simulation's, so that its watchdog knows whose process this is.
import { createInterface } from 'node:readline';
import { now } from '../peer/agent/clock.ts';
import { Sketch } from '../metrics/sketch.ts';
import { RECORDED_ROLES, type RecordedRole } from './recorded.ts';
import { ReplayedPeer } from './replayed-peer.ts';
import { SharedReplay } from './shared-replay.ts';

/** Connections that are opened at the same time. */
const MOST_OPENING = 64;

const intervalMs = Number(process.argv[3]);
const replays = Object.fromEntries(RECORDED_ROLES.map((role) => [role, new SharedReplay(role)])) as Record<
  RecordedRole,
  SharedReplay
>;
const late = new Sketch();
const peers: ReplayedPeer[] = [];
const waiting: { role: RecordedRole; url: string }[] = [];
let opening = 0;

function openNext(): void {
  while (opening < MOST_OPENING && waiting.length > 0) {
    const { role, url } = waiting.shift()!;
    opening++;
    const peer = new ReplayedPeer({ url, replay: replays[role], onLate: (lateMs) => late.add(lateMs) });
    peers.push(peer);
    peer.opened.then(
      () => {
        opening--;
        openNext();
      },
      (error: Error) => {
        process.stderr.write(`a replayed peer could not connect: ${error.message}\n`);
        process.exit(1);
      },
    );
  }
}

let startCpu = process.cpuUsage();
let startMs = now();

function start(durationMs: number): void {
  startCpu = process.cpuUsage();
  startMs = now();
  setTimeout(stop, durationMs);
  for (const [index, peer] of peers.entries()) peer.start(intervalMs, (index / peers.length) * intervalMs);
}

function stop(): void {
  for (const peer of peers) peer.stop();
  const { user, system } = process.cpuUsage(startCpu);
  const sent = peers.reduce((sum, peer) => sum + peer.sent, 0);
  const sentMs = now() - startMs;
  const cores = (user + system) / 1000 / sentMs;
  const [lateP95Ms, latestMs] = [late.percentile(95) ?? 0, Math.max(0, late.max)];
  process.stdout.write(`${JSON.stringify({ sent, sentMs, lateP95Ms, latestMs, cores })}\n`);
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [word, role, url] = line.split(' ');
    if (word === 'peer') waiting.push({ role: role as RecordedRole, url: url! });
    if (word === 'peer') openNext();
    if (word === 'start') start(Number(role));
  })
  .on('close', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
