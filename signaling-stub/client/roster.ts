import type { PeerJoinedFrame, PeerLeftFrame, RosterFrame } from '../protocol.ts';

/** The other peers in the room, in the order they came, as last heard. */
export class Roster {
  readonly #peers = new Set<string>();

  get peers(): string[] {
    return [...this.#peers];
  }

  /** Takes in what the server says, and returns who is there that was not known to be. */
  update(frame: RosterFrame | PeerJoinedFrame | PeerLeftFrame): readonly string[] {
    if (frame.kind === 'peer-left') {
      this.#peers.delete(frame.peer);
      return [];
    }
    if (frame.kind === 'roster') this.#peers.clear();
    const arrived = frame.kind === 'roster' ? frame.peers : [frame.peer];
    for (const peer of arrived) this.#peers.add(peer);
    return arrived;
  }
}
