import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseTrace, TraceError } from './read-trace.ts';
import { replayTrace } from './replay.ts';

/**
 * `replay TRACE [--speed N]`: plays a trace again and prints what differs. Whether nothing did.
 *
 * @throws TraceError with everything wrong with the words or the file
 */
export async function compareReplay(argv: readonly string[]): Promise<boolean> {
  const { file, speed } = readWords(argv);
  const trace = parseTrace(readTrace(file), file);
  const { messages, differences } = await replayTrace(trace, { speed });
  const found =
    differences.length === 0 ? 'all of them went the same way' : `${differences.length} lines of them differ`;
  process.stdout.write([...differences, `${messages} messages played again: ${found}`, ''].join('\n'));
  return differences.length === 0;
}

function readWords(argv: readonly string[]): { file: string; speed: number } {
  const problems: string[] = [];
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { speed: { type: 'string' } },
    allowPositionals: true,
    strict: false,
  });
  for (const name of Object.keys(values)) {
    if (name !== 'speed') problems.push(`--${name}: expected --speed, got an unknown option`);
  }
  const [file = '', ...more] = positionals;
  if (file === '' || more.length > 0) {
    problems.push(`replay: expected the file of one trace, got ${positionals.join(' ') || 'nothing'}`);
  }
  const speed = Number(values.speed ?? 1);
  if (!(speed > 0)) problems.push(`--speed: expected a number above 0, got ${String(values.speed)}`);
  if (problems.length > 0) throw new TraceError(problems);
  return { file, speed };
}

function readTrace(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new TraceError([`replay: expected a readable file, got ${file} (${code})`]);
  }
}
