import type { RelayedMessage } from '../../../signaling-stub/protocol.ts';

type Candidate = Extract<RelayedMessage, { kind: 'candidate' }>['payload'];

/** What signaling may do to messages though the transport is reliable: they come twice, or before what they belong to. */
export class Inbox {
  #seen = new Set<string>();
  #early = new Map<string, Candidate[]>();

  /** Whether a description came before: a relay that doubled it, or a sender that was not sure. */
  isRepeated({ from, payload }: Extract<RelayedMessage, { kind: 'description' }>): boolean {
    if (payload.id === undefined) return false;
    const name = `${from} ${payload.id}`;
    if (this.#seen.has(name)) return true;
    this.#seen.add(name);
    return false;
  }

  /** A candidate of a connection that is not there yet: its offer is still on its way (RFC 8838 §14). */
  keep(from: string, candidate: Candidate): void {
    this.#early.set(from, [...(this.#early.get(from) ?? []), candidate]);
  }

  /** What was kept of that peer's, once. */
  take(from: string): Candidate[] {
    const early = this.#early.get(from) ?? [];
    this.#early.delete(from);
    return early;
  }
}

/** 64 random bits as hex. */
export function newDescriptionId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
