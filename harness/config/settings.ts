import { parseFaultText } from '../../signaling-stub/faults/parse-fault.ts';
import type { FaultRule } from '../../signaling-stub/faults/rule.ts';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { Problem } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { type BotEngineName, isBot } from '../plan/bots.ts';
import { MANUAL, type MatrixRule, parsePair } from '../plan/matrix.ts';
import type { PlannedFleet } from '../plan/fleet.ts';
import type { Assignment, DriverName, RunOptions } from '../plan/plan.ts';
import type { PlannedLoad } from '../load/load.ts';
import type { ParamValue } from '../scenario/params.ts';
import { readParams } from '../scenario/read-params.ts';
import type { NetworkLevel, Scenario } from '../scenario/scenario.ts';
import type { StatsDetail } from '../stats/selected.ts';
import type { GivenIceServer } from '../turn/given-servers.ts';
import type { ThresholdSpec } from '../verdict/thresholds.ts';
import { SettingsReader } from './given.ts';
import type { CertificateFiles } from './given-certificate.ts';
import type { LoadedConfig } from './load-config.ts';
import type { ProfileName } from '../media/profiles.ts';
import type { KnownFailure, KnownMode } from '../known/known-failure.ts';
import { readFleet } from './fleet-settings.ts';
import { type GridSettings, readGrid, readPort, readPublicUrl } from './grid-settings.ts';
import { readKnown } from './known-settings.ts';
import { readSignaling } from './signaling-settings.ts';
import { readMediaSource } from './media-source.ts';
import { readProfile } from './profile-settings.ts';
import { hasLoadFlags, readLoad } from './load-settings.ts';
import { readIceServers, readNetworkLevel } from './network-settings.ts';
import { mergeThresholds } from './merge-thresholds.ts';

/** What the user wants of a run, from flags, scenario and config file, checked; browsers are not looked for yet. */
export interface Settings {
  options: RunOptions;
  /** How peers sit in browsers. `undefined`: in contexts of one process. */
  fleet: PlannedFleet | undefined;
  /** What peers send. `undefined`: `real`. */
  media: ProfileName | undefined;
  driver: DriverName;
  /** Browsers the user named. `undefined` when they named none: take the usual ones that are there. */
  wanted: string[] | undefined;
  /** How many bots there shall be beside what is measured. `undefined`: none. */
  botCount: number | undefined;
  /** Bots named in `--browsers`, beside browsers. */
  botsInMatrix: BotEngineName[];
  /** Name → executable by `--browser`, and by the config file. */
  explicit: Record<string, string>;
  configured: Record<string, string>;
  matrix: Matrix;
  manualRoles: string[];
  only: string[];
  thresholds: Record<string, ThresholdSpec[]>;
  /** Cells are patterns still. `undefined`: calls one after another. */
  load: PlannedLoad[] | undefined;
  /** The scenario's parameters. */
  params: Record<string, ParamValue>;
  /** The folder that holds the runs, absolute. */
  out: string;
  /** The user's own certificate for TLS. `undefined`: one that is made for the run, if it uses TLS. */
  certificate: CertificateFiles | undefined;
  /** The level the user named. `undefined` when they named none: take the best that is there. */
  networkLevel: NetworkLevel | undefined;
  /** The user's own STUN and TURN servers, with their secrets: not for plans, logs or reports. Empty: the run's own. */
  iceServers: GivenIceServer[];
  /** Where browsers come from, with what lets us in. `undefined`: they are launched here. */
  grid: GridSettings | undefined;
  /** Failures that are known, Callrig's own and the user's, and what the run makes of them. */
  known: { mode: KnownMode; failures: KnownFailure[] };
}

export interface SettingsInput {
  /** By name without dashes in front: `stats-interval`. */
  flags: Readonly<Record<string, unknown>>;
  config: LoadedConfig | undefined;
  /** `undefined` when it could not be loaded: all else is checked nevertheless. */
  scenario: Scenario | undefined;
  cwd: string;
  /** For a run that names none. */
  seed: number;
  /** May hold credentials of the user's TURN servers. Default: empty. */
  env?: Readonly<Record<string, string | undefined>>;
}

