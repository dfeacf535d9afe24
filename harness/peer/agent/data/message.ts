/** `ping` is answered with `pong`; `data` is counted; `file` is a piece of a file. */
export type MessageKind = keyof typeof MARKS;

const MARKS = { ping: 'p', pong: 'q', data: 'd', file: 'f' } as const;
const KINDS = new Map(Object.entries(MARKS).map(([kind, mark]) => [mark as string, kind as MessageKind]));

/** The mark, and the number and the size as eight hexadecimal digits each. */
const HEADER = 17;

/** One of each length that UTF-8 has. */
const LETTERS = [
  ['a', 1],
  ['é', 2],
  ['€', 3],
  ['😀', 4],
] as const;

export interface ReadMessage {
  kind: MessageKind;
  seq: number;
  sizeBytes: number;
  /** Whether everything after the header is what that message was made of. */
  isWhole: boolean;
  /** Of a file. */
  piece?: Uint8Array;
}

/** A text message that is so many bytes as UTF-8, with letters of all lengths in it. At least its header. */
export function textMessage(kind: MessageKind, seq: number, sizeBytes: number): string {
  const letters: string[] = [headerOf(kind, seq, sizeBytes)];
  let left = sizeBytes - HEADER;
  for (let i = seq; left > 0; i++) {
    const [letter, bytes] = LETTERS[i % LETTERS.length]!;
    letters.push(bytes <= left ? letter : 'a');
    left -= bytes <= left ? bytes : 1;
  }
  return letters.join('');
}

/** A binary message of so many bytes. At least its header. */
export function binaryMessage(kind: MessageKind, seq: number, sizeBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(HEADER, sizeBytes));
  for (let i = HEADER; i < bytes.length; i++) bytes[i] = fillerAt(seq, i);
  return withHeader(bytes, kind, seq);
}

/** A piece of a file with its number before it. */
export function fileMessage(seq: number, piece: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER + piece.length);
  bytes.set(piece, HEADER);
  return withHeader(bytes, 'file', seq);
}

/** `undefined` of what is none of these. */
export function readMessage(data: string | ArrayBuffer): ReadMessage | undefined {
  return typeof data === 'string' ? readText(data) : readBinary(new Uint8Array(data));
}

function readText(text: string): ReadMessage | undefined {
  const header = readHeader(text.slice(0, HEADER));
  if (!header) return undefined;
  const { kind, seq } = header;
  const sizeBytes = new TextEncoder().encode(text).length;
  // The size is in the header: one that was cut is not what it says.
  return { kind, seq, sizeBytes, isWhole: text === textMessage(kind, seq, header.toldBytes) };
}

function readBinary(bytes: Uint8Array): ReadMessage | undefined {
  const header = readHeader(String.fromCharCode(...bytes.subarray(0, HEADER)));
  if (!header) return undefined;
  const { kind, seq } = header;
  const sizeBytes = bytes.length;
  const isComplete = header.toldBytes === sizeBytes;
  if (kind === 'file') return { kind, seq, sizeBytes, isWhole: isComplete, piece: bytes.subarray(HEADER) };
  const isFiller = (byte: number, i: number) => byte === fillerAt(seq, i + HEADER);
  return { kind, seq, sizeBytes, isWhole: isComplete && bytes.subarray(HEADER).every(isFiller) };
}

function headerOf(kind: MessageKind, seq: number, sizeBytes: number): string {
  const digits = [seq, Math.max(HEADER, sizeBytes)].map((number) => number.toString(16).padStart(8, '0'));
  return MARKS[kind] + digits.join('');
}

function withHeader(bytes: Uint8Array<ArrayBuffer>, kind: MessageKind, seq: number): Uint8Array<ArrayBuffer> {
  const header = headerOf(kind, seq, bytes.length);
  for (let i = 0; i < HEADER; i++) bytes[i] = header.charCodeAt(i);
  return bytes;
}

function readHeader(header: string): Header | undefined {
  const kind = KINDS.get(header[0] ?? '');
  if (!kind || !/^.[0-9a-f]{16}$/.test(header)) return undefined;
  return { kind, seq: parseInt(header.slice(1, 9), 16), toldBytes: parseInt(header.slice(9), 16) };
}

interface Header {
  kind: MessageKind;
  seq: number;
  toldBytes: number;
}

function fillerAt(seq: number, i: number): number {
  return (seq * 31 + i * 7) & 0xff;
}
