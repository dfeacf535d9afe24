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

  async set({ role }: Peer, spec: LinkSpec): Promise<void> {
    const id = this.#lineOf(role);
    const before = this.#current(id);
    await this.#change(role, id, { ...before, ...linkChange(spec) });
  }

  async reset({ role }: Peer): Promise<void> {
    const id = this.#lineOf(role);
    await this.#change(role, id, linkOf(this.#options.topology, id));
  }

  async firewall({ role }: Peer, firewall: FirewallName): Promise<void> {
    const { lab, log, topology } = this.#options;
    const site = topology.peers.find((peer) => peer.role === role)?.site ?? role;
    await log.record({ role, what: `firewall ${firewall}` }, async () => {
      await lab.setFirewall(site, firewall);
      return undefined;
    });
  }

  async move({ role }: Peer): Promise<void> {
    const { lab, log } = this.#options;
    const before = Object.values(lab.addressesOf(role)).join(' ');
    await log.record({ role, what: `moved away from ${before}` }, async () => {
      await lab.move(role);
      return undefined;
    });
  }

  async #change(role: string, id: LinkId, link: Link): Promise<void> {
    const { links, log } = this.#options;
    const before = this.#current(id);
    const what = describeLink(link) || describeImpairment({});
    await log.record({ role, what }, async () => {
      const problem = await links.change(id, before, link);
      this.#links.set(id, link);
      return problem;
    });
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
