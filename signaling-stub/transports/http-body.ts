import type { IncomingMessage } from 'node:http';

/** What a request brought, or why it could not be read. `aborted`: the client went away meanwhile. */
export type Body = { text: string; sizeBytes: number } | 'too-large' | 'too-late' | 'not-utf-8' | 'aborted';

/** Reads no more than `maxBytes`, and no longer than `maxMs`: some bodies never end. The rest is left unread. */
export async function readBody(request: IncomingMessage, maxBytes: number, maxMs: number): Promise<Body> {
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<Body>((resolve) => (deadline = setTimeout(resolve, maxMs, 'too-late')));
  try {
    return await Promise.race([readAll(request, maxBytes), late]);
  } finally {
    clearTimeout(deadline);
  }
}

async function readAll(request: IncomingMessage, maxBytes: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Buffer;
      sizeBytes += bytes.length;
      if (sizeBytes > maxBytes) return 'too-large';
      chunks.push(bytes);
    }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)), sizeBytes };
  } catch (error) {
    return error instanceof TypeError ? 'not-utf-8' : 'aborted';
  }
}
