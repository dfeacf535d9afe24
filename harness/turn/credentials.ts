import { createHmac } from 'node:crypto';
import type { IcePlan } from '../topology/ice.ts';

export type CredentialKind = IcePlan['credentials'];
/** Between the peer and the server. */
export type TurnTransport = 'udp' | 'tcp' | 'tls';

export interface TurnCredentials {
  username: string;
  credential: string;
}

export interface CredentialOptions {
  /** The secret that the server shares with whoever makes credentials. */
  secret: string;
  /** Whose they are: comes back in the server's log. `<call>.<role>` in a run. */
  label: string;
  /** Comes back in the server's log too, which does not tell UDP from TCP until an allocation ends. */
  transport?: TurnTransport | undefined;
  ttlSeconds: number;
  kind?: CredentialKind;
  /** Epoch ms, the server's clock. */
  nowMs: number;
}

/**
 * Username and password of the TURN REST API: `<expiry>:<label>` and its HMAC-SHA1 by the shared secret.
 *
 * `wrong` ones are made with another secret, `expired` ones ended a minute ago.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00#section-2.2
 */
export function makeCredentials(options: CredentialOptions): TurnCredentials {
  const { secret, label, transport, ttlSeconds, kind = 'valid', nowMs } = options;
  const expiry = Math.floor(nowMs / 1000) + (kind === 'expired' ? -60 : ttlSeconds);
  const username = `${expiry}:${[escapeLabel(label), ...(transport ? [transport] : [])].join('.')}`;
  const key = kind === 'wrong' ? `not ${secret}` : secret;
  return { username, credential: createHmac('sha1', key).update(username).digest('base64') };
}

/** Whose credentials these are. */
export interface UsernameParts {
  /** Epoch seconds. */
  expiry?: number;
  label: string;
  transport?: TurnTransport;
}

/** A username of ours, taken apart. Someone else's is a label and nothing more. */
export function parseUsername(username: string): UsernameParts {
  const { expiry, label, transport } =
    /^(?<expiry>\d+):(?<label>.*?)(?:\.(?<transport>udp|tcp|tls))?$/.exec(username)?.groups ?? {};
  if (expiry === undefined || label === undefined) return { label: username };
  return {
    expiry: Number(expiry),
    label: unescapeLabel(label),
    ...(transport === undefined ? {} : { transport: transport as TurnTransport }),
  };
}

/** Whose allocation: `<call>.<role>`. */
export function labelOf({ call, role }: { call: string; role: string }): string {
  return `${call}.${role}`;
}

/** The call and role of a label; neither when it is none of a run's. Roles have no dot in them. */
export function parseLabel(label: string): { call?: string; role?: string } {
  const { call, role } = /^(?<call>.+)\.(?<role>[^.]+)$/.exec(label)?.groups ?? {};
  return call === undefined || role === undefined ? {} : { call, role };
}

/** coturn refuses usernames with spaces, quotes, colons and more: those bytes become `=XX`. */
function escapeLabel(label: string): string {
  return label.replaceAll(/[^\w.-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `=${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

function unescapeLabel(escaped: string): string {
  return escaped.replaceAll(/(?:=[0-9a-f]{2})+/g, (bytes) =>
    Buffer.from(bytes.replaceAll('=', ''), 'hex').toString(),
  );
}
