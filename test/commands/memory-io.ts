import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import type { Io } from '../../harness/commands/io.ts';

/** As the test runner does it. */
export const importNatively = (file: string): Promise<unknown> => import(pathToFileURL(file).href);

/** A process's outside for a command under test: what it wrote is text, its signals are the test's to send. */
export interface MemoryIo extends Io {
  out: string;
  err: string;
  exits: number[];
}

export function memoryIo(changes: Partial<Pick<Io, 'env' | 'cwd'>> = {}): MemoryIo {
  const io: MemoryIo = {
    out: '',
    err: '',
    exits: [],
    stdout: { write: (text) => (io.out += text) },
    stderr: { write: (text) => (io.err += text) },
    env: {},
    cwd: process.cwd(),
    signals: new EventEmitter(),
    exit: (code) => void io.exits.push(code),
    importModule: importNatively,
    ...changes,
  };
  return io;
}
