import { NetworkError } from '../errors.ts';
import type { Peer } from '../peer/peer.ts';
import type { NetworkControl } from '../scenario/controls.ts';
import { describeImpairment, describeLink } from '../topology/describe.ts';
import type { FirewallName, LinkSpec } from '../topology/spec.ts';
import type { Link, Topology } from '../topology/topology.ts';
import type { ChangeLog } from './change-log.ts';
import type { Lab } from './lab/lab.ts';
import type { LinkId } from './lab/layout.ts';
import { type LabLinks, linkOf } from './lab-links.ts';
import { linkChange } from './link-change.ts';

export interface LabControlOptions {
  lab: Lab;
  links: LabLinks;
  topology: Topology;
  log: ChangeLog;
}

/** What a script can do to the lab while its call is up. The next call's topology undoes all of it. */
export class LabControl implements NetworkControl {
  readonly level = 'lab';
  #options: LabControlOptions;
  /** Links as the script has set them. */
  #links = new Map<LinkId, Link>();

  constructor(options: LabControlOptions) {
    this.#options = options;
  }

  async set({ role }: Peer, spec: LinkSpec): Promise<number> {
    const id = this.#lineOf(role);
    const before = this.#current(id);
    return this.#change(role, id, { ...before, ...linkChange(spec) });
  }

  async reset({ role }: Peer): Promise<number> {
    const id = this.#lineOf(role);
    return this.#change(role, id, linkOf(this.#options.topology, id));
  }

  firewall({ role }: Peer, firewall: FirewallName): Promise<number> {
    const { lab, log, topology } = this.#options;
    const site = topology.peers.find((peer) => peer.role === role)?.site ?? role;
    return log.record({ role, what: `firewall ${firewall}` }, () => lab.setFirewall(site, firewall));
  }

  move({ role }: Peer): Promise<number> {
    const { lab, log } = this.#options;
    const before = Object.values(lab.addressesOf(role)).join(' ');
    return log.record({ role, what: `moved away from ${before}` }, () => lab.move(role));
  }

  #change(role: string, id: LinkId, link: Link): Promise<number> {
    const { links, log } = this.#options;
    const before = this.#current(id);
    const what = describeLink(link) || describeImpairment({});
    const change = async () => {
      await links.change(id, before, link);
      this.#links.set(id, link);
    };
    return log.record({ role, what }, change, () => links.verify(id, before, link));
  }

  #current(id: LinkId): Link {
    return this.#links.get(id) ?? linkOf(this.#options.topology, id);
  }

  /** The site's line when the peer is alone there, as then all that it sends crosses it; else its own. */
  #lineOf(role: string): LinkId {
    const { lab, topology } = this.#options;
    const site = topology.peers.find((peer) => peer.role === role)?.site;
    const isAlone = topology.peers.filter((peer) => peer.site === site).length === 1;
    const id: LinkId = isAlone ? `site:${site ?? role}` : `peer:${role}`;
    if (lab.link(id).emulated) return id;
    throw new NetworkError(`${role}'s line cannot be impaired here`, {
      code: 'LAB_NO_EMULATOR',
      hint: 'install wirefilter (package vde2), or use a kernel with netem',
    });
  }
}
