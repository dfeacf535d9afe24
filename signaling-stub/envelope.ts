import type { RelayKind } from './protocol.ts';

/** A message as our own client writes it, taken apart without reading its payload. */
export interface Envelope {
  seq: number;
  kind: RelayKind;
  to: string | undefined;
  connection: string | undefined;
  /** JSON only if it parses. */
  payloadText: string;
  /** Everything behind the number: `"kind":"bye","to":"callee","payload":{}}`. */
  unnumbered: string;
}

/** Names with nothing in them that JSON would write in another way; others take the long way. */
const ENVELOPE =
  /^\{"seq":([1-9]\d{0,14}),"kind":"(description|candidate|bye)",(?:"to":"([\w .:@/-]{1,128})",)?(?:"connection":"([\w .:@/-]{1,128})",)?"payload":/;

/**
 * The envelope of a message, or `undefined` if the frame is written in any other way.
 *
 * If `payloadText` is one JSON value, then the frame has the fields that were found, each once, and no other: nothing
 * can follow the payload. So it may be relayed as it came, and costs its reader no second writing.
 */
export function readEnvelope(frame: string): Envelope | undefined {
  const found = ENVELOPE.exec(frame);
  // A line break between its tokens would end an event or a line of the transports that go by lines.
  if (!found || !frame.endsWith('}') || frame.includes('\n') || frame.includes('\r')) return undefined;
  const [start, seq, kind, to, connection] = found;
  return {
    seq: Number(seq),
    kind: kind as RelayKind,
    to,
    connection,
    payloadText: frame.slice(start.length, -1),
    unnumbered: frame.slice(frame.indexOf(',') + 1),
  };
}
