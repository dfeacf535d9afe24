import type { ExitCode } from '../exit-codes.ts';
import { textsOf, type Flags, type Io } from './io.ts';

/** An option as yargs takes it. Numbers and durations come as text: they are checked where all problems are collected. */
export interface Option {
  type: 'string' | 'boolean';
  describe: string;
  /** May be given more than once. */
  array?: true;
  /** Heading in the help. */
  group?: string;
}

export interface Command {
  name: string;
  summary: string;
  /** `many`: any number of words. */
  positional?: { name: string; describe: string; many?: true };
  options: Readonly<Record<string, Option>>;
  examples: readonly (readonly [command: string, what: string])[];
  /** Throws `ConfigError` for everything wrong with the flags that is not a word too many. */
  check?(flags: Flags, io: Io): Promise<undefined>;
  /** Loads the command's code only when it is called: starting up is part of what is measured. */
  run(flags: Flags, io: Io): Promise<ExitCode>;
}

const flag = (describe: string, group?: string): Option => ({
  type: 'boolean',
  describe,
  ...(group ? { group } : {}),
});
const text = (describe: string, group?: string): Option => ({ ...flag(describe, group), type: 'string' });
const list = (describe: string, group?: string): Option => ({ ...text(describe, group), array: true });

const JSON_OPTION = { json: flag('One JSON document on stdout') };
const OUT = { out: text('Folder that holds the runs [runs]') };
const THRESHOLD = { threshold: list("METRIC=EXPRESSION, like 'connect_ms=p(95)<3000'; adds or replaces") };
const SCENARIO = { name: 'scenario', describe: 'A name in scenarios/, or the path of a file' };
const RUN = { name: 'run', describe: 'Folder of a run, its name, or latest' };

const GRID = {
  grid: text('URL of a Selenium Grid that browsers come from, instead of launching them', 'Grid:'),
  'grid-user': text('User of --grid; or set CALLRIG_GRID_USER', 'Grid:'),
  'grid-password': text('Its password; better: set CALLRIG_GRID_PASSWORD', 'Grid:'),
};

