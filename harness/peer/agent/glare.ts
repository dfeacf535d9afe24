/**
 * Offers that cross: which side takes its own back. The polite one does, by accepting the other's, which rolls its own
 * back; the impolite one lets the other's pass.
 *
 * @see https://www.w3.org/TR/webrtc/#perfect-negotiation-example
 */
export class Glare {
  /** How often an offer of the other side's came while one of this side's was under way. */
  count = 0;
  #pc: RTCPeerConnection;
  #isPolite: boolean;
  #isOffering = false;
  #isIgnoring = false;

  constructor(pc: RTCPeerConnection, politeness: 'polite' | 'impolite') {
    this.#pc = pc;
    this.#isPolite = politeness === 'polite';
  }

  /** Candidates that come now belong to an offer that was ignored. */
  get isIgnoring(): boolean {
    return this.#isIgnoring;
  }

  async offering(offer: () => Promise<void>): Promise<void> {
    this.#isOffering = true;
    try {
      await offer();
    } finally {
      this.#isOffering = false;
    }
  }

  mustIgnore({ type }: RTCSessionDescriptionInit): boolean {
    const isCollision = type === 'offer' && (this.#isOffering || this.#pc.signalingState !== 'stable');
    if (isCollision) this.count++;
    this.#isIgnoring = isCollision && !this.#isPolite;
    return this.#isIgnoring;
  }
}
