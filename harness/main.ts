import { main } from './cli.ts';
import type { Io } from './commands/io.ts';
import { printError } from './commands/print-error.ts';

/** How long the process may stay after its command is done, should something still hold it. */
const LINGER_MS = 2000;

/** The edge to the process: arguments, streams, environment and exit code are touched here and nowhere else. */
export async function start(importModule: Io['importModule']): Promise<void> {
  const io: Io = {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    signals: process,
    exit: (code) => process.exit(code),
    importModule,
  };
  const argv = process.argv.slice(2);
  // A crash never exits 0, whatever it crashed in.
  process.on('uncaughtException', (error) => {
    process.exit(printError(error, io, { json: argv.includes('--json') }));
  });
  // `callrig list | head -1`: nobody reads on, which is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  process.exitCode = await main(argv, io);
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
