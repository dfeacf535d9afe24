import type { Problem } from '../errors.ts';
import { fieldsOf, nameOf, reject, under, type Written } from './fields.ts';
import { ICE_SERVERS, type IcePlan, type IceServerName } from './ice.ts';

const POLICIES = ['all', 'relay'] as const;
const CREDENTIALS = ['valid', 'wrong', 'expired'] as const;

/**
 * Which servers peers are given, everything decided; none if there is no spec.
 *
 * @param spec An `IceSpec`, unchecked.
 * @returns Only good if no problem was pushed.
 */
export function parseIce(spec: unknown, path: string, problems: Problem[]): IcePlan {
  const plan: IcePlan = { servers: [], policy: 'all', credentials: 'valid' };
  const written = { value: spec, path, problems };
  if (spec === undefined) return plan;
  const fields = fieldsOf(written, 'an object like { servers: ["stun"] }', [
    'servers',
    'policy',
    'credentials',
  ]);
  if (!fields) return plan;
  const at = (key: string): Written => under(written, key, fields[key]);
  const servers = serversOf(at('servers'));
  const policy = fields.policy === undefined ? 'all' : nameOf(at('policy'), 'all or relay', POLICIES);
  const credentials =
    fields.credentials === undefined
      ? 'valid'
      : nameOf(at('credentials'), CREDENTIALS.join(' or '), CREDENTIALS);
  if (!servers?.some((name) => name.startsWith('turn-')) && servers) {
    const hint = 'add turn-udp, turn-tcp or turn-tls to servers';
    if (policy === 'relay') reject(at('policy'), 'a TURN server to relay', hint);
    if (credentials !== 'valid' && credentials) {
      reject(at('credentials'), 'a TURN server that asks for them', hint);
    }
  }
  return { servers: servers ?? [], policy: policy ?? 'all', credentials: credentials ?? 'valid' };
}

/** `undefined` if there was a problem. */
function serversOf(written: Written): IceServerName[] | undefined {
  const { value, path, problems } = written;
  if (value === undefined) return [];
  if (!Array.isArray(value)) return reject(written, `a list of ${ICE_SERVERS.join(', ')}`);
  const servers = value.flatMap((name: unknown, index) => {
    const at = { value: name, path: `${path}[${index}]`, problems };
    const found = nameOf(at, `one of ${ICE_SERVERS.join(', ')}`, ICE_SERVERS);
    if (found !== undefined && value.indexOf(name) < index) return [reject(at, 'each server once')];
    return [found];
  });
  const good = servers.filter((server) => server !== undefined);
  return good.length === servers.length ? good : undefined;
}
