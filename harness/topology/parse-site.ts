import { didYouMean } from '../nearest.ts';
import { fieldsOf, isFields, nameOf, reject, under, type Fields, type Written } from './fields.ts';
import { parseLink } from './parse-link.ts';
import { NAT_BEHAVIOURS, NATS, NETWORKS } from './presets.ts';
import type { FirewallName, NatName, NetworkName } from './spec.ts';
import type { IpVersion, Nat, Site } from './topology.ts';

const KEYS = ['like', 'nat', 'firewall', 'ip', 'link'];
const NETWORK_NAMES = Object.keys(NETWORKS) as NetworkName[];
const NAT_NAMES = ['none', ...Object.keys(NATS)] as NatName[];
const FIREWALLS: readonly FirewallName[] = ['none', 'udp-blocked', 'udp-rejected', 'only-443', 'only-web'];
const IP_VERSIONS: readonly IpVersion[] = ['ipv4', 'ipv6'];
/** A home router, and its provider's: there are no three. */
const MOST_NATS = 2;
const NAT = 'a name like "symmetric", or { mapping, filtering }';

/**
 * A network that peers are in, by its name or part by part.
 *
 * @returns Only good if no problem was pushed.
 */
export function parseSite(name: string, written: Written): Site {
  const what = "a network's name, or an object like { nat: 'symmetric' }";
  if (typeof written.value === 'string') return siteLike(name, nameOf(written, what, NETWORK_NAMES), written);
  const own = fieldsOf(written, what, KEYS) ?? {};
  const like =
    own.like === undefined
      ? undefined
      : nameOf(under(written, 'like', own.like), "a network's name", NETWORK_NAMES);
  return completeSite(name, { ...presetOf(like), ...without(own, 'like') }, own, written);
}

function siteLike(name: string, like: NetworkName | undefined, written: Written): Site {
  return completeSite(name, presetOf(like), {}, written);
}

function completeSite(name: string, fields: Fields, own: Fields, written: Written): Site {
  const at = (key: string): Written => under(written, key, fields[key]);
  const ip = fields.ip === undefined ? (['ipv4'] satisfies IpVersion[]) : ipOf(at('ip'));
  const nats = fields.nat === undefined ? [NATS['port-restricted']] : natsOf(at('nat'));
  const hasIpv4 = ip.length === 0 || ip.includes('ipv4');
  if (!hasIpv4 && own.nat !== undefined && nats.length > 0) {
    reject(at('nat'), 'IPv4 to translate', 'IPv6 is routed: add ipv4 to ip, or leave nat out');
  }
  const firewall =
    fields.firewall === undefined
      ? 'none'
      : nameOf(at('firewall'), `one of ${FIREWALLS.join(', ')}`, FIREWALLS);
  return {
    name,
    nats: hasIpv4 ? nats.map((nat) => ({ ...nat })) : [],
    firewall: firewall ?? 'none',
    ip,
    link: linkOf(at('link')),
  };
}

/** A link that was left out impairs nothing. */
export function linkOf({ value, path, problems }: Written): Site['link'] {
  return value === undefined ? { uplink: {}, downlink: {} } : parseLink(value, path, problems);
}

function natsOf(written: Written): Nat[] {
  const { value, path, problems } = written;
  if (value === 'none') return [];
  if (!Array.isArray(value)) return [natOf(written)].filter((nat) => nat !== undefined);
  if (value.length === 0) reject(written, 'at least one NAT', "write 'none'");
  if (value.length > MOST_NATS) reject(written, `at most ${MOST_NATS} NATs, from the peers outwards`);
  return value.flatMap((each: unknown, index) => {
    const at = { value: each, path: `${path}[${index}]`, problems };
    if (each === 'none') reject(at, 'a NAT', 'leave it out');
    else return natOf(at) ?? [];
    return [];
  });
}

function natOf(written: Written): Nat | undefined {
  if (!isFields(written.value)) {
    const name = nameOf(written, NAT, NAT_NAMES);
    return name === undefined || name === 'none' ? undefined : NATS[name];
  }
  const fields = fieldsOf(written, NAT, ['mapping', 'filtering']) ?? {};
  const [mapping, filtering] = ['mapping', 'filtering'].map((key) =>
    nameOf(under(written, key, fields[key]), `one of ${NAT_BEHAVIOURS.join(', ')}`, NAT_BEHAVIOURS),
  );
  return mapping && filtering && { mapping, filtering };
}

function ipOf(written: Written): IpVersion[] {
  const { value, path, problems } = written;
  if (!Array.isArray(value) || value.length === 0) {
    reject(
      written,
      'a list of ipv4, ipv6 or both',
      Array.isArray(value) ? 'peers need an address' : undefined,
    );
    return [];
  }
  return value.flatMap((each: unknown, index) => {
    const at = { value: each, path: `${path}[${index}]`, problems };
    const version = nameOf(at, 'ipv4 or ipv6', IP_VERSIONS);
    if (version !== undefined && value.indexOf(each) < index) reject(at, 'each version once');
    return version ?? [];
  });
}

function presetOf(name: NetworkName | undefined): Fields {
  return name === undefined ? {} : without({ ...NETWORKS[name] }, 'summary');
}

function without(fields: Fields, key: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([each]) => each !== key));
}

/** Tells of a site that nobody defined. */
export function rejectSite(written: Written, sites: readonly string[]): undefined {
  const { value } = written;
  const hint = typeof value === 'string' ? didYouMean(value, sites) : `there is ${sites.join(', ')}`;
  return reject(written, 'the name of a site', hint);
}
