import { resolve } from 'node:path';
import { ConfigError, type Problem } from '../errors.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { TemporaryFolder } from '../lifecycle/temporary-folder.ts';
import { requireOpenFiles } from '../simulation/open-files.ts';
import { renderSimulated } from '../simulation/render-simulated.ts';
import { simulate, type Simulated } from '../simulation/simulate.ts';
import { writeAtomically } from '../store/files.ts';
import { parseDuration } from '../units.ts';
import { foldersOf, type Flags, type Io, printJson, textOf } from './io.ts';
import { listenForStop } from './stop-signals.ts';

const DEFAULT_PEERS = '1000,10000';
const MOST_PEERS = 25_000;

interface Wanted {
  peers: number[];
  durationMs: number;
}

/** Replays a recorded call as many peers, and says what that costs. 111 when the replayer was late: that proves nothing. */
export async function simulateCommand(flags: Flags, io: Io): Promise<ExitCode> {
  const { peers, durationMs } = readWanted(flags);
  requireOpenFiles(Math.max(...peers));
  using stop = listenForStop(io);
  await using temporary = TemporaryFolder.open();
  const all: Simulated[] = [];
  for (const count of peers) {
    io.stderr.write(`callrig: ${count} peers for ${durationMs / 1000} s\n`);
    all.push(await simulate({ peers: count, durationMs, temporary, signal: stop.signal }));
  }
  const file = await keep(all, flags, io);
  if (flags['json'] === true) printJson(io, all);
  else io.stdout.write(`${renderSimulated(all)}  ${file}\n`);
  return all.some(({ isReplayerLate }) => isReplayerLate) ? EXIT_CODES.inconclusive : EXIT_CODES.passed;
}

/** Every problem at once. */
function readWanted(flags: Flags): Wanted {
  const problems: Problem[] = [];
  const peers = (textOf(flags, 'peers') ?? DEFAULT_PEERS).split(',').map((word) => {
    const count = Number(word);
    if (Number.isInteger(count) && count >= 2 && count <= MOST_PEERS && count % 2 === 0) return count;
    const expected = `even numbers from 2 to ${MOST_PEERS}: two peers are a call`;
    problems.push({ path: '--peers', expected, got: JSON.stringify(word) });
    return 2;
  });
  const duration = textOf(flags, 'duration') ?? '60s';
  const durationMs = parseDuration(duration);
  if (durationMs === undefined || durationMs < 1000) {
    problems.push({
      path: '--duration',
      expected: 'at least a second, like 60s',
      got: JSON.stringify(duration),
    });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { peers, durationMs: durationMs! };
}

async function keep(all: readonly Simulated[], flags: Flags, io: Io): Promise<string> {
  const utc = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const file = resolve(foldersOf(io).startedIn, textOf(flags, 'out') ?? 'runs', `simulation-${utc}.json`);
  await writeAtomically(file, `${JSON.stringify(all, null, 2)}\n`);
  return file;
}
