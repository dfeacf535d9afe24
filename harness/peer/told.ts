import type { CandidateRecord, PeerEvidence, PeerMarks } from '../call-record.ts';

/** What a page told by itself, in case it cannot be asked any more. */
export class Told {
  marks: PeerMarks = {};
  evidence: PeerEvidence = { states: [], localCandidates: [], remoteCandidates: [], iceErrors: [] };
  /** What the signaling was last said to be. */
  signaling: string | undefined;
  #lastStates = new Map<string, string>();
  /** The other peers in the room, as last told; `undefined` before. */
  roster: readonly string[] | undefined;
  #awaitingPeers: { isMet: () => boolean; resolve: () => void }[] = [];
  #awaitingSignaling: { isOpen: boolean; resolve: () => void }[] = [];

  /** It is in another page now, which is in no room yet. Marks and evidence of the old one stay. */
  moved(): void {
    this.roster = this.signaling = undefined;
    this.#lastStates.clear();
  }

  /** An event of the agent; what it carries may be anything. */
  note(t: number, name: string, data: unknown): void {
    if (typeof data !== 'object' || data === null) return;
    if (name === 'marks') this.marks = data as PeerMarks;
    if (name === 'icecandidate') this.evidence.localCandidates.push(data as CandidateRecord);
    if (name === 'icecandidateerror') this.evidence.iceErrors.push(data as PeerEvidence['iceErrors'][number]);
    if (name === 'signaling') this.#noteSignaling((data as { state: string }).state);
    if (name === 'roster') this.#noteRoster(data as { peers: string[] });
    if (name === 'state') this.#noteState(t, data as { what: string; value: string });
  }

  /** Resolves when the signaling is said to be open, or to be anything else. */
  signalingIs(wanted: 'open' | 'not open'): Promise<void> {
    const isOpen = wanted === 'open';
    if ((this.signaling === 'open') === isOpen) return Promise.resolve();
    return new Promise((resolve) => this.#awaitingSignaling.push({ isOpen, resolve }));
  }

  /** Resolves when the room is said to hold that peer, or not to. */
  peerIs(peer: string, where: 'there' | 'gone'): Promise<void> {
    const isMet = () => this.roster !== undefined && this.roster.includes(peer) === (where === 'there');
    if (isMet()) return Promise.resolve();
    return new Promise((resolve) => this.#awaitingPeers.push({ isMet, resolve }));
  }

  lastSeen(role: string): string {
    const states = [...this.#lastStates].map(([what, value]) => `${what} ${value}`);
    return states.length > 0 ? `${role} ${states.join(', ')}` : `nothing from ${role}'s connection`;
  }

  #noteState(t: number, { what, value }: { what: string; value: string }): void {
    this.#lastStates.set(what, value);
    this.evidence.states.push([t, what, value]);
    this.evidence = { ...this.evidence, [what]: value };
  }

  #noteRoster({ peers }: { peers: string[] }): void {
    this.roster = peers;
    const met = this.#awaitingPeers.filter(({ isMet }) => isMet());
    this.#awaitingPeers = this.#awaitingPeers.filter((waiting) => !met.includes(waiting));
    for (const { resolve } of met) resolve();
  }

  /** Worth a word only while it is not there. */
  #noteSignaling(state: string): void {
    this.signaling = state;
    if (state === 'open') this.#lastStates.delete('signaling');
    else this.#lastStates.set('signaling', state);
    const due = this.#awaitingSignaling.filter(({ isOpen }) => isOpen === (state === 'open'));
    this.#awaitingSignaling = this.#awaitingSignaling.filter((waiting) => !due.includes(waiting));
    for (const { resolve } of due) resolve();
  }
}
