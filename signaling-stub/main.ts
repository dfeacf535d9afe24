import { createWriteStream, readFileSync } from 'node:fs';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { closest } from 'fastest-levenshtein';
import yargs from 'yargs';
import { SignalingStubError } from './errors.ts';
import { parseFaultText, renderFaultProblem, type FaultProblem } from './faults/parse-fault.ts';
import { DEFAULT_PATH } from './protocol.ts';
import { TraceError } from './replay/read-trace.ts';
import { compareReplay } from './replay/replay-command.ts';
import { openSignalingStub, type SignalingStubOptions } from './server.ts';
import type { TraceEntry } from './trace.ts';

/** The same numbers as the harness's: 99 a replay that differs, 104 wrong usage, 112 the environment's fault. */
const EXIT = { ok: 0, differs: 99, usage: 104, environment: 112 } as const;

class UsageError extends Error {}

const OPTIONS = {
  host: { type: 'string', default: '127.0.0.1', describe: 'Address to listen on' },
  port: { type: 'number', default: 0, describe: 'Port; 0 takes any free one' },
  path: { type: 'string', default: DEFAULT_PATH, describe: 'Where WebSockets are taken' },
  token: { type: 'string', describe: 'What clients must show (default: a new random one)' },
  'tls-cert': { type: 'string', describe: 'Certificate (PEM file): speak https and wss' },
  'tls-key': { type: 'string', describe: 'Its private key (PEM file)' },
  fault: {
    type: 'string',
    array: true,
    describe: 'FAULT[:KIND][:SHARE][:TIME]…, like drop:candidate:30% or restart:after=2s',
  },
  seed: { type: 'number', default: 1, describe: 'For what faults leave to chance' },
  trace: {
    type: 'string',
    describe: 'Write every message as a JSON line to FILE, or to stdout with -',
  },
} as const;

interface Arguments {
  host: string;
  port: number;
  path: string;
  token: string | undefined;
  tlsCert: string | undefined;
  tlsKey: string | undefined;
  trace: string | undefined;
  fault: readonly string[];
  seed: number;
}

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  try {
    if (argv[0] === 'replay') return (await compareReplay(argv.slice(1))) ? EXIT.ok : EXIT.differs;
    const args = await parseArguments(argv);
    if (args) await serve(args);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof UsageError || error instanceof TraceError)
      return complain(error.message, EXIT.usage);
    if (error instanceof SignalingStubError) {
      const isUsage = error.code === 'OPTIONS_INVALID' || error.code === 'TLS_INVALID';
      const text = error.hint ? `${error.message} — ${error.hint}` : error.message;
      return complain(text, isUsage ? EXIT.usage : EXIT.environment);
    }
    throw error;
  }
}

/** `undefined` when help was asked for, and has been printed. */
async function parseArguments(argv: readonly string[]): Promise<Arguments | undefined> {
  let message: string | undefined;
  const parser = yargs()
    .scriptName('npm run signaling --')
    .usage(
      '$0 [options]\n$0 replay TRACE [--speed N]\n\nA WebRTC signaling server for tests: rooms, resume, limits, a trace.',
    )
    .options(OPTIONS)
    .example('$0 --port 8080', 'listen on a fixed port')
    .example('$0 --port 8080 --token secret --trace -', 'watch every message')
    .example('$0 --fault drop:candidate:30% --fault delay:offer:500ms', 'misbehave')
    .example('$0 replay trace.jsonl', 'play a trace again, and compare')
    .example('$0 --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem', 'reach it from a phone')
    .strict()
    .version(false)
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((why, error) => {
      message = why ?? error.message;
    });
  const args = await parser.parseAsync(joinLoneDash(argv));
  if (message !== undefined) throw new UsageError(withNearest(message, argv));
  if (args.help) return undefined;
  const { host, port, path, token, tlsCert, tlsKey, trace, fault = [], seed } = args;
  return { host, port, path, token, tlsCert, tlsKey, trace, fault, seed };
}

/** yargs takes a lone `-` for a positional argument unless it is joined to its option. */
function joinLoneDash(argv: readonly string[]): string[] {
  const at = argv.findIndex((word, index) => word === '--trace' && argv[index + 1] === '-');
  return at < 0 ? [...argv] : [...argv.slice(0, at), '--trace=-', ...argv.slice(at + 2)];
}

