import yargs, { type Argv } from 'yargs';
import { COMMANDS, type Command } from './commands/command-table.ts';
import type { Flags, Io } from './commands/io.ts';
import { printError } from './commands/print-error.ts';
import { ConfigError, type Problem } from './errors.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { didYouMean, nearest } from './nearest.ts';
import { packageVersion } from './version.ts';

/** yargs' own keys, and what every command takes. */
const ALWAYS = ['_', '$0', 'help', 'version', 'json'];

/** Runs one command and says what to exit with. Never throws: what a command throws is printed. */
export async function main(words: readonly string[], io: Io): Promise<ExitCode> {
  const argv = withNegatives(withoutRun(words));
  const json = argv.includes('--json');
  try {
    const parsed = parse(argv, io);
    if ('printed' in parsed) return parsed.printed;
    if (parsed.problems.length > 0) await failWithAll(parsed, io);
    return await parsed.command.run(parsed.flags, io);
  } catch (thrown) {
    return printError(thrown, io, { json });
  }
}

/** `npm run scenario` is `callrig run`: what follows may be another command, as no scenario is called like one. */
function withoutRun(argv: readonly string[]): readonly string[] {
  const [first, second] = argv;
  return first === 'run' && COMMANDS.some(({ name }) => name === second) ? argv.slice(1) : argv;
}

/** Of any command. */
const TAKING_VALUES: ReadonlySet<string> = new Set(
  COMMANDS.flatMap(({ options }) => Object.entries(options))
    .filter(([, { type }]) => type === 'string')
    .map(([name]) => `--${name}`),
);

/** `--stage -5s:3` means `--stage=-5s:3`, which is wrong for another reason than that there is no option `-5`. */
function withNegatives(argv: readonly string[]): string[] {
  const read: string[] = [];
  for (const word of argv) {
    const before = read.at(-1);
    if (before !== undefined && TAKING_VALUES.has(before) && /^-[\d.]/.test(word))
      read.splice(-1, 1, `${before}=${word}`);
    else read.push(word);
  }
  return read;
}

interface Chosen {
  command: Command;
  flags: Flags;
  /** Words that the command does not know. */
  problems: Problem[];
}

/** Throws what is wrong with the words together with what is wrong with the rest of them. */
async function failWithAll({ command, flags, problems }: Chosen, io: Io): Promise<never> {
  const others = await command.check?.(flags, io).catch((thrown: unknown) => {
    if (thrown instanceof ConfigError) return thrown.problems;
    throw thrown;
  });
  throw new ConfigError([...problems, ...(others ?? [])]);
}

/** yargs reads the words and writes the help; what is wrong with them is ours to say, all of it at once. */
function parse(argv: readonly string[], io: Io): Chosen | { printed: ExitCode } {
  const chosen: { command?: Command; flags: Flags } = { flags: {} };
  const read: { error?: Error; help: string } = { help: '' };
  const parser = createParser(argv, io, (command, flags) => Object.assign(chosen, { command, flags }));
  // Synchronous: every handler only notes what was chosen.
  void parser.parse([...argv], {}, (error, _flags, output) => {
    read.help = output;
    if (error) read.error = error;
  });
  if (read.error) throw new ConfigError([usageProblem(read.error)]);
  if (read.help !== '') {
    io.stdout.write(`${read.help}\n`);
    return { printed: EXIT_CODES.passed };
  }
  const { command, flags } = chosen;
  if (command) return { command, flags, problems: unknownWords(command, flags) };
  const problems = unknownCommand(flags);
  if (problems.length > 0) throw new ConfigError(problems);
  parser.showHelp((text) => io.stderr.write(`${text}\n`));
  return { printed: EXIT_CODES.usage };
}

function createParser(
  argv: readonly string[],
  io: Io,
  choose: (command: Command | undefined, flags: Flags) => void,
): Argv {
  const parser = yargs([...argv])
    .scriptName('callrig')
    .usage('$0 COMMAND [options]\n\nReal browsers, real calls, verdicts with evidence.')
    .parserConfiguration({ 'camel-case-expansion': false, 'dot-notation': false, 'greedy-arrays': false })
    .locale('en')
    .version(packageVersion())
    .help()
    .exitProcess(false)
    .wrap(Math.min(io.stdout.columns ?? 100, 110))
    .command('$0', false, {}, (flags) => choose(undefined, flags));
  for (const command of COMMANDS) addCommand(parser, command, choose);
  return parser.example('$0 run p2p-call', 'the whole way from a call to a verdict and a report');
}

function addCommand(parser: Argv, command: Command, choose: (command: Command, flags: Flags) => void): void {
  const { name, summary, positional, options, examples } = command;
  const words = positional ? `${name} [${positional.name}${positional.many ? '..' : ''}]` : name;
  parser.command(
    words,
    summary,
    (sub) => {
      if (positional) {
        const { describe, many } = positional;
        sub.positional(positional.name, { type: 'string', describe, ...(many && { array: true }) });
      }
      for (const [example, what] of examples) sub.example(example, what);
      return sub.usage(`$0 ${words} [options]\n\n${summary}.`).options(options);
    },
    (flags) => choose(command, flags),
  );
}

/** What yargs itself finds wrong: a message, in English by the locale. */
function usageProblem({ message }: Error): Problem {
  return { path: 'command line', expected: 'words yargs can read', got: message };
}

function unknownCommand({ _: words }: Flags): Problem[] {
  const [word] = Array.isArray(words) ? words.map(String) : [];
  if (word === undefined) return [];
  const names = COMMANDS.map((command) => command.name);
  const expected = `one of ${names.join(', ')}`;
  return [{ path: 'command', expected, got: JSON.stringify(word), hint: didYouMean(word, names) }];
}

function unknownWords(command: Command, flags: Flags): Problem[] {
  const known = [
    ...ALWAYS,
    ...Object.keys(command.options),
    ...(command.positional ? [command.positional.name] : []),
  ];
  const problems: Problem[] = Object.keys(flags)
    .filter((name) => !known.includes(name))
    .map((name) => unknownFlag(name, command));
  const extra = Array.isArray(flags._) ? flags._.slice(1) : [];
  for (const word of extra) {
    problems.push({ path: command.name, expected: 'nothing more', got: JSON.stringify(word) });
  }
  return problems;
}

function unknownFlag(name: string, command: Command): Problem {
  const near = nearest(name, Object.keys(command.options));
  const hint = near === undefined ? `callrig ${command.name} --help lists them` : `did you mean --${near}?`;
  return { path: `--${name}`, expected: `an option of ${command.name}`, got: 'an unknown one', hint };
}