export type Matrix = MatrixRule | readonly Assignment[];

type ParseBrowser = (text: string, path?: string) => { name: string; value: string } | { problem: Problem };

const MAX_SEED = 2 ** 31 - 1;
const BROWSER_NAME = /^[a-z0-9][a-z0-9._@-]*$/;

/** Pure. Pushes every problem; what it returns is only good when there was none. */
export function resolveSettings(input: SettingsInput, parse: ParseBrowser, problems: Problem[]): Settings {
  const { flags, config, scenario, cwd, env = {} } = input;
  const reader = new SettingsReader(
    {
      flags: ofCalls(flags),
      scenario: { duration: scenario?.duration, iterations: scenario?.iterations },
      config: config?.values ?? {},
      configName: config?.shown ?? '',
    },
    problems,
  );
  const manualRoles = readManualRoles(flags.peer, scenario?.roles, problems);
  const explicit = readBrowserFlags(flags.browser, parse, problems);
  const configured = readBrowserPaths(reader);
  const matrix = readMatrix(reader, input, manualRoles);
  const networkLevel = readNetworkLevel(reader);
  const signaling = readSignaling(reader, { flags, cwd, configFile: config?.file });
  const { media, implied } = readProfile(reader);
  const fleet = readFleet(reader, {
    implied,
    hasLoad: hasLoadFlags(flags) || scenario?.load !== undefined || reader.inConfig('load') !== undefined,
    hasGrid: reader.given('grid') !== undefined,
  });
  const options = {
    freshBrowsers: fleet?.isolation === 'process',
    ...readOptions(reader, input, readFaults(flags['signaling-fault'], problems)),
    ...(signaling && { signaling }),
  };
  const { wanted, botsInMatrix } = readWanted(reader, matrix, explicit);
  const { publicUrl, source } = options;
  return {
    options,
    fleet,
    media,
    grid: readGrid(reader, { flags, env, wanted, explicit, publicUrl, source }),
    load: readLoad(reader, { flags, scenario, holdMs: options.durationMs }, problems),
    driver: reader.choice('driver', ['puppeteer', 'playwright'], 'puppeteer'),
    wanted,
    botsInMatrix,
    botCount: reader.given('bots') && reader.integer('bots', { min: 1, max: 100_000, fallback: 1 }),
    explicit,
    configured,
    matrix,
    manualRoles,
    only: readOnly(flags.only),
    // Of a scenario that could not be loaded, nobody knows what parameters it has.
    params: scenario ? readParams(scenario.params ?? {}, strings(flags.param), problems) : {},
    thresholds: mergeThresholds({ flags: flags.threshold, scenario, config }, problems),
    out: outFolder(reader, config, cwd),
    certificate: readCertificateFiles(reader, input),
    networkLevel,
    iceServers: readIceServers(reader, flags, env, problems),
    known: readKnown(reader, problems),
  };
}

/** The flags as they are of calls: beside a load, `--duration` and `--iterations` are not; `--hold` always is. */
function ofCalls(flags: SettingsInput['flags']): SettingsInput['flags'] {
  const { duration, iterations, hold, ...others } = flags;
  if (hasLoadFlags(flags)) return { ...others, hold };
  return { ...others, hold, duration, iterations };
}