const RUN_OPTIONS: Record<string, Option> = {
  browsers: text('Names, comma separated [chrome and firefox, as far as there]; also bot; none', 'Browsers:'),
  pairs: text('Cells by browser names in role order: chrome:firefox,…', 'Browsers:'),
  browser: list('NAME=PATH, or NAME=chromium:PATH, NAME=firefox:PATH', 'Browsers:'),
  driver: text('puppeteer or playwright, for Chromium browsers [puppeteer]', 'Browsers:'),
  headed: flag('Show the windows', 'Browsers:'),
  'fresh-browsers': flag('A browser process for each peer of each call: --isolation process', 'Browsers:'),
  isolation: text(
    'How peers sit in browsers: process, context, tab, page [context; of a load tab]',
    'Browsers:',
  ),
  'peers-per-browser': text(
    'The most peers in one browser process [8 of a load; 16 in a page, or of light and audio]',
    'Browsers:',
  ),
  headless: text('new, or shell: chromium-headless-shell, which needs less memory [new]', 'Browsers:'),
  mdns: flag('Keep mDNS host candidates', 'Browsers:'),
  ...GRID,
  'grid-scales': flag('It starts nodes as they are needed: do not look for them before', 'Grid:'),
  'public-url': text("By which the Grid's nodes reach this machine: https://HOST:PORT", 'Grid:'),
  port: text("Of the run's server [the port of --public-url, else any free one]", 'Grid:'),
  peer: list('ROLE=manual: a person joins by URL or QR code', 'Manual peers:'),
  listen: text('Address to listen on [127.0.0.1]; needs --tls unless loopback', 'Manual peers:'),
  tls: flag('Page, agent and signaling over https and wss, with a certificate made for the run', 'TLS:'),
  cert: text('The same with a certificate of your own: a PEM file', 'TLS:'),
  key: text('Its private key, a PEM file', 'TLS:'),
  'manual-timeout': text('Longest to wait for a person [5m]', 'Manual peers:'),
  hold: text("How long a call is held [the scenario's]", 'Calls:'),
  duration: text('The same; beside --vus, --rate or --executor: of the load', 'Calls:'),
  iterations: text("Calls per cell [the scenario's]", 'Calls:'),
  only: list("Cells to run: a part of the id, or a pattern like 'chrome:*'", 'Calls:'),
  'call-timeout': text("Longest a call's set-up may take [30s]", 'Calls:'),
  'stats-interval': text('How often peers take getStats() [1s]', 'Calls:'),
  stats: text('selected: what metrics use of getStats(), or full [selected in a load, else full]', 'Calls:'),
  seed: text('For everything random', 'Calls:'),
  bail: flag('Stop after the first call that did not pass', 'Calls:'),
  source: text(
    'What peers send: fake-device, test-pattern, or file:PATH (.y4m, .wav) [fake-device]',
    'Calls:',
  ),
  profile: text(
    'What peers send: real, hd, light, audio, replay, page, where their scenario does not say it [real]',
    'Calls:',
  ),
  param: list('NAME=VALUE: a parameter of the scenario; `list SCENARIO` shows them', 'Calls:'),
  executor: text('As k6: shared-iterations, constant-vus, ramping-vus, constant-arrival-rate, …', 'Load:'),
  vus: text('How many calls at the same time', 'Load:'),
  stage: list('DURATION:TARGET, like 30s:10: ramps VUs, or with --rate the rate', 'Load:'),
  rate: text('Calls begun in each time unit', 'Load:'),
  'time-unit': text('[1s]', 'Load:'),
  'start-vus': text('[1]', 'Load:'),
  'start-rate': text('[0]', 'Load:'),
  'pre-allocated-vus': text('For a rate [as many as its calls need]', 'Load:'),
  'max-vus': text('For a rate [--pre-allocated-vus]', 'Load:'),
  'start-time': text('When it begins [0s]', 'Load:'),
  'max-duration': text('For iterations [10m]', 'Load:'),
  'graceful-stop': text('How long calls may go on when its time is up [30s]', 'Load:'),
  'ramp-down': text('How long the call of a VU that is taken back may go on [30s]', 'Load:'),
  bots: text(
    'So many bots in calls of their own, while the others are measured; alone: --browsers none',
    'Load:',
  ),
  'bots-per-process': text('The most bots in one process [100]', 'Load:'),
  saturation: text(
    'inconclusive or tolerate: what becomes of a run whose own machine could not keep up [inconclusive]',
    'Load:',
  ),
  network: text('loopback, shaped or lab [the best the scenario can use here]', 'Network:'),
  turn: list('URL of a STUN or TURN server of your own, instead of one per run', 'Network:'),
  'turn-user': text('User of --turn; or set CALLRIG_TURN_USER', 'Network:'),
  'turn-password': text('Its password; better: set CALLRIG_TURN_PASSWORD', 'Network:'),
  'turn-secret': text("The server's REST secret; better: set CALLRIG_TURN_SECRET", 'Network:'),
  signaling: text('ws, socketio, sse, long-poll, whip, whep, or the path of an adapter [ws]', 'Network:'),
  'signaling-url': text("Where the adapter's server is", 'Network:'),
  'signaling-option': list('KEY=VALUE, for the adapter', 'Network:'),
  'signaling-fault': list(
    'FAULT[:KIND][:SHARE][:TIME]…, like drop:candidate:30% or restart:after=2s',
    'Network:',
  ),
  pcap: flag('Capture the packets of each call (lab)', 'Network:'),
  known: text('tolerate or fail: what becomes of failures that are known [tolerate]'),
  ...THRESHOLD,
  ...OUT,
  config: text('Config file [callrig.config.ts]'),
  quiet: flag('No progress on stderr'),
  ...JSON_OPTION,
};

