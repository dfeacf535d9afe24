import type { Problem } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { printable } from '../printable.ts';
import { fieldsOf, isFields, reject, under, type Fields, type Written } from './fields.ts';
import { checkAddresses } from './addresses.ts';
import { linkOf, parseSite, rejectSite } from './parse-site.ts';
import type { PlacedPeer, Site, Topology } from './topology.ts';

export { parseIce } from './parse-ice.ts';
export { parseLink } from './parse-link.ts';

const SITE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/;

export interface ParseNetworkOptions {
  /** The scenario's, in its order. */
  roles: readonly string[];
  /** What stands in front of every problem's path: `scenarios/x.ts: network`. */
  path: string;
}

/**
 * The network of a call: every peer placed, every preset spelt out, every number with its unit. Every problem is pushed.
 *
 * @param spec A `NetworkSpec`, unchecked: a file that was never compiled may hold anything.
 * @returns `undefined` if there was a problem.
 */
export function parseNetwork(
  spec: unknown,
  { roles, path }: ParseNetworkOptions,
  problems: Problem[],
): Topology | undefined {
  const before = problems.length;
  const written = { value: spec, path, problems };
  const topology = isFields(spec)
    ? 'sites' in spec || 'peers' in spec
      ? parseSharedSites(written, roles)
      : parseOwnSites(spec, written, roles)
    : reject(written, `an object with a network for ${roles.join(' and ')}`);
  return problems.length === before ? topology : undefined;
}

/** `{ caller: 'home', callee: … }`: each peer alone in a network of its own. */
function parseOwnSites(spec: Fields, written: Written, roles: readonly string[]): Topology {
  checkRoles(spec, written, roles);
  const placed = roles.filter((role) => role in spec);
  return {
    sites: placed.map((role) => parseSite(role, under(written, role, spec[role]))),
    peers: placed.map((role) => ({ role, site: role, link: { uplink: {}, downlink: {} } })),
  };
}

/** `{ sites, peers }`. */
function parseSharedSites(written: Written, roles: readonly string[]): Topology {
  const fields = fieldsOf(written, '{ sites, peers }', ['sites', 'peers']) ?? {};
  const sites = parseSites(under(written, 'sites', fields.sites));
  const at = under(written, 'peers', fields.peers);
  if (!isFields(fields.peers)) {
    reject(at, `an object with a place for ${roles.join(' and ')}`);
    return { sites, peers: [] };
  }
  const places = fields.peers;
  checkRoles(places, at, roles);
  const peers = roles
    .filter((role) => role in places)
    .map((role) => parsePeer(role, under(at, role, places[role]), sites));
  checkAddresses({ sites, peers }, at);
  return { sites, peers };
}

function parseSites(written: Written): Site[] {
  if (!isFields(written.value) || Object.keys(written.value).length === 0) {
    reject(written, 'an object with at least one site, like { office: "corporate" }');
    return [];
  }
  return Object.entries(written.value).map(([name, site]) => {
    if (!SITE_NAME.test(name)) reject(under(written, name, name), 'a kebab-case name like "office"');
    return parseSite(name, under(written, name, site));
  });
}

function parsePeer(role: string, written: Written, sites: readonly Site[]): PlacedPeer {
  const place =
    typeof written.value === 'string'
      ? { site: written.value }
      : (fieldsOf(written, "a site's name, or { site, link, address }", ['site', 'link', 'address']) ?? {});
  const { site, link, address } = place as Fields;
  const names = sites.map(({ name }) => name);
  const at = typeof written.value === 'string' ? written : under(written, 'site', site);
  const isKnown = typeof site === 'string' && names.includes(site);
  if (!isKnown && (isFields(written.value) || typeof site === 'string')) rejectSite(at, names);
  if (address !== undefined && typeof address !== 'string') {
    reject(under(written, 'address', address), 'an IPv4 address');
  }
  return {
    role,
    site: typeof site === 'string' ? site : '',
    link: linkOf(under(written, 'link', link)),
    ...(typeof address === 'string' ? { address } : {}),
  };
}

/** Every role is placed, and nobody else. */
function checkRoles(places: Fields, { path, problems }: Written, roles: readonly string[]): void {
  for (const role of roles) {
    if (role in places) continue;
    problems.push({ path: `${path}.${role}`, expected: `a network for ${role}`, got: printable(undefined) });
  }
  for (const key of Object.keys(places)) {
    if (roles.includes(key)) continue;
    const hint = didYouMean(key, roles);
    problems.push({ path: `${path}.${key}`, expected: 'a role of the scenario', got: printable(key), hint });
  }
}