function readOptions(
  reader: SettingsReader,
  { seed, cwd }: SettingsInput,
  signalingFaults: FaultRule[],
): Omit<RunOptions, 'freshBrowsers'> {
  const tls = reader.switch('tls') || CERTIFICATE_KEYS.some((name) => reader.given(name));
  const source = readMediaSource(reader, cwd);
  const publicUrl = readPublicUrl(reader);
  const port = readPort(reader, publicUrl);
  return {
    ...(source && { source }),
    seed: reader.integer('seed', { min: 0, max: MAX_SEED, fallback: seed }),
    durationMs: reader.durationMs(reader.given('hold') ? 'hold' : 'duration', 5000),
    iterations: reader.integer('iterations', { min: 1, max: 1_000_000, fallback: 1 }),
    statsIntervalMs: reader.durationMs('statsInterval', 1000),
    ...(reader.given('stats') && {
      stats: reader.choice<StatsDetail>('stats', ['selected', 'full'], 'full'),
    }),
    headed: reader.switch('headed'),
    ...(reader.given('botsPerProcess') && {
      botsPerProcess: reader.integer('botsPerProcess', { min: 1, max: 1000, fallback: 100 }),
    }),
    bail: reader.switch('bail'),
    ...(reader.given('saturation') && {
      saturation: reader.choice<'inconclusive' | 'tolerate'>(
        'saturation',
        ['inconclusive', 'tolerate'],
        'inconclusive',
      ),
    }),
    mdns: reader.switch('mdns'),
    listen: readListen(reader, tls),
    ...(port !== undefined && { port }),
    ...(publicUrl !== undefined && { publicUrl }),
    tls,
    callTimeoutMs: reader.durationMs('callTimeout', 30_000),
    manualTimeoutMs: reader.durationMs('manualTimeout', 300_000),
    pcap: reader.switch('pcap'),
    ...(signalingFaults.length > 0 && { signalingFaults }),
  };
}

function readFaults(value: unknown, problems: Problem[]): FaultRule[] {
  return strings(value).flatMap((text) => parseFaultText(text, '--signaling-fault', problems) ?? []);
}

function readListen(reader: SettingsReader, tls: boolean): string {
  const written = reader.text('listen', '127.0.0.1');
  const address = written === 'localhost' ? '127.0.0.1' : written;
  const given = reader.given('listen') ?? { path: '--listen', value: address };
  if (isIP(address) === 0) return reader.reject(given, 'an IP address of this machine', undefined, address);
  const isLoopback = address.startsWith('127.') || address === '::1';
  if (isLoopback || tls) return address;
  const hint = 'add --tls: away from loopback a browser gives no camera to a page without it';
  return reader.reject(given, 'a loopback address, or TLS', hint, address);
}

function readBrowserFlags(value: unknown, parse: ParseBrowser, problems: Problem[]): Record<string, string> {
  const explicit: Record<string, string> = {};
  for (const text of strings(value)) {
    const parsed = parse(text);
    if ('problem' in parsed) problems.push(parsed.problem);
    else if (parsed.name === MANUAL) {
      problems.push({
        path: '--browser',
        expected: `a name other than ${MANUAL}`,
        got: JSON.stringify(text),
      });
    } else explicit[parsed.name] = parsed.value;
  }
  return explicit;
}

/** The config file's `browser`; what flags say of the same name wins later. */
function readBrowserPaths(reader: SettingsReader): Record<string, string> {
  const given = reader.inConfig('browser');
  if (!given) return {};
  if (typeof given.value !== 'object' || given.value === null || Array.isArray(given.value)) {
    return reader.reject(given, 'an object of name → executable', undefined, {});
  }
  const paths: Record<string, string> = {};
  for (const [name, path] of Object.entries(given.value)) {
    const at = { path: `${given.path}.${name}`, value: path as unknown };
    if (!BROWSER_NAME.test(name) || name === MANUAL) {
      reader.reject({ ...at, value: name }, 'a lower-case name like "opera"', undefined, undefined);
    } else if (typeof path !== 'string' || path === '') {
      reader.reject(at, 'the path of an executable', undefined, undefined);
    } else paths[name] = path;
  }
  return paths;
}

/** Flags say which cells there are before the scenario's matrix does, and that before the config file. */
function readMatrix(
  reader: SettingsReader,
  { flags, scenario }: SettingsInput,
  manualRoles: readonly string[],
): Matrix {
  const isList = Array.isArray(scenario?.matrix);
  if (flags.pairs !== undefined) return readPairs(reader, scenario, manualRoles);
  if (flags.browsers !== undefined && isList) return 'ordered';
  if (flags.browsers !== undefined || isList || !reader.inConfig('pairs'))
    return scenario?.matrix ?? 'ordered';
  return readPairs(reader, scenario, manualRoles);
}

