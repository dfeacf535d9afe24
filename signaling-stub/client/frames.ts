import { CLOSE_TOO_BIG, ERROR_CLOSE_CODES, type ErrorCode, type ServerFrame } from '../protocol.ts';

const FATAL_CODES = new Map<number | undefined, ErrorCode>([
  [CLOSE_TOO_BIG, 'message-too-large'],
  ...Object.entries(ERROR_CLOSE_CODES).map(([code, number]) => [number, code as ErrorCode] as const),
]);

/** Close codes after which coming back would only bring the same answer. */
export function fatalCode(code: number | undefined): ErrorCode | undefined {
  return FATAL_CODES.get(code);
}

/** What the server sent, or `undefined` if it is no frame at all. */
export function parseServerFrame(text: string): ServerFrame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'kind' in value
      ? (value as ServerFrame)
      : undefined;
  } catch {
    return undefined;
  }
}