/** Runs until a signal comes. */
async function serve(args: Arguments): Promise<void> {
  const options = readOptions(args);
  const trace = args.trace === undefined ? undefined : await openTrace(args.trace);
  await using stub = await openSignalingStub({ ...options, ...(trace ? { onTrace: trace.write } : {}) });
  // With the trace on stdout, everything else goes to stderr, so that stdout stays JSON lines.
  const out = args.trace === '-' ? process.stderr : process.stdout;
  out.write(`url    ${stub.url}\ntoken  ${stub.token}\n`);
  await Promise.race([anySignal(), ...(trace ? [trace.failed] : [])]);
  await stub.close();
  await trace?.close();
}

function readOptions(args: Arguments): SignalingStubOptions {
  const { host, port, path, token, tlsCert, tlsKey, seed } = args;
  const problems: string[] = [];
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    problems.push(`--port: expected a number from 0 to 65535, got ${port}`);
  }
  if (token === '') problems.push('--token: expected at least one character, got none');
  if (!path.startsWith('/')) problems.push(`--path: expected a path like ${DEFAULT_PATH}, got ${path}`);
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    problems.push('--tls-cert and --tls-key: expected both or none, got one');
  }
  if (!Number.isSafeInteger(seed)) problems.push(`--seed: expected a whole number, got ${seed}`);
  const wrong: FaultProblem[] = [];
  const faults = args.fault.flatMap((text) => parseFaultText(text, '--fault', wrong) ?? []);
  problems.push(...wrong.map(renderFaultProblem));
  const cert = readPem('--tls-cert', tlsCert, problems);
  const key = readPem('--tls-key', tlsKey, problems);
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return {
    host,
    port,
    path,
    faults,
    faultSeed: seed,
    ...(token === undefined ? {} : { token }),
    ...(cert === undefined || key === undefined ? {} : { tls: { cert, key } }),
  };
}

function readPem(flag: string, file: string | undefined, problems: string[]): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    problems.push(`${flag}: expected a readable file, got ${file} (${codeOf(error)})`);
    return undefined;
  }
}

interface Trace {
  write: (entry: TraceEntry) => void;
  /** Rejects when it cannot be written any more. */
  failed: Promise<never>;
  close: () => Promise<void>;
}

async function openTrace(file: string): Promise<Trace> {
  const toStdout = file === '-';
  const stream: Writable = toStdout ? process.stdout : createWriteStream(file);
  const failed = once(stream, 'error').then(([error]: unknown[]) => {
    throw new SignalingStubError(
      `cannot write the trace to ${toStdout ? 'stdout' : file} (${codeOf(error)})`,
      {
        code: 'TRACE_FAILED',
        hint: 'choose a file that can be written, on a disk with space left',
      },
    );
  });
  failed.catch(() => {});
  if (!toStdout) await Promise.race([new Promise((resolve) => stream.once('open', resolve)), failed]);
  return {
    write: (entry) => void stream.write(`${JSON.stringify(entry)}\n`),
    failed,
    close: async () => {
      if (toStdout) return;
      stream.end();
      await Promise.race([new Promise((resolve) => stream.once('close', resolve)), failed]);
    },
  };
}

/** A second signal ends the process at once, as nobody listens to it any more. */
function anySignal(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    const stop = () => {
      for (const signal of signals) process.off(signal, stop);
      resolve();
    };
    for (const signal of signals) process.on(signal, stop);
  });
}

function withNearest(message: string, argv: readonly string[]): string {
  const unknown = /^Unknown arguments?: (.+)$/.exec(message)?.[1]?.split(', ') ?? [];
  if (unknown.length === 0) return message;
  return unknown.map((name) => (argv.includes(name) ? refuseWord(name) : refuseOption(name))).join('\n');
}

function refuseWord(word: string): string {
  return `${word}: expected options only, got a word — see --help`;
}

function refuseOption(name: string): string {
  return `--${name}: expected a known option — did you mean --${closest(name, Object.keys(OPTIONS))}?`;
}

function complain(message: string, exitCode: number): number {
  process.stderr.write(`${message}\n`);
  return exitCode;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
