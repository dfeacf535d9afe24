import type { RelayedMessage } from '../protocol.ts';

/**
 * Damages a message as a broken relay would, so that no browser takes it for good: of a description the origin or a
 * media line is cut short, which must have all their fields (RFC 8866 §5.2, §5.14), of a candidate the first letter is
 * overwritten. The end of candidates holds nothing to damage.
 */
export function corrupt(message: RelayedMessage, random: () => number): RelayedMessage {
  if (message.kind === 'description') {
    const { payload } = message;
    if (payload.sdp === undefined) return message;
    return { ...message, payload: { ...payload, sdp: cutLine(payload.sdp, random) } };
  }
  if (message.kind === 'candidate') {
    if (!message.payload?.candidate) return message;
    const { candidate } = message.payload;
    return { ...message, payload: { ...message.payload, candidate: `?${candidate.slice(1)}` } };
  }
  return { ...message, payload: { ...message.payload, reason: '?' } };
}

/** Other lines will not do: browsers ignore some of what they do not know. */
function cutLine(sdp: string, random: () => number): string {
  const lines = sdp.split('\r\n');
  const fragile = lines.flatMap((line, index) => (/^[om]=/.test(line) ? [index] : []));
  const chosen = fragile[Math.floor(random() * fragile.length)] ?? 0;
  return lines.map((line, index) => (index === chosen ? `${line.slice(0, 2)}?` : line)).join('\r\n');
}
