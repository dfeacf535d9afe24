import { type GridAddress, isLoopback } from '../grid/address.ts';
import { GRID_NAMES, gridBrowserOf } from '../grid/known-names.ts';
import { didYouMean } from '../nearest.ts';
import type { MediaSource } from '../plan/plan.ts';
import type { Given, SettingsReader } from './given.ts';

/** The Grid that browsers come from. */
export interface GridSettings {
  /** Holds what lets us in: not for plans, logs or reports. */
  address: GridAddress;
  /** It starts nodes as they are needed: what it has now says nothing. */
  scales: boolean;
}

export interface GridSettingsInput {
  flags: Readonly<Record<string, unknown>>;
  env: Readonly<Record<string, string | undefined>>;
  /** What else was decided. */
  wanted: readonly string[] | undefined;
  explicit: Readonly<Record<string, string>>;
  publicUrl: string | undefined;
  source: MediaSource | undefined;
}

/** `--grid` and what goes with it, or does not; every problem is pushed, and none shows a password. */
export function readGrid(reader: SettingsReader, input: GridSettingsInput): GridSettings | undefined {
  const scales = reader.switch('gridScales');
  const address = readGridAddress(reader, input);
  if (!address) return undefined;
  if (!isLoopback(address.url)) rejectUnreachable(reader, address, input);
  rejectOthers(reader, input);
  return { address, scales };
}

/** The Grid's address alone; `undefined` when nobody gave one, or after pushing what is wrong with it. */
export function readGridAddress(
  reader: SettingsReader,
  input: Pick<GridSettingsInput, 'flags' | 'env'>,
): GridAddress | undefined {
  const given = reader.given('grid');
  if (given) return readAddress(reader, given, input);
  rejectAlone(reader, input.flags);
  return undefined;
}

/** What is for a Grid is for nothing without one. */
function rejectAlone(reader: SettingsReader, flags: GridSettingsInput['flags']): void {
  for (const name of ['grid-user', 'grid-password', 'grid-scales'].filter(
    (each) => flags[each] !== undefined,
  ))
    reader.reject({ path: `--${name}`, value: 'no --grid' }, 'a Grid that it is for', undefined, undefined);
}

function readAddress(
  reader: SettingsReader,
  { path, value }: Given,
  { flags, env }: Pick<GridSettingsInput, 'flags' | 'env'>,
): GridAddress | undefined {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  const shown = { path, value: typeof value === 'string' ? withoutPassword(value) : value };
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    return reader.reject(shown, "a Grid's URL, like http://hub:4444", undefined, undefined);
  }
  const user = textIn(flags['grid-user']) ?? (decodeURIComponent(url.username) || env['CALLRIG_GRID_USER']);
  const password =
    textIn(flags['grid-password']) ?? (decodeURIComponent(url.password) || env['CALLRIG_GRID_PASSWORD']);
  if (Boolean(user) !== Boolean(password)) {
    const expected = user ? `the password of ${user}` : 'the user that the password is for';
    const hint = 'set CALLRIG_GRID_USER and CALLRIG_GRID_PASSWORD';
    return reader.reject({ ...shown, value: 'none' }, expected, hint, undefined);
  }
  const plain = `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
  if (!user) return { url: plain };
  return { url: plain, authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** Browsers of other machines find nothing at an address that is everybody's own. */
function rejectUnreachable(
  reader: SettingsReader,
  { url }: GridAddress,
  { publicUrl, source }: GridSettingsInput,
): void {
  if (publicUrl === undefined) {
    const hint = `browsers on ${new URL(url).host} cannot open 127.0.0.1 of this machine: --public-url https://this-machine:8443 --listen 0.0.0.0 --tls`;
    reader.reject(
      { path: '--public-url', value: 'nothing' },
      "the URL by which the Grid's nodes reach this machine",
      hint,
      undefined,
    );
  } else if (isLoopback(publicUrl)) {
    const expected = "an address that the Grid's nodes reach";
    reader.reject({ path: '--public-url', value: publicUrl }, expected, undefined, undefined);
  }
  const written = reader.given('source');
  if (source?.kind === 'file' && written) {
    const hint = "files of this machine are not on the Grid's nodes";
    reader.reject(written, 'fake-device or test-pattern with a Grid', hint, undefined);
  }
}

/** What is of browsers that are launched here. */
function rejectOthers(reader: SettingsReader, { wanted = [], explicit }: GridSettingsInput): void {
  for (const name of Object.keys(explicit)) {
    const hint = "a Grid's browsers have no path here; leave --browser out";
    reader.reject({ path: '--browser', value: name }, 'no executable beside --grid', hint, undefined);
  }
  for (const name of wanted.filter((each) => !(each in explicit) && !gridBrowserOf(each))) {
    const expected = `a browser that a Grid has: ${GRID_NAMES.join(', ')}, or one with a version, chrome@138`;
    reader.reject({ path: '--browsers', value: name }, expected, didYouMean(name, GRID_NAMES), undefined);
  }
  const driver = reader.given('driver');
  if (driver?.value === 'playwright')
    reader.reject(driver, 'puppeteer with a Grid', 'leave --driver out', undefined);
  const network = reader.given('network');
  if (network?.value === 'lab') {
    const hint = "a lab is on this machine, and the Grid's browsers are not in it";
    reader.reject(network, 'loopback or shaped with a Grid', hint, undefined);
  }
}

/**
 * The origin by which pages are opened; `undefined` when nobody gave one. Away from loopback it needs https, as a browser
 * gives no camera to a page without.
 */
export function readPublicUrl(reader: SettingsReader): string | undefined {
  const given = reader.given('publicUrl');
  if (!given) return undefined;
  const url = typeof given.value === 'string' && URL.canParse(given.value) ? new URL(given.value) : undefined;
  const isOrigin =
    url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/` && url.username === '';
  if (!isOrigin) {
    const hint = 'no path: pages, control channels and signaling have theirs';
    return reader.reject(given, 'an origin, like https://this-machine:8443', hint, undefined);
  }
  if (url.protocol === 'https:' || isLoopback(url.origin)) return url.origin;
  const hint =
    'away from loopback a browser gives no camera to a page without TLS: --tls, or a proxy that does it';
  return reader.reject(given, 'an https URL, or one on loopback', hint, undefined);
}

/** Where the run's server listens: the port of the public URL unless said otherwise, as nobody finds another one. */
export function readPort(reader: SettingsReader, publicUrl: string | undefined): number | undefined {
  const { protocol, port } = publicUrl === undefined ? { protocol: '', port: '' } : new URL(publicUrl);
  const usual = protocol === 'https:' ? 443 : 80;
  const own = publicUrl === undefined ? undefined : Number(port) || usual;
  if (!reader.given('port')) return own;
  return reader.integer('port', { min: 1, max: 65_535, fallback: own ?? usual });
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function withoutPassword(text: string): string {
  return text.replace(/^([a-z]+:\/\/[^:@/]*):.*@/i, '$1:[redacted]@');
}
