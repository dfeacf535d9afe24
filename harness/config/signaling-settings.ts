import { basename, dirname, extname, resolve } from 'node:path';
import { SIGNALING_NAMES } from '../../signaling-stub/protocol.ts';
import type { PlannedSignaling } from '../plan/plan.ts';
import type { Given, SettingsReader } from './given.ts';

export interface SignalingSettingsInput {
  flags: Readonly<Record<string, unknown>>;
  /** What a path on the command line is relative to, and one in the config file. */
  cwd: string;
  configFile: string | undefined;
}

/** What carries signaling: one of the stub's transports by name, or an adapter of the user's own by its path. */
export function readSignaling(
  reader: SettingsReader,
  { flags, cwd, configFile }: SignalingSettingsInput,
): PlannedSignaling | undefined {
  const given = reader.given('signaling');
  const url = readUrl(reader);
  const options = readOptions(reader, flags['signaling-option']);
  if (given && isPath(given.value)) {
    const base = given.path.startsWith('--') || configFile === undefined ? cwd : dirname(configFile);
    const adapter = resolve(base, given.value);
    const file = basename(adapter, extname(adapter));
    const name = SIGNALING_NAMES.some((known) => known === file) ? `own-${file}` : file;
    return { name, adapter, ...(url !== undefined && { url }), ...(options && { options }) };
  }
  const alone = {
    ...(url !== undefined && { 'signaling-url': url }),
    ...(options && { 'signaling-option': options }),
  };
  for (const [flag, value] of Object.entries(alone)) {
    const expected = '--signaling with the path of an adapter';
    reader.reject(
      { path: `--${flag}`, value },
      expected,
      'the run has a signaling server of its own',
      undefined,
    );
  }
  if (!given) return undefined;
  const known = SIGNALING_NAMES.find((name) => name === given.value);
  if (known !== undefined) return { name: known };
  const hint = 'an adapter of your own is given by its path: ./my-signaling.ts';
  return reader.reject(given, SIGNALING_NAMES.join(', '), hint, undefined);
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && (/[/\\]/.test(value) || /\.[cm]?[jt]s$/.test(value));
}

function readUrl(reader: SettingsReader): string | undefined {
  const given = reader.given('signalingUrl');
  if (!given) return undefined;
  if (typeof given.value === 'string' && URL.canParse(given.value)) return given.value;
  return reader.reject(given, 'a URL like http://127.0.0.1:3000', undefined, undefined);
}

function readOptions(reader: SettingsReader, value: unknown): Record<string, string> | undefined {
  const texts: unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
  if (texts.length === 0) return undefined;
  return Object.fromEntries(
    texts.flatMap((text) => readOption(reader, { path: '--signaling-option', value: text })),
  );
}

function readOption(reader: SettingsReader, given: Given): [string, string][] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(String(given.value)) ?? [];
  if (key !== undefined && value !== undefined) return [[key, value]];
  return reader.reject(given, 'key=value', undefined, []);
}