const CAPACITY = {
  capacity: text(
    "Find how many calls at a time hold: 'connection_success>=0.99,fps_received=p(5)>=15'",
    'Capacity:',
  ),
  'capacity-level': text('How long all calls of a level are held together [20s]', 'Capacity:'),
  'capacity-start': text('The first level [1]', 'Capacity:'),
  'capacity-max': text('The largest level [10000]', 'Capacity:'),
};

const check: Command['check'] = async (flags, io) => {
  await (await import('./prepare.ts')).prepareRun(flags, io);
  return undefined;
};

/** Everything `callrig` can do. The help, the strictness and the dispatch come from this table. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'run',
    summary: 'Run a scenario, judge it and write the report',
    positional: SCENARIO,
    options: { ...RUN_OPTIONS, ...CAPACITY },
    examples: [
      ['$0 run p2p-call', 'every pair of Chrome and Firefox'],
      ['$0 run p2p-call --browser opera=/usr/bin/opera', 'a third browser'],
      ['$0 run p2p-call --pairs chrome:firefox --iterations 10', 'one pair, ten calls'],
      ['$0 run p2p-call --vus 8 --duration 2m', 'eight calls at a time, for two minutes'],
      ["$0 run p2p-call --capacity 'fps_received=p(5)>=15'", 'how many calls at a time hold'],
      ['$0 run p2p-call --bots 100', 'every pair of browsers, while 100 bots are in calls of their own'],
      ['$0 run turn-fallback --only relay-tls', 'one path of a comparison'],
      ['$0 run p2p-call --turn turn:turn.example.org', 'your own TURN server'],
      ['$0 run ./mine.ts --param size=4', 'a scenario of your own, and a parameter of it'],
      [
        '$0 run p2p-call --signaling ./ours.ts --signaling-url http://127.0.0.1:3000',
        'your own signaling server',
      ],
      ['$0 run p2p-call --peer callee=manual --tls --listen 0.0.0.0', 'call a phone'],
      ["$0 run p2p-call --threshold 'connect_ms=p(95)<2000'", 'gate on a number'],
    ],
    check,
    run: async (flags, io) =>
      flags['capacity'] === undefined
        ? (await import('./run.ts')).run(flags, io)
        : (await import('./capacity.ts')).findCapacity(flags, io),
  },
  {
    name: 'list',
    summary: 'List the scenarios, or all there is to know of one',
    positional: SCENARIO,
    options: JSON_OPTION,
    examples: [['$0 list p2p-call', 'its parameters, variants, thresholds']],
    run: async (flags, io) => (await import('./list.ts')).list(flags, io),
  },
  {
    name: 'new',
    summary: 'Write a scenario to begin with',
    positional: { name: 'name', describe: 'kebab-case; also the name of its file' },
    options: { dir: text('Folder to write it to [here]') },
    examples: [['$0 new login-call --dir tests', 'tests/login-call.ts, which passes']],
    run: async (flags, io) => (await import('./new.ts')).newScenario(flags, io),
  },
  {
    name: 'plan',
    summary: 'Print what run would do, as JSON; launches nothing',
    positional: SCENARIO,
    options: RUN_OPTIONS,
    examples: [['$0 plan p2p-call --browsers chrome', 'cells, calls, browsers, thresholds']],
    check,
    run: async (flags, io) => (await import('./plan.ts')).plan(flags, io),
  },
  {
    name: 'bisect',
    summary: 'Run a scenario over a range of browser versions: which is the first that fails, or passes',
    positional: SCENARIO,
    options: RUN_OPTIONS,
    examples: [['$0 bisect p2p-call --pairs chrome@119..156:firefox', 'gets versions that are missing']],
    run: async (flags, io) => (await import('./bisect.ts')).bisectCommand(flags, io),
  },
  {
    name: 'judge',
    summary: 'Judge a run again from what it saved',
    positional: RUN,
    options: { ...THRESHOLD, ...OUT, ...JSON_OPTION },
    examples: [["$0 judge latest --threshold 'rtt_ms=avg<50'", 'another gate, the same samples']],
    run: async (flags, io) => (await import('./judge.ts')).judgeCommand(flags, io),
  },
  {
    name: 'report',
    summary: 'Write the reports of a run again',
    positional: RUN,
    options: { ...OUT, ...JSON_OPTION },
    examples: [['$0 report latest', 'report.html, junit.xml, summary.md']],
    run: async (flags, io) => (await import('./report.ts')).report(flags, io),
  },
  {
    name: 'serve',
    summary: "Serve a run's folder over loopback",
    positional: RUN,
    options: { port: text('Port [any free one]'), ...OUT },
    examples: [['$0 serve latest', 'prints the URL; Ctrl-C ends it']],
    run: async (flags, io) => (await import('./serve.ts')).serve(flags, io),
  },
  {
    name: 'simulate',
    summary: 'Replay a recorded call as thousands of peers: what their stats cost the harness',
    options: {
      peers: text('How many; several are tried one after another [1000,10000]'),
      duration: text('How long they send, once a second each [60s]'),
      ...OUT,
      ...JSON_OPTION,
    },
    examples: [['$0 simulate --peers 1000,10000', 'CPU, memory, lag, disk, and how they grow']],
    run: async (flags, io) => (await import('./simulate.ts')).simulateCommand(flags, io),
  },
  {
    name: 'export',
    summary: 'Write every value of every metric of a run as a table, for DuckDB, pandas or a spreadsheet',
    positional: RUN,
    options: {
      format: text('parquet, csv or jsonl [parquet]'),
      to: text("File to write [samples.parquet in the run's folder]"),
      ...OUT,
      ...JSON_OPTION,
    },
    examples: [['$0 export latest --format csv --to rtt.csv', 'a row for each value']],
    run: async (flags, io) => (await import('./export.ts')).exportCommand(flags, io),
  },
  {
    name: 'turn',
    summary: 'Run the TURN server alone, for an app of your own',
    options: {
      listen: text('Address to listen on [127.0.0.1]'),
      port: text('Port for STUN and TURN over UDP and TCP [any free one]'),
      'tls-port': text('Port for TURN over TLS [any free one]'),
      ttl: text('How long the credentials are valid [24h]'),
      realm: text('Realm [callrig.test]'),
      ...JSON_OPTION,
    },
    examples: [
      ['$0 turn', 'prints URLs, credentials and iceServers; Ctrl-C ends it'],
      ['$0 turn --port 3478 --tls-port 5349 --ttl 10m', 'fixed ports, short-lived credentials'],
    ],
    run: async (flags, io) => (await import('./turn.ts')).turn(flags, io),
  },
  {
    name: 'doctor',
    summary: 'Say what this machine can do, and a Grid',
    options: { ...GRID, ...JSON_OPTION },
    examples: [['$0 doctor --grid http://hub:4444', 'the browsers of a Grid as well']],
    run: async (flags, io) => (await import('./doctor.ts')).doctor({ json: flags.json === true, flags }, io),
  },
  {
    name: 'setup',
    summary: 'Install what is missing: browsers, coturn; or browsers by their version',
    positional: {
      name: 'browser',
      describe: 'A browser by its version, chrome@138, firefox@140; got into a cache, never installed',
      many: true,
    },
    options: {
      with: list('Extras: lab, grid, shell'),
      'dry-run': flag('Print what would be done'),
      ...JSON_OPTION,
    },
    examples: [
      ['$0 setup --with lab --dry-run', 'what a lab needs here'],
      ['$0 setup chrome@138 firefox@140', 'two older browsers, for --browsers and --pairs'],
    ],
    run: async (flags, io) => {
      const versions = textsOf(flags, 'browser');
      const dryRun = flags['dry-run'] === true;
      if (versions.length > 0) {
        return (await import('./setup-versions.ts')).setupVersions({ names: versions, dryRun }, io);
      }
      const extras = textsOf(flags, 'with');
      const options = { with: extras, dryRun, json: flags.json === true };
      return (await import('./setup.ts')).setup(options, io);
    },
  },
];
