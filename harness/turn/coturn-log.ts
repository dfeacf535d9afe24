/** What a line of coturn's log tells. Sessions are coturn's own names. */
export type CoturnEvent =
  | { type: 'allocated'; session: string; username: string; isTls: boolean }
  | { type: 'refused'; session: string; username: string; code: number; reason: string }
  /** Its peer has given it back; what is left of it goes a moment later. */
  | { type: 'released'; session: string }
  /** Bytes since the session's last such line: from the peer, and to it. */
  | { type: 'usage'; session: string; receivedBytes: number; sentBytes: number }
  | { type: 'closed'; session: string; client?: string; reason?: string }
  /** A port is taken: it tries again and again by itself. */
  | { type: 'port-taken'; address: string };

const SESSION = /^(?:[\d: -]+: )?(?:\w+ )?session (?<session>\d+): (?<rest>.*)$/;
const ALLOCATED = /^new, realm=<[^>]*>, username=<(?<username>[^>]*)>/;
const RELEASED = /^refreshed, .*, lifetime=0(?:,|$)/;
const REFUSED =
  /^realm <[^>]*> user <(?<username>[^>]*)>: incoming packet .* processed, error (?<code>\d+): ?(?<reason>.*)$/;
const USAGE = /^usage: .*\brb=(?<received>\d+), sp=\d+, sb=(?<sent>\d+)/;
const CLOSED = /^closed \(.*?\), user <.*?\bremote (?<client>[^\s,]+)(?:, reason: (?<reason>.*))?$/;
const PORT_TAKEN = /Trying to bind fd \d+ to <(?<address>[^>]+)>: errno=98/;

/** The nonce is too old: the client takes the new one and asks again (RFC 8489 §9.2.5). */
const STALE_NONCE = 438;
const UNAUTHORIZED = 401;

/**
 * Reads a line of coturn's verbose log (4.5 and 4.6). `undefined` for all that tells nothing of an allocation.
 *
 * The first Allocate of every session has no credentials and gets 401 with a nonce (RFC 8656 §7.2): no refusal.
 */
export function parseCoturnLine(line: string): CoturnEvent | undefined {
  const { session, rest } = SESSION.exec(line)?.groups ?? {};
  if (session === undefined || rest === undefined) return portTaken(line);
  const { username } = ALLOCATED.exec(rest)?.groups ?? {};
  if (username !== undefined)
    return { type: 'allocated', session, username, isTls: rest.includes(', cipher=') };
  if (RELEASED.test(rest)) return { type: 'released', session };
  const usage = USAGE.exec(rest)?.groups;
  if (usage) {
    const { received, sent } = usage;
    return { type: 'usage', session, receivedBytes: Number(received), sentBytes: Number(sent) };
  }
  const closed = CLOSED.exec(rest)?.groups;
  if (closed) {
    const { client, reason } = closed;
    return { type: 'closed', session, ...(client && { client }), ...(reason && { reason }) };
  }
  return refusal(session, rest);
}

function refusal(session: string, rest: string): CoturnEvent | undefined {
  const { username = '', code, reason = '' } = REFUSED.exec(rest)?.groups ?? {};
  if (code === undefined) return undefined;
  const number = Number(code);
  if (number === STALE_NONCE || (number === UNAUTHORIZED && username === '')) return undefined;
  return { type: 'refused', session, username, code: number, reason };
}

function portTaken(line: string): CoturnEvent | undefined {
  const address = PORT_TAKEN.exec(line)?.groups?.address;
  return address === undefined ? undefined : { type: 'port-taken', address };
}
