import { PeerError } from '../errors.ts';
import { supports, type FeatureName } from '../features/feature.ts';
import type { RemotePeer } from '../peer/remote-peer.ts';
import { MANUAL } from '../plan/matrix.ts';

/** What the browsers of a run were asked and what they said: each once, before the first call that needs to know. */
export class Capabilities {
  #answers = new Map<string, Promise<boolean>>();

  /** @throws PeerError `UNSUPPORTED` that names all a peer's browser lacks */
  async require(
    peers: readonly RemotePeer[],
    needs: Readonly<Record<string, readonly FeatureName[]>>,
  ): Promise<void> {
    for (const peer of peers) {
      const wanted = needs[peer.role] ?? [];
      const has = await Promise.all(wanted.map((feature) => this.#ask(peer, feature)));
      const lacks = wanted.filter((_, index) => has[index] === false);
      if (lacks.length === 0) continue;
      const { role, browser, browserVersion: version } = peer;
      const which = version === undefined ? browser : `${browser}, version ${version}`;
      throw new PeerError(`${role}'s browser lacks ${lacks.join(', ')} (${which})`, {
        code: 'UNSUPPORTED',
        details: { phase: 'agent', role, browser, lacks },
      });
    }
  }

  /** Persons' browsers differ from each other, so each of them is asked. */
  #ask(peer: RemotePeer, feature: FeatureName): Promise<boolean> {
    const key = `${peer.browser} ${feature}`;
    const known = peer.browser === MANUAL ? undefined : this.#answers.get(key);
    if (known) return known;
    const asked = supports(peer, feature);
    this.#answers.set(key, asked);
    // A page that broke while it was asked said nothing.
    asked.catch(() => this.#answers.delete(key));
    return asked;
  }
}
