import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { constants, gunzipSync } from 'node:zlib';
import { StoreError, toError } from '../errors.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * The lines of a file, read as they are asked for; none when there is no such file. A last line without its newline is
 * what a crash or a full disk left: it is dropped.
 *
 * Synchronous, so that the pure rooms can pull samples through without holding a call's samples in memory.
 */
export function* readLines(path: string): Generator<string> {
  const file = openIfThere(path);
  if (file === undefined) return;
  try {
    const decoder = new StringDecoder('utf8');
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let rest = '';
    for (;;) {
      const size = readSync(file, chunk);
      if (size === 0) return;
      const lines = (rest + decoder.write(chunk.subarray(0, size))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * The same of a file of gzip members. What a crash left of the last member is read as far as it goes.
 *
 * Holds the whole file's lines: those of one peer in one call.
 */
export function* readPackedLines(path: string): Generator<string> {
  const packed = contentIfThere(path);
  if (!packed || packed.length === 0) return;
  const text = gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH });
  for (let from = 0, to = text.indexOf(NEWLINE); to !== -1; from = to + 1, to = text.indexOf(NEWLINE, from)) {
    yield text.toString('utf8', from, to);
  }
}

const NEWLINE = 10;

/**
 * The values of a JSON-lines file, a value a line; blank lines are skipped. Throws `StoreError` naming the line if one
 * that is complete is not JSON.
 */
export function* readJsonLines<Value>(path: string): Generator<Value> {
  let number = 0;
  for (const line of path.endsWith('.gz') ? readPackedLines(path) : readLines(path)) {
    number += 1;
    if (line.trim() !== '') yield parseLine(line, `${path}:${number}`);
  }
}

// The files are the store's own: their shape is trusted once the run's schema version is known.
function parseLine<Value>(line: string, where: string): Value {
  try {
    return JSON.parse(line) as Value;
  } catch (cause) {
    throw new StoreError(`${where} is not JSON: ${toError(cause).message}`, {
      code: 'RUN_CORRUPT',
      hint: 'The file was changed after it was written, or the disk lost a part of it.',
      cause,
    });
  }
}

function openIfThere(path: string): number | undefined {
  return ifThere(() => openSync(path, 'r'));
}

function contentIfThere(path: string): Buffer | undefined {
  return ifThere(() => readFileSync(path));
}

function ifThere<Value>(open: () => Value): Value | undefined {
  try {
    return open();
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}
