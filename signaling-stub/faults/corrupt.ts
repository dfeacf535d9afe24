import type { RelayedMessage } from '../protocol.ts';

/**
 * Damages a message as a broken relay would, so that no browser takes it for good: the first letter of one line of a
 * description, or a candidate's first word, is overwritten. The end of candidates holds nothing to damage.
 */
export function corrupt(message: RelayedMessage, random: () => number): RelayedMessage {
  if (message.kind === 'description') {
    const { payload } = message;
    if (payload.sdp === undefined) return message;
    return { ...message, payload: { ...payload, sdp: damageLine(payload.sdp, random) } };
  }
  if (message.kind === 'candidate') {
    if (!message.payload?.candidate) return message;
    const { candidate } = message.payload;
    return { ...message, payload: { ...message.payload, candidate: `?${candidate.slice(1)}` } };
  }
  return { ...message, payload: { ...message.payload, reason: '?' } };
}

function damageLine(sdp: string, random: () => number): string {
  const lines = sdp.split('\r\n');
  const written = lines.filter((line) => line !== '').length;
  const chosen = Math.floor(random() * written);
  return lines.map((line, index) => (index === chosen ? `?${line.slice(1)}` : line)).join('\r\n');
}
