import type { Problem } from '../errors.ts';
import type { IceServerName } from '../topology/ice.ts';

/** A STUN or TURN server of the user's own. */
export interface GivenIceServer {
  /** Without credentials: RFC 7064 or RFC 7065. */
  url: string;
  kind: IceServerName;
  username?: string;
  credential?: string;
  /** The server's REST secret, instead of username and credential: credentials that expire are made from it. */
  secret?: string;
}

export interface GivenIceServers {
  /** URLs, with credentials in front of the host or without. */
  turn: readonly string[];
  user?: string | undefined;
  password?: string | undefined;
  secret?: string | undefined;
  /** `CALLRIG_TURN_USER`, `CALLRIG_TURN_PASSWORD` and `CALLRIG_TURN_SECRET`: no secret needs to be in a command line. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where the URLs were written. Default `--turn`. */
  path?: string;
}

const EXAMPLE = 'a URL like turn:user:password@turn.example.org:3478?transport=tcp';
const PARTS =
  /^(?<scheme>[a-z][a-z0-9+.-]*):(?:(?<userinfo>.*)@)?(?<host>\[[^\]]*\]|[^:?/[\]]*)(?::(?<port>[^?]*))?(?:\?(?<query>.*))?$/i;

/**
 * The user's own servers. Every problem is pushed: a URL that does not parse, a TURN server without credentials, a
 * password without a user. Credentials in a URL are that server's; the others are for all that have none.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7065
 */
export function parseIceServers(given: GivenIceServers, problems: Problem[]): GivenIceServer[] {
  const { turn, path = '--turn' } = given;
  const shared = turn.length > 0 ? sharedCredentials(given, problems) : {};
  return turn.flatMap((text, index) => {
    const at = turn.length === 1 ? path : `${path}[${index}]`;
    const server = parseIceServerFlag(text, at, problems);
    if (!server) return [];
    if (server.kind === 'stun' || server.credential !== undefined) return [server];
    if (shared === undefined) return [];
    const complete = { ...server, ...shared };
    if (complete.credential !== undefined || complete.secret !== undefined) return [complete];
    problems.push({
      path: at,
      expected: `credentials for ${server.url}`,
      got: server.username === undefined ? 'none' : 'a user without a password',
      hint: 'set CALLRIG_TURN_USER and CALLRIG_TURN_PASSWORD, or CALLRIG_TURN_SECRET for a server with a REST secret',
    });
    return [];
  });
}

/** One URL, credentials not required. `undefined` after pushing what is wrong with it; no problem shows a password. */
export function parseIceServerFlag(
  text: string,
  path: string,
  problems: Problem[],
): GivenIceServer | undefined {
  const got = JSON.stringify(withoutPassword(text));
  const refuse = (expected: string, hint?: string): undefined => {
    problems.push({ path, expected, got, ...(hint === undefined ? {} : { hint }) });
  };
  const slashes = /^[a-z]+:\/\//i.test(text);
  if (slashes) return refuse(EXAMPLE, 'leave // out: these URLs have none');
  const { scheme, userinfo, host = '', port, query } = PARTS.exec(text)?.groups ?? {};
  if (scheme === undefined) return refuse(EXAMPLE);
  const kind = kindOf(scheme.toLowerCase(), query);
  if (typeof kind === 'object') return refuse(kind.expected, kind.hint);
  if (!isHost(host)) return refuse('a host name, an IPv4 address, or an IPv6 address in brackets');
  if (port !== undefined && !isPort(port)) return refuse('a port from 1 to 65535');
  const credentials = userinfo === undefined ? {} : parseUserinfo(userinfo);
  if (!credentials) return refuse('credentials with every % followed by two hex digits', 'write % as %25');
  if (kind === 'stun' && userinfo !== undefined) return refuse('stun:HOST without credentials');
  const url = `${scheme.toLowerCase()}:${host}${port === undefined ? '' : `:${port}`}${query === undefined ? '' : `?${query}`}`;
  return { url, kind, ...credentials };
}

type Refusal = { expected: string; hint?: string };

/** What the URL stands for. `transport` says what is between peer and server; UDP when nothing is said. */
function kindOf(scheme: string, query: string | undefined): IceServerName | Refusal {
  const transport = query === undefined ? undefined : /^transport=(udp|tcp)$/.exec(query)?.[1];
  if (scheme === 'stun')
    return query === undefined
      ? 'stun'
      : { expected: 'stun:HOST:PORT', hint: 'leave out what follows the ?' };
  if (scheme !== 'turn' && scheme !== 'turns') {
    return {
      expected: 'stun:, turn: or turns:',
      ...(scheme === 'stuns' && { hint: 'browsers have no STUN over TLS: use stun: or turns:' }),
    };
  }
  if (query !== undefined && transport === undefined)
    return { expected: '?transport=udp or ?transport=tcp after the host' };
  if (scheme === 'turn') return transport === 'tcp' ? 'turn-tcp' : 'turn-udp';
  if (transport === 'udp')
    return { expected: 'turns:HOST?transport=tcp', hint: 'browsers have no TURN over DTLS' };
  return 'turn-tls';
}

function isHost(host: string): boolean {
  if (!/^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?)$/i.test(host)) return false;
  // What looks like an address must be one: 10.0.0.999 is no host.
  return URL.canParse(`http://${host}/`);
}

function isPort(port: string): boolean {
  return /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
}

/** `user:password`, percent-encoded where they hold `:`, `@` or `%`; `undefined` when that encoding is broken. */
function parseUserinfo(userinfo: string): Pick<GivenIceServer, 'username' | 'credential'> | undefined {
  const colon = userinfo.indexOf(':');
  const [username, credential] =
    colon < 0 ? [userinfo] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)];
  try {
    return {
      username: decodeURIComponent(username),
      ...(credential ? { credential: decodeURIComponent(credential) } : {}),
    };
  } catch {
    return undefined;
  }
}

function withoutPassword(text: string): string {
  return text.replace(/^([a-z]+:(?:\/\/)?[^:@]*):.*@/i, '$1:[redacted]@');
}

/** `undefined` after pushing that they contradict each other. */
function sharedCredentials(
  { user, password, secret, env }: GivenIceServers,
  problems: Problem[],
): Pick<GivenIceServer, 'username' | 'credential' | 'secret'> | undefined {
  const username = user ?? filled(env.CALLRIG_TURN_USER);
  const credential = password ?? filled(env.CALLRIG_TURN_PASSWORD);
  // A flag outweighs a variable that happens to be set.
  const named = user !== undefined || password !== undefined;
  const rest = secret ?? (named ? undefined : filled(env.CALLRIG_TURN_SECRET));
  const flags = '--turn-user and --turn-password, or --turn-secret';
  if (rest !== undefined && credential !== undefined) {
    if (secret !== undefined && password === undefined) return { secret };
    problems.push({ path: '--turn-secret', expected: flags, got: 'both a password and a secret' });
    return undefined;
  }
  if (rest !== undefined) return { secret: rest };
  if (credential !== undefined && username === undefined) {
    problems.push({
      path: '--turn-user',
      expected: 'the user that the password is for',
      got: 'none',
      hint: 'give --turn-user, or set CALLRIG_TURN_USER',
    });
    return undefined;
  }
  if (username === undefined) return {};
  return { username, ...(credential === undefined ? {} : { credential }) };
}

function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
