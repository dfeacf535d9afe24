import type { Problem } from '../errors.ts';
import type { NetworkLevel } from '../scenario/scenario.ts';
import { parseIceServers, type GivenIceServer } from '../turn/given-servers.ts';
import type { SettingsReader } from './given.ts';

const LEVELS: readonly NetworkLevel[] = ['loopback', 'shaped', 'lab'];
const CREDENTIALS = ['turn-user', 'turn-password', 'turn-secret'] as const;

/** The level the user named; `undefined` when they named none. A capture needs the lab. */
export function readNetworkLevel(reader: SettingsReader): NetworkLevel | undefined {
  if (!reader.given('network')) return undefined;
  const level = reader.choice('network', LEVELS, 'lab');
  const pcap = reader.given('pcap');
  if (pcap?.value === true && level !== 'lab') {
    const hint = `level ${level} has no line of its own to capture on`;
    reader.reject(pcap, 'the network level lab', hint, undefined);
  }
  return level;
}

/** The user's own servers, from flags or config file; what they hold never gets into a problem. */
export function readIceServers(
  reader: SettingsReader,
  flags: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
  problems: Problem[],
): GivenIceServer[] {
  const given = reader.given('turn');
  if (!given) {
    for (const name of CREDENTIALS.filter((each) => flags[each] !== undefined)) {
      problems.push({ path: `--${name}`, expected: 'a server that it is for', got: 'no --turn' });
    }
    return [];
  }
  const urls: unknown[] = Array.isArray(given.value) ? given.value : [given.value];
  const turn = urls.filter((url) => typeof url === 'string');
  if (turn.length < urls.length || turn.length === 0) {
    problems.push({
      path: given.path,
      expected: 'a URL like turn:turn.example.org:3478, or a list of them',
      got:
        urls.length === 0
          ? 'an empty list'
          : `a list with ${typeof urls.find((url) => typeof url !== 'string')}`,
    });
    return [];
  }
  const [user, password, secret] = CREDENTIALS.map((name) => {
    const text = flags[name];
    return typeof text === 'string' ? text : undefined;
  });
  return parseIceServers({ turn, user, password, secret, env, path: given.path }, problems);
}