function readPairs(
  reader: SettingsReader,
  scenario: Scenario | undefined,
  manualRoles: readonly string[],
): Assignment[] {
  const pairs = reader.words('pairs') ?? [];
  if (!scenario) return [];
  return pairs.flatMap(({ path, word }) => {
    const at = { path, value: word };
    const assignment = parsePair(word, scenario.roles);
    if (!assignment) {
      const expected = `a browser for each of ${scenario.roles.join(':')}`;
      return reader.reject(at, expected, 'write it like chrome:firefox', []);
    }
    const clash = manualRoles.find((role) => assignment[role] !== MANUAL);
    if (clash === undefined) return [assignment];
    return reader.reject(at, `${MANUAL} as ${clash}, as --peer says`, undefined, []);
  });
}

function readManualRoles(
  value: unknown,
  roles: readonly string[] | undefined,
  problems: Problem[],
): string[] {
  return strings(value).flatMap((text) => {
    const [role = '', who] = text.split('=');
    if (who !== MANUAL) {
      problems.push({ path: '--peer', expected: `ROLE=${MANUAL}`, got: JSON.stringify(text) });
    } else if (roles && !roles.includes(role)) {
      const hint = didYouMean(role, roles);
      problems.push({ path: '--peer', expected: 'a role of the scenario', got: JSON.stringify(role), hint });
    } else return [role];
    return [];
  });
}

/** No browser at all, in `--browsers`: for bots alone. */
const NONE = 'none';

/** `wanted` is `undefined` when nobody named any: the usual ones then, as far as they are there. Bots need no looking for. */
function readWanted(
  reader: SettingsReader,
  matrix: Matrix,
  explicit: Record<string, string>,
): Pick<Settings, 'wanted' | 'botsInMatrix'> {
  const inCells = Array.isArray(matrix)
    ? matrix.flatMap((cell: Assignment) => Object.values(cell))
    : undefined;
  const isFlag = reader.given('browsers')?.path.startsWith('--') ?? false;
  const listed = inCells && !isFlag ? [] : reader.words('browsers')?.map(({ word }) => word);
  if (!inCells && !listed) return { wanted: undefined, botsInMatrix: [] };
  const names = new Set([...(inCells ?? []), ...(listed ?? []), ...Object.keys(explicit)]);
  return {
    wanted: [...names].filter((name) => name !== MANUAL && name !== NONE && !isBot(name)),
    botsInMatrix: [...new Set(listed)].filter(isBot),
  };
}

function readOnly(value: unknown): string[] {
  return strings(value).flatMap((text) => text.split(',').filter((pattern) => pattern !== ''));
}

const CERTIFICATE_KEYS = ['cert', 'key'] as const;

/** Either names both files or none. */
function readCertificateFiles(
  reader: SettingsReader,
  { config, cwd }: SettingsInput,
): CertificateFiles | undefined {
  const [cert, key] = CERTIFICATE_KEYS.map((name) => {
    const given = reader.given(name);
    const isFlag = given?.path.startsWith('--') ?? true;
    const base = !isFlag && config ? dirname(config.file) : cwd;
    return given && resolve(base, reader.text(name, ''));
  });
  if (cert !== undefined && key !== undefined) return { cert, key };
  if (cert !== undefined)
    reader.reject({ path: '--key', value: 'nothing' }, 'the private key of --cert', undefined, 0);
  if (key !== undefined)
    reader.reject({ path: '--cert', value: 'nothing' }, 'the certificate of --key', undefined, 0);
  return undefined;
}

function outFolder(reader: SettingsReader, config: LoadedConfig | undefined, cwd: string): string {
  const fromFlag = reader.given('out')?.path.startsWith('--') ?? false;
  const base = !fromFlag && config && config.values.out !== undefined ? dirname(config.file) : cwd;
  return resolve(base, reader.text('out', 'runs'));
}

function strings(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((text) => typeof text === 'string');
}
